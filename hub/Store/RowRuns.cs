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

/// <summary>The rows of one series in a range, run by run in ascending time; read lazily, once, on one thread, while the snapshot is open.</summary>
public sealed class RowRuns
{
    internal RowRuns(StoreSnapshot snapshot, SeriesId series, long fromUs, long toUs)
    {
    }

    /// <summary>The current run; defined after <see cref="MoveNext"/> gave true.</summary>
    public RowRun Current { get; private set; }

    /// <summary>Reads the next run.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="StoreUnavailableException">A chunk failed its checksum or the disk failed.</exception>
    public bool MoveNext() => throw new NotImplementedException();

    /// <summary>For foreach.</summary>
    public RowRuns GetEnumerator() => this;
}
