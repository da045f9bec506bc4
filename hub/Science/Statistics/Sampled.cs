namespace StemLab.Science.Statistics;

/// <summary>One window of a series. Unit of the values throughout.</summary>
/// <param name="StartUs">Start, µs; it belongs to the window, the end does not.</param>
/// <param name="Count">Values inside.</param>
/// <param name="Mean">Unit of the values.</param>
/// <param name="Min">Unit of the values.</param>
/// <param name="Max">Unit of the values.</param>
/// <param name="First">Unit of the values.</param>
/// <param name="Last">Unit of the values.</param>
public readonly record struct SeriesWindow(long StartUs, int Count, double Mean, double Min, double Max, double First, double Last);

/// <summary>Integral, slope, smoothing and thinning of sampled values. Times ascend; NaN = missing. Pure.</summary>
public static class Sampled
{
    /// <summary>Area under the values by trapezoids; missing values are bridged.</summary>
    /// <param name="seconds">Time of each value, s, ascending.</param>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <returns>Unit of the values times s; null with fewer than two values.</returns>
    public static double? Integral(ReadOnlySpan<double> seconds, ReadOnlySpan<double> values)
    {
        SameLength(seconds.Length, values.Length);
        DoubleDouble sum = 0;
        var (last, count) = (-1, 0);
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                continue;
            if (last >= 0)
                sum += (DoubleDouble)(seconds[i] - seconds[last]) * ((values[i] + values[last]) / 2);
            last = i;
            count++;
        }

        return count < 2 ? null : (double)sum;
    }

    /// <summary>Slope at each value: second-order inside, also on uneven steps; one-sided at the ends.</summary>
    /// <param name="seconds">Time of each value, s, ascending, no two alike.</param>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <returns>Unit of the values per s; NaN beside a missing value, at equal times and for a lone value.</returns>
    public static double[] Derivative(ReadOnlySpan<double> seconds, ReadOnlySpan<double> values)
    {
        SameLength(seconds.Length, values.Length);
        var slopes = new double[values.Length];
        var end = values.Length - 1;
        for (var i = 0; i <= end; i++)
        {
            if (end == 0)
                slopes[i] = double.NaN;
            else if (i == 0 || i == end)
                slopes[i] = i == 0 ? (values[1] - values[0]) / (seconds[1] - seconds[0]) : (values[end] - values[end - 1]) / (seconds[end] - seconds[end - 1]);
            else
            {
                var (before, after) = (seconds[i] - seconds[i - 1], seconds[i + 1] - seconds[i]);
                slopes[i] = (before * before * values[i + 1] - after * after * values[i - 1] + (after * after - before * before) * values[i]) / (before * after * (before + after));
            }

            if (!double.IsFinite(slopes[i]))
                slopes[i] = double.NaN;
        }

        return slopes;
    }

    /// <summary>Mean of the values around each one.</summary>
    /// <param name="values">Any unit.</param>
    /// <param name="window">How many, an odd number above 0.</param>
    /// <returns>Unit of the values; NaN where the window does not fit.</returns>
    public static double[] MovingAverage(ReadOnlySpan<double> values, int window)
    {
        if (window < 1 || window % 2 == 0)
            throw new ArgumentException($"{window} is not an odd number above 0.", nameof(window));
        var means = new double[values.Length];
        for (var i = 0; i < means.Length; i++)
        {
            var start = i - window / 2;
            if (start < 0 || start + window > values.Length)
            {
                means[i] = double.NaN;
                continue;
            }

            var sum = 0.0;
            foreach (var value in values.Slice(start, window))
                sum += value;
            means[i] = sum / window;
        }

        return means;
    }

    /// <summary>Summarises windows aligned to 1970; empty ones are left out.</summary>
    /// <param name="tUs">Time of each value, µs, ascending.</param>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <param name="windowUs">Length of a window, µs, above 0.</param>
    /// <returns>The windows in time order.</returns>
    public static List<SeriesWindow> Windows(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values, long windowUs)
    {
        SameLength(tUs.Length, values.Length);
        if (windowUs <= 0)
            throw new ArgumentException("A window needs a length above 0.", nameof(windowUs));
        var windows = new List<SeriesWindow>();
        DoubleDouble sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (double.IsNaN(value))
                continue;
            var start = (long)Math.Floor((decimal)tUs[i] / windowUs) * windowUs;
            if (windows.Count > 0 && windows[^1].StartUs == start)
            {
                var old = windows[^1];
                sum += value;
                windows[^1] = new SeriesWindow(start, old.Count + 1, (double)sum / (old.Count + 1), Math.Min(old.Min, value), Math.Max(old.Max, value), old.First, value);
                continue;
            }

            sum = value;
            windows.Add(new SeriesWindow(start, 1, value, value, value, value, value));
        }

        return windows;
    }

    /// <summary>Picks the points that keep the look of a line (largest triangle, three buckets).</summary>
    /// <param name="x">Ascending, any unit.</param>
    /// <param name="y">Any unit; no NaN.</param>
    /// <param name="most">Most points kept, 3 or more.</param>
    /// <returns>Indices kept, ascending; the first and the last always.</returns>
    /// <remarks>S. Steinarsson, Downsampling Time Series for Visual Representation, University of Iceland (2013).</remarks>
    public static int[] Thin(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int most)
    {
        SameLength(x.Length, y.Length);
        if (most < 3)
            throw new ArgumentException("At least 3 points show a line.", nameof(most));
        var n = x.Length;
        if (n <= most)
            return [.. Enumerable.Range(0, n)];
        var kept = new int[most];
        kept[most - 1] = n - 1;
        var size = (n - 2) / (double)(most - 2);
        for (var bucket = 0; bucket < most - 2; bucket++)
        {
            var (from, to) = (1 + (int)(bucket * size), 1 + (int)((bucket + 1) * size));
            var (nextFrom, nextTo) = (to, bucket == most - 3 ? n : Math.Min(n, 1 + (int)((bucket + 2) * size)));
            var (meanX, meanY) = (Mean(x[nextFrom..nextTo]), Mean(y[nextFrom..nextTo]));
            var last = kept[bucket];
            var (best, area) = (from, -1.0);
            for (var i = from; i < to; i++)
            {
                var triangle = Math.Abs((x[last] - meanX) * (y[i] - y[last]) - (x[last] - x[i]) * (meanY - y[last]));
                if (triangle > area)
                    (best, area) = (i, triangle);
            }

            kept[bucket + 1] = best;
        }

        return kept;
    }

    internal static void SameLength(int one, int other)
    {
        if (one != other)
            throw new ArgumentException($"There are {one} here and {other} there.");
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }
}
