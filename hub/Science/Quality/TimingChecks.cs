namespace StemLab.Science.Quality;

/// <summary>Did the data come, in time and once? QARTOD gap test (test 1) and its kin. Times may be <see cref="QcFlags.MissingTime"/>. Pure.</summary>
public static class TimingChecks
{
    private const double MicrosPerHour = 3600e6;

    /// <summary>Fails the value after a gap.</summary>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="longestHours">A longer step is a gap, h.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> the limit is cut to whole seconds and a missing first time takes the verdict of the second.</param>
    /// <param name="flags">Receives one verdict per time; the first takes that of the second; 2 after a missing time.</param>
    public static void TimeGap(ReadOnlySpan<long> tUs, double longestHours, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(tUs.Length, flags.Length, nameof(flags));
        var limit = Limit(longestHours, mode);
        for (var i = 1; i < tUs.Length; i++)
        {
            flags[i] = tUs[i] == QcFlags.MissingTime ? QcFlag.Missing
                : tUs[i - 1] == QcFlags.MissingTime ? QcFlag.NotEvaluated
                : tUs[i] - tUs[i - 1] > limit ? QcFlag.Fail
                : QcFlag.Pass;
        }

        if (tUs.Length == 0)
            return;
        var isMissing = tUs[0] == QcFlags.MissingTime;
        if (tUs.Length == 1)
            flags[0] = isMissing ? QcFlag.Missing : QcFlag.NotEvaluated;
        else if (tUs[1] == QcFlags.MissingTime && !isMissing)
            flags[0] = QcFlag.NotEvaluated;
        else
            flags[0] = isMissing && mode == QcMode.StemLab ? QcFlag.Missing : flags[1];
    }

    /// <summary>Fails what is older than it should be; what is newer than now passes.</summary>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="oldestHours">Older = fail, h.</param>
    /// <param name="nowUs">Now, µs on the same clock.</param>
    /// <param name="flags">Receives one verdict per time.</param>
    public static void DataReception(ReadOnlySpan<long> tUs, double oldestHours, long nowUs, Span<QcFlag> flags)
    {
        Series.SameLength(tUs.Length, flags.Length, nameof(flags));
        var limit = Limit(oldestHours, QcMode.Ioos);
        for (var i = 0; i < tUs.Length; i++)
            flags[i] = tUs[i] == QcFlags.MissingTime ? QcFlag.Missing : nowUs - tUs[i] > limit ? QcFlag.Fail : QcFlag.Pass;
    }

    /// <summary>Fails what lies in the future or outside a span of time.</summary>
    /// <param name="tUs">Time of each value, µs.</param>
    /// <param name="nowUs">Now, µs on the same clock.</param>
    /// <param name="earliestUs">Earlier = fail, µs; null = not asked.</param>
    /// <param name="latestUs">Later = fail, µs; null = not asked.</param>
    /// <param name="flags">Receives one verdict per time.</param>
    public static void ImpossibleDate(ReadOnlySpan<long> tUs, long nowUs, long? earliestUs, long? latestUs, Span<QcFlag> flags)
    {
        Series.SameLength(tUs.Length, flags.Length, nameof(flags));
        for (var i = 0; i < tUs.Length; i++)
        {
            flags[i] = tUs[i] == QcFlags.MissingTime ? QcFlag.Missing
                : tUs[i] > nowUs || tUs[i] < earliestUs || tUs[i] > latestUs ? QcFlag.Fail
                : QcFlag.Pass;
        }
    }

    /// <summary>Marks every member of a group of equal times as suspect.</summary>
    /// <param name="tUs">Time of each value, µs, any order.</param>
    /// <param name="flags">Receives one verdict per time.</param>
    public static void DuplicateTime(ReadOnlySpan<long> tUs, Span<QcFlag> flags)
    {
        Series.SameLength(tUs.Length, flags.Length, nameof(flags));
        var seen = new Dictionary<long, int>(tUs.Length);
        foreach (var t in tUs)
            seen[t] = seen.GetValueOrDefault(t) + 1;
        for (var i = 0; i < tUs.Length; i++)
            flags[i] = tUs[i] == QcFlags.MissingTime ? QcFlag.Missing : seen[tUs[i]] > 1 ? QcFlag.Suspect : QcFlag.Pass;
    }

    private static long Limit(double hours, QcMode mode)
    {
        if (!(hours >= 0 && hours < 1e9))
            throw new ArgumentException($"{hours} h is not a limit.", nameof(hours));
        return mode == QcMode.Ioos ? (long)(hours * 3600) * 1_000_000 : (long)(hours * MicrosPerHour);
    }
}
