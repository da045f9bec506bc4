using System.Globalization;

namespace StemLab.Hub.Import;

/// <summary>What a cell says.</summary>
internal enum CellKind : byte
{
    /// <summary>A finite number.</summary>
    Number,

    /// <summary>No value.</summary>
    Missing,

    /// <summary>Below or above what the instrument can tell: "&lt;0.1", "&gt;4000".</summary>
    OutOfRange,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Numbers of cells: decimal point or comma, groups of three, a unit behind. Immutable; one a mapping.</summary>
internal sealed class CellNumber
{
    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private readonly char _decimal;
    private readonly char _group;
    private readonly string[] _missing;
    private readonly double[] _missingNumbers;

    /// <param name="decimalMark">"." or ",".</param>
    /// <param name="missing">Texts that mean no value; numbers among them are compared as numbers.</param>
    public CellNumber(string decimalMark, IEnumerable<string> missing)
    {
        _decimal = decimalMark == "," ? ',' : '.';
        _group = _decimal == ',' ? '.' : ',';
        var all = missing.ToArray();
        _missingNumbers = [.. all.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : double.NaN).Where(number => !double.IsNaN(number))];
        _missing = [.. all.Where(text => text.Length > 0 && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)))];
    }

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">Its text.</param>
    /// <param name="value">The number; NaN where there is none.</param>
    /// <param name="unit">What stands behind the number; empty = nothing.</param>
    public CellKind Read(ReadOnlySpan<char> cell, out double value, out ReadOnlySpan<char> unit)
    {
        value = double.NaN;
        unit = default;
        cell = cell.Trim(" \t\u00A0\u202F'");
        if (cell.IsEmpty)
        {
            return CellKind.Missing;
        }

        if (!TryNumber(cell, out value, out unit))
        {
            return IsMissing(cell) ? CellKind.Missing : cell[0] is '<' or '>' && cell.Length > 1 && TryNumber(cell[1..].TrimStart(" ="), out _, out _) ? CellKind.OutOfRange : CellKind.Other;
        }

        foreach (var none in _missingNumbers)
        {
            if (value == none)
            {
                value = double.NaN;
                return CellKind.Missing;
            }
        }

        return CellKind.Number;
    }

    private bool IsMissing(ReadOnlySpan<char> cell)
    {
        foreach (var text in _missing)
        {
            if (cell.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryNumber(ReadOnlySpan<char> cell, out double value, out ReadOnlySpan<char> unit)
    {
        value = double.NaN;
        unit = default;
        var at = 0;
        var isNegative = cell[0] is '-' or '\u2212';
        if (isNegative || cell[0] == '+')
        {
            at++;
        }

        var (whole, digits, decimals, groupAt) = (0L, 0, -1, -1);
        for (; at < cell.Length; at++)
        {
            var letter = cell[at];
            if (char.IsAsciiDigit(letter))
            {
                digits++;
                if (whole > (long.MaxValue - 9) / 10)
                {
                    return TrySlow(cell, out value);
                }

                whole = (whole * 10) + (letter - '0');
                decimals += decimals >= 0 ? 1 : 0;
                continue;
            }

            if (letter == _decimal && decimals < 0)
            {
                if (groupAt >= 0 && at - groupAt != 4)
                {
                    return false;
                }

                decimals = 0;
                continue;
            }

            if (letter == _group && decimals < 0 && digits > 0 && (groupAt < 0 ? digits <= 3 : at - groupAt == 4) && IsGroup(cell, at))
            {
                groupAt = at;
                continue;
            }

            break;
        }

        if (digits == 0)
        {
            return false;
        }

        decimals = Math.Max(0, decimals);
        if (at < cell.Length && cell[at] is 'e' or 'E' && at + 1 < cell.Length && (char.IsAsciiDigit(cell[at + 1]) || (cell[at + 1] is '-' or '+' && at + 2 < cell.Length && char.IsAsciiDigit(cell[at + 2]))))
        {
            return TrySlow(cell, out value);
        }

        unit = cell[at..].Trim();
        if (unit.Length > 0 && unit[0] is '.' or ',' or ':' or '/' or '-')
        {
            return false;
        }

        if (whole > 1L << 53 || decimals >= Powers.Length)
        {
            return TrySlow(cell[..at], out value);
        }

        // Exact: both are doubles without rounding, so the quotient is the nearest double.
        value = whole / Powers[decimals];
        value = isNegative ? -value : value;
        return true;
    }

    /// <summary>Three digits, then no fourth.</summary>
    private static bool IsGroup(ReadOnlySpan<char> cell, int at) =>
        at + 3 < cell.Length && char.IsAsciiDigit(cell[at + 1]) && char.IsAsciiDigit(cell[at + 2]) && char.IsAsciiDigit(cell[at + 3]) && (at + 4 == cell.Length || !char.IsAsciiDigit(cell[at + 4]));

    private bool TrySlow(ReadOnlySpan<char> cell, out double value)
    {
        var text = cell.ToString().Replace('\u2212', '-').Replace(_decimal, '.');
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
