using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>What is durable of one stream, as one hub tells another.</summary>
/// <param name="Agent">Owner of the stream.</param>
/// <param name="Stream">The stream; must be declared where it is merged.</param>
/// <param name="State">Ranges and counts (FORMAT.md, ledger.state).</param>
public sealed record LedgerCopy(AgentId Agent, StreamId Stream, ReadOnlyMemory<byte> State)
{
    /// <summary>The ranges it covers; null for bytes that are no ledger.</summary>
    public ImmutableArray<SeqRangeValue>? Ranges => Writing.StreamLedger.TryRead(State.Span)?.Ranges;
}
