using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

/// <summary>What can be called in a formula, and with what.</summary>
internal static class FormulaFunctions
{
    private static readonly FrozenDictionary<string, (int Fewest, int Most)> _counts = new Dictionary<string, (int, int)>
    {
        ["abs"] = (1, 1),
        ["min"] = (1, Formula.MostInputs),
        ["max"] = (1, Formula.MostInputs),
        ["mean"] = (1, Formula.MostInputs),
        ["clamp"] = (3, 3),
        ["if"] = (3, 3),
        ["sqrt"] = (1, 1),
        ["cbrt"] = (1, 1),
        ["ln"] = (1, 1),
        ["log10"] = (1, 1),
        ["exp"] = (1, 1),
        ["sin"] = (1, 1),
        ["cos"] = (1, 1),
        ["tan"] = (1, 1),
        ["kelvin"] = (1, 1),
        ["number"] = (1, 2),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Unit _radian = Ucum.TryParse("rad", out var radian) ? radian : throw new InvalidOperationException("BUG: rad is no unit");

    internal static string Names { get; } = string.Join(", ", _counts.Keys.Order(StringComparer.Ordinal));

    internal static bool Exists(string name) => _counts.ContainsKey(name);

    internal static FormulaPart? Call(FormulaReader reader, Token name, string function, ImmutableArray<FormulaPart> values)
    {
        var (fewest, most) = _counts[function];
        if (values.Length < fewest || values.Length > most)
        {
            var wanted = fewest == most ? $"{fewest}" : $"{fewest} … {most}";
            return reader.Wrong(FormulaFaultCode.ArgumentCount, name, function, wanted, values.Length.ToString(CultureInfo.InvariantCulture));
        }

        if (reader.IsLenient)
            return new FormulaPart(new GatherNode(Gathering.Mean, [.. values.Select(value => value.Node)]), null);
        switch (function)
        {
            case "abs":
                return FormulaRules.MayBeMultiplied(reader, name, values[0]) ? values[0] with { Node = new CallNode(Math.Abs, values[0].Node) } : null;
            case "min" or "max" or "mean":
                var how = function switch { "min" => Gathering.Least, "max" => Gathering.Most, _ => Gathering.Mean };
                return FormulaRules.Unify(reader, name, values.AsSpan()) is { } alike ? new FormulaPart(new GatherNode(how, Array.ConvertAll(alike, one => one.Node)), alike[0].Unit) : null;
            case "clamp":
                return FormulaRules.Unify(reader, name, values.AsSpan()) is [var x, var low, var high] ? new FormulaPart(new ClampNode(x.Node, low.Node, high.Node), x.Unit) : null;
            case "sqrt" or "cbrt":
                return Root(reader, name, values[0], function == "sqrt" ? 2 : 3);
            case "sin" or "cos" or "tan":
                return Angle(reader, name, function, values[0]);
            case "kelvin":
                return FormulaUnits.In(values[0], FormulaUnits.Kelvin) ?? reader.Wrong(FormulaFaultCode.ResultUnit, name, values[0].Code, "K");
            default:
                return Plain(reader, name, function, values[0]);
        }
    }

    private static FormulaPart? Root(FormulaReader reader, Token name, FormulaPart part, int degree)
    {
        FormulaNode Node(FormulaNode inner) => new CallNode(degree == 2 ? Math.Sqrt : Math.Cbrt, inner);
        if (FormulaUnits.AsNumber(part) is { } number)
            return number with { Node = Node(number.Node) };
        if (!FormulaRules.MayBeMultiplied(reader, name, part))
            return null;
        return FormulaUnits.Root(part, degree, Node) ?? reader.Wrong(FormulaFaultCode.PowerUnit, name, part.Code);
    }

    private static FormulaPart? Angle(FormulaReader reader, Token name, string function, FormulaPart part)
    {
        Func<double, double> call = function switch { "sin" => Math.Sin, "cos" => Math.Cos, _ => Math.Tan };
        var angle = FormulaUnits.AsNumber(part) ?? FormulaUnits.In(part, _radian);
        return angle is { } inner
            ? new FormulaPart(new CallNode(call, inner.Node), part.IsBare ? null : FormulaUnits.One)
            : reader.Wrong(FormulaFaultCode.NeedsNumber, name, function, part.Code);
    }

    private static FormulaPart? Plain(FormulaReader reader, Token name, string function, FormulaPart part)
    {
        Func<double, double> call = function switch { "ln" => Math.Log, "log10" => Math.Log10, _ => Math.Exp };
        var number = function == "exp" && part.Unit?.Dimension.Scale == "[pH]" ? part with { Unit = FormulaUnits.One } : FormulaUnits.AsNumber(part);
        return number is { } inner
            ? new FormulaPart(new CallNode(call, inner.Node), inner.Unit)
            : reader.Wrong(FormulaFaultCode.NeedsNumber, name, function, part.Code);
    }
}
