using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>Is the value where values can be? QARTOD gross range (test 4) and ioos_qc's percentile range. Pure.</summary>
public static class RangeChecks
{
    /// <summary>Fail outside what the sensor or nature allows, suspect outside what is usual here.</summary>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <param name="fail">Outside = fail; both ends belong to it.</param>
    /// <param name="suspect">Outside = suspect; must lie within <paramref name="fail"/>; null = not asked.</param>
    /// <param name="flags">Receives one verdict per value.</param>
    /// <exception cref="ArgumentException">The suspect range reaches outside the fail range.</exception>
    public static void GrossRange(ReadOnlySpan<double> values, ValueRange fail, ValueRange? suspect, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        if (!(fail.Min <= fail.Max))
            throw new ArgumentException($"{fail.Min} to {fail.Max} is not a range.", nameof(fail));
        if (suspect is { } usual && !(usual.Min <= usual.Max && usual.Min >= fail.Min && usual.Max <= fail.Max))
            throw new ArgumentException($"The suspect range {usual.Min} to {usual.Max} must lie within the fail range {fail.Min} to {fail.Max}.", nameof(suspect));
        var inner = suspect ?? fail;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            flags[i] = double.IsNaN(value) ? QcFlag.Missing
                : !fail.Contains(value) ? QcFlag.Fail
                : inner.Contains(value) ? QcFlag.Pass
                : QcFlag.Suspect;
        }
    }

    /// <summary>Suspect outside two percentiles of the series itself. Needs the whole series: not for live data.</summary>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <param name="lowPercent">0 … 100 %.</param>
    /// <param name="highPercent">Not below <paramref name="lowPercent"/>, … 100 %.</param>
    /// <param name="pad">Added on both sides, unit of the values.</param>
    /// <param name="flags">Receives one verdict per value.</param>
    public static void PercentileRange(ReadOnlySpan<double> values, double lowPercent, double highPercent, double pad, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        if (!(lowPercent >= 0 && highPercent <= 100 && lowPercent <= highPercent))
            throw new ArgumentException($"{lowPercent} to {highPercent} are not percentiles.", nameof(lowPercent));
        var sorted = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
                sorted.Add(value);
        }

        sorted.Sort();
        var (low, high) = sorted.Count == 0 ? (0, 0) : (Percentile(sorted, lowPercent) - pad, Percentile(sorted, highPercent) + pad);
        for (var i = 0; i < values.Length; i++)
            flags[i] = double.IsNaN(values[i]) ? QcFlag.Missing : values[i] < low || values[i] > high ? QcFlag.Suspect : QcFlag.Pass;
    }

    /// <summary>Linear interpolation between order statistics (type 7), as numpy does it.</summary>
    private static double Percentile(List<double> sorted, double percent)
    {
        var position = percent / 100 * (sorted.Count - 1);
        var below = (int)Math.Floor(position);
        if (below + 1 >= sorted.Count)
            return sorted[^1];
        var (a, b, part) = (sorted[below], sorted[below + 1], position - below);
        // numpy's lerp: from the nearer end, so that both ends are met exactly.
        return part >= 0.5 ? b - (b - a) * (1 - part) : a + (b - a) * part;
    }
}
