using System.Globalization;
using System.Text;
using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

/// <summary>A part of a formula and its unit; no unit (null) = a bare number, which takes the unit it stands beside.</summary>
internal readonly record struct FormulaPart(FormulaNode Node, Unit? Unit)
{
    internal bool IsBare => Unit is null;

    /// <summary>A temperature with a zero of its own: differences are kelvin, products are refused.</summary>
    internal bool IsPoint => Unit is { HasZeroOffset: true };

    internal bool IsLogarithmic => Unit?.Dimension.Scale is not null;

    internal double? Constant => (Node as ConstantNode)?.Number;

    internal string Code => Unit?.Code ?? "1";
}

/// <summary>Products and powers of units. Pure.</summary>
internal static class FormulaUnits
{
    private const int LargestPower = 12;

    internal static readonly Unit One = Parse("1");

    internal static readonly Unit Kelvin = Parse("K");

    /// <summary>A pure number, told from % or [ppm] by a factor only.</summary>
    internal static bool IsNumber(Unit? unit) => unit is null || (unit.Dimension.IsNone && unit.Annotation.Length == 0);

    /// <summary>The part in another unit of the same kind; null where it is another kind. Bare numbers are taken as they are.</summary>
    internal static FormulaPart? In(FormulaPart part, Unit unit)
    {
        if (part.Unit is null || part.Unit.Code == unit.Code)
            return part with { Unit = unit };
        if (!Ucum.TryConvert(part.Unit, unit, out var map))
            return null;
        return new FormulaPart(map.IsIdentity ? part.Node : new ScaledNode(part.Node, map.Slope, map.Offset), unit);
    }

    /// <summary>The part without a unit where it is a pure number (12 % = 0.12); null where it is not one.</summary>
    internal static FormulaPart? AsNumber(FormulaPart part) => part.Unit is null ? part : IsNumber(part.Unit) ? In(part, One) : null;

    /// <summary>left · right or left / right. Neither may be a temperature point or a logarithm. Null where the powers grow too large to be a unit.</summary>
    internal static FormulaPart? Product(FormulaPart left, FormulaPart right, bool isQuotient)
    {
        (left, right) = (AsNumber(left) ?? left, AsNumber(right) ?? right);
        FormulaNode node = isQuotient ? new QuotientNode(left.Node, right.Node) : new ProductNode(left.Node, right.Node);
        if (left.Unit is null && right.Unit is null)
            return new FormulaPart(node, null);
        if (IsNumber(right.Unit))
            return new FormulaPart(node, left.Unit ?? One);
        var power = isQuotient ? -1 : 1;
        return Named(node, IsNumber(left.Unit) ? [(right.Unit!, power)] : [(left.Unit!, 1), (right.Unit!, power)]);
    }

    /// <summary>A whole power; null where it is too large to be a unit.</summary>
    internal static FormulaPart? Power(FormulaPart part, FormulaNode node, int power) => power == 0 ? new FormulaPart(node, One) : Named(node, [(part.Unit!, power)]);

    /// <summary>A root: only in base units can it be said which unit it has. Null where the dimensions do not divide.</summary>
    internal static FormulaPart? Root(FormulaPart part, int degree, Func<FormulaNode, FormulaNode> call)
    {
        var unit = part.Unit!;
        var d = unit.Dimension;
        int[] powers = [d.Metre, d.Second, d.Gram, d.Radian, d.Kelvin, d.Coulomb, d.Candela, d.Mole];
        if (unit.Annotation.Length > 0 || Array.Exists(powers, power => power % degree != 0))
            return null;
        var based = new ScaledNode(part.Node, unit.Mantissa * Math.Pow(10, unit.Exponent), 0);
        return new FormulaPart(call(based), Parse(BaseCode(Array.ConvertAll(powers, power => power / degree))));
    }

