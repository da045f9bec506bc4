namespace StemLab.Science.Quality;

/// <summary>Checks shared by the tests. All tests write one verdict per value and refuse arguments that make no sense.</summary>
internal static class Series
{
    internal const double MicrosPerSecond = 1e6;

    internal static void SameLength(int values, int others, string name)
    {
        if (values != others)
            throw new ArgumentException($"There are {values} values but {others} here.", name);
    }

    internal static void NotNegative(double? threshold, string name)
    {
        if (threshold is { } value && !(value >= 0))
            throw new ArgumentException($"{value} is not a threshold: give 0 or more.", name);
    }

    /// <summary>Seconds between two times; whole seconds in the way of IOOS.</summary>
    internal static double Seconds(long laterUs, long earlierUs, QcMode mode) =>
        mode == QcMode.Ioos ? Distance(laterUs, earlierUs) / 1_000_000 : Distance(laterUs, earlierUs) / MicrosPerSecond;

    /// <summary>later - earlier, held at the ends of what a long can say.</summary>
    internal static long Distance(long laterUs, long earlierUs)
    {
        var distance = unchecked(laterUs - earlierUs);
        return ((laterUs ^ earlierUs) & (laterUs ^ distance)) < 0 ? (laterUs < 0 ? long.MinValue : long.MaxValue) : distance;
    }

    /// <summary>time + distance, held at the ends.</summary>
    internal static long Later(long tUs, long byUs)
    {
        var sum = unchecked(tUs + byUs);
        return ((tUs ^ sum) & (byUs ^ sum)) < 0 ? (byUs < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>A length of time in µs, held at a quarter of what a long can say.</summary>
    internal static long Micros(double seconds) => (long)Math.Min(seconds * MicrosPerSecond, long.MaxValue / 4);

    /// <summary>Median step between times, s; NaN with fewer than two times.</summary>
    internal static double MedianInterval(ReadOnlySpan<long> tUs, QcMode mode)
    {
        if (tUs.Length < 2)
            return double.NaN;
        var steps = new long[tUs.Length - 1];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = Distance(tUs[i + 1], tUs[i]);
        Array.Sort(steps);
        var median = steps.Length % 2 == 1 ? steps[steps.Length / 2] : (long)(((Int128)steps[steps.Length / 2 - 1] + steps[steps.Length / 2]) / 2);
        return Seconds(median, 0, mode);
    }
}
