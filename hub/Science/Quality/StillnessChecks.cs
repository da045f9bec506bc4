namespace StemLab.Science.Quality;

/// <summary>What measures how lively a window is.</summary>
public enum SignalMeasure
{
    /// <summary>Population standard deviation; missing values are left out.</summary>
    StandardDeviation = 0,

    /// <summary>Largest minus smallest; a window with a missing value is not evaluated.</summary>
    Range = 1,
}

/// <summary>Is the sensor stuck? QARTOD flat line (test 8) and attenuated signal (test 10). Pure.</summary>
public static class StillnessChecks
{
    /// <summary>Flags a value when it and those before it, over the threshold's time, move by less than the tolerance.</summary>
    /// <param name="values">In time order; any unit; NaN = missing.</param>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="suspectSeconds">Still this long = suspect, s.</param>
    /// <param name="failSeconds">Still this long = fail, s.</param>
    /// <param name="tolerance">Movement below this is none; unit of the values. StemLab: 0 flags values that do not move at all.</param>
    /// <param name="intervalSeconds">Declared sampling interval, s; null = the median step of the series.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> the median step in whole seconds is used and fewer than three values all pass.</param>
    /// <param name="flags">Receives one verdict per value; the first ones pass, for want of a past.</param>
    public static void FlatLine(
        ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, double suspectSeconds, double failSeconds, double tolerance, double? intervalSeconds, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        flags.Fill(QcFlag.Pass);
        if (mode == QcMode.Ioos && values.Length < 3)
            return;
        if (mode == QcMode.StemLab)
        {
            Series.NotNegative(tolerance, nameof(tolerance));
            Series.NotNegative(suspectSeconds, nameof(suspectSeconds));
            Series.NotNegative(failSeconds, nameof(failSeconds));
        }

        // Fail overrides suspect.
        var interval = mode == QcMode.StemLab && intervalSeconds is { } declared ? declared : Series.MedianInterval(tUs, mode);
        if (interval > 0)
        {
            var stretch = new StillStretch(Steps(suspectSeconds, interval, mode), Steps(failSeconds, interval, mode), tolerance, mode);
            for (var i = 0; i < values.Length; i++)
                flags[i] = stretch.Add(values[i]);
        }
        else if (values.Length > 1)
        {
            throw new ArgumentException("The sampling interval is not above 0 s: declare it.", nameof(intervalSeconds));
        }

        else if (values.Length == 1 && double.IsNaN(values[0]))
        {
            flags[0] = QcFlag.Missing;
        }
    }

    /// <summary>Flags values whose window, ending with them, is less lively than it should be.</summary>
    /// <param name="values">In time order; any unit; NaN = missing.</param>
    /// <param name="tUs">Time of each value, µs, not descending.</param>
    /// <param name="suspect">Below = suspect; unit of the values.</param>
    /// <param name="fail">Below = fail; unit of the values.</param>
    /// <param name="measure">Standard deviation or range.</param>
    /// <param name="periodSeconds">Length of the window (t - period, t], s; null or 0 = the whole series judges every value.</param>
    /// <param name="fewest">Fewest values a window needs to be judged; null = 1.</param>
    /// <param name="flags">Receives one verdict per value; 2 with too few values.</param>
    public static void AttenuatedSignal(
        ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, double suspect, double fail, SignalMeasure measure, double? periodSeconds, int? fewest, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        if (periodSeconds is null or 0)
        {
            var whole = Liveliness(values, measure, skipMissing: true, fewest: 1);
            for (var i = 0; i < values.Length; i++)
                flags[i] = double.IsNaN(values[i]) ? QcFlag.Missing : Below(whole, suspect, fail);
            return;
        }

        var window = new SignalWindow(measure, periodSeconds.Value, fewest);
        for (var i = 0; i < values.Length; i++)
        {
            var liveliness = window.Add(tUs[i], values[i]);
            flags[i] = double.IsNaN(values[i]) ? QcFlag.Missing : Below(liveliness, suspect, fail);
        }
    }

    /// <summary>Fewest values from a fewest time, as QARTOD states it: whole intervals in the period.</summary>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="seconds">The fewest time a window must span, s.</param>
    /// <param name="mode">Whole seconds in the way of IOOS.</param>
    /// <returns>A count; 0 for a series too short to have an interval.</returns>
    public static int FewestIn(ReadOnlySpan<long> tUs, double seconds, QcMode mode) =>
        Series.MedianInterval(tUs, mode) is > 0 and var interval ? Steps(seconds, interval, mode) : 0;

    /// <summary>Steps of the interval that fit into a time; forgiving of the last bit, so that 0.3 s holds three times 0.1 s.</summary>
    internal static int Steps(double seconds, double intervalSeconds, QcMode mode) =>
        (int)Math.Min(int.MaxValue, mode == QcMode.Ioos ? Math.Truncate(Math.Truncate(seconds) / intervalSeconds) : Math.Floor(seconds / intervalSeconds * (1 + 1e-12)));

    private static double Liveliness(ReadOnlySpan<double> window, SignalMeasure measure, bool skipMissing, int fewest)
    {
        var (count, mean, squares, low, high) = (0, 0d, 0d, double.PositiveInfinity, double.NegativeInfinity);
        var hasMissing = false;
        foreach (var value in window)
        {
            if (double.IsNaN(value))
            {
                hasMissing = true;
                continue;
            }

            count++;
            var delta = value - mean;
            mean += delta / count;
            squares += delta * (value - mean);
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (count == 0 || count < fewest || (hasMissing && !skipMissing))
            return double.NaN;
        return measure == SignalMeasure.Range ? high - low : low == high ? 0 : Math.Sqrt(squares / count);
    }

    internal static QcFlag Below(double measure, double suspect, double fail) =>
        measure < fail ? QcFlag.Fail : measure < suspect ? QcFlag.Suspect : double.IsNaN(measure) ? QcFlag.NotEvaluated : QcFlag.Pass;
}
