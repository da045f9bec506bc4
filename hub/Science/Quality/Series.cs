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
        mode == QcMode.Ioos ? (laterUs - earlierUs) / 1_000_000 : (laterUs - earlierUs) / MicrosPerSecond;

    /// <summary>Median step between times, s; NaN with fewer than two times.</summary>
    internal static double MedianInterval(ReadOnlySpan<long> tUs, QcMode mode)
    {
        if (tUs.Length < 2)
            return double.NaN;
        var steps = new long[tUs.Length - 1];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = tUs[i + 1] - tUs[i];
        Array.Sort(steps);
        var median = steps.Length % 2 == 1 ? steps[steps.Length / 2] : (steps[steps.Length / 2 - 1] + steps[steps.Length / 2]) / 2;
        return Seconds(median, 0, mode);
    }
}
