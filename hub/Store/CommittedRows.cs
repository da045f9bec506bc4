using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>A place in the commit log: after row <paramref name="Index"/> of commit <paramref name="Commit"/>.</summary>
/// <param name="Commit">Commit number; 0 with Index -1 is the beginning.</param>
/// <param name="Index">Index of the row already seen; <see cref="int.MaxValue"/> = the whole commit.</param>
public readonly record struct CommitPosition(long Commit, int Index) : IComparable<CommitPosition>
{
    /// <summary>Before the first commit.</summary>
    public static CommitPosition Beginning => new(0, int.MaxValue);

    /// <summary>After everything in a commit.</summary>
    public static CommitPosition After(long commit) => new(commit, int.MaxValue);

    /// <inheritdoc/>
    public int CompareTo(CommitPosition other) =>
        Commit != other.Commit ? Commit.CompareTo(other.Commit) : Index.CompareTo(other.Index);

    /// <summary>Earlier in the log.</summary>
    public static bool operator <(CommitPosition left, CommitPosition right) => left.CompareTo(right) < 0;

    /// <summary>Later in the log.</summary>
    public static bool operator >(CommitPosition left, CommitPosition right) => left.CompareTo(right) > 0;

    /// <summary>Earlier in the log or the same.</summary>
    public static bool operator <=(CommitPosition left, CommitPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Later in the log or the same.</summary>
    public static bool operator >=(CommitPosition left, CommitPosition right) => left.CompareTo(right) >= 0;
}

/// <summary>Rows of one series that one commit newly showed; times strictly ascending, all three of the same length.</summary>
/// <param name="Series">The series.</param>
/// <param name="FirstIndex">Index of the first row within its commit; the others follow.</param>
/// <param name="TUs">µs of the series' boot.</param>
/// <param name="Raw">Values; NaN where missing.</param>
/// <param name="Missing">0 for a raw row, else the missing reason.</param>
public readonly record struct SegmentOfRows(
    SeriesId Series,
    int FirstIndex,
    ReadOnlyMemory<long> TUs,
    ReadOnlyMemory<double> Raw,
    ReadOnlyMemory<byte> Missing)
{
    /// <summary>Number of rows.</summary>
    public int Length => TUs.Length;
}

/// <summary>What one commit newly showed: no duplicates, no losing side of a conflict, nothing erased; no segments where it only told of what is lost or kept aside. Immutable.</summary>
public sealed class CommittedRows
{
    internal CommittedRows(long commit, SegmentOfRows[] segments)
    {
        Commit = commit;
        Segments = segments;
        foreach (var segment in segments)
        {
            RowCount += segment.Length;
        }
    }

    /// <summary>Number of the commit.</summary>
    public long Commit { get; }

    /// <summary>Segments in the order of <see cref="SegmentOfRows.FirstIndex"/>; not to be changed. Empty when the commit showed no new row.</summary>
    public SegmentOfRows[] Segments { get; }

    /// <summary>Rows in all segments.</summary>
    public int RowCount { get; }
}

/// <summary>One page of the commit log.</summary>
/// <param name="Commits">In commit order; the first and last may be parts of their commits. Commits without rows are left out.</param>
/// <param name="Next">Where to go on reading.</param>
/// <param name="IsExpired">True when commits after the asked position have been purged: read by time from a snapshot instead.</param>
/// <param name="IsAtEnd">True when <paramref name="Next"/> is the newest commit.</param>
public sealed record CommitPage(ImmutableArray<CommittedRows> Commits, CommitPosition Next, bool IsExpired, bool IsAtEnd);
