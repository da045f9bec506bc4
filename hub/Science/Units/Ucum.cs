using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace StemLab.Science.Units;

/// <summary>
/// Units by their UCUM code (case-sensitive): parse, convert, refuse. Pure; safe from any thread.
/// </summary>
/// <remarks>
/// Source: The Unified Code for Units of Measure 2.1 (ucum.org). A subset: no customary units outside the ones met in schools
/// and field stations. Stricter than UCUM in three places, because a silent number is worse than a refusal: mol is a dimension
/// of its own, logarithmic scales convert only within themselves, and {NTU} never becomes {FNU} (different methods).
/// </remarks>
public static class Ucum
{
    private const int CacheLimit = 4096;
    private static readonly ConcurrentDictionary<string, Unit?> _parsed = new(StringComparer.Ordinal);

    /// <summary>Reads a code.</summary>
    /// <param name="code">UCUM, case-sensitive, at most 64 characters: "mg/L", "umol/(m2.s)", "{NTU}".</param>
    /// <param name="unit">The unit, where the code is one.</param>
    /// <returns>False for anything that is not UCUM here: "ppm", "degC", "µS/cm".</returns>
    public static bool TryParse(string? code, [NotNullWhen(true)] out Unit? unit)
    {
        unit = null;
        if (code is null)
            return false;
        if (!_parsed.TryGetValue(code, out unit))
        {
            new UnitParser(code).TryParse(out unit);
            // Bounded: codes come from outside. Beyond the limit they are simply parsed again.
            if (_parsed.Count < CacheLimit)
                _parsed[code] = unit;
        }

        return unit is not null;
    }

    /// <summary>The map that turns a value in one unit into the same value in another.</summary>
    /// <param name="from">UCUM code of the value given.</param>
    /// <param name="to">UCUM code of the value wanted.</param>
    /// <param name="map">The conversion; identity when refused.</param>
    /// <returns>False when a code is not UCUM or the two measure different things.</returns>
    public static bool TryConvert(string? from, string? to, out AffineMap map)
    {
        map = AffineMap.Identity;
        return TryParse(from, out var source) && TryParse(to, out var target) && TryConvert(source, target, out map);
    }

    /// <summary>The map between two parsed units.</summary>
    /// <param name="from">Unit of the value given.</param>
    /// <param name="to">Unit of the value wanted.</param>
    /// <param name="map">The conversion; identity when refused.</param>
    /// <returns>False when they measure different things.</returns>
    public static bool TryConvert(Unit from, Unit to, out AffineMap map)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        map = AffineMap.Identity;
        if (!SameKind(from, to))
            return false;
        var slope = Scale(from, to);
        if (from.Zero != to.Zero && Whole(from) is { } a && Whole(to) is { } b)
            slope = (double)(a / b);
        // to = (K / size_to) - zero_to and K = (from + zero_from) · size_from; in decimals, so that Cel -> [degF] is exactly 32.
        var offset = from.Zero == 0 && to.Zero == 0 ? 0 : Offset(from, to, slope);
        map = new AffineMap(slope, offset);
        return slope > 0 && double.IsFinite(slope) && double.IsFinite(offset);
    }

    /// <summary>The map for differences and rates: the factor only, no shift of zero (a rise of 1 Cel is a rise of 1.8 [degF]).</summary>
    /// <param name="from">UCUM code of the difference given.</param>
    /// <param name="to">UCUM code of the difference wanted.</param>
    /// <param name="map">The conversion; identity when refused.</param>
    /// <returns>False when a code is not UCUM or the two measure different things.</returns>
    public static bool TryConvertDifference(string? from, string? to, out AffineMap map)
    {
        if (!TryConvert(from, to, out map))
            return false;
        map = map with { Offset = 0 };
        return true;
    }

    private static bool SameKind(Unit from, Unit to) =>
        from.Dimension == to.Dimension
        && (from.Annotation.Length == 0 || to.Annotation.Length == 0 || from.Annotation == to.Annotation);

    private static double Scale(Unit from, Unit to)
    {
        var ratio = from.Mantissa / to.Mantissa;
        var power = from.Exponent - to.Exponent;
        return power >= 0 ? ratio * Math.Pow(10, power) : ratio / Math.Pow(10, -power);
    }

    private static double Offset(Unit from, Unit to, double slope)
    {
        try
        {
            var ratio = from.Mantissa == to.Mantissa && from.Exponent == to.Exponent ? 1m : ExactRatio(from, to, slope);
            return (double)(from.Zero * ratio - to.Zero);
        }
        catch (OverflowException)
        {
            return double.NaN;
        }
    }

    private static decimal ExactRatio(Unit from, Unit to, double slope) =>
        // 5/9 and 5/4 are the only temperature sizes; 36 · 5/9 and 36 · 5/4 are whole numbers.
        Whole(from) is { } a && Whole(to) is { } b ? a / b : (decimal)slope;

    private static decimal? Whole(Unit unit)
    {
        var scaled = Math.Round(unit.Mantissa * 36, 9);
        return unit.Exponent is < -20 or > 20 || scaled != Math.Round(scaled) ? null : (decimal)scaled * (decimal)Math.Pow(10, unit.Exponent);
    }
}
