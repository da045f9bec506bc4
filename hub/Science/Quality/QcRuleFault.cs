using System.Collections.Immutable;
using System.Globalization;
using StemLab.Science.Properties;
using StemLab.Science.Texts;

namespace StemLab.Science.Quality;

/// <summary>A rule that makes no sense, and what to do. Immutable.</summary>
/// <param name="Code">Stable: "range_upside_down".</param>
/// <param name="Test">The test it belongs to; None = all.</param>
/// <param name="Arguments">What the sentence is filled with.</param>
public sealed record QcRuleFault(string Code, QcTest Test, ImmutableArray<string> Arguments)
{
    internal static SentenceTable Table { get; } = SentenceTable.Load("qc-rule-faults.json");

    /// <summary>What is wrong, for people.</summary>
    /// <returns>One sentence in both languages.</returns>
    public Sentence Say() => Table.Say(Code, Arguments.AsSpan());

    internal static ImmutableArray<QcRuleFault> In(QcRules rules)
    {
        // Rules are checked for every series: nothing is built where nothing is wrong.
        List<QcRuleFault>? faults = null;
        void Fault(string code, QcTest test, params ReadOnlySpan<double> numbers) =>
            (faults ??= []).Add(new QcRuleFault(code, test, [.. numbers.ToArray().Select(number => number.ToString(CultureInfo.InvariantCulture))]));

        void Pair(QcTest test, double? suspect, double? fail)
        {
            if (!(suspect ?? 0).IsThreshold() || !(fail ?? 0).IsThreshold())
                Fault("negative_threshold", test, suspect ?? fail ?? 0);
            else if (suspect > fail && rules.Mode == QcMode.StemLab)
                Fault("thresholds_upside_down", test, suspect.Value, fail.Value);
        }

        if (!(rules.IntervalSeconds > 0 && double.IsFinite(rules.IntervalSeconds)) || (rules.Mode == QcMode.Ioos && rules.IntervalSeconds < 1))
            Fault("no_interval", QcTest.None);
        if (rules.GrossRange is { } range)
            Range(range, Fault);
        if (rules.Spike is { } spike && rules.Mode == QcMode.StemLab)
            Pair(QcTest.Spike, spike.Suspect, spike.Fail);
        if (rules.Rate is { } rate && rules.Mode == QcMode.StemLab)
            Pair(QcTest.RateOfChange, rate.Suspect, rate.Fail);
        if (rules.FlatLine is { } flat)
        {
            Pair(QcTest.FlatLine, flat.SuspectSeconds, flat.FailSeconds);
            if (!flat.Tolerance.IsThreshold())
                Fault("negative_threshold", QcTest.FlatLine, flat.Tolerance);
        }

        if (rules.Attenuation is { } quiet)
        {
            if (!(quiet.PeriodSeconds > 0))
                Fault("no_period", QcTest.AttenuatedSignal);
            if (!quiet.Suspect.IsThreshold() || !quiet.Fail.IsThreshold())
                Fault("negative_threshold", QcTest.AttenuatedSignal, quiet.Suspect);
            else if (quiet.Fail > quiet.Suspect && rules.Mode == QcMode.StemLab)
                Fault("thresholds_upside_down", QcTest.AttenuatedSignal, quiet.Fail, quiet.Suspect);
        }

        if (rules.Neighbour is { } neighbour && !(neighbour.WithinSeconds > 0 && neighbour.Limit.IsThreshold()))
            Fault("negative_threshold", QcTest.Neighbour, neighbour.Limit);
        if (rules.Multivariate is { } multivariate && (!(multivariate.WithinSeconds > 0) || rules.Rate is null))
            Fault("companion_needs_rate", QcTest.Multivariate);
        return faults is null ? [] : [.. faults];
    }

    private delegate void Report(string code, QcTest test, params ReadOnlySpan<double> numbers);

    private static void Range(GrossRangeRule range, Report report)
    {
        if (!IsRange(range.Fail) || (range.Suspect is { } usual && !IsRange(usual)))
            report("range_upside_down", QcTest.GrossRange, range.Fail.Min, range.Fail.Max);
        else if (range.Suspect is { } inner && (inner.Min < range.Fail.Min || inner.Max > range.Fail.Max))
            report("suspect_outside_fail", QcTest.GrossRange, inner.Min, inner.Max, range.Fail.Min, range.Fail.Max);
    }

    private static bool IsRange(ValueRange range) => range.Min <= range.Max;
}

/// <summary>What a threshold may be.</summary>
file static class Thresholds
{
    internal static bool IsThreshold(this double value) => value >= 0;
}
