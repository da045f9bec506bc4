using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>Rows that were taken out of one series on purpose, as the fact tells it.</summary>
/// <param name="Reason">Of an erasure; empty = dropped by a retention rule.</param>
internal readonly record struct RemovedRows(long FromT, long ToT, long Count, Id128 Fact, string Reason)
{
    /// <summary>By series of this store; spans of inputs it never heard of are left out.</summary>
    public static FrozenDictionary<SeriesId, ImmutableArray<RemovedRows>> BySeries(FactSnapshot facts, StoreDictionary dictionary) => facts.All
        .SelectMany(fact => fact.Body switch
        {
            Erasure erasure => erasure.Spans.Select(span => (span, fact.FactId, erasure.Reason)),
            RetentionDrop retention => retention.Spans.Select(span => (span, fact.FactId, Reason: "")),
            _ => [],
        })
        .Select(removed => (IsKnown: dictionary.TryFind(new BootId(removed.span.Boot.Value), new AgentId(removed.span.Agent.Value), new InputDeclaration(removed.span.Port, removed.span.Quantity, removed.span.Unit, removed.span.ConfigRev), out SeriesId series), series, removed))
        .Where(entry => entry.IsKnown)
        .GroupBy(entry => entry.series, entry => new RemovedRows(entry.removed.span.FromTUs, entry.removed.span.ToTUs, entry.removed.span.Rows, entry.removed.FactId, entry.removed.Reason))
        .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
}
