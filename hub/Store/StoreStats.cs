namespace StemLab.Store;

/// <summary>Figures of the store since it was opened, unless said otherwise.</summary>
public sealed record StoreStats
{
    /// <summary>Newest durable commit, since the store was made.</summary>
    public long Commit { get; init; }

    /// <summary>Commit up to which every row is in chunks.</summary>
    public long FlushedThrough { get; init; }

    /// <summary>Oldest commit still in the log.</summary>
    public long OldestCommit { get; init; }

    /// <summary>Bytes of journal rows kept.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Rows in memory, not yet in chunks (active and frozen).</summary>
    public long MemtableRows { get; init; }

    /// <summary>Commits made.</summary>
    public long Commits { get; init; }

    /// <summary>Rows stored.</summary>
    public long RowsStored { get; init; }

    /// <summary>Rows already there.</summary>
    public long RowsDuplicate { get; init; }

    /// <summary>Rows in conflict.</summary>
    public long RowsConflict { get; init; }

    /// <summary>Rows inside an erasure.</summary>
    public long RowsErased { get; init; }

    /// <summary>Rows kept aside.</summary>
    public long RowsRejected { get; init; }

    /// <summary>Rows waiting for the writer now.</summary>
    public long RowsQueued { get; init; }

    /// <summary>Commits the disk refused.</summary>
    public long Refusals { get; init; }
}
