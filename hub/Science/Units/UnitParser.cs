using System.Globalization;

namespace StemLab.Science.Units;

/// <summary>Recursive descent over the UCUM grammar (case-sensitive). One instance parses one code; never throws on any text.</summary>
internal ref struct UnitParser(string code)
{
    private const int MaxLength = 64;
    private const int MaxDepth = 8;
    private const int MaxPower = 30;

    private readonly string _code = code;
    private int _at;
    private int _depth;
    private int _parts;
    private bool _hasSpecial;
    private double _mantissa = 1;
    private int _exponent;
    private Dimension _dimension;
    private decimal _zero;
    private string _annotation = "";

    /// <summary>Parses the whole code.</summary>
    internal bool TryParse(out Unit? unit)
    {
        unit = null;
        if (_code.Length is 0 or > MaxLength || !Term(1) || _at != _code.Length)
            return false;
        // A scale with its own zero, and a logarithm, mean nothing inside a product.
        if (_hasSpecial && _parts > 1)
            return false;
        if (!double.IsFinite(_mantissa) || _mantissa <= 0 || Math.Abs(_exponent) > 300)
            return false;
        unit = new Unit(_code, _dimension, _mantissa, _exponent, _hasSpecial ? UnitTraits.Special : UnitTraits.None, _zero, _annotation);
        return true;
    }

    /// <summary>term: ["/"] component { ("." | "/") component }; the sign is that of the surrounding division.</summary>
    private bool Term(int sign)
    {
        if (++_depth > MaxDepth)
            return false;
        var direction = sign;
        if (Accept('/'))
            direction = -sign;
        if (!Component(direction))
            return false;
        while (_at < _code.Length && _code[_at] is '.' or '/')
        {
            direction = _code[_at] == '/' ? -sign : sign;
            _at++;
            if (!Component(direction))
                return false;
        }

        _depth--;
        return true;
    }

    private bool Component(int sign)
    {
        if (_at >= _code.Length)
            return false;
        if (Accept('('))
            return Term(sign) && Accept(')') && (!AtAnnotation() || TakeAnnotation());
        if (AtAnnotation())
            return TakeAnnotation() && CountPart();

        var start = _at;
        while (_at < _code.Length && IsUnitCharacter())
            _at++;
        var text = _code.AsSpan(start, _at - start);
        return text.Length > 0 && Simple(text, sign) && CountPart() && (!AtAnnotation() || TakeAnnotation());
    }

    private bool CountPart()
    {
        _parts++;
        return true;
    }

    /// <summary>Anything up to an operator, a parenthesis or a brace; brackets are taken whole.</summary>
    private bool IsUnitCharacter()
    {
        var c = _code[_at];
        if (c == '[')
        {
            var close = _code.IndexOf(']', _at);
            if (close < 0)
                return false;
            _at = close;
            return true;
        }

        return c is > ' ' and < '\x7f' and not ('.' or '/' or '(' or ')' or '{' or '}');
    }

    private bool Simple(ReadOnlySpan<char> text, int sign)
    {
        if (char.IsAsciiDigit(text[0]) && !text.StartsWith("10*") && !text.StartsWith("10^"))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                return false;
            _mantissa *= sign > 0 ? number : 1d / number;
            return true;
        }

        SplitPower(text, out var symbol, out var power, out var hasPower);
        if (hasPower && (power == 0 || Math.Abs(power) > MaxPower))
            return false;
        return Symbol(symbol, power * sign, hasPower, sign);
    }

    /// <summary>Splits "m-2" into "m" and -2; "10*6" into "10*" and 6.</summary>
    private static void SplitPower(ReadOnlySpan<char> text, out ReadOnlySpan<char> symbol, out int power, out bool hasPower)
    {
        var digits = text.Length;
        while (digits > 0 && char.IsAsciiDigit(text[digits - 1]))
            digits--;
        var cut = digits < text.Length && digits > 0 && text[digits - 1] is '-' or '+' ? digits - 1 : digits;
        power = 1;
        hasPower = digits < text.Length && digits > 0 && cut > 0
            && int.TryParse(text[cut..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power);
        symbol = hasPower ? text[..cut] : text;
        if (!hasPower)
            power = 1;
    }

    private bool Symbol(ReadOnlySpan<char> symbol, int power, bool hasPower, int sign)
    {
        if (!Find(symbol, out var atom, out var prefix, out var binary))
            return false;
        if ((atom.Traits & UnitTraits.Special) != 0)
        {
            if (hasPower || sign < 0)
                return false;
            _hasSpecial = true;
            // A prefixed scale (mCel) shrinks the step, so its zero grows in steps.
            if (atom.Zero != 0 && Math.Abs(prefix) > 9)
                return false;
            _zero = atom.Zero * (decimal)Math.Pow(10, -prefix);
        }

        _mantissa *= Math.Pow(atom.Mantissa * binary, power);
        _exponent += (atom.Exponent + prefix) * power;
        if (_dimension.Scale is { } scale && atom.Dimension.Scale is { } other && scale != other)
            return false;
        _dimension = _dimension.Times(atom.Dimension, power);
        return true;
    }

    private static bool Find(ReadOnlySpan<char> symbol, out Unit atom, out int prefix, out double binary)
    {
        (prefix, binary) = (0, 1);
        var atoms = UnitAtoms.All.GetAlternateLookup<ReadOnlySpan<char>>();
        if (atoms.TryGetValue(symbol, out atom!))
            return true;
        foreach (var length in (ReadOnlySpan<int>)[1, 2])
        {
            if (symbol.Length <= length || !atoms.TryGetValue(symbol[length..], out atom!) || (atom.Traits & UnitTraits.Metric) == 0)
                continue;
            var head = symbol[..length];
            if (UnitAtoms.Prefixes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(head, out prefix))
                return true;
            if (UnitAtoms.BinaryPrefixes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(head, out binary))
                return true;
            binary = 1;
        }

        return false;
    }

    private readonly bool AtAnnotation() => _at < _code.Length && _code[_at] == '{';

    private bool TakeAnnotation()
    {
        var close = _code.IndexOf('}', _at);
        if (close < 0)
            return false;
        var text = _code.AsSpan(_at + 1, close - _at - 1);
        foreach (var c in text)
        {
            if (c is <= ' ' or > '~' or '{')
                return false;
        }

        _annotation = _annotation.Length == 0 ? text.ToString() : string.Concat(_annotation, " ", text);
        _at = close + 1;
        return true;
    }

    private bool Accept(char c)
    {
        if (_at >= _code.Length || _code[_at] != c)
            return false;
        _at++;
        return true;
    }
}
