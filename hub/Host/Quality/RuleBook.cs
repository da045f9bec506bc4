using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Quality;

/// <summary>From then on, UTC µs, a channel is judged by these rules.</summary>
internal readonly record struct RuleSpan(long FromUtcUs, ChannelRules Rules);

/// <summary>A channel that is compared with another: its rows so long before and after one of the other's depend on that one, µs. A jump is one of the next row too.</summary>
internal readonly record struct Comparison(string Channel, long BeforeUs, long AfterUs);

/// <summary>The rules of every channel under one derivation's facts: registry, then property, then site, then channel; of equals the later. Safe from any thread.</summary>
internal sealed class RuleBook
{
    private readonly Derivation _derivation;
    private readonly ILookup<string, (Fact Fact, QualityRules Body)> _ofProperty;
    private readonly ILookup<string, (Fact Fact, QualityRules Body)> _ofChannel;
    private readonly ILookup<Id128, (long FromUtcUs, Id128? Site, Id128 Fact)> _placements;
    private readonly ILookup<string, HumanFlagAt> _human;
    private readonly Lock _gate = new();

    // Under _gate: made when first asked for.
    private readonly Dictionary<string, ImmutableArray<RuleSpan>> _spans = new(StringComparer.Ordinal);
    private readonly Dictionary<SeriesId, ImmutableArray<HumanSpan>> _said = [];
    private FrozenDictionary<string, ImmutableArray<Comparison>>? _compared;

    public RuleBook(Derivation derivation)
    {
        _derivation = derivation;
        FactSnapshot facts = derivation.Inputs.Facts;
        (Fact Fact, QualityRules Body)[] rules = [.. facts.Of<QualityRules>().OrderBy(rule => MadeUtc(rule.Fact)).ThenBy(rule => rule.Fact.FactId.Value)];
        _ofProperty = rules.Where(rule => rule.Body.Channel.Length == 0).ToLookup(rule => rule.Body.Property, StringComparer.Ordinal);
        _ofChannel = rules.Where(rule => rule.Body.Channel.Length > 0).ToLookup(rule => rule.Body.Channel, StringComparer.Ordinal);
        _placements = facts.Of<Placement>().Where(placement => derivation.Instants.TryToUtc(placement.Body.From, out _, out _))
            .Select(placement => (placement.Body.Agent, From: UtcOf(placement.Body.From), placement.Body.Site, placement.Fact.FactId))
            .OrderBy(placement => placement.From).ThenBy(placement => placement.FactId.Value)
            .ToLookup(placement => placement.Agent, placement => (placement.From, placement.Site, placement.FactId));
        _human = facts.Of<HumanFlag>().Select(flag => new HumanFlagAt(MadeUtc(flag.Fact), flag.Fact, flag.Body)).ToLookup(flag => flag.Body.Channel, StringComparer.Ordinal);
    }

    /// <summary>The rules of a channel over time, at least one span, the first from the beginning.</summary>
    public ImmutableArray<RuleSpan> Of(ChannelView channel)
    {
        lock (_gate)
        {
            return _spans.TryGetValue(channel.Name, out ImmutableArray<RuleSpan> known) ? known : _spans[channel.Name] = Make(channel);
        }
    }

    /// <summary>What people said of one series, laid on its clock: ascending, not overlapping, the later word over the earlier.</summary>
    public ImmutableArray<HumanSpan> Human(SeriesDerivation series)
    {
        if (!_human.Contains(series.Channel.Name))
        {
            return [];
        }

        lock (_gate)
        {
            return _said.TryGetValue(series.Id, out ImmutableArray<HumanSpan> known) ? known : _said[series.Id] = Lay(series);
        }
    }

    /// <summary>Channels a rule of theirs compares with this one, and how far around its readings.</summary>
    public ImmutableArray<Comparison> ComparedWith(string channel)
    {
        lock (_gate)
        {
            return (_compared ??= Compared()).GetValueOrDefault(channel, []);
        }
    }

    /// <summary>Where people say otherwise of series both know than under earlier rules.</summary>
    public IEnumerable<ChangedSpan> SpokenOtherwise(RuleBook before)
    {
        Derivation then = before._derivation;
        if (then.Revision == _derivation.Revision)
        {
            yield break;
        }

        IEnumerable<SeriesId> both = Enumerable.Range(1, Math.Min(then.SeriesCount, _derivation.SeriesCount)).Select(id => new SeriesId(id))
            .Concat(_derivation.Derived.Series.Select(series => series.Id).Where(id => then.TryFindSeries(id, out _)));
        foreach (SeriesId id in both)
        {
            SeriesDerivation series = _derivation.Series(id);
            ImmutableArray<HumanSpan> old = before.Human(then.Series(id));
            ImmutableArray<HumanSpan> said = Human(series);
            if (!old.AsSpan().SequenceEqual(said.AsSpan()))
            {
                HumanSpan[] differ = [.. old.Except(said), .. said.Except(old)];
                yield return new ChangedSpan(series.Channel.Name, series.Map.ToUtc(differ.Min(span => span.FromT)), series.Map.ToUtc(differ.Max(span => span.ToT)));
            }
        }
    }

