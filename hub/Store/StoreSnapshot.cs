namespace StemLab.Store;

/// <summary>
/// Every row of commits ≤ <see cref="Commit"/>, and no other, however long it is held. One thread at a time; dispose soon, it keeps the log from shrinking.
/// </summary>
public sealed class StoreSnapshot : IDisposable
{
    internal StoreSnapshot()
    {
    }

    /// <summary>Newest commit it shows; follow the log from <see cref="CommitPosition.After"/> it for everything later.</summary>
    public long Commit { get; }

    /// <summary>Names as of the snapshot.</summary>
    public StoreDictionary Dictionary { get; } = StoreDictionary.Empty;

    /// <summary>The rows with from ≤ t &lt; to, collisions resolved, erasures masked.</summary>
    /// <param name="series">The series; an unknown one has no rows.</param>
    /// <param name="fromUs">First t, µs of the boot.</param>
    /// <param name="toUs">First t not wanted; <see cref="long.MaxValue"/> = no bound.</param>
    public RowRuns Rows(SeriesId series, long fromUs, long toUs) => throw new NotImplementedException();

    /// <summary>Aggregates by buckets; chunks inside one bucket cost only their header.</summary>
    /// <param name="series">The series.</param>
    /// <param name="edges">n + 1 times ascending (equal ones make an empty bucket): bucket i is [edges[i], edges[i + 1]).</param>
    /// <param name="into">n buckets, overwritten.</param>
    public void Aggregate(SeriesId series, ReadOnlySpan<long> edges, Span<BucketAggregate> into) => throw new NotImplementedException();

    /// <summary>The row with the greatest t.</summary>
    public bool TryLatest(SeriesId series, out StoredRow row) => throw new NotImplementedException();

    /// <summary>The first and last t of the series.</summary>
    public bool TryExtent(SeriesId series, out long firstUs, out long lastUs) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
