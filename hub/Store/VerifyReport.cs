using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>What a walk over a whole series.db found.</summary>
/// <param name="Chunks">Chunks decoded and compared with their headers.</param>
/// <param name="ChunkRows">Rows in them.</param>
/// <param name="JournalRows">Journal rows read.</param>
/// <param name="Ledgers">Streams with a ledger.</param>
/// <param name="Problems">One sentence each; empty is good.</param>
public sealed record VerifyReport(long Chunks, long ChunkRows, long JournalRows, long Ledgers, ImmutableArray<string> Problems)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsGood => Problems.IsEmpty;
}
