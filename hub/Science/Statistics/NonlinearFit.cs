namespace StemLab.Science.Statistics;

/// <summary>The value of a curve at row <paramref name="i"/> and its derivatives by the parameters.</summary>
/// <param name="i">Index of the point.</param>
/// <param name="parameters">The parameters.</param>
/// <param name="gradient">Receives the derivatives.</param>
internal delegate double CurveModel(int i, ReadOnlySpan<double> parameters, Span<double> gradient);

/// <summary>What the search found. StandardErrors is null where they would be guesswork.</summary>
internal sealed record NonlinearSolution(double[] Parameters, double[]? StandardErrors, double ResidualSumOfSquares, double[] Residuals);

/// <summary>Nonlinear least squares: Levenberg and Marquardt's way with Nielsen's damping, steps by orthogonalisation.</summary>
/// <remarks>Source: K. Madsen, H. B. Nielsen, O. Tingleff, Methods for non-linear least squares problems, 2nd ed. (2004).</remarks>
internal static class NonlinearFit
{
    private const int MostSteps = 4000;

    private const int MostValuesToRepeat = 2000;

    /// <summary>Residuals this small beside the values are rounding, and no measure of error.</summary>
    private const double Rounding = 1e-12;

    /// <summary>First damping, and whether a parameter's scale is the largest met so far (steadier) or today's (freer).</summary>
    private static readonly (double Damping, bool RemembersScale)[] _searches = [(1e-3, true), (1, true), (100, true), (1, false)];

    internal static NonlinearSolution? Solve(Func<double[], CurveModel> curve, double[] start, double[] x, double[] y) => Solve(curve(x), start, y);

    /// <summary>The best of several searches: a bold first step may jump into a plain from which nothing leads back, a timid one may stop in a hollow.</summary>
    internal static NonlinearSolution? Solve(CurveModel model, double[] start, double[] y)
    {
        NonlinearSolution? best = null;
        foreach (var (damping, remembers) in y.Length <= MostValuesToRepeat ? _searches : _searches.AsSpan(0, 1))
        {
            // Only clearly better is better: the same minimum found twice differs by rounding.
            var found = Search(model, start, y, damping, remembers, out var isSettled);
            if (found is not null && (best is null || found.ResidualSumOfSquares < best.ResidualSumOfSquares * (1 - 1e-9)))
                best = found;
            // At rest where every parameter matters: a true minimum.
            if (isSettled && found?.StandardErrors is { } errors && !errors.Where((error, j) => error > 100 * Math.Abs(found.Parameters[j])).Any())
                break;
        }

        return best;
    }

    private static NonlinearSolution? Search(CurveModel model, double[] start, double[] y, double firstDamping, bool remembersScale, out bool isSettled)
    {
        isSettled = false;
        var (n, k) = (y.Length, start.Length);
        var p = (double[])start.Clone();
        var (jacobian, residuals) = (new double[n, k], new double[n]);
        var rss = Evaluate(model, p, y, residuals, jacobian);
        if (!double.IsFinite(rss))
            return null;
        var (damping, factor) = (firstDamping, 2.0);
        var (triedJacobian, triedResiduals, scale) = (new double[n, k], new double[n], new double[k]);
        var still = 0;
        for (var step = 0; step < MostSteps && still < 3; step++)
        {
            for (var j = 0; j < k; j++)
                scale[j] = remembersScale ? Math.Max(scale[j], Length(jacobian, j)) : Length(jacobian, j);
            var delta = Step(jacobian, residuals, scale, damping);
            if (delta is null)
                return null;
            if (!remembersScale)
                Bend(model, p, y, residuals, jacobian, scale, damping, delta);
            var tried = new double[k];
            for (var j = 0; j < k; j++)
                tried[j] = p[j] + delta[j];
            var triedRss = Evaluate(model, tried, y, triedResiduals, triedJacobian);
            if (double.IsFinite(triedRss) && triedRss <= rss)
            {
                var isStill = true;
                for (var j = 0; j < k; j++)
                    isStill &= Math.Abs(delta[j]) <= 1e-13 * (Math.Abs(p[j]) + 1e-13);
                still = isStill || rss == 0 ? still + 1 : 0;
                var gain = (rss - triedRss) / Math.Max(Predicted(jacobian, residuals, delta), double.Epsilon);
                damping *= Math.Max(1d / 3, 1 - Math.Pow(2 * gain - 1, 3));
                damping = Math.Max(damping, 1e-15);
                factor = 2;
                (p, rss) = (tried, triedRss);
                (jacobian, triedJacobian) = (triedJacobian, jacobian);
                (residuals, triedResiduals) = (triedResiduals, residuals);
                continue;
            }

            damping *= factor;
            factor *= 2;
            if (damping > 1e18)
                break;
        }

        // Also where no step, however small, makes it better.
        isSettled = still >= 3 || damping > 1e18;
        return p.All(double.IsFinite) ? new NonlinearSolution(p, Errors(jacobian, rss, y), rss, (double[])residuals.Clone()) : null;
    }

