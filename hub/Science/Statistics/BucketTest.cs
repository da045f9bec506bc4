using System.Collections.Immutable;
using StemLab.Science.Properties;

namespace StemLab.Science.Statistics;

/// <summary>One probe in the bucket. Immutable.</summary>
/// <param name="Probe">Who it is; any text, unique.</param>
/// <param name="TUs">UTC of each value, µs, ascending.</param>
/// <param name="Values">One unit for all probes; NaN = missing.</param>
public sealed record BucketSeries(string Probe, ReadOnlyMemory<long> TUs, ReadOnlyMemory<double> Values);

/// <summary>Why a bucket test says nothing.</summary>
public enum BucketRefusal
{
    /// <summary>It says something.</summary>
    None = 0,

    /// <summary>At least two probes are needed.</summary>
    TooFewProbes,

    /// <summary>Fewer than two probes have enough values in the last stretch they share.</summary>
    NoCommonTime,
}

/// <summary>What the bucket says about one probe.</summary>
/// <param name="Probe">Who.</param>
/// <param name="Count">Values in the last stretch; 0 = it took no part.</param>
/// <param name="Mean">In the last stretch, unit of the values; null where it took no part.</param>
/// <param name="Offset">Mean less the median of all probes, unit of the values; null where it took no part. Take it off to bring the probe to the others.</param>
/// <param name="OffsetError">Standard uncertainty of the offset, with the values' dependence on each other; unit of the values; null where it is not known.</param>
/// <param name="Noise">Standard deviation about its own drift, unit of the values; null below three values.</param>
/// <param name="ResponseSeconds">Time until it had gone 63 % of the way from its first values to its last, s; null where it had no way to go.</param>
/// <param name="Response90Seconds">The same for 90 %, s.</param>
/// <param name="IsOdd">True for a probe that stands apart from the others.</param>
/// <param name="IsOff">True where it is farther from the median than good probes are; odd or not.</param>
public sealed record BucketProbe(
    string Probe, int Count, double? Mean, double? Offset, double? OffsetError, double? Noise, double? ResponseSeconds, double? Response90Seconds, bool IsOdd, bool IsOff);

/// <summary>What the bucket says. Immutable.</summary>
/// <param name="Refusal">None = it says something.</param>
/// <param name="IsSteady">False while the water itself still changes: wait and stir.</param>
/// <param name="CommonChange">How far the water changed over the last stretch, median of the probes; unit of the values; 0 when refused.</param>
/// <param name="Median">Median of the probes' means, unit of the values; 0 when refused.</param>
/// <param name="CanNameOdd">False with two probes: they may disagree, but nobody can say who is wrong.</param>
/// <param name="Probes">One per probe, in the order given.</param>
public sealed record BucketReport(BucketRefusal Refusal, bool IsSteady, double CommonChange, double Median, bool CanNameOdd, ImmutableArray<BucketProbe> Probes);

/// <summary>All probes in one bucket: who is off, who is noisy, who is slow, who is odd. Pure.</summary>
/// <remarks>Comparison against the median, oddness by median absolute deviation (B. Iglewicz, D. C. Hoaglin, 1993: 3.5).</remarks>
public static class BucketTest
{
    private const int FewestValues = 5;
    private const double OddScore = 3.5;

    /// <summary>Median absolute deviation to standard deviation of a normal distribution.</summary>
    private const double MadToSd = 1.4826;

    /// <summary>Compares probes.</summary>
    /// <param name="probes">Two or more, all in the same water, one unit.</param>
    /// <param name="accuracy">How far good probes may differ, unit of the values, above 0: typical accuracy of one.</param>
    /// <param name="lastSeconds">Length of the last stretch that is compared, s, above 0.</param>
    /// <returns>The report, or why there is none.</returns>
    public static BucketReport Compare(IReadOnlyList<BucketSeries> probes, double accuracy, double lastSeconds = 60)
    {
        ArgumentNullException.ThrowIfNull(probes);
        if (!(accuracy > 0) || !(lastSeconds > 0))
            throw new ArgumentException("Give the accuracy of a good probe and a time, both above 0.");
        if (probes.Any(probe => probe.TUs.Length != probe.Values.Length))
            throw new ArgumentException("Every value needs its time.", nameof(probes));
        if (probes.Count < 2)
            return Refused(probes, BucketRefusal.TooFewProbes);

        // The stretch ends where the most probes still speak: one that died early must not end it for all.
        var ends = probes.Select(Last).Where(end => end is not null).Select(end => end!.Value).Order().ToArray();
        var parts = ends.Length < 2 ? [] : probes.Select(probe => Part.Of(probe, ends[(ends.Length - 1) / 2], lastSeconds)).ToArray();
        var taking = parts.Where(part => part.Count >= FewestValues).ToArray();
        if (taking.Length < 2)
            return Refused(probes, BucketRefusal.NoCommonTime);

        var median = Median(taking.Select(part => part.Mean));
        var change = Median(taking.Select(part => part.Slope * lastSeconds));
        var spread = MadToSd * Median(taking.Select(part => Math.Abs(part.Mean - median)));
        var reference = 1.2533 * spread / Math.Sqrt(taking.Length);
        var canName = taking.Length >= 3;
        var limit = Math.Max(OddScore * spread, accuracy);
        return new BucketReport(
            BucketRefusal.None,
            Math.Abs(change) <= accuracy / 2,
            change,
            median,
            canName,
            [.. probes.Select((probe, i) => parts[i].Count < FewestValues ? Absent(probe.Probe, parts[i].Count) : Present(probe, parts[i], median, reference, canName ? limit : double.PositiveInfinity, accuracy))]);
    }

