using StemLab.Science.Properties;

namespace StemLab.Science.Statistics;

/// <summary>When a reading may be kept. Immutable.</summary>
/// <param name="WindowSeconds">How long it must be steady, s, above 0.</param>
/// <param name="MostChange">Largest drift over the window (slope · window); unit of the values, 0 or more.</param>
/// <param name="MostSd">Largest sample standard deviation about the drift; unit of the values, 0 or more.</param>
/// <param name="Fewest">Fewest values in the window, 2 or more.</param>
public sealed record SteadyRule(double WindowSeconds, double MostChange, double MostSd, int Fewest = 5)
{
    /// <summary>A sensible rule: 20 s (60 s for slow oxygen), drift and noise within about a third of a school probe's accuracy.</summary>
    /// <param name="property">From the registry.</param>
    /// <returns>A house default; unknown properties get 1/300 of their usual range.</returns>
    public static SteadyRule For(ObservedProperty property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.Id switch
        {
            "ph" => new SteadyRule(20, 0.03, 0.03),
            "ph_electrode_potential" => new SteadyRule(20, 1.5, 1.5),
            "water_temperature" or "soil_temperature" => new SteadyRule(20, 0.1, 0.1),
            "air_temperature" => new SteadyRule(30, 0.2, 0.15),
            "dissolved_oxygen" => new SteadyRule(60, 0.1, 0.08),
            "dissolved_oxygen_saturation" => new SteadyRule(60, 1.2, 1),
            "electrical_conductivity" => new SteadyRule(20, 0.3, 0.2),
            "specific_conductance_25" => new SteadyRule(20, 150, 100),
            "practical_salinity" => new SteadyRule(20, 0.2, 0.15),
            "oxidation_reduction_potential" or "redox_potential_eh" => new SteadyRule(30, 5, 4),
            "turbidity" => new SteadyRule(30, 3, 3),
            "relative_humidity" => new SteadyRule(30, 1, 0.8),
            _ => new SteadyRule(20, (property.SuspectRange.Max - property.SuspectRange.Min) / 300, (property.SuspectRange.Max - property.SuspectRange.Min) / 300),
        };
    }

    internal void Refuse()
    {
        if (!(WindowSeconds > 0 && double.IsFinite(WindowSeconds)) || !(MostChange >= 0) || !(MostSd >= 0) || Fewest < 2)
            throw new ArgumentException("A steadiness rule needs a window above 0 s, limits of 0 or more, and at least 2 values.");
    }
}

/// <summary>Why it is not steady yet.</summary>
public enum SteadyWait
{
    /// <summary>It is.</summary>
    None = 0,

    /// <summary>Too few values in the window, or none.</summary>
    TooFewValues,

    /// <summary>Values do not yet reach back over the whole window, or there is a hole in it.</summary>
    WindowNotFull,

    /// <summary>Still rising or falling.</summary>
    Drifting,

    /// <summary>Jumping about.</summary>
    Noisy,
}

/// <summary>What the window before one moment looks like.</summary>
/// <param name="Wait">None = steady: may be kept.</param>
/// <param name="Progress">Part of the window that is steady already, 0 … 1, unit 1; 1 only when steady.</param>
/// <param name="Count">Values in the window.</param>
/// <param name="Mean">Unit of the values; null without values.</param>
/// <param name="Sd">Sample standard deviation about the mean, unit of the values; null below two values.</param>
/// <param name="SlopePerSecond">Unit of the values per s; null below two different times.</param>
/// <param name="FromUs">First time in the window, µs; 0 without values.</param>
/// <param name="ToUs">Last time, µs; 0 without values.</param>
public readonly record struct SteadyState(SteadyWait Wait, double Progress, int Count, double? Mean, double? Sd, double? SlopePerSecond, long FromUs, long ToUs)
{
    /// <summary>May be kept: mean, sd and count are the sample.</summary>
    public bool IsSteady => Wait == SteadyWait.None;
}

/// <summary>Keep when steady: is the last stretch of a series still? Pure.</summary>
public static class Steadiness
{
    /// <summary>The window must reach back over this part of its length, and no hole may be longer than the rest allows.</summary>
    private const double Filled = 0.85;
    private const double LongestHole = 0.35;

    /// <summary>Parts of the window looked at to say how far it is.</summary>
    private const int Parts = 20;

