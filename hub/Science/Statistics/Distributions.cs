namespace StemLab.Science.Statistics;

/// <summary>How often values fall where.</summary>
/// <param name="Edges">Unit of the values, ascending; one more than bins.</param>
/// <param name="Counts">Per bin; a bin holds its lower edge, the last one also its upper.</param>
public sealed record Histogram(double[] Edges, int[] Counts)
{
    /// <summary>Counts values in bins of equal width from the smallest to the largest.</summary>
    /// <param name="values">Any unit; NaN = missing, left out.</param>
    /// <param name="bins">How many, 1 … 10,000.</param>
    /// <returns>The histogram; null where there is no value. Values all alike get bins half a unit to each side.</returns>
    public static Histogram? Of(ReadOnlySpan<double> values, int bins)
    {
        if (bins is < 1 or > 10_000)
            throw new ArgumentException($"{bins} is not a number of bins.", nameof(bins));
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (double.IsFinite(value))
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if (low > high)
            return null;
        if (low == high)
            (low, high) = (low - 0.5, high + 0.5);
        var edges = new double[bins + 1];
        for (var i = 0; i <= bins; i++)
            edges[i] = i == bins ? high : low + (high - low) / bins * i;
        var counts = new int[bins];
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                continue;
            var bin = Math.Clamp((int)((value - low) / (high - low) * bins), 0, bins - 1);
            // The division may land one bin off; the edges decide.
            if (value < edges[bin])
                bin--;
            else if (bin < bins - 1 && value >= edges[bin + 1])
                bin++;
            counts[bin]++;
        }

        return new Histogram(edges, counts);
    }
}

/// <summary>Analysis of variance: do groups differ? Null where it is not defined.</summary>
/// <param name="DfBetween">Degrees of freedom between groups.</param>
/// <param name="DfWithin">Degrees of freedom within groups.</param>
/// <param name="SumBetween">Sum of squares between groups, unit of the values squared.</param>
/// <param name="SumWithin">Sum of squares within groups, unit of the values squared.</param>
/// <param name="F">Ratio of the mean squares, unit 1; null where nothing varies within groups.</param>
/// <param name="RSquared">Part of the variance between groups, unit 1; null where nothing varies.</param>
/// <param name="ResidualSd">Standard deviation within groups, unit of the values.</param>
public sealed record Anova(int DfBetween, int DfWithin, double SumBetween, double SumWithin, double? F, double? RSquared, double ResidualSd)
{
    /// <summary>One-way analysis.</summary>
    /// <param name="groups">Two or more groups of finite values of one unit, none empty, and more values than groups.</param>
    /// <returns>The analysis; null when there are too few groups or values.</returns>
    public static Anova? OneWay(IReadOnlyList<double[]> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var n = groups.Sum(group => group.Length);
        if (groups.Count < 2 || n <= groups.Count || groups.Any(group => group.Length == 0 || group.Any(value => !double.IsFinite(value))))
            return null;
        var grand = Mean(groups.SelectMany(group => group), n);
        DoubleDouble between = 0, within = 0;
        foreach (var group in groups)
        {
            var mean = Mean(group, group.Length);
            between += (mean - grand) * (mean - grand) * group.Length;
            foreach (var value in group)
                within += (value - mean) * (value - mean);
        }

        var (b, w) = ((double)between, (double)within);
        var (dfBetween, dfWithin) = (groups.Count - 1, n - groups.Count);
        return new Anova(dfBetween, dfWithin, b, w, w > 0 ? b / dfBetween / (w / dfWithin) : null, b + w > 0 ? b / (b + w) : null, Math.Sqrt(w / dfWithin));
    }

    private static DoubleDouble Mean(IEnumerable<double> values, int count)
    {
        DoubleDouble sum = 0;
        foreach (var value in values)
            sum += value;
        return sum / count;
    }
}

/// <summary>How two things go together, and directions. Pure.</summary>
public static class Association
{
    /// <summary>Pearson's correlation.</summary>
    /// <param name="x">Any unit; NaN = missing, the pair is left out.</param>
    /// <param name="y">Any unit; as many as <paramref name="x"/>.</param>
    /// <returns>Unit 1, -1 … 1; null with fewer than two pairs or where one does not vary.</returns>
    public static double? Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Sampled.SameLength(x.Length, y.Length);
        DoubleDouble sumX = 0, sumY = 0;
        var n = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                continue;
            (sumX, sumY, n) = (sumX + x[i], sumY + y[i], n + 1);
        }

        if (n < 2)
            return null;
        var (meanX, meanY) = (sumX / n, sumY / n);
        DoubleDouble xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                continue;
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy);
        }

        var product = (double)xx * (double)yy;
        return product > 0 ? Math.Clamp((double)xy / Math.Sqrt(product), -1, 1) : null;
    }

    /// <summary>Mean direction, as of wind.</summary>
    /// <param name="degrees">deg; NaN = missing.</param>
    /// <returns>Mean, deg, 0 … below 360, and the length of the mean arrow, unit 1, 0 … 1; null where there is no direction.</returns>
    public static (double MeanDeg, double Resultant)? CircularMean(ReadOnlySpan<double> degrees)
    {
        var (east, north, n) = (0.0, 0.0, 0);
        foreach (var degree in degrees)
        {
            if (!double.IsFinite(degree))
                continue;
            var (sin, cos) = Math.SinCos(double.DegreesToRadians(degree));
            (east, north, n) = (east + sin, north + cos, n + 1);
        }

        var resultant = n == 0 ? 0 : Math.Sqrt(east * east + north * north) / n;
        if (resultant == 0)
            return null;
        var mean = double.RadiansToDegrees(Math.Atan2(east, north));
        return (mean < 0 ? mean + 360 : mean, resultant);
    }
}
