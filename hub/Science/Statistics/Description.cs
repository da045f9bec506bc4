namespace StemLab.Science.Statistics;

/// <summary>A set of values in a few numbers. Null = not defined for so few values, never NaN.</summary>
/// <param name="Count">Values used; missing ones (NaN) are left out.</param>
/// <param name="Mean">Unit of the values.</param>
/// <param name="Median">Unit of the values.</param>
/// <param name="Min">Unit of the values.</param>
/// <param name="Max">Unit of the values.</param>
/// <param name="Q1">Quartile, linear interpolation between order statistics (type 7), unit of the values.</param>
/// <param name="Q3">Quartile, unit of the values.</param>
/// <param name="P05">5th percentile, unit of the values.</param>
/// <param name="P95">95th percentile, unit of the values.</param>
/// <param name="SdPopulation">Standard deviation, dividing by n; unit of the values.</param>
/// <param name="SdSample">Standard deviation, dividing by n - 1; unit of the values; null for one value.</param>
/// <param name="VarianceSample">Unit of the values squared; null for one value.</param>
/// <param name="StandardError">Of the mean, unit of the values; null for one value.</param>
/// <param name="Ci95HalfWidth">Half-width of the 95 % confidence interval of the mean (Student's t); unit of the values; null for one value.</param>
/// <param name="Skewness">Population form, unit 1; null where nothing varies.</param>
/// <param name="KurtosisExcess">Population form less 3, unit 1; null where nothing varies.</param>
/// <param name="AutocorrelationLag1">Unit 1; null where nothing varies.</param>
public sealed record Description(
    int Count,
    double Mean,
    double Median,
    double Min,
    double Max,
    double Q1,
    double Q3,
    double P05,
    double P95,
    double SdPopulation,
    double? SdSample,
    double? VarianceSample,
    double? StandardError,
    double? Ci95HalfWidth,
    double? Skewness,
    double? KurtosisExcess,
    double? AutocorrelationLag1)
{
    /// <summary>Describes a set of values.</summary>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <returns>The description; null when there is no value, or one is infinite.</returns>
    public static Description? Of(ReadOnlySpan<double> values)
    {
        var kept = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (double.IsInfinity(value))
                return null;
            if (!double.IsNaN(value))
                kept.Add(value);
        }

        if (kept.Count == 0)
            return null;
        var n = kept.Count;
        DoubleDouble sum = 0;
        foreach (var value in kept)
            sum += value;
        var mean = sum / n;
        DoubleDouble m2 = 0, m3 = 0, m4 = 0, lagged = 0, previous = 0;
        foreach (var value in kept)
        {
            var d = value - mean;
            m2 += d * d;
            m3 += d * d * d;
            m4 += d * d * (d * d);
            lagged += d * previous;
            previous = d;
        }

        var sorted = kept.Order().ToArray();
        var squares = (double)m2;
        var sd = n > 1 ? Math.Sqrt(squares / (n - 1)) : (double?)null;
        var varies = sorted[0] != sorted[^1];
        return new Description(
            n,
            (double)mean,
            Quantile(sorted, 0.5),
            sorted[0],
            sorted[^1],
            Quantile(sorted, 0.25),
            Quantile(sorted, 0.75),
            Quantile(sorted, 0.05),
            Quantile(sorted, 0.95),
            Math.Sqrt(squares / n),
            sd,
            n > 1 ? squares / (n - 1) : null,
            sd / Math.Sqrt(n),
            n > 1 ? StudentT.TwoSided95(n - 1) * sd / Math.Sqrt(n) : null,
            varies ? (double)m3 / n / Math.Pow(squares / n, 1.5) : null,
            varies ? (double)m4 / n / Math.Pow(squares / n, 2) - 3 : null,
            varies ? (double)(lagged / m2) : null);
    }

    internal static double Quantile(double[] sorted, double part)
    {
        var position = part * (sorted.Length - 1);
        var below = Math.Min((int)position, sorted.Length - 1);
        return below + 1 == sorted.Length ? sorted[^1] : sorted[below] + (sorted[below + 1] - sorted[below]) * (position - below);
    }
}
