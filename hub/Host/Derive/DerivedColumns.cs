namespace StemLab.Hub.Derive;

/// <summary>What rows mean: columns of equal length, filled by <see cref="SeriesDerivation.Apply"/> and reused by their owner. One thread at a time.</summary>
internal sealed class DerivedColumns
{
    /// <summary>Number of rows in every column; the arrays may be longer.</summary>
    public int Count { get; private set; }

    /// <summary>UTC µs since 1970; only an order where the time state is unknown.</summary>
    public long[] UtcUs { get; private set; } = [];

    /// <summary>Half-width of the time bound, µs; <see cref="long.MaxValue"/> = not known.</summary>
    public long[] SigmaUs { get; private set; } = [];

    /// <summary>In the channel's unit; NaN when missing.</summary>
    public double[] Value { get; private set; } = [];

    /// <summary>QARTOD flag: 2 not evaluated, 9 missing.</summary>
    public byte[] Flag { get; private set; } = [];

    internal void Resize(int count)
    {
        Count = count;
        if (UtcUs.Length >= count)
        {
            return;
        }

        int room = Math.Max(count, Math.Min(2 * UtcUs.Length, 1 << 20));
        UtcUs = new long[room];
        SigmaUs = new long[room];
        Value = new double[room];
        Flag = new byte[room];
    }
}
