using System.Collections.Immutable;

namespace StemLab.Science.Statistics;

/// <summary>The curves a student may draw through points.</summary>
public enum FitKind
{
    /// <summary>y = slope · x.</summary>
    Proportional = 1,

    /// <summary>y = intercept + slope · x.</summary>
    Linear,

    /// <summary>y = c0 + c1 x + c2 x².</summary>
    Quadratic,

    /// <summary>y = c0 + c1 x + c2 x² + c3 x³.</summary>
    Cubic,

    /// <summary>y = a · e^(b x) + c.</summary>
    Exponential,

    /// <summary>y = a · x^b, x above 0.</summary>
    Power,

    /// <summary>y = a / x, no x at 0.</summary>
    Inverse,

    /// <summary>y = amplitude · sin(angular_frequency · x + phase) + offset; amplitude ≥ 0, phase -π … π.</summary>
    Sine,

    /// <summary>y = a + b · ln x, x above 0.</summary>
    NaturalLog,

    /// <summary>y = a · e^(-(x - b)² / c²) + d; c above 0.</summary>
    Gaussian,
}

/// <summary>One parameter of a curve.</summary>
/// <param name="Name">As in the formula of its <see cref="FitKind"/>.</param>
/// <param name="Value">Unit from those of the axes.</param>
/// <param name="StandardError">Same unit; null = not available, rather than wrong.</param>
/// <param name="Ci95HalfWidth">Half-width of the 95 % confidence interval (Student's t), same unit; null = not available.</param>
public readonly record struct FitParameter(string Name, double Value, double? StandardError, double? Ci95HalfWidth);

/// <summary>Why no curve was drawn.</summary>
public enum FitRefusal
{
    /// <summary>A curve was drawn.</summary>
    None = 0,

    /// <summary>Fewer usable points than parameters.</summary>
    TooFewPoints,

    /// <summary>All x alike, or too few different ones.</summary>
    TooFewDifferentX,

    /// <summary>The curve is not defined at some x: 0 or negative.</summary>
    XNotAllowed,

    /// <summary>No parameters found that fit.</summary>
    DidNotConverge,
}

/// <summary>A curve through points. Immutable.</summary>
/// <param name="Kind">Which curve.</param>
/// <param name="Parameters">In the order of the formula; empty when refused.</param>
/// <param name="RSquared">Part of the variance explained, unit 1 (about 0 for curves without a constant); null where y does not vary.</param>
/// <param name="Rmse">Root of the mean squared residual, dividing by n; unit of y.</param>
/// <param name="ResidualSd">Dividing by n less the parameters; unit of y; null with no freedom left.</param>
/// <param name="Count">Points used; points with a missing coordinate are left out.</param>
/// <param name="Residuals">y minus curve per point used; unit of y.</param>
/// <param name="Refusal">Why there is none.</param>
public sealed record Fit(
    FitKind Kind, ImmutableArray<FitParameter> Parameters, double? RSquared, double Rmse, double? ResidualSd, int Count, ImmutableArray<double> Residuals, FitRefusal Refusal)
{
    /// <summary>True when a curve was drawn.</summary>
    public bool IsFound => Refusal == FitRefusal.None;
}