    private FrozenDictionary<string, ImmutableArray<Comparison>> Compared()
    {
        IEnumerable<(string With, Comparison Link)> links =
            from channel in _derivation.Channels
            from span in Of(channel)
            from companion in (Companion?[])[span.Rules.Neighbour, span.Rules.Jumps]
            where companion is not null
            let reachUs = (long)(companion.WithinSeconds * 1e6)
            let isJump = ReferenceEquals(companion, span.Rules.Jumps)
            select (companion.Channel, new Comparison(channel.Name, reachUs, isJump && _derivation.TryFindChannel(companion.Channel, out ChannelView? other) ? reachUs + CompanionWindow.StepUs(other) : reachUs));
        return links.GroupBy(link => link.With, StringComparer.Ordinal).ToFrozenDictionary(
            with => with.Key,
            with => with.GroupBy(link => link.Link.Channel, StringComparer.Ordinal)
                .Select(of => new Comparison(of.Key, of.Max(link => link.Link.BeforeUs), of.Max(link => link.Link.AfterUs))).ToImmutableArray(),
            StringComparer.Ordinal);
    }

    private ImmutableArray<RuleSpan> Make(ChannelView channel)
    {
        (long FromUtcUs, Id128? Site, Id128 Fact)[] placements = [.. _placements[new Id128(channel.Agent.Value)]];
        var spans = ImmutableArray.CreateBuilder<RuleSpan>();
        Add(spans, channel, long.MinValue, null);
        foreach ((long from, Id128? site, _) in placements)
        {
            Add(spans, channel, from, site);
        }

        return spans.ToImmutable();
    }

    private ImmutableArray<HumanSpan> Lay(SeriesDerivation series)
    {
        var spans = new List<HumanSpan>();
        foreach (HumanFlagAt said in _human[series.Channel.Name].OrderBy(said => said.MadeUtcUs).ThenBy(said => said.Fact.FactId.Value))
        {
            Id128 boot = new(series.Entry.Boot.Value);
            long from = _derivation.Instants.On(boot, said.Body.From);
            long to = _derivation.Instants.On(boot, said.Body.To);
            if (from < to && from != Instants.Never)
            {
                Lay(spans, new HumanSpan(from, to, (byte)said.Body.Flag, said.Fact.FactId));
            }
        }

        return [.. spans];
    }

    private static void Lay(List<HumanSpan> spans, HumanSpan over)
    {
        for (int i = spans.Count - 1; i >= 0; i--)
        {
            HumanSpan under = spans[i];
            if (under.ToT <= over.FromT || under.FromT >= over.ToT)
            {
                continue;
            }

            spans.RemoveAt(i);
            if (under.ToT > over.ToT)
            {
                spans.Insert(i, under with { FromT = over.ToT });
            }

            if (under.FromT < over.FromT)
            {
                spans.Insert(i, under with { ToT = over.FromT });
            }
        }

        int at = spans.FindIndex(span => span.FromT > over.FromT);
        spans.Insert(at < 0 ? spans.Count : at, over);
    }

    private void Add(ImmutableArray<RuleSpan>.Builder spans, ChannelView channel, long fromUtcUs, Id128? site)
    {
        IEnumerable<(QualityRules, RuleSource)> Named(IEnumerable<(Fact Fact, QualityRules Body)> rules, string scope, Func<Id128?, bool> where) =>
            rules.Where(rule => where(rule.Body.Site)).Select(rule => (rule.Body, new RuleSource(scope, rule.Fact.FactId)));

        var stated = Named(_ofProperty[channel.PropertyId], "property", at => at is null)
            .Concat(Named(_ofProperty[channel.PropertyId], "site", at => at is not null && at == site))
            .Concat(Named(_ofChannel[channel.Name], "channel", at => at is null))
            .Concat(Named(_ofChannel[channel.Name], "channel", at => at is not null && at == site));
        ChannelRules rules = ChannelRules.Of(channel, stated);
        if (spans.Count > 0 && spans[^1].FromUtcUs == fromUtcUs)
        {
            spans.RemoveAt(spans.Count - 1);
        }

        if (spans.Count == 0 || !spans[^1].Rules.JudgesLike(rules))
        {
            spans.Add(new RuleSpan(fromUtcUs, rules));
        }
    }

    /// <summary>When a fact was made, for the order of equals; facts whose time nobody knows come first.</summary>
    private long MadeUtc(Fact fact) => _derivation.Instants.TryToUtc(fact.MadeAt, out long utcUs, out _) ? utcUs : fact.MadeAt.Us;

    private long UtcOf(Instant at) => _derivation.Instants.TryToUtc(at, out long utcUs, out _) ? utcUs : long.MinValue;

    private readonly record struct HumanFlagAt(long MadeUtcUs, Fact Fact, HumanFlag Body);
}

/// <summary>Two spans of rules that give the same verdicts.</summary>
internal sealed class SameVerdicts : IEqualityComparer<RuleSpan>
{
    public static SameVerdicts Of { get; } = new();

    public bool Equals(RuleSpan x, RuleSpan y) => x.FromUtcUs == y.FromUtcUs && x.Rules.JudgesLike(y.Rules);

    public int GetHashCode(RuleSpan rules) => rules.FromUtcUs.GetHashCode();
}
