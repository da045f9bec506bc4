using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Retention;

/// <summary>
/// Takes readings out: by a person's word (erasure) or by age (retention). First the fact, durable, then the store; what a crash left between is done when the hub
/// starts again. One removal at a time; safe from any thread.
/// </summary>
internal sealed class RemovalBook(FactLog facts, DerivationBook derivations, ObservationStore store, HubClock clock, ILogger<RemovalBook> logger) : IDisposable
{
    /// <summary>A rule whose edge would move further than this at once waits for a person: clocks jump by years, hubs sleep for a holiday.</summary>
    public static readonly TimeSpan MostAtOnce = TimeSpan.FromDays(100);

    private const long HourUs = 3_600_000_000;
    private readonly SemaphoreSlim _one = new(1);

    // Under _one.
    private readonly HashSet<Id128> _enforced = [];
    private readonly Dictionary<Id128, int> _waitingSince = [];
    private readonly HashSet<Id128> _untold = [];
    private volatile string _held = "";

    /// <summary>Why a rule is not applied now; empty = all are.</summary>
    public string HeldReason => _held;

    /// <summary>What an erasure would take out.</summary>
    public RemovalPlan Plan(Func<Derivation, IEnumerable<ChannelView>> channels, long fromUtcUs, long toUtcUs)
    {
        using StoreSnapshot snapshot = store.Snapshot();
        Derivation derivation = derivations.Current;
        return RemovalPlan.Of(snapshot, derivation, channels(derivation), fromUtcUs, toUtcUs, certain: false);
    }