    /// <summary>Judges the window that ends with the last value.</summary>
    /// <param name="rule">When it may be kept.</param>
    /// <param name="tUs">Time of each value, µs, ascending; more than the window does no harm.</param>
    /// <param name="values">Unit of the rule; NaN = missing or flagged, left out.</param>
    /// <returns>Steady or not, and why; with the numbers of a sample.</returns>
    /// <exception cref="ArgumentException">The rule makes no sense, or the arrays differ in length.</exception>
    public static SteadyState Judge(SteadyRule rule, ReadOnlySpan<long> tUs, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(rule);
        rule.Refuse();
        Sampled.SameLength(tUs.Length, values.Length);
        var last = values.Length - 1;
        while (last >= 0 && !double.IsFinite(values[last]))
            last--;
        if (last < 0)
            return new SteadyState(SteadyWait.TooFewValues, 0, 0, null, null, null, 0, 0);

        var (seconds, kept) = (new List<double>(), new List<double>());
        var from = tUs[last];
        for (var i = last; i >= 0; i--)
        {
            var ago = ((double)tUs[last] - tUs[i]) / 1e6;
            if (ago > rule.WindowSeconds)
                break;
            if (!double.IsFinite(values[i]))
                continue;
            seconds.Add(-ago);
            kept.Add(values[i]);
            from = tUs[i];
        }

        var whole = Line.Through(seconds, kept, seconds.Count);
        var wait = Wait(rule, seconds, whole);
        var progress = wait == SteadyWait.None ? 1 : Progress(rule, seconds, kept);
        return new SteadyState(wait, progress, kept.Count, whole.Mean, whole.Sd, whole.Slope, from, tUs[last]);
    }

    private static SteadyWait Wait(SteadyRule rule, List<double> seconds, Line line)
    {
        if (seconds.Count < rule.Fewest)
            return SteadyWait.TooFewValues;
        if (-seconds[^1] < Filled * rule.WindowSeconds)
            return SteadyWait.WindowNotFull;
        for (var i = 1; i < seconds.Count; i++)
        {
            if (seconds[i - 1] - seconds[i] > LongestHole * rule.WindowSeconds)
                return SteadyWait.WindowNotFull;
        }

        return Math.Abs(line.Slope ?? 0) * rule.WindowSeconds > rule.MostChange ? SteadyWait.Drifting
            : line.Residual > rule.MostSd ? SteadyWait.Noisy
            : SteadyWait.None;
    }

    /// <summary>The longest end of the window that would pass by itself.</summary>
    private static double Progress(SteadyRule rule, List<double> seconds, List<double> kept)
    {
        for (var part = Parts - 1; part > 0; part--)
        {
            var length = rule.WindowSeconds * part / Parts;
            var count = seconds.FindIndex(ago => -ago > length) is >= 0 and var beyond ? beyond : seconds.Count;
            if (count < 2 || -seconds[count - 1] < length - rule.WindowSeconds / Parts)
                continue;
            var line = Line.Through(seconds, kept, count);
            if (Math.Abs(line.Slope ?? 0) * length <= rule.MostChange && line.Residual <= rule.MostSd)
                return (double)part / Parts;
        }

        return 0;
    }

    /// <summary>The straight line through the newest values.</summary>
    private readonly record struct Line(double? Mean, double? Sd, double? Slope, double Residual)
    {
        internal static Line Through(List<double> seconds, List<double> values, int count)
        {
            if (count == 0)
                return default;
            var (meanX, meanY) = (0.0, 0.0);
            for (var i = 0; i < count; i++)
                (meanX, meanY) = (meanX + (seconds[i] - meanX) / (i + 1), meanY + (values[i] - meanY) / (i + 1));
            var (xx, xy, yy) = (0.0, 0.0, 0.0);
            for (var i = 0; i < count; i++)
            {
                var (x, y) = (seconds[i] - meanX, values[i] - meanY);
                (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
            }

            var slope = xx > 0 ? xy / xx : (double?)null;
            var left = Math.Max(0, yy - (slope ?? 0) * xy);
            return new Line(meanY, count > 1 ? Math.Sqrt(yy / (count - 1)) : null, slope, count > 2 ? Math.Sqrt(left / (count - 2)) : 0);
        }
    }
}
