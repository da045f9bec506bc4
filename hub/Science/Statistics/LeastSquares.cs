namespace StemLab.Science.Statistics;

/// <summary>What linear least squares found. Null where it cannot be known.</summary>
/// <param name="Parameters">One per column.</param>
/// <param name="StandardErrors">One per column; null with no degree of freedom left.</param>
/// <param name="ResidualSumOfSquares">Unit of y squared.</param>
/// <param name="Residuals">y minus fit, one per value.</param>
internal sealed record LinearSolution(double[] Parameters, double[]? StandardErrors, double ResidualSumOfSquares, double[] Residuals);

/// <summary>Linear least squares by orthogonalisation in double-double arithmetic.</summary>
internal static class LeastSquares
{
    /// <summary>A column that keeps less than this of its length beside the others says nothing of its own.</summary>
    private const double Dependent = 1e-24;

    /// <summary>Standard errors of the parameters for residuals of variance 1; null when the columns depend on each other.</summary>
    internal static double[]? ErrorsPerUnitVariance(DoubleDouble[][] columns) =>
        Triangle(columns, null, out var r, out _, out _) ? Errors(r, columns.Length, 1) : null;

    /// <summary>Solves; null when the columns depend on each other or there are fewer values than columns.</summary>
    internal static LinearSolution? Solve(DoubleDouble[][] columns, DoubleDouble[] y)
    {
        var (k, n) = (columns.Length, y.Length);
        if (n < k || k == 0)
            return null;
        if (!Triangle(columns, y, out var r, out var z, out var rest))
            return null;

        var parameters = new DoubleDouble[k];
        for (var j = k - 1; j >= 0; j--)
        {
            var sum = z[j];
            for (var l = j + 1; l < k; l++)
                sum -= r[j, l] * parameters[l];
            parameters[j] = sum / r[j, j];
        }

        var rss = (double)Dot(rest, rest);
        return new LinearSolution(
            Array.ConvertAll(parameters, value => (double)value),
            n > k ? Errors(r, k, rss / (n - k)) : null,
            rss,
            Array.ConvertAll(rest, value => (double)value));
    }

    /// <summary>Powers 0 … degree of x, exact to double-double.</summary>
    internal static DoubleDouble[][] Powers(ReadOnlySpan<double> x, int degree)
    {
        var columns = new DoubleDouble[degree + 1][];
        for (var d = 0; d <= degree; d++)
        {
            columns[d] = new DoubleDouble[x.Length];
            for (var i = 0; i < x.Length; i++)
                columns[d][i] = d == 0 ? 1 : columns[d - 1][i] * x[i];
        }

        return columns;
    }

    internal static DoubleDouble[] Exact(ReadOnlySpan<double> values)
    {
        var exact = new DoubleDouble[values.Length];
        for (var i = 0; i < values.Length; i++)
            exact[i] = values[i];
        return exact;
    }

    internal static DoubleDouble Dot(DoubleDouble[] a, DoubleDouble[] b)
    {
        DoubleDouble sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Modified Gram-Schmidt: columns = Q R, z = Qᵀ y, rest = y less what the columns explain.</summary>
    private static bool Triangle(DoubleDouble[][] columns, DoubleDouble[]? y, out DoubleDouble[,] r, out DoubleDouble[] z, out DoubleDouble[] rest)
    {
        var (k, n) = (columns.Length, columns[0].Length);
        var q = Array.ConvertAll(columns, column => (DoubleDouble[])column.Clone());
        rest = (DoubleDouble[]?)y?.Clone() ?? new DoubleDouble[n];
        r = new DoubleDouble[k, k];
        z = new DoubleDouble[k];
        for (var j = 0; j < k; j++)
        {
            var length = DoubleDouble.Sqrt(Dot(q[j], q[j]));
            var before = DoubleDouble.Sqrt(Dot(columns[j], columns[j]));
            if (!((double)length > Dependent * (double)before) || !double.IsFinite((double)length))
                return false;
            r[j, j] = length;
            for (var i = 0; i < n; i++)
                q[j][i] /= length;
            for (var l = j + 1; l < k; l++)
                r[j, l] = TakeOut(q[j], q[l]);
            z[j] = TakeOut(q[j], rest);
        }

        return true;
    }

    private static DoubleDouble TakeOut(DoubleDouble[] direction, DoubleDouble[] from)
    {
        var part = Dot(direction, from);
        for (var i = 0; i < from.Length; i++)
            from[i] -= direction[i] * part;
        return part;
    }

    /// <summary>Square roots of the diagonal of variance · (RᵀR)⁻¹.</summary>
    private static double[] Errors(DoubleDouble[,] r, int k, double variance)
    {
        var errors = new double[k];
        for (var column = 0; column < k; column++)
        {
            // Column of R⁻¹, from the bottom up.
            var inverse = new DoubleDouble[column + 1];
            for (var j = column; j >= 0; j--)
            {
                DoubleDouble sum = j == column ? 1 : 0;
                for (var l = j + 1; l <= column; l++)
                    sum -= r[j, l] * inverse[l];
                inverse[j] = sum / r[j, j];
                errors[j] += (double)(inverse[j] * inverse[j]);
            }
        }

        return Array.ConvertAll(errors, error => Math.Sqrt(variance * error));
    }
}