    private static FormulaPart? Named(FormulaNode node, (Unit Unit, int Power)[] factors)
    {
        var dimension = default(Dimension);
        var scale = 1.0;
        foreach (var (unit, power) in factors)
        {
            dimension = dimension.Times(unit.Dimension, power);
            scale *= Math.Pow(unit.Mantissa, power) * Math.Pow(10, (double)unit.Exponent * power);
        }

        int[] powers = [dimension.Metre, dimension.Second, dimension.Gram, dimension.Radian, dimension.Kelvin, dimension.Coulomb, dimension.Candela, dimension.Mole];
        if (!double.IsNormal(scale) || Array.Exists(powers, power => Math.Abs(power) > LargestPower))
            return null;
        var isAnnotated = Array.Exists(factors, factor => factor.Unit.Annotation.Length > 0);
        if (dimension.IsNone && !isAnnotated)
            return new FormulaPart(scale == 1 ? node : new ScaledNode(node, scale, 0), One);
        if (!isAnnotated && Merged(factors) is { } merged && Ucum.TryParse(merged, out var simple) && simple.Dimension == dimension)
        {
            // The merged code may have lost a factor between "m" and "cm": the value carries it.
            var factor = scale / (simple.Mantissa * Math.Pow(10, simple.Exponent));
            return new FormulaPart(Math.Abs(factor - 1) < 1e-12 ? node : new ScaledNode(node, factor, 0), simple);
        }

        if (Ucum.TryParse(Joined(factors), out var joined) && joined.Dimension == dimension)
            return new FormulaPart(node, joined);
        return isAnnotated ? null : new FormulaPart(new ScaledNode(node, scale, 0), Parse(BaseCode(powers)));
    }

    /// <summary>"mg/L" times "L/min" is "mg/min"; null where a code has parentheses, braces or numbers of its own.</summary>
    private static string? Merged((Unit Unit, int Power)[] factors)
    {
        var powers = new List<(string Symbol, int Power)>();
        foreach (var (unit, power) in factors)
        {
            if (unit.Code.AsSpan().ContainsAny('(', '{', '*'))
                return null;
            var sign = power;
            var start = 0;
            for (var i = 0; i <= unit.Code.Length; i++)
            {
                if (i < unit.Code.Length && unit.Code[i] is not ('.' or '/'))
                    continue;
                if (i > start && !Add(powers, unit.Code[start..i], sign))
                    return null;
                if (i < unit.Code.Length)
                    sign = unit.Code[i] == '/' ? -power : power;
                start = i + 1;
            }
        }

        return Code(powers);
    }

    private static bool Add(List<(string Symbol, int Power)> powers, string text, int sign)
    {
        var digits = text.Length;
        while (digits > 0 && (char.IsAsciiDigit(text[digits - 1]) || text[digits - 1] == '-'))
            digits--;
        if (digits == 0)
            return text == "1";
        if (text[digits - 1] == ']')
            digits = text.LastIndexOf(']') + 1;
        var power = digits < text.Length && int.TryParse(text[digits..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var stated) ? stated : 1;
        var at = powers.FindIndex(known => known.Symbol == text[..digits]);
        if (at >= 0)
            powers[at] = (powers[at].Symbol, powers[at].Power + power * sign);
        else
            powers.Add((text[..digits], power * sign));
        return true;
    }

    private static string Code(IEnumerable<(string Symbol, int Power)> powers)
    {
        var code = new StringBuilder();
        foreach (var (symbol, power) in powers.Where(one => one.Power != 0).OrderByDescending(one => one.Power > 0))
        {
            code.Append(power < 0 ? "/" : code.Length > 0 ? "." : "").Append(symbol);
            if (Math.Abs(power) != 1)
                code.Append(Math.Abs(power));
        }

        return code.Length == 0 ? "1" : code.ToString();
    }

    private static string Joined((Unit Unit, int Power)[] factors)
    {
        var code = new StringBuilder();
        foreach (var (unit, power) in factors)
        {
            for (var i = Math.Abs(power); i > 0 && code.Length <= 64; i--)
                code.Append(power < 0 ? "/" : code.Length > 0 ? "." : "").Append(unit.Code.AsSpan().ContainsAny('.', '/') ? $"({unit.Code})" : unit.Code);
        }

        return code.ToString();
    }

    private static string BaseCode(int[] powers)
    {
        string[] symbols = ["m", "s", "g", "rad", "K", "C", "cd", "mol"];
        return Code(symbols.Zip(powers));
    }

    private static Unit Parse(string code) => Ucum.TryParse(code, out var unit) ? unit : throw new InvalidOperationException($"BUG: {code} is no unit");
}
