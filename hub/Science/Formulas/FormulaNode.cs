namespace StemLab.Science.Formulas;

/// <summary>One evaluation: the inputs and the first thing that went wrong.</summary>
internal ref struct FormulaRun(ReadOnlySpan<double> inputs)
{
    internal readonly ReadOnlySpan<double> Inputs = inputs;

    internal FormulaProblem Problem;

    /// <summary>No value from here on; the first reason stands.</summary>
    internal double Fail(FormulaProblem problem)
    {
        if (Problem == FormulaProblem.None)
            Problem = problem;
        return double.NaN;
    }

    /// <summary>A result that must be a number; NaN only where an input already was.</summary>
    internal double Checked(double value, FormulaProblem otherwise)
    {
        if (double.IsFinite(value))
            return value;
        return Fail(double.IsInfinity(value) ? FormulaProblem.TooLarge : otherwise);
    }
}

/// <summary>One part of a formula, with all unit factors already in it. Immutable; safe from any thread.</summary>
internal abstract class FormulaNode
{
    internal abstract double Value(ref FormulaRun run);
}

internal sealed class ConstantNode(double value) : FormulaNode
{
    internal double Number => value;

    internal override double Value(ref FormulaRun run) => value;
}

internal sealed class InputNode(int index) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var value = run.Inputs[index];
        return double.IsFinite(value) ? value : run.Fail(FormulaProblem.MissingInput);
    }
}

/// <summary>slope · inner + offset: a conversion of unit.</summary>
internal sealed class ScaledNode(FormulaNode inner, double slope, double offset) : FormulaNode
{
    internal override double Value(ref FormulaRun run) => run.Checked(slope * inner.Value(ref run) + offset, FormulaProblem.NotDefined);
}

internal sealed class SumNode(FormulaNode left, FormulaNode right, bool isMinus) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var (a, b) = (left.Value(ref run), right.Value(ref run));
        return run.Checked(isMinus ? a - b : a + b, FormulaProblem.NotDefined);
    }
}

internal sealed class ProductNode(FormulaNode left, FormulaNode right) : FormulaNode
{
    internal override double Value(ref FormulaRun run) => run.Checked(left.Value(ref run) * right.Value(ref run), FormulaProblem.NotDefined);
}

internal sealed class QuotientNode(FormulaNode left, FormulaNode right) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var (a, b) = (left.Value(ref run), right.Value(ref run));
        return b == 0 ? run.Fail(FormulaProblem.DividedByZero) : run.Checked(a / b, FormulaProblem.NotDefined);
    }
}

internal sealed class PowerNode(FormulaNode left, FormulaNode right) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var (a, b) = (left.Value(ref run), right.Value(ref run));
        return a == 0 && b < 0 ? run.Fail(FormulaProblem.DividedByZero) : run.Checked(Math.Pow(a, b), FormulaProblem.NotDefined);
    }
}

/// <summary>A function of one number.</summary>
internal sealed class CallNode(Func<double, double> function, FormulaNode inner) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var x = inner.Value(ref run);
        var value = double.IsNaN(x) ? x : function(x);
        // The logarithm of 0 is no large number but none.
        return double.IsNegativeInfinity(value) ? run.Fail(FormulaProblem.NotDefined) : run.Checked(value, FormulaProblem.NotDefined);
    }
}

internal enum Gathering
{
    Least,
    Most,
    Mean,
}

internal sealed class GatherNode(Gathering how, FormulaNode[] parts) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var result = parts[0].Value(ref run);
        for (var i = 1; i < parts.Length; i++)
        {
            var value = parts[i].Value(ref run);
            result = how switch { Gathering.Least => Math.Min(result, value), Gathering.Most => Math.Max(result, value), _ => result + value };
        }

        return run.Checked(how == Gathering.Mean ? result / parts.Length : result, FormulaProblem.NotDefined);
    }
}

internal sealed class ClampNode(FormulaNode inner, FormulaNode low, FormulaNode high) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var (x, a, b) = (inner.Value(ref run), low.Value(ref run), high.Value(ref run));
        return a > b ? run.Fail(FormulaProblem.NotDefined) : run.Checked(Math.Min(Math.Max(x, a), b), FormulaProblem.NotDefined);
    }
}

internal enum Comparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// <summary>Only the branch taken is evaluated; the other may be undefined.</summary>
internal sealed class IfNode(Comparison comparison, FormulaNode left, FormulaNode right, FormulaNode then, FormulaNode otherwise) : FormulaNode
{
    internal override double Value(ref FormulaRun run)
    {
        var (a, b) = (left.Value(ref run), right.Value(ref run));
        if (run.Problem != FormulaProblem.None)
            return double.NaN;
        var isTrue = comparison switch
        {
            Comparison.Less => a < b,
            Comparison.LessOrEqual => a <= b,
            Comparison.Greater => a > b,
            Comparison.GreaterOrEqual => a >= b,
            Comparison.Equal => a == b,
            _ => a != b,
        };
        return isTrue ? then.Value(ref run) : otherwise.Value(ref run);
    }
}
