using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>How the store is, as one immutable value.</summary>
public sealed record StoreHealth
{
    /// <summary>True while submissions are taken.</summary>
    public bool IsWritable { get; init; } = true;

    /// <summary>One sentence for people while not writable; null otherwise.</summary>
    public string? Trouble { get; init; }

    /// <summary>Blocks whose range overlapped what was covered: a sender's bug. Since the store was made.</summary>
    public long PartialOverlaps { get; init; }

    /// <summary>Chunks that failed their checksum when the writer met them, since opening; their bytes are kept aside.</summary>
    public int DamagedChunks { get; init; }

    /// <summary>What opening found.</summary>
    public required OpenReport Opened { get; init; }

    /// <summary>True when nothing asks for a person.</summary>
    public bool IsGood => IsWritable && PartialOverlaps == 0 && DamagedChunks == 0 && Opened.DamagedCommits.IsEmpty;
}

/// <summary>What opening series.db found and did.</summary>
/// <param name="IsNew">True when the file was made now.</param>
/// <param name="Tail">State of the log's end.</param>
/// <param name="TailBytes">Bytes after the last commit that were put away; 0 when clean.</param>
/// <param name="ReplayedCommits">Commits read again into memory.</param>
/// <param name="ReplayedRows">Their rows.</param>
/// <param name="DamagedCommits">Commits whose journal row failed its checksum or could not be decoded; empty is good.</param>
public sealed record OpenReport(
    bool IsNew,
    LogTail Tail,
    long TailBytes,
    int ReplayedCommits,
    long ReplayedRows,
    ImmutableArray<long> DamagedCommits);

/// <summary>What stood after the last commit in the write-ahead log.</summary>
public enum LogTail
{
    /// <summary>No log: the store was closed in order, or is new.</summary>
    None,

    /// <summary>The log ends with its last commit.</summary>
    Clean,

    /// <summary>A transaction that never committed, whole or in part: its sender was never answered.</summary>
    Unfinished,

    /// <summary>Zeros after the last commit: the picture a power cut leaves.</summary>
    Zeroed,

    /// <summary>Bytes after the last commit that are no frame of this log.</summary>
    Garbage,
}
