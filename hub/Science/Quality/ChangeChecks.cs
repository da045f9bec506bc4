namespace StemLab.Science.Quality;

/// <summary>How a spike is measured.</summary>
public enum SpikeMethod
{
    /// <summary>Distance from the middle of both neighbours; also raises the neighbours of a spike at half its height, and steps.</summary>
    Average = 0,

    /// <summary>The smaller of both jumps, where they go opposite ways; a step is no spike.</summary>
    Differential = 1,
}

/// <summary>Does the value jump? QARTOD spike (test 6) and rate of change (test 7). Pure.</summary>
public static class ChangeChecks
{
    /// <summary>Compares each value with the one before and the one after; needs one later value.</summary>
    /// <param name="values">In time order; any unit; NaN = missing.</param>
    /// <param name="suspect">Above = suspect; unit of the values; null = not asked.</param>
    /// <param name="fail">Above = fail; unit of the values; null = not asked.</param>
    /// <param name="method">How a spike is measured.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> a threshold of 0 means none.</param>
    /// <param name="flags">Receives one verdict per value; 2 for the first, the last and beside a missing one.</param>
    public static void Spike(ReadOnlySpan<double> values, double? suspect, double? fail, SpikeMethod method, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        if (mode == QcMode.StemLab)
        {
            Series.NotNegative(suspect, nameof(suspect));
            Series.NotNegative(fail, nameof(fail));
        }

        var low = mode == QcMode.Ioos && suspect == 0 ? double.PositiveInfinity : suspect ?? double.PositiveInfinity;
        var high = mode == QcMode.Ioos && fail == 0 ? double.PositiveInfinity : fail ?? double.PositiveInfinity;
        for (var i = 0; i < values.Length; i++)
            flags[i] = SpikeAt(values, i, low, high, method);
    }

    /// <summary>Compares each value with the one before.</summary>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="suspect">Above = suspect; unit of the values per second; null = not asked.</param>
    /// <param name="fail">Above = fail; unit of the values per second; null = not asked.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> time is counted in whole seconds, and equal times compare the change itself.</param>
    /// <param name="flags">Receives one verdict per value; 1 for the first and after a missing one, 2 at equal times.</param>
    public static void RateOfChange(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, double? suspect, double? fail, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        if (mode == QcMode.StemLab)
        {
            Series.NotNegative(suspect, nameof(suspect));
            Series.NotNegative(fail, nameof(fail));
        }

        var (low, high) = (suspect ?? double.PositiveInfinity, fail ?? double.PositiveInfinity);
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                flags[i] = QcFlag.Missing;
                continue;
            }

            if (i == 0 || double.IsNaN(values[i - 1]))
            {
                flags[i] = QcFlag.Pass;
                continue;
            }

            flags[i] = Rated(Series.Seconds(tUs[i], tUs[i - 1], mode), Math.Abs(values[i] - values[i - 1]), low, high, mode);
        }
    }

    internal static QcFlag SpikeAt(ReadOnlySpan<double> values, int i, double suspect, double fail, SpikeMethod method)
    {
        if (double.IsNaN(values[i]))
            return QcFlag.Missing;
        if (i == 0 || i == values.Length - 1 || double.IsNaN(values[i - 1]) || double.IsNaN(values[i + 1]))
            return QcFlag.NotEvaluated;
        return Spiked(values[i - 1], values[i], values[i + 1], suspect, fail, method);
    }

    internal static QcFlag Spiked(double before, double value, double after, double suspect, double fail, SpikeMethod method) => Above(Height(before, value, after, method), suspect, fail);

    internal static QcFlag Rated(double seconds, double change, double suspect, double fail, QcMode mode) =>
        seconds == 0 && mode == QcMode.StemLab ? QcFlag.NotEvaluated : Above(seconds == 0 ? change : change / Math.Abs(seconds), suspect, fail);

    private static double Height(double before, double value, double after, SpikeMethod method)
    {
        if (method == SpikeMethod.Average)
            return Math.Abs(value - (before + after) / 2);
        var (rise, fall) = (value - before, after - value);
        return rise * fall >= 0 ? 0 : Math.Min(Math.Abs(rise), Math.Abs(fall));
    }

    private static QcFlag Above(double measure, double suspect, double fail) =>
        measure > fail ? QcFlag.Fail : measure > suspect ? QcFlag.Suspect : QcFlag.Pass;
}