    /// <summary>States the erasure and takes the rows out; null when there are none.</summary>
    public async Task<Fact?> EraseAsync(RemovalPlan plan, ImmutableArray<string> channels, long fromUtcUs, long toUtcUs, string reason, CancellationToken cancellationToken)
    {
        if (plan.Spans.IsEmpty)
        {
            return null;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            var body = new Erasure("", channels, fromUtcUs, toUtcUs, reason, plan.Spans);
            Fact fact = facts.Append(new FactDraft(body, clock.Now, FactRoles.Admin)).Stated[0];
            await EnforceAsync([fact], CancellationToken.None);
            RetentionLog.Erased(logger, fact.FactId, plan.Rows);
            return fact;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What a rule would drop now.</summary>
    public long WouldDrop(ImmutableArray<string> channels, long keepUs)
    {
        var rule = new RetentionRule("", channels, keepUs, "");
        return TryUtcNow(out long nowUtcUs) ? PlanOf(rule, EdgeOf(rule, nowUtcUs), replaced: channels).Rows : 0;
    }

    /// <summary>States a rule in place of the one for the same channels and applies it at once; 0 = keep for ever: only ends the one there is.</summary>
    public async Task<(Fact? Fact, long Dropped)> SetRuleAsync(ImmutableArray<string> channels, long keepUs, string reason, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            ImmutableArray<Id128> replaced = [.. OwnRules().Where(rule => SameChannels(rule.Body.Channels, channels)).Select(rule => rule.Fact.FactId)];
            if (keepUs == 0)
            {
                return replaced.IsEmpty ? (null, 0) : (facts.Append(new FactDraft(new Withdrawal(reason), clock.Now, FactRoles.Admin) { Supersedes = replaced }).Stated[0], 0);
            }

            var draft = new FactDraft(new RetentionRule("", channels, keepUs, reason), clock.Now, FactRoles.Admin) { Supersedes = replaced };
            Fact fact = facts.Append(draft).Stated[0];
            return (fact, await ApplyAsync(fact, isAsked: true, CancellationToken.None));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes out what facts say and the store still has: after a crash, a restore or a merge, or when a series came that an erasure had named before.</summary>
    public async Task EnforceAllAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            int series = store.Dictionary.SeriesCount;
            Fact[] open = [.. facts.Current.All.Where(fact => fact.Body is Erasure or RetentionDrop && !_enforced.Contains(fact.FactId) && _waitingSince.GetValueOrDefault(fact.FactId, -1) != series)];
            await EnforceAsync(open, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Applies every rule. Returns the rows dropped.</summary>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            _held = "";
            var dropped = 0L;
            foreach ((Fact fact, RetentionRule _) in OwnRules())
            {
                dropped += await ApplyAsync(fact, isAsked: false, cancellationToken);
            }

            return dropped;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<long> ApplyAsync(Fact fact, bool isAsked, CancellationToken cancellationToken)
    {
        var rule = (RetentionRule)fact.Body;
        if (!TryUtcNow(out long nowUtcUs))
        {
            return 0;
        }

        long edge = EdgeOf(rule, nowUtcUs);
        if (!isAsked && IsHeld(fact, rule, edge))
        {
            return 0;
        }

        RemovalPlan plan = PlanOf(rule, edge, replaced: rule.Channels);
        if (plan.Spans.IsEmpty)
        {
            return 0;
        }

        Fact drop = facts.Append(new FactDraft(new RetentionDrop(fact.FactId, edge, plan.Spans), clock.Now, FactRoles.Hub)).Stated[0];
        await store.DropAsync(Befores(((RetentionDrop)drop.Body).Spans), cancellationToken);
        derivations.PublishRemoved([drop.FactId]);
        _enforced.Add(drop.FactId);
        RetentionLog.Dropped(logger, drop.FactId, plan.Rows);
        return plan.Rows;
    }

    /// <summary>The edge moves in steps, so that a year of sweeps is some hundred facts.</summary>
    private static long EdgeOf(RetentionRule rule, long nowUtcUs)
    {
        long step = Math.Max(HourUs, rule.KeepUs / 100);
        return (nowUtcUs - rule.KeepUs) / step * step;
    }

    private bool IsHeld(Fact fact, RetentionRule rule, long edge)
    {
        long since = facts.Current.Of<RetentionDrop>().Where(drop => drop.Body.Rule == fact.FactId).Select(drop => drop.Body.BeforeUtcUs).DefaultIfEmpty(long.MinValue).Max();
        if (derivations.Current.Instants.TryToUtc(fact.MadeAt, out long madeUtcUs, out _))
        {
            since = Math.Max(since, madeUtcUs - rule.KeepUs);
        }

        if (since != long.MinValue && edge - since <= (long)MostAtOnce.TotalMicroseconds)
        {
            return false;
        }

        _held = $"Since retention was last applied the hub's clock went ahead by more than {MostAtOnce.TotalDays:F0} days. Nothing is dropped until a person looks at the clock and states the rule again (stemlab store retain)";
        RetentionLog.Held(logger, fact.FactId);
        return true;
    }

    private RemovalPlan PlanOf(RetentionRule rule, long edgeUtcUs, ImmutableArray<string> replaced)
    {
        using StoreSnapshot snapshot = store.Snapshot();
        Derivation derivation = derivations.Current;
        ChannelSelection[] others = [.. OwnRules().Where(other => !other.Body.Channels.IsEmpty && !SameChannels(other.Body.Channels, replaced)).Select(other => Of(other.Body))];
        ChannelSelection own = Of(rule);
        IEnumerable<ChannelView> channels = derivation.Channels.Where(channel => own.Contains(channel) && !(rule.Channels.IsEmpty && channel.Recorded) && !(rule.Channels.IsEmpty && Array.Exists(others, other => other.Contains(channel))));
        return RemovalPlan.Of(snapshot, derivation, channels, 0, edgeUtcUs, certain: true);
    }

    /// <summary>A rule says how long one hub keeps readings; another that merged it keeps by its own.</summary>
    private IEnumerable<(Fact Fact, RetentionRule Body)> OwnRules() => facts.Current.Of<RetentionRule>().Where(rule => rule.Fact.HubId == clock.HubId);

    private static ChannelSelection Of(RetentionRule rule) => ChannelSelection.Parse(rule.Channels, out _);

    private bool TryUtcNow(out long utcUs)
    {
        TimeMap map = derivations.Current.MapOf(new BootId(clock.BootId.Value));
        long now = clock.NowUs();
        utcUs = map.ToUtc(now);
        return map.State == TimeState.Anchored && map.SigmaUs(now) < 24 * HourUs;
    }

    private async Task EnforceAsync(IReadOnlyCollection<Fact> open, CancellationToken cancellationToken)
    {
        int series = store.Dictionary.SeriesCount;

        // Kept until told: what fails after the rows are hidden is done, and told, the next time.
        _untold.UnionWith(open.Where(fact => !IsFollowed(fact)).Select(fact => fact.FactId));
        RowMask[] masks = [.. open.Select(fact => fact.Body).OfType<Erasure>().SelectMany(erasure => Known(erasure.Spans))];
        if (masks.Length > 0)
        {
            await store.EraseAsync([.. masks], cancellationToken);
        }

        // Dropped already, unless a crash or a restored backup came between.
        var before = Befores([.. open.Where(fact => fact.HubId == clock.HubId).Select(fact => fact.Body).OfType<RetentionDrop>().SelectMany(drop => drop.Spans)])
            .Where(span => store.DroppedBefore(span.Key) < span.Value).ToDictionary();
        if (before.Count > 0)
        {
            await store.DropAsync(before, cancellationToken);
        }

        Id128[] told = [.. open.Select(fact => fact.FactId).Where(_untold.Contains)];
        if (told.Length > 0)
        {
            derivations.PublishRemoved(told);
            _untold.ExceptWith(told);
        }

        foreach (Fact fact in open)
        {
            // A merged erasure may name inputs that come to this hub later.
            bool mayWait = fact.Body is Erasure erasure && Known(erasure.Spans).Length < erasure.Spans.Length;
            if (mayWait)
            {
                _waitingSince[fact.FactId] = series;
                continue;
            }

            _enforced.Add(fact.FactId);
        }
    }

    /// <summary>Whether the store shows no more what the fact takes out of this hub; so after a start, nearly always. Reads no rows: those may be damaged, or in an InfluxDB that is away, and that must keep none of them.</summary>
    private bool IsFollowed(Fact fact) => fact.Body switch
    {
        Erasure erasure => Array.TrueForAll(Known(erasure.Spans), store.IsErased),
        RetentionDrop drop when fact.HubId == clock.HubId => Befores(drop.Spans).All(span => store.DroppedBefore(span.Key) >= span.Value),
        _ => true,
    };

    private Dictionary<SeriesId, long> Befores(ImmutableArray<RemovedSpan> spans) =>
        Known(spans).GroupBy(span => span.Series).ToDictionary(group => group.Key, group => group.Max(span => span.ToUs));

    private RowMask[] Known(ImmutableArray<RemovedSpan> spans)
    {
        StoreDictionary dictionary = store.Dictionary;
        return [.. spans.Select(span => (IsKnown: RemovalPlan.TryFind(dictionary, span, out RowMask rows), rows)).Where(span => span.IsKnown).Select(span => span.rows)];
    }

    private static bool SameChannels(ImmutableArray<string> a, ImmutableArray<string> b) => a.Order(StringComparer.Ordinal).SequenceEqual(b.Order(StringComparer.Ordinal));
}
