using StemLab.Store.Chunks;
using StemLab.Store.Reading;

namespace StemLab.Store;

/// <summary>A piece of a series: times strictly ascending, all three of the same length, at least one row. Immutable; stays valid after the snapshot is gone.</summary>
/// <param name="TUs">µs of the series' boot.</param>
/// <param name="Raw">Values; NaN where missing.</param>
/// <param name="Missing">0 for a raw row, else the missing reason.</param>
public readonly record struct RowRun(ReadOnlyMemory<long> TUs, ReadOnlyMemory<double> Raw, ReadOnlyMemory<byte> Missing)
{
    /// <summary>Number of rows.</summary>
    public int Length => TUs.Length;
}

/// <summary>One row as it is shown.</summary>
/// <param name="TUs">µs of the series' boot.</param>
/// <param name="Raw">Value; NaN where missing.</param>
/// <param name="Missing">0 for a raw row, else the missing reason.</param>
public readonly record struct StoredRow(long TUs, double Raw, byte Missing);

/// <summary>
/// The rows of one series in a range, run by run in ascending time; read lazily, once, on the snapshot's thread, while the snapshot is open.
/// Several of one snapshot may be read in turns.
/// </summary>
public sealed class RowRuns
{
    private static readonly byte[] NoneMissing = new byte[ChunkCodec.MaxRows];
    private readonly SeriesWalk _walk;

    internal RowRuns(SeriesWalk walk) => _walk = walk;

    /// <summary>The current run, at most 65,536 rows; defined after <see cref="MoveNext"/> gave true.</summary>
    public RowRun Current { get; private set; }

    /// <summary>Reads the next run.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="StoreUnavailableException">A chunk failed its checksum.</exception>
    public bool MoveNext()
    {
        if (!_walk.MoveNext())
        {
            return false;
        }

        var rows = _walk.Rows;
        Current = new RowRun(
            rows.TUs.AsMemory(rows.Start, rows.Length),
            rows.Raw.AsMemory(rows.Start, rows.Length),
            (rows.Missing is null ? NoneMissing.AsMemory(0, rows.Length) : rows.Missing.AsMemory(rows.Start, rows.Length)));
        return true;
    }

    /// <summary>For foreach.</summary>
    public RowRuns GetEnumerator() => this;
}
