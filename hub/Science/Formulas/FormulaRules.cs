using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

/// <summary>Which values may meet, and what unit comes of it. Every refusal becomes the reader's fault.</summary>
internal static class FormulaRules
{
    private const double LargestExponent = 6;

    internal static FormulaPart? Sum(FormulaReader reader, Token sign, FormulaPart left, FormulaPart right, bool isMinus)
    {
        FormulaPart Joined(FormulaNode a, FormulaNode b, Unit? unit) => new(new SumNode(a, b, isMinus), unit);
        if (reader.IsLenient)
            return Joined(left.Node, right.Node, null);
        if (left.IsPoint && right.IsPoint)
        {
            if (!isMinus)
                return reader.Wrong(FormulaFaultCode.TemperatureSum, sign);
            // Two temperatures differ by kelvin, whatever their zero.
            return FormulaUnits.In(left, FormulaUnits.Kelvin) is { } a && FormulaUnits.In(right, FormulaUnits.Kelvin) is { } b ? Joined(a.Node, b.Node, FormulaUnits.Kelvin) : Differ(reader, sign, left, right);
        }

        if (left.IsPoint != right.IsPoint)
            return Shifted(reader, sign, left, right, isMinus);
        if (left.IsBare)
            return Joined(left.Node, right.Node, right.Unit);
        return FormulaUnits.In(right, left.Unit!) is { } same ? Joined(left.Node, same.Node, left.Unit) : Differ(reader, sign, left, right);
    }

    internal static FormulaPart? Product(FormulaReader reader, Token sign, FormulaPart left, FormulaPart right, bool isQuotient)
    {
        if (reader.IsLenient)
            return new FormulaPart(new ProductNode(left.Node, right.Node), null);
        if (!MayBeMultiplied(reader, sign, left) || !MayBeMultiplied(reader, sign, right))
            return null;
        return FormulaUnits.Product(left, right, isQuotient) ?? reader.Wrong(FormulaFaultCode.PowerUnit, sign, right.Code);
    }

    internal static FormulaPart? Negative(FormulaReader reader, Token sign, FormulaPart part)
    {
        if (part.Constant is { } number)
            return part with { Node = new ConstantNode(-number) };
        return part.IsPoint && !reader.IsLenient ? reader.Wrong(FormulaFaultCode.TemperatureProduct, sign, part.Code) : part with { Node = new ScaledNode(part.Node, -1, 0) };
    }

    internal static FormulaPart? Power(FormulaReader reader, Token sign, FormulaPart part, FormulaPart exponent)
    {
        if (reader.IsLenient)
            return new FormulaPart(new PowerNode(part.Node, exponent.Node), null);
        // 10^pH: pH is a logarithm, so it may stand as one.
        var power = exponent.Unit?.Dimension.Scale == "[pH]" ? exponent with { Unit = FormulaUnits.One } : FormulaUnits.AsNumber(exponent);
        if (power is not { } number)
            return reader.Wrong(FormulaFaultCode.NeedsNumber, sign, "^", exponent.Code);
        if (FormulaUnits.AsNumber(part) is { } bare)
            return new FormulaPart(new PowerNode(bare.Node, number.Node), bare.Unit ?? number.Unit);
        if (!MayBeMultiplied(reader, sign, part))
            return null;
        if (number.Constant is not { } whole || whole != Math.Round(whole) || Math.Abs(whole) > LargestExponent)
            return reader.Wrong(FormulaFaultCode.PowerUnit, sign, part.Code);
        return FormulaUnits.Power(part, new PowerNode(part.Node, number.Node), (int)whole) ?? reader.Wrong(FormulaFaultCode.PowerUnit, sign, part.Code);
    }

    /// <summary>A number with a unit after it: 5 "mg/L".</summary>
    internal static FormulaPart? WithUnit(FormulaReader reader, Token unit, FormulaPart part)
    {
        if (!Ucum.TryParse(unit.Text, out var parsed))
            return reader.Wrong(FormulaFaultCode.BadUnit, unit, unit.Text);
        return FormulaUnits.In(part, parsed) ?? reader.Wrong(FormulaFaultCode.ResultUnit, unit, part.Code, unit.Text);
    }

    /// <summary>Just the number, in the unit it has or in the one named.</summary>
    internal static FormulaPart? Number(FormulaReader reader, Token name, FormulaPart part, Token? unit)
    {
        if (unit is { } named)
        {
            if (WithUnit(reader, named, part) is not { } converted)
                return null;
            part = converted;
        }

        return part with { Unit = null };
    }

    /// <summary>All in the unit of the first that has one.</summary>
    internal static FormulaPart[]? Unify(FormulaReader reader, Token at, ReadOnlySpan<FormulaPart> parts)
    {
        var all = parts.ToArray();
        var first = Array.Find(all, part => !part.IsBare);
        if (first.Unit is not { } unit)
            return all;
        for (var i = 0; i < all.Length; i++)
        {
            if (!all[i].IsBare && (all[i].IsPoint != first.IsPoint || FormulaUnits.In(all[i], unit) is null))
            {
                Differ(reader, at, first, all[i]);
                return null;
            }

            all[i] = FormulaUnits.In(all[i], unit)!.Value;
        }

        return all;
    }

    internal static bool MayBeMultiplied(FormulaReader reader, Token at, FormulaPart part)
    {
        if (part.IsPoint)
            reader.Wrong(FormulaFaultCode.TemperatureProduct, at, part.Code);
        else if (part.IsLogarithmic)
            reader.Wrong(FormulaFaultCode.ScaleProduct, at, part.Code);
        else
            return true;
        return false;
    }

    /// <summary>A temperature and a step: t + 0.5 or t - 2 "K".</summary>
    private static FormulaPart? Shifted(FormulaReader reader, Token sign, FormulaPart left, FormulaPart right, bool isMinus)
    {
        if (right.IsPoint && isMinus)
            return reader.Wrong(FormulaFaultCode.TemperatureSum, sign);
        var (point, step) = left.IsPoint ? (left, right) : (right, left);
        if (step.IsBare)
            return new FormulaPart(new SumNode(left.Node, right.Node, isMinus), point.Unit);
        if (!Ucum.TryConvert(step.Unit!, FormulaUnits.Kelvin, out var toKelvin) || !Ucum.TryConvert(FormulaUnits.Kelvin, point.Unit!, out var fromKelvin))
            return Differ(reader, sign, left, right);
        var scaled = new ScaledNode(step.Node, toKelvin.Slope * fromKelvin.Slope, 0);
        return new FormulaPart(left.IsPoint ? new SumNode(point.Node, scaled, isMinus) : new SumNode(scaled, point.Node, isMinus), point.Unit);
    }

    private static FormulaPart? Differ(FormulaReader reader, Token at, FormulaPart left, FormulaPart right) =>
        reader.Wrong(FormulaFaultCode.UnitsDiffer, at, left.Code, right.Code);
}
