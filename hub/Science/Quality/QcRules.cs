using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>Thresholds of the spike test.</summary>
/// <param name="Suspect">Above = suspect; unit of the values; null = not asked.</param>
/// <param name="Fail">Above = fail; unit of the values; null = not asked.</param>
/// <param name="Method">How a spike is measured.</param>
public sealed record SpikeRule(double? Suspect, double? Fail, SpikeMethod Method = SpikeMethod.Average);

/// <summary>Thresholds of the rate-of-change test.</summary>
/// <param name="Suspect">Above = suspect; unit of the values per second; null = not asked.</param>
/// <param name="Fail">Above = fail; unit of the values per second; null = not asked.</param>
public sealed record RateRule(double? Suspect, double? Fail);

/// <summary>Thresholds of the flat-line test.</summary>
/// <param name="SuspectSeconds">Still this long = suspect, s.</param>
/// <param name="FailSeconds">Still this long = fail, s.</param>
/// <param name="Tolerance">Movement below this is none; unit of the values; 0 = not moving at all.</param>
public sealed record FlatLineRule(double SuspectSeconds, double FailSeconds, double Tolerance);

/// <summary>Thresholds of the attenuated-signal test.</summary>
/// <param name="Suspect">Below = suspect; unit of the values.</param>
/// <param name="Fail">Below = fail; unit of the values.</param>
/// <param name="PeriodSeconds">Length of the window, s, above 0.</param>
/// <param name="Measure">Standard deviation or range.</param>
/// <param name="Fewest">Fewest values a window needs; null = 1.</param>
public sealed record AttenuationRule(double Suspect, double Fail, double PeriodSeconds, SignalMeasure Measure, int? Fewest);

/// <summary>Limits of the gross-range test.</summary>
/// <param name="Fail">Outside = fail; unit of the values.</param>
/// <param name="Suspect">Outside = suspect; unit of the values; null = not asked.</param>
public sealed record GrossRangeRule(ValueRange Fail, ValueRange? Suspect);

/// <summary>The tests one channel is put to, in StemLab's mode. Null = that test is not made. Immutable.</summary>
/// <param name="IntervalSeconds">Declared sampling interval, s, above 0: a live hub cannot know the median of what is to come.</param>
/// <param name="GrossRange">Is the value where values can be?</param>
/// <param name="Spike">Does it jump away and back?</param>
/// <param name="Rate">Does it change too fast?</param>
/// <param name="FlatLine">Is the sensor stuck?</param>
/// <param name="Attenuation">Is the signal too quiet?</param>
/// <param name="Climatology">Is the value usual for the season? Without depths.</param>
public sealed record QcRules(
    double IntervalSeconds,
    GrossRangeRule? GrossRange = null,
    SpikeRule? Spike = null,
    RateRule? Rate = null,
    FlatLineRule? FlatLine = null,
    AttenuationRule? Attenuation = null,
    Climatology? Climatology = null)
{
    /// <summary>How many values after a value its verdict may depend on: 1 where spikes are looked for.</summary>
    public int ReachAhead => Spike is null ? 0 : 1;

    /// <summary>How many values before a value its verdict depends on, apart from windows measured in time.</summary>
    public int ReachBehind => Math.Max(1, FlatLine is null ? 0 : StillnessChecks.Steps(Math.Max(FlatLine.SuspectSeconds, FlatLine.FailSeconds), IntervalSeconds, QcMode.StemLab));

    /// <summary>The longest window measured in time, µs; 0 where there is none.</summary>
    public long ReachBehindUs => Attenuation is null ? 0 : (long)(Attenuation.PeriodSeconds * Series.MicrosPerSecond);

    /// <summary>Judges a whole series: the strongest verdict of all tests per value.</summary>
    /// <param name="values">In time order; unit of the thresholds; NaN = missing.</param>
    /// <param name="tUs">UTC of each value, µs, not descending.</param>
    /// <param name="flags">Receives one verdict per value; 2 where no test could be made.</param>
    /// <exception cref="ArgumentException">A threshold makes no sense.</exception>
    public void Check(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, Span<QcFlag> flags)
    {
        if (!(IntervalSeconds > 0))
            throw new ArgumentException("Declare the sampling interval, above 0 s.");
        for (var i = 0; i < values.Length; i++)
            flags[i] = double.IsNaN(values[i]) ? QcFlag.Missing : QcFlag.NotEvaluated;
        var one = new QcFlag[values.Length];
        if (GrossRange is { } range)
        {
            RangeChecks.GrossRange(values, range.Fail, range.Suspect, one);
            Join(one, flags);
        }

        if (Climatology is { } climatology)
        {
            climatology.Check(values, tUs, [], QcMode.StemLab, one);
            Join(one, flags);
        }

        if (Spike is { } spike)
        {
            ChangeChecks.Spike(values, spike.Suspect, spike.Fail, spike.Method, QcMode.StemLab, one);
            Join(one, flags);
        }

        if (Rate is { } rate)
        {
            ChangeChecks.RateOfChange(values, tUs, rate.Suspect, rate.Fail, QcMode.StemLab, one);
            Join(one, flags);
        }

        if (FlatLine is { } flat)
        {
            StillnessChecks.FlatLine(values, tUs, flat.SuspectSeconds, flat.FailSeconds, flat.Tolerance, IntervalSeconds, QcMode.StemLab, one);
            Join(one, flags);
        }

        if (Attenuation is { } quiet)
        {
            StillnessChecks.AttenuatedSignal(values, tUs, quiet.Suspect, quiet.Fail, quiet.Measure, quiet.PeriodSeconds, quiet.Fewest, one);
            Join(one, flags);
        }
    }

    private static void Join(ReadOnlySpan<QcFlag> one, Span<QcFlag> all)
    {
        for (var i = 0; i < all.Length; i++)
            all[i] = QcFlags.Stronger(all[i], one[i]);
    }
}
