using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>Why an agent cannot deliver rows it numbered.</summary>
public enum LostReason : byte
{
    /// <summary>The outbox reached its cap with nothing receipted to free.</summary>
    Cap = 1,

    /// <summary>The agent's disk refused.</summary>
    Disk = 2,

    /// <summary>A stored block failed its checksum.</summary>
    Corrupt = 3,

    /// <summary>The power failed before the block was saved.</summary>
    Power = 4,
}

/// <summary>Sequence numbers First … First + Count - 1.</summary>
/// <param name="First">First number.</param>
/// <param name="Count">How many, at least 1.</param>
public readonly record struct SeqRangeValue(ulong First, ulong Count);

/// <summary>
/// Where every row of an agent went: Expected = Stored + Duplicate + Conflict + Erased + Rejected + Lost + Missing. All counts in rows.
/// </summary>
public sealed record Account
{
    /// <summary>Highest sequence number known + 1, summed over streams; for foreign rows what arrived.</summary>
    public long Expected { get; init; }

    /// <summary>Rows stored.</summary>
    public long Stored { get; init; }

    /// <summary>Rows under a sequence number of their own that were already there bit for bit.</summary>
    public long Duplicate { get; init; }

    /// <summary>Rows whose (series, t) was there with other bits; both kept.</summary>
    public long Conflict { get; init; }

    /// <summary>Rows that fell into an erasure.</summary>
    public long Erased { get; init; }

    /// <summary>Rows kept aside as bytes.</summary>
    public long Rejected { get; init; }

    /// <summary>Rows the agent says are lost, by reason; reasons without rows are absent.</summary>
    public ImmutableDictionary<LostReason, long> Lost { get; init; } = ImmutableDictionary<LostReason, long>.Empty;

    /// <summary>Sequence numbers below the highest known that are not covered.</summary>
    public long Missing { get; init; }

    /// <summary>Rows of blocks that came again whole, or of re-delivered publishes, since the store was opened; nothing was written for them.</summary>
    public long Redelivered { get; init; }

    /// <summary>Streams that ended without a clean stop being known: up to 5 s of unsaved rows of each may be lost unseen.</summary>
    public int TailUnknownStreams { get; init; }

    /// <summary>Streams not known to be complete, those that run among them: their agents may hold rows nobody here has heard of.</summary>
    public int OpenStreams { get; init; }

    /// <summary>Number of sequence domains seen.</summary>
    public int Streams { get; init; }
}
