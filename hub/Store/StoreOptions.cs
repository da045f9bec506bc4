namespace StemLab.Store;

/// <summary>Settings of the embedded store; the defaults make a working hub.</summary>
public sealed record StoreOptions
{
    /// <summary>Folder of series.db; made when absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Rows held in memory before they go to chunks. Default 500,000 (about 16 MB).</summary>
    public int MemtableRows { get; init; } = 500_000;

    /// <summary>Bytes of journal not yet in chunks before memory goes to chunks whatever its rows. Default 16 MiB: bounds the time to open.</summary>
    public long MemtableJournalBytes { get; init; } = 16 << 20;

    /// <summary>Rows moved to chunks within one commit. Default 20,000 (about 2 ms).</summary>
    public int FlushSliceRows { get; init; } = 20_000;

    /// <summary>Rows of a full chunk. Default 4,096, at most 65,536.</summary>
    public int ChunkRows { get; init; } = 4096;

    /// <summary>How long the commit log is kept, in running time of the store. Default 72 h.</summary>
    public TimeSpan JournalKeep { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Size of the commit log above which its oldest commits go before <see cref="JournalKeep"/>. Default 1 GiB.</summary>
    public long JournalCapBytes { get; init; } = 1L << 30;

    /// <summary>Rows that may wait for the writer. Default 262,144; a submission that finds the queue full waits.</summary>
    public int QueueRows { get; init; } = 262_144;

    /// <summary>Free space of the disk below which submissions are refused, so that reads and the registry go on. Default 32 MiB; 0 = until the disk refuses by itself.</summary>
    public long MinFreeBytes { get; init; } = 32 << 20;

    /// <summary>Least time between two commits. Default zero: commit when idle with whatever has gathered. Cards that wear with every write take 200 to 500 ms; at most 5 s.</summary>
    public TimeSpan CommitInterval { get; init; }

    /// <summary>True when an InfluxDB is fed from this store: the commit log waits until it has been told, and rows may be kept there only. Default false.</summary>
    public bool HasFarStore { get; init; }

    /// <summary>Pages series.db may have, 2 KiB each; 0 = no bound. A quota for small disks.</summary>
    public long MaxPages { get; init; }
}
