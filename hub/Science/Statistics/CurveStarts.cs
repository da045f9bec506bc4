namespace StemLab.Science.Statistics;

/// <summary>Curves with their derivatives, and where to start looking for their parameters.</summary>
internal static class CurveStarts
{
    private const int MostPointsToScan = 1000;

    internal static Func<double[], CurveModel> Model(FitKind kind) => kind switch
    {
        FitKind.Exponential => Exponential,
        FitKind.Power => Power,
        FitKind.Sine => Sine,
        _ => Gaussian,
    };

    /// <summary>The best of a grid over the one parameter that is hard to guess, the others by linear least squares.</summary>
    internal static double[]? Of(FitKind kind, double[] x, double[] y)
    {
        if (x.Length > MostPointsToScan)
        {
            var step = (x.Length + MostPointsToScan - 1) / MostPointsToScan;
            (x, y) = ([.. x.Where((_, i) => i % step == 0)], [.. y.Where((_, i) => i % step == 0)]);
        }

        var range = x.Max() - x.Min();
        return kind switch
        {
            FitKind.Exponential => Best(Rates(range), b => Linear(y, Array.ConvertAll(x, value => Math.Exp(b * value)), Ones(x)), (b, c) => [c[0], b, c[1]]),
            FitKind.Power => Best(Grid(-6, 6, 97), b => Linear(y, Array.ConvertAll(x, value => Math.Pow(value, b))), (b, c) => [c[0], b]),
            FitKind.Sine => Best(
                Grid(Math.PI / 2 / range, Math.PI * x.Length / range, 4 * x.Length),
                w => Linear(y, Array.ConvertAll(x, value => Math.Sin(w * value)), Array.ConvertAll(x, value => Math.Cos(w * value)), Ones(x)),
                (w, c) => [Math.Sqrt(c[0] * c[0] + c[1] * c[1]), w, Math.Atan2(c[1], c[0]), c[2]]),
            _ => Best(
                from centre in Grid(x.Min(), x.Max(), 25) from width in Grid(range / 40, range, 20) select (centre, width),
                g => Linear(y, Array.ConvertAll(x, value => Math.Exp(-Math.Pow((value - g.centre) / g.width, 2))), Ones(x)),
                (g, c) => [c[0], g.centre, g.width, c[1]]),
        };
    }

    /// <summary>One way to write a curve that can be written in several: no negative amplitude or width, phase -π … π.</summary>
    internal static double[] Tidy(FitKind kind, double[] p)
    {
        if (kind == FitKind.Gaussian)
            p[2] = Math.Abs(p[2]);
        if (kind != FitKind.Sine)
            return p;
        if (p[1] < 0)
            (p[0], p[1], p[2]) = (-p[0], -p[1], -p[2]);
        if (p[0] < 0)
            (p[0], p[2]) = (-p[0], p[2] + Math.PI);
        p[2] = Math.IEEERemainder(p[2], 2 * Math.PI);
        return p;
    }

    private static CurveModel Exponential(double[] x) => (i, p, gradient) =>
    {
        var power = Math.Exp(p[1] * x[i]);
        (gradient[0], gradient[1], gradient[2]) = (power, p[0] * x[i] * power, 1);
        return p[0] * power + p[2];
    };

    private static CurveModel Power(double[] x) => (i, p, gradient) =>
    {
        var power = Math.Pow(x[i], p[1]);
        (gradient[0], gradient[1]) = (power, p[0] * power * Math.Log(x[i]));
        return p[0] * power;
    };

    private static CurveModel Sine(double[] x) => (i, p, gradient) =>
    {
        var (sin, cos) = Math.SinCos(p[1] * x[i] + p[2]);
        (gradient[0], gradient[1], gradient[2], gradient[3]) = (sin, p[0] * cos * x[i], p[0] * cos, 1);
        return p[0] * sin + p[3];
    };

    private static CurveModel Gaussian(double[] x) => (i, p, gradient) =>
    {
        var u = (x[i] - p[1]) / p[2];
        var bell = Math.Exp(-u * u);
        (gradient[0], gradient[1], gradient[2], gradient[3]) = (bell, p[0] * bell * 2 * u / p[2], p[0] * bell * 2 * u * u / p[2], 1);
        return p[0] * bell + p[3];
    };

    private static double[]? Best<T>(IEnumerable<T> tries, Func<T, LinearSolution?> solve, Func<T, double[], double[]> parameters)
    {
        double[]? best = null;
        var least = double.PositiveInfinity;
        foreach (var one in tries)
        {
            if (solve(one) is { } solution && solution.ResidualSumOfSquares < least && solution.Parameters.All(double.IsFinite))
                (best, least) = (parameters(one, solution.Parameters), solution.ResidualSumOfSquares);
        }

        return best;
    }

    private static LinearSolution? Linear(double[] y, params double[][] columns) => LeastSquares.Solve(Array.ConvertAll(columns, column => LeastSquares.Exact(column)), LeastSquares.Exact(y));

    private static IEnumerable<double> Grid(double from, double to, int count) => Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1));

    /// <summary>Growth and decay from a hundredth of the range to fifty times across it.</summary>
    private static IEnumerable<double> Rates(double range) => Grid(Math.Log(0.01), Math.Log(50), 60).SelectMany(log => (double[])[Math.Exp(log) / range, -Math.Exp(log) / range]);

    private static double[] Ones(double[] x) => Array.ConvertAll(x, _ => 1.0);
}
