using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Properties;
using StemLab.Science.Quality;
using StemLab.Science.Units;
using StemLab.Wire;

namespace StemLab.Hub.Quality;

/// <summary>Who set a test: "registry", "property", "site" or "channel", and the fact where there is one.</summary>
internal readonly record struct RuleSource(string Scope, Id128 Fact)
{
    public static RuleSource Registry => new("registry", default);
}

/// <summary>The channel a test compares with.</summary>
internal sealed record Companion(string Channel, double WithinSeconds, double Limit);

/// <summary>The tests one channel is put to between two moments, thresholds in the channel's unit. Immutable.</summary>
/// <param name="Rules">What the series is judged by alone.</param>
/// <param name="Neighbour">Absent = not compared.</param>
/// <param name="Jumps">The companion that should jump too; absent = not asked. Its limit is per second, in the companion's unit.</param>
/// <param name="Sources">By name of test, for those that are made or were switched off.</param>
/// <param name="Off">Names of tests switched off.</param>
internal sealed record ChannelRules(
    QcRules Rules, Companion? Neighbour, Companion? Jumps, ImmutableSortedDictionary<string, RuleSource> Sources, ImmutableSortedSet<string> Off, string DefaultSource)
{
    /// <summary>Whether another channel has a word in it.</summary>
    public bool HasCompanions => Neighbour is not null || Jumps is not null;

    /// <summary>Same verdicts on the same rows.</summary>
    public bool JudgesLike(ChannelRules other) => Rules == other.Rules && Neighbour == other.Neighbour && Jumps == other.Jumps;

    /// <summary>The registry's defaults, then what rules say of it, the narrower after the broader.</summary>
    /// <param name="channel">What is judged.</param>
    /// <param name="stated">Rules that speak of the channel, broadest first.</param>
    public static ChannelRules Of(ChannelView channel, IEnumerable<(QualityRules Rules, RuleSource Source)> stated)
    {
        double? interval = channel.IntervalUs > 0 ? channel.IntervalUs / 1e6 : null;
        var built = new Builder(channel, interval);
        foreach ((QualityRules rules, RuleSource source) in stated)
        {
            built.Take(rules, source);
        }

        return built.Build();
    }

    /// <summary>Collects tests for one channel. One use.</summary>
    private sealed class Builder
    {
        private readonly ChannelView _channel;
        private readonly string _defaultSource = "";
        private readonly ImmutableSortedDictionary<string, RuleSource>.Builder _sources = ImmutableSortedDictionary.CreateBuilder<string, RuleSource>(StringComparer.Ordinal);
        private readonly ImmutableSortedSet<string>.Builder _off = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        private QcRules _rules;
        private Companion? _neighbour;
        private Companion? _jumps;

        public Builder(ChannelView channel, double? interval)
        {
            _channel = channel;
            _rules = new QcRules(interval ?? QcDefaults.IrregularSeconds);
            if (channel.Property is not { } property || !TryMap(property.UnitUcum, out AffineMap map))
            {
                return;
            }

            QcDefault standard = QcDefaults.For(property, interval);
            _defaultSource = standard.Source;
            _rules = In(standard.Rules, map);
            if (interval is null)
            {
                // How fast is too fast depends on how often is looked: of an irregular sender nobody knows.
                _rules = _rules with { Rate = null };
            }

            Mark("gross_range", _rules.GrossRange, RuleSource.Registry);
            Mark("spike", _rules.Spike, RuleSource.Registry);
            Mark("rate_of_change", _rules.Rate, RuleSource.Registry);
            Mark("flat_line", _rules.FlatLine, RuleSource.Registry);
            Mark("attenuated_signal", _rules.Attenuation, RuleSource.Registry);
        }

        public void Take(QualityRules stated, RuleSource source)
        {
            string unit = stated.Unit.Length > 0 ? stated.Unit : ObservedProperties.Default.Find(stated.Property)?.UnitUcum ?? _channel.UnitUcum;
            if (!TryMap(unit, out AffineMap map))
            {
                return;
            }

            double scale = Math.Abs(map.Slope);
            if (stated.GrossRange is { } range)
            {
                _rules = _rules with { GrossRange = Set("gross_range", Range(range, map), source) };
            }

            if (stated.Spike is { } spike)
            {
                SpikeMethod method = _rules.Spike?.Method ?? SpikeMethod.Average;
                _rules = _rules with { Spike = Set("spike", new SpikeRule(spike.Suspect * scale, spike.Fail * scale, method), source) };
            }

            if (stated.RateOfChange is { } rate)
            {
                _rules = _rules with { Rate = Set("rate_of_change", new RateRule(rate.Suspect * scale, rate.Fail * scale), source) };
            }

            if (stated.FlatLine is { } flat)
            {
                _rules = _rules with { FlatLine = Set("flat_line", new FlatLineRule(flat.SuspectSeconds, flat.FailSeconds, flat.Tolerance * scale), source) };
            }

            if (stated.Attenuation is { } quiet)
            {
                _rules = _rules with
                {
                    Attenuation = Set("attenuated_signal", new AttenuationRule(quiet.Suspect * scale, quiet.Fail * scale, quiet.PeriodSeconds, SignalMeasure.StandardDeviation, null), source),
                };
            }

            _neighbour = stated.Neighbour is { } near ? Set("neighbour", new Companion(near.Channel, near.WithinSeconds, near.Limit * scale), source) : _neighbour;
            _jumps = stated.Multivariate is { } beside ? Set("multivariate", new Companion(beside.Channel, beside.WithinSeconds, beside.Limit), source) : _jumps;
            foreach (string test in stated.Off)
            {
                _off.Add(test);
                _sources[test] = source;
            }
        }

        public ChannelRules Build()
        {
            QcRules rules = _rules with
            {
                GrossRange = _off.Contains("gross_range") ? null : _rules.GrossRange,
                Spike = _off.Contains("spike") ? null : _rules.Spike,
                Rate = _off.Contains("rate_of_change") ? null : _rules.Rate,
                // Windows are counted in values: without a declared interval nobody knows how long they are.
                FlatLine = _off.Contains("flat_line") || _channel.IntervalUs <= 0 ? null : _rules.FlatLine,
                Attenuation = _off.Contains("attenuated_signal") ? null : _rules.Attenuation,
            };
            return new ChannelRules(
                rules,
                _off.Contains("neighbour") ? null : _neighbour,
                _off.Contains("multivariate") || rules.Rate is null ? null : _jumps,
                _sources.ToImmutable(),
                _off.ToImmutable(),
                _defaultSource);
        }

        private static GrossRangeRule Range(RangeLimits limits, AffineMap map)
        {
            ValueRange fail = Mapped(limits.FailMin, limits.FailMax, map);
            return new GrossRangeRule(fail, limits.SuspectMin is null && limits.SuspectMax is null ? null : Within(Mapped(limits.SuspectMin, limits.SuspectMax, map), fail));
        }

        private static ValueRange Mapped(double? min, double? max, AffineMap map) => ValueRange.Between(
            map.Apply(min ?? double.NegativeInfinity), map.Apply(max ?? double.PositiveInfinity));

        private static ValueRange Within(ValueRange inner, ValueRange outer) => new(Math.Max(inner.Min, outer.Min), Math.Min(inner.Max, outer.Max));

        private static QcRules In(QcRules rules, AffineMap map)
        {
            if (map.IsIdentity)
            {
                return rules;
            }

            double scale = Math.Abs(map.Slope);
            ValueRange To(ValueRange range) => ValueRange.Between(map.Apply(range.Min), map.Apply(range.Max));
            return rules with
            {
                GrossRange = rules.GrossRange is { } range ? new GrossRangeRule(To(range.Fail), range.Suspect is { } usual ? To(usual) : null) : null,
                Spike = rules.Spike is { } spike ? spike with { Suspect = spike.Suspect * scale, Fail = spike.Fail * scale } : null,
                Rate = rules.Rate is { } rate ? new RateRule(rate.Suspect * scale, rate.Fail * scale) : null,
                FlatLine = rules.FlatLine is { } flat ? flat with { Tolerance = flat.Tolerance * scale } : null,
                Attenuation = rules.Attenuation is { } quiet ? quiet with { Suspect = quiet.Suspect * scale, Fail = quiet.Fail * scale } : null,
            };
        }

        private bool TryMap(string unit, out AffineMap map)
        {
            map = AffineMap.Identity;
            return unit == _channel.UnitUcum || Ucum.TryConvert(unit, _channel.UnitUcum, out map);
        }

        private T Set<T>(string test, T rule, RuleSource source)
        {
            _sources[test] = source;
            // A narrower rule that gives thresholds switches the test on again.
            _off.Remove(test);
            return rule;
        }

        private void Mark(string test, object? rule, RuleSource source)
        {
            if (rule is not null)
            {
                _sources[test] = source;
            }
        }
    }
}
