using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>What stands in a series.db, counted in one read transaction.</summary>
public sealed record SeriesFileStats
{
    /// <summary>Identity of the file.</summary>
    public required StoreId StoreId { get; init; }

    /// <summary>Format of the file.</summary>
    public long Format { get; init; }

    /// <summary>Bytes of the file, its log of unfinished pages left out.</summary>
    public long FileBytes { get; init; }

    /// <summary>Bytes within the file that are free for what comes next.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Newest durable commit.</summary>
    public long Commit { get; init; }

    /// <summary>Oldest commit still in the log; 0 = the log is empty.</summary>
    public long OldestCommit { get; init; }

    /// <summary>Bytes of the log's rows.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Commit up to which every row is in chunks.</summary>
    public long FlushedThrough { get; init; }

    /// <summary>Commit up to which the log's consumer has everything; null = there is none.</summary>
    public long? ForwardedThrough { get; init; }

    /// <summary>Agents that declared something or sent rows.</summary>
    public long Agents { get; init; }

    /// <summary>Series.</summary>
    public long Series { get; init; }

    /// <summary>Chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>Rows in chunks; those of commits after <see cref="FlushedThrough"/> stand in the log alone.</summary>
    public long ChunkRows { get; init; }

    /// <summary>Of <see cref="ChunkRows"/>, rows without a value.</summary>
    public long MissingRows { get; init; }

    /// <summary>Bytes of chunk bodies.</summary>
    public long ChunkBytes { get; init; }

    /// <summary>Sides of collisions kept.</summary>
    public long Conflicts { get; init; }

    /// <summary>Erased spans.</summary>
    public long Erasures { get; init; }

    /// <summary>Series of which old rows were dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>Bytes kept aside, by reason: how many messages.</summary>
    public ImmutableSortedDictionary<string, long> Aside { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