    /// <summary>How far two good probes may differ, where the rule for steadiness says too little of it: turbidity of clear water moves by more than probes differ.</summary>
    /// <param name="property">What is measured.</param>
    /// <param name="at">About the value in the bucket, unit of the property.</param>
    /// <returns>As the registry says in <see cref="ObservedProperty.TypicalAccuracy"/>, unit of the property; null where the rule for steadiness fits.</returns>
    public static double? AccuracyOf(ObservedProperty property, double at)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.Id switch
        {
            "turbidity" => Math.Max(2, 0.05 * Math.Abs(at)),
            "nitrate" or "ammonium" => Math.Max(2, 0.1 * Math.Abs(at)),
            "pm1" or "pm2_5" or "pm10" => Math.Max(10, 0.1 * Math.Abs(at)),
            _ => null,
        };
    }

    private static BucketReport Refused(IReadOnlyList<BucketSeries> probes, BucketRefusal why) => new(why, false, 0, 0, false, [.. probes.Select(probe => Absent(probe.Probe, 0))]);

    private static BucketProbe Absent(string probe, int count) => new(probe, count, null, null, null, null, null, null, false, false);

    private static BucketProbe Present(BucketSeries probe, Part part, double median, double reference, double limit, double accuracy)
    {
        var offset = part.Mean - median;
        var (fast, slow) = (Response(probe, part, 1 - 1 / Math.E, accuracy), Response(probe, part, 0.9, accuracy));
        return new BucketProbe(probe.Probe, part.Count, part.Mean, offset, Math.Sqrt(part.Error * part.Error + reference * reference), part.Noise, fast, slow, Math.Abs(offset) > limit, Math.Abs(offset) > accuracy);
    }

    private static long? Last(BucketSeries probe)
    {
        for (var i = probe.Values.Length - 1; i >= 0; i--)
        {
            if (double.IsFinite(probe.Values.Span[i]))
                return probe.TUs.Span[i];
        }

        return null;
    }

    /// <summary>Time from the first value until a part of the way is gone for good.</summary>
    private static double? Response(BucketSeries probe, Part part, double way, double accuracy)
    {
        var tUs = probe.TUs.Span;
        var values = probe.Values.Span;
        var first = new List<double>();
        var start = 0L;
        for (var i = 0; i < values.Length && first.Count < 3; i++)
        {
            if (!double.IsFinite(values[i]))
                continue;
            start = first.Count == 0 ? tUs[i] : start;
            first.Add(values[i]);
        }

        var distance = part.Mean - first[0];
        if (Math.Abs(distance) < Math.Max(2 * accuracy, 10 * part.Noise) || start >= part.FromUs)
            return null;
        // From the end back: the last value that had not gone that far.
        var reached = (double)part.FromUs;
        var threshold = first[0] + distance * way;
        for (var i = values.Length - 1; i >= 0; i--)
        {
            if (!double.IsFinite(values[i]) || tUs[i] >= part.FromUs)
                continue;
            if (distance > 0 ? values[i] < threshold : values[i] > threshold)
                return (reached - start) / 1e6;
            reached = tUs[i];
        }

        return (reached - start) / 1e6;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>A probe's last stretch.</summary>
    private sealed record Part(int Count, double Mean, double Slope, double Noise, double Error, long FromUs)
    {
        internal static Part Of(BucketSeries probe, long endUs, double lastSeconds)
        {
            var (seconds, kept) = (new List<double>(), new List<double>());
            var from = long.MaxValue;
            for (var i = 0; i < probe.Values.Length; i++)
            {
                var ago = ((double)endUs - probe.TUs.Span[i]) / 1e6;
                if (ago < 0 || ago > lastSeconds || !double.IsFinite(probe.Values.Span[i]))
                    continue;
                seconds.Add(-ago);
                kept.Add(probe.Values.Span[i]);
                from = Math.Min(from, probe.TUs.Span[i]);
            }

            var n = kept.Count;
            if (n < FewestValues)
                return new Part(n, 0, 0, 0, 0, from);
            var (meanX, mean) = (seconds.Average(), kept.Average());
            var (xx, xy) = (0.0, 0.0);
            for (var i = 0; i < n; i++)
                (xx, xy) = (xx + (seconds[i] - meanX) * (seconds[i] - meanX), xy + (seconds[i] - meanX) * (kept[i] - mean));
            var slope = xx > 0 ? xy / xx : 0;
            var (squares, lagged, before) = (0.0, 0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                var rest = kept[i] - mean - slope * (seconds[i] - meanX);
                (squares, lagged, before) = (squares + rest * rest, lagged + rest * before, rest);
            }

            var noise = Math.Sqrt(squares / (n - 2));
            // Neighbouring values resemble each other: they count for fewer.
            var alike = squares > 0 ? Math.Clamp(lagged / squares, 0, 0.95) : 0;
            return new Part(n, mean, slope, noise, noise / Math.Sqrt(n * (1 - alike) / (1 + alike)), from);
        }
    }
}
