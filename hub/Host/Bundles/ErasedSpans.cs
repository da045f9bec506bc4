using System.Collections.Frozen;
using StemLab.Hub.Facts;
using StemLab.Store;

namespace StemLab.Hub.Bundles;

/// <summary>What facts say is erased, by input and boot, also where this hub has no such rows yet. Immutable.</summary>
internal sealed class ErasedSpans
{
    private readonly FrozenDictionary<(AgentId Agent, BootId Boot, InputDeclaration Input), (long From, long To)[]> _spans;

    private ErasedSpans(FrozenDictionary<(AgentId Agent, BootId Boot, InputDeclaration Input), (long From, long To)[]> spans) => _spans = spans;

    public static ErasedSpans Of(FactSnapshot facts) => new(facts.All
        .Select(fact => fact.Body).OfType<Erasure>()
        .SelectMany(erasure => erasure.Spans)
        .GroupBy(span => (new AgentId(span.Agent.Value), new BootId(span.Boot.Value), new InputDeclaration(span.Port, span.Quantity, span.Unit, span.ConfigRev)))
        .ToFrozenDictionary(group => group.Key, group => group.Select(span => (span.FromTUs, span.ToTUs)).ToArray()));

    /// <summary>The rows that are not erased, and how many are.</summary>
    public (RowPart Kept, int Erased) Without(RowPart rows)
    {
        if (!_spans.TryGetValue((rows.Agent, rows.Boot, rows.Input), out var spans))
        {
            return (rows, 0);
        }

        int[] kept = [.. Enumerable.Range(0, rows.TUs.Length).Where(i => !Array.Exists(spans, span => span.From <= rows.TUs[i] && rows.TUs[i] < span.To))];
        return (
            rows with
            {
                TUs = Array.ConvertAll(kept, i => rows.TUs[i]),
                Raw = Array.ConvertAll(kept, i => rows.Raw[i]),
                Missing = Array.ConvertAll(kept, i => rows.Missing[i]),
            },
            rows.TUs.Length - kept.Length);
    }
}
