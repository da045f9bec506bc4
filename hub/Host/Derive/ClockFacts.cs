using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>What the time solver is given: every boot of the store and of this hub, and the ties and anchors in force. Pure.</summary>
internal sealed record ClockFacts(ImmutableArray<BootClockFact> Boots, ImmutableArray<TieFact> Ties, ImmutableArray<AnchorFact> Anchors, ImmutableArray<BoundFact> Bounds)
{
    /// <param name="extents">First and last stored t by boot; boots without rows may be absent.</param>
    public static ClockFacts Of(FactSnapshot facts, StoreDictionary dictionary, ImmutableArray<HubBoot> hubBoots, Id128 hubId, IReadOnlyDictionary<BootId, (long FirstUs, long LastUs)> extents)
    {
        var boots = new Dictionary<Id128, BootClockFact>();
        foreach (BootDeclaration boot in dictionary.Boots)
        {
            (long first, long last) = extents.GetValueOrDefault(boot.Id, Empty);
            boots[new Id128(boot.Id.Value)] = new BootClockFact(
                new BootKey(boot.Id.Value), boot.Agent.Value, (ClockKind)boot.Kind, boot.BootNo, boot.Previous is { } previous ? new BootKey(previous.Value) : null, first, last, long.MaxValue);
        }

        foreach (HubBoot boot in hubBoots)
        {
            (long first, long last) = extents.GetValueOrDefault(new BootId(boot.BootId.Value), Empty);
            boots[boot.BootId] = new BootClockFact(
                new BootKey(boot.BootId.Value), hubId.Value, ClockKind.Hub, boot.BootNo, boot.Previous.IsEmpty ? null : new BootKey(boot.Previous.Value),
                Math.Min(first, boot.FirstUs), Math.Max(last, boot.LastUs), long.MaxValue);
        }

        AddStrangers(boots, facts);
        var ties = ImmutableArray.CreateBuilder<TieFact>();
        foreach ((Fact fact, ClockTie tie) in facts.Of<ClockTie>())
        {
            ties.Add(new TieFact(fact.FactId.Value, new BootKey(tie.BootA.Value), tie.TAUs, new BootKey(tie.BootB.Value), tie.TBUs, tie.SigmaUs));
            Widen(boots, tie.BootA, tie.TAUs);
            Widen(boots, tie.BootB, tie.TBUs);
        }

        var anchors = ImmutableArray.CreateBuilder<AnchorFact>();
        foreach ((Fact fact, UtcAnchor anchor) in facts.Of<UtcAnchor>())
        {
            if (boots.TryGetValue(anchor.Boot, out BootClockFact? boot) && boot.Kind == ClockKind.Utc)
            {
                Declare(boots, anchor);
                continue;
            }

            anchors.Add(new AnchorFact(fact.FactId.Value, new BootKey(anchor.Boot.Value), anchor.TUs, anchor.UtcUs, anchor.SigmaUs, anchor.Source));
            Widen(boots, anchor.Boot, anchor.TUs);
        }

        return new ClockFacts([.. boots.Values.Select(Closed).OrderBy(boot => boot.Boot.Value)], ties.ToImmutable(), anchors.ToImmutable(),
            [.. facts.Of<BootBound>().Select(bound => new BoundFact(bound.Fact.FactId.Value, new BootKey(bound.Body.Boot.Value), bound.Body.NotBeforeUtcUs, bound.Body.NotAfterUtcUs))]);
    }

    /// <summary>Clocks that only facts name, as another hub's that an agent was tied to before it came here: they carry the chain, each its own owner.</summary>
    private static void AddStrangers(Dictionary<Id128, BootClockFact> boots, FactSnapshot facts)
    {
        IEnumerable<Id128> named = facts.Of<ClockTie>().SelectMany(tie => new[] { tie.Body.BootA, tie.Body.BootB }).Concat(facts.Of<UtcAnchor>().Select(anchor => anchor.Body.Boot));
        foreach (Id128 boot in named)
        {
            boots.TryAdd(boot, new BootClockFact(new BootKey(boot.Value), boot.Value, ClockKind.Hub, 0, null, Empty.First, Empty.Last, long.MaxValue));
        }
    }

    // Nothing known of this clock yet: any time widens it.
    private static (long First, long Last) Empty => (long.MaxValue, long.MinValue);

    private static void Widen(Dictionary<Id128, BootClockFact> boots, Id128 boot, long tUs)
    {
        if (boots.TryGetValue(boot, out BootClockFact? known))
        {
            boots[boot] = known with { FirstTUs = Math.Min(known.FirstTUs, tUs), LastTUs = Math.Max(known.LastTUs, tUs) };
        }
    }

    /// <summary>On a utc boot an anchor says how far its sender may be trusted; of several in force the widest holds.</summary>
    private static void Declare(Dictionary<Id128, BootClockFact> boots, UtcAnchor anchor)
    {
        BootClockFact boot = boots[anchor.Boot];
        long sigma = boot.DeclaredSigmaUs == long.MaxValue ? anchor.SigmaUs : Math.Max(boot.DeclaredSigmaUs, anchor.SigmaUs);
        boots[anchor.Boot] = boot with { DeclaredSigmaUs = sigma };
    }

    private static BootClockFact Closed(BootClockFact boot) => boot.FirstTUs <= boot.LastTUs ? boot : boot with { FirstTUs = 0, LastTUs = 0 };
}