/// <summary>Draws curves through points by least squares in y. Pure; safe from any thread.</summary>
public static class Fits
{
    /// <summary>Draws a curve.</summary>
    /// <param name="kind">Which curve.</param>
    /// <param name="x">Any unit; NaN = missing.</param>
    /// <param name="y">Any unit; NaN = missing; as many as <paramref name="x"/>.</param>
    /// <returns>The curve, or why there is none; numbers are never NaN.</returns>
    public static Fit Through(FitKind kind, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"There are {x.Length} x but {y.Length} y.", nameof(y));
        var (xs, ys) = (new List<double>(x.Length), new List<double>(x.Length));
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                continue;
            xs.Add(x[i]);
            ys.Add(y[i]);
        }

        return Draw(kind, [.. xs], [.. ys]);
    }

    /// <summary>Several-variable and high-degree least squares, for those who bring their own columns.</summary>
    internal static LinearSolution? Linear(DoubleDouble[][] columns, double[] y) => LeastSquares.Solve(columns, LeastSquares.Exact(y));

    private static Fit Draw(FitKind kind, double[] x, double[] y)
    {
        var names = Names(kind);
        if (x.Length < names.Length)
            return Refused(kind, x.Length, FitRefusal.TooFewPoints);
        if ((kind is FitKind.Power or FitKind.NaturalLog && x.Any(value => value <= 0)) || (kind == FitKind.Inverse && x.Contains(0)))
            return Refused(kind, x.Length, FitRefusal.XNotAllowed);
        if (kind is FitKind.Exponential or FitKind.Power or FitKind.Sine or FitKind.Gaussian)
        {
            if (x.Distinct().Count() < names.Length)
                return Refused(kind, x.Length, FitRefusal.TooFewDifferentX);
            return CurveStarts.Of(kind, x, y) is { } start && NonlinearFit.Solve(CurveStarts.Model(kind), start, x, y) is { } found
                ? Result(kind, names, CurveStarts.Tidy(kind, found.Parameters), found.StandardErrors, found.ResidualSumOfSquares, found.Residuals, y, aboutMean: true)
                : Refused(kind, x.Length, FitRefusal.DidNotConverge);
        }

        return LeastSquares.Solve(Columns(kind, x), LeastSquares.Exact(y)) is { } solution
            ? Result(kind, names, solution.Parameters, solution.StandardErrors, solution.ResidualSumOfSquares, solution.Residuals, y, aboutMean: kind is not (FitKind.Proportional or FitKind.Inverse))
            : Refused(kind, x.Length, FitRefusal.TooFewDifferentX);
    }

    private static string[] Names(FitKind kind) => kind switch
    {
        FitKind.Proportional => ["slope"],
        FitKind.Linear => ["intercept", "slope"],
        FitKind.Quadratic => ["c0", "c1", "c2"],
        FitKind.Cubic => ["c0", "c1", "c2", "c3"],
        FitKind.Exponential => ["a", "b", "c"],
        FitKind.Power => ["a", "b"],
        FitKind.Inverse => ["a"],
        FitKind.Sine => ["amplitude", "angular_frequency", "phase", "offset"],
        FitKind.NaturalLog => ["a", "b"],
        FitKind.Gaussian => ["a", "b", "c", "d"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such curve."),
    };

    private static DoubleDouble[][] Columns(FitKind kind, double[] x) => kind switch
    {
        FitKind.Proportional => [LeastSquares.Exact(x)],
        FitKind.Inverse => [Array.ConvertAll(x, value => (DoubleDouble)1 / value)],
        FitKind.NaturalLog => [.. LeastSquares.Powers(Array.ConvertAll(x, Math.Log), 1)],
        FitKind.Linear => LeastSquares.Powers(x, 1),
        FitKind.Quadratic => LeastSquares.Powers(x, 2),
        _ => LeastSquares.Powers(x, 3),
    };

    private static Fit Refused(FitKind kind, int count, FitRefusal why) => new(kind, [], null, 0, null, count, [], why);

    private static Fit Result(FitKind kind, string[] names, double[] values, double[]? errors, double rss, double[] residuals, double[] y, bool aboutMean)
    {
        var freedom = y.Length - names.Length;
        var t = freedom > 0 ? StudentT.TwoSided95(freedom) : 0;
        var mean = aboutMean ? y.Average() : 0;
        var total = y.Sum(value => (value - mean) * (value - mean));
        return new Fit(
            kind,
            [.. names.Select((name, i) => new FitParameter(name, values[i], errors?[i], errors is null ? null : t * errors[i]))],
            y.Min() == y.Max() || total == 0 ? null : 1 - rss / total,
            Math.Sqrt(rss / y.Length),
            freedom > 0 ? Math.Sqrt(rss / freedom) : null,
            y.Length,
            [.. residuals],
            FitRefusal.None);
    }
}