    private static double Evaluate(CurveModel model, double[] p, double[] y, double[] residuals, double[,] jacobian)
    {
        var gradient = new double[p.Length];
        DoubleDouble rss = 0;
        for (var i = 0; i < y.Length; i++)
        {
            residuals[i] = y[i] - model(i, p, gradient);
            rss += (DoubleDouble)residuals[i] * residuals[i];
            for (var j = 0; j < p.Length; j++)
            {
                jacobian[i, j] = gradient[j];
                if (!double.IsFinite(gradient[j]))
                    return double.NaN;
            }
        }

        return (double)rss;
    }

    private static double Length(double[,] jacobian, int column)
    {
        var sum = 0.0;
        for (var i = 0; i < jacobian.GetLength(0); i++)
            sum += jacobian[i, column] * jacobian[i, column];
        return Math.Sqrt(sum);
    }

    /// <summary>The damped Gauss-Newton step: least squares over the Jacobian with a row of damping per parameter below it.</summary>
    private static double[]? Step(double[,] jacobian, double[] residuals, double[] scale, double damping)
    {
        var (n, k) = (jacobian.GetLength(0), jacobian.GetLength(1));
        var columns = new DoubleDouble[k][];
        for (var j = 0; j < k; j++)
        {
            columns[j] = new DoubleDouble[n + k];
            var size = scale[j] == 0 ? 1 : scale[j];
            for (var i = 0; i < n; i++)
                columns[j][i] = jacobian[i, j] / size;
            columns[j][n + j] = Math.Sqrt(damping);
        }

        var right = new DoubleDouble[n + k];
        for (var i = 0; i < n; i++)
            right[i] = residuals[i];
        var solution = LeastSquares.Solve(columns, right);
        if (solution is null)
            return null;
        for (var j = 0; j < k; j++)
            solution.Parameters[j] /= scale[j] == 0 ? 1 : scale[j];
        return solution.Parameters;
    }

    /// <summary>Follows the curve of a narrow valley instead of its tangent.</summary>
    /// <remarks>Geodesic acceleration: M. K. Transtrum, J. P. Sethna, arXiv:1201.5885 (2012).</remarks>
    private static void Bend(CurveModel model, double[] p, double[] y, double[] residuals, double[,] jacobian, double[] scale, double damping, double[] delta)
    {
        const double Probe = 0.1;
        var (n, k) = (y.Length, p.Length);
        double[] ahead = [.. p.Select((value, j) => value + Probe * delta[j])];
        var (gradient, bend) = (new double[k], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var moved = model(i, ahead, gradient) - (y[i] - residuals[i]);
            for (var j = 0; j < k; j++)
                moved -= Probe * jacobian[i, j] * delta[j];
            bend[i] = -2 * moved / (Probe * Probe);
        }

        if (Array.Exists(bend, value => !double.IsFinite(value)) || Step(jacobian, bend, scale, damping) is not { } turn)
            return;
        var (way, aside) = (0.0, 0.0);
        for (var j = 0; j < k; j++)
            (way, aside) = (way + Math.Pow(scale[j] * delta[j], 2), aside + Math.Pow(scale[j] * turn[j], 2));
        if (2 * Math.Sqrt(aside) > 0.75 * Math.Sqrt(way))
            return;
        for (var j = 0; j < k; j++)
            delta[j] += turn[j] / 2;
    }

    private static double Predicted(double[,] jacobian, double[] residuals, double[] delta)
    {
        var (before, after) = (0.0, 0.0);
        for (var i = 0; i < residuals.Length; i++)
        {
            var moved = residuals[i];
            for (var j = 0; j < delta.Length; j++)
                moved -= jacobian[i, j] * delta[j];
            before += residuals[i] * residuals[i];
            after += moved * moved;
        }

        return before - after;
    }

    private static double[]? Errors(double[,] jacobian, double rss, double[] y)
    {
        var (n, k) = (jacobian.GetLength(0), jacobian.GetLength(1));
        if (n <= k || Math.Sqrt(rss / n) <= Rounding * y.Max(Math.Abs))
            return null;
        var columns = new DoubleDouble[k][];
        for (var j = 0; j < k; j++)
        {
            columns[j] = new DoubleDouble[n];
            for (var i = 0; i < n; i++)
                columns[j][i] = jacobian[i, j];
        }

        var errors = LeastSquares.ErrorsPerUnitVariance(columns);
        var sd = Math.Sqrt(rss / (n - k));
        // A column nearly hidden behind the others: its error is mostly rounding.
        for (var j = 0; errors is not null && j < k; j++)
        {
            if (errors[j] * Length(jacobian, j) > 1e9)
                return null;
        }

        return errors is null ? null : Array.ConvertAll(errors, error => error * sd);
    }
}
