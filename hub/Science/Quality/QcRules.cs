using System.Collections.Immutable;
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

/// <summary>Comparison with a neighbour station of the same property.</summary>
/// <param name="WithinSeconds">How far apart in time two values may be compared, s, above 0.</param>
/// <param name="Limit">A larger difference = suspect; unit of the values, 0 or more.</param>
/// <param name="RadiusM">Stations farther away are no neighbours, m; for whoever chooses them.</param>
public sealed record NeighbourRule(double WithinSeconds, double Limit, double RadiusM);

/// <summary>A jump is believed only where a companion jumped too.</summary>
/// <param name="WithinSeconds">How far apart the jumps may be, s, above 0.</param>
public sealed record MultivariateRule(double WithinSeconds);

/// <summary>What was measured beside a series. Empty spans = nothing.</summary>
public readonly ref struct QcCompanions
{
    /// <summary>The neighbour's UTC, µs, ascending.</summary>
    public ReadOnlySpan<long> NeighbourTUs { get; init; }

    /// <summary>The neighbour's values, unit of this series; NaN = missing.</summary>
    public ReadOnlySpan<double> Neighbour { get; init; }

    /// <summary>The companion's UTC, µs, ascending.</summary>
    public ReadOnlySpan<long> CompanionTUs { get; init; }

    /// <summary>The companion's verdicts of rate of change.</summary>
    public ReadOnlySpan<QcFlag> CompanionRate { get; init; }
}

/// <summary>The tests one channel is put to. Null = that test is not made. Immutable.</summary>
/// <param name="IntervalSeconds">Declared sampling interval, s, above 0: a live hub cannot know the median of what is to come.</param>
/// <param name="GrossRange">Is the value where values can be?</param>
/// <param name="Spike">Does it jump away and back?</param>
/// <param name="Rate">Does it change too fast?</param>
/// <param name="FlatLine">Is the sensor stuck?</param>
/// <param name="Attenuation">Is the signal too quiet?</param>
/// <param name="Climatology">Is the value usual for the season? Without depths.</param>
/// <param name="Neighbour">Does the station next to it say something else? Needs its values.</param>
/// <param name="Multivariate">Did what should jump with it stay still? Needs the companion's rate verdicts, and <paramref name="Rate"/>.</param>
/// <param name="Mode">In the way of IOOS the interval and all times count in whole seconds.</param>
public sealed record QcRules(
    double IntervalSeconds,
    GrossRangeRule? GrossRange = null,
    SpikeRule? Spike = null,
    RateRule? Rate = null,
    FlatLineRule? FlatLine = null,
    AttenuationRule? Attenuation = null,
    Climatology? Climatology = null,
    NeighbourRule? Neighbour = null,
    MultivariateRule? Multivariate = null,
    QcMode Mode = QcMode.StemLab)
{
    /// <summary>How many values after a value its verdict may depend on: 1 where spikes are looked for.</summary>
    public int ReachAhead => Spike is null ? 0 : 1;

    /// <summary>How many values before a value its verdict depends on, apart from windows measured in time.</summary>
    public int ReachBehind => Math.Max(2, FlatLine is null ? 0 : Math.Max(Steps(FlatLine.SuspectSeconds), Steps(FlatLine.FailSeconds)));

    /// <summary>The longest window measured in time, µs; 0 where there is none.</summary>
    public long ReachBehindUs => Attenuation is null ? 0 : Series.Micros(Attenuation.PeriodSeconds);

    /// <summary>How far in time, before and after, a neighbour's or a companion's value can change a verdict, µs; 0 where neither is asked.</summary>
    public long ReachAsideUs => Math.Max(
        Neighbour is null ? 0 : Series.Micros(Neighbour.WithinSeconds), Multivariate is null ? 0 : Series.Micros(Multivariate.WithinSeconds));

    /// <summary>Judges a whole series: the strongest verdict of all tests per value, without companions.</summary>
    /// <param name="values">In time order; unit of the thresholds; NaN = missing.</param>
    /// <param name="tUs">UTC of each value, µs, not descending.</param>
    /// <param name="flags">Receives one verdict per value; 2 where no test could be made.</param>
    /// <exception cref="ArgumentException">A threshold makes no sense.</exception>
    public void Check(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        var pass = new QcPass(this);
        var before = default(QcVerdict);
        for (var i = 0; i < values.Length; i++)
        {
            var verdict = pass.Add(tUs[i], values[i], out var spike);
            if (spike != 0)
                flags[i - 1] = before.With(QcTest.Spike, spike).Flag;
            flags[i] = verdict.Flag;
            before = verdict;
        }
    }

    /// <summary>Judges a whole series: what every test says, joined.</summary>
    /// <param name="values">In time order; unit of the thresholds; NaN = missing.</param>
    /// <param name="tUs">UTC of each value, µs, not descending.</param>
    /// <param name="companions">What was measured beside it; default = nothing.</param>
    /// <param name="verdicts">Receives one verdict per value.</param>
    /// <exception cref="ArgumentException">A threshold makes no sense.</exception>
    public void Judge(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, QcCompanions companions, Span<QcVerdict> verdicts)
    {
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        Series.SameLength(values.Length, verdicts.Length, nameof(verdicts));
        var pass = new QcPass(this);
        for (var i = 0; i < values.Length; i++)
        {
            verdicts[i] = pass.Add(tUs[i], values[i], out var spike);
            if (spike != 0)
                verdicts[i - 1] = verdicts[i - 1].With(QcTest.Spike, spike);
        }

        Aside(values, tUs, companions, verdicts);
    }

    /// <summary>What is wrong with the rules, for people; empty = nothing.</summary>
    /// <returns>All problems, each with a stable code and what to do.</returns>
    public ImmutableArray<QcRuleFault> Problems() => QcRuleFault.In(this);

    internal int Steps(double seconds) => StillnessChecks.Steps(seconds, Mode == QcMode.Ioos ? Math.Truncate(IntervalSeconds) : IntervalSeconds, Mode);

    internal void Refuse()
    {
        if (Problems() is [var first, ..])
            throw new ArgumentException(first.Say().En);
    }

    private void Aside(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, QcCompanions companions, Span<QcVerdict> verdicts)
    {
        if (Neighbour is { } neighbour)
        {
            Series.SameLength(companions.Neighbour.Length, companions.NeighbourTUs.Length, nameof(companions));
            var within = Series.Micros(neighbour.WithinSeconds);
            var after = 0;
            for (var i = 0; i < values.Length; i++)
            {
                // Both ascend: the place beside the neighbour only moves on.
                while (after < companions.NeighbourTUs.Length && companions.NeighbourTUs[after] < tUs[i])
                    after++;
                verdicts[i] = verdicts[i].With(QcTest.Neighbour, CompanionChecks.NeighbourAt(values[i], tUs[i], companions.Neighbour, companions.NeighbourTUs, after, within, neighbour.Limit));
            }
        }

        if (Multivariate is { } multivariate)
        {
            Series.SameLength(companions.CompanionRate.Length, companions.CompanionTUs.Length, nameof(companions));
            var within = Series.Micros(multivariate.WithinSeconds);
            for (var i = 0; i < values.Length; i++)
                verdicts[i] = verdicts[i].With(QcTest.Multivariate, CompanionChecks.MultivariateAt(verdicts[i].Of(QcTest.RateOfChange), tUs[i], companions.CompanionRate, companions.CompanionTUs, within));
        }
    }
}
