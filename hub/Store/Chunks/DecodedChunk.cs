namespace StemLab.Store.Chunks;

/// <summary>Rows of a chunk in memory. Arrays may be longer than <see cref="Count"/>; times strictly ascending.</summary>
internal sealed class DecodedChunk
{
    public int Count { get; private set; }

    public long[] TUs { get; private set; } = [];

    /// <summary>NaN where missing.</summary>
    public double[] Raw { get; private set; } = [];

    /// <summary>Null when no row is missing, else 0 for a raw row or the reason.</summary>
    public byte[]? Missing { get; private set; }

    private ulong[] _work = [];
    private byte[] _reasons = [];

    internal Span<ulong> Work(int count)
    {
        if (_work.Length < count)
        {
            _work = GC.AllocateUninitializedArray<ulong>(count);
        }

        return _work.AsSpan(0, count);
    }

    internal void Size(int count)
    {
        if (TUs.Length < count)
        {
            TUs = GC.AllocateUninitializedArray<long>(count);
            Raw = GC.AllocateUninitializedArray<double>(count);
        }

        Count = count;
        Missing = null;
    }

    internal byte[] MakeMissing()
    {
        if (_reasons.Length < Count)
        {
            _reasons = new byte[Count];
        }

        return Missing = _reasons;
    }

    public void Clear() => Count = 0;

    /// <summary>Takes rows that came from elsewhere; the arrays are given away.</summary>
    public void Take(long[] tUs, double[] raw, byte[]? missing)
    {
        (TUs, Raw, Count) = (tUs, raw, tUs.Length);
        _reasons = missing ?? [];
        Missing = missing;
    }

    /// <summary>Gives the row arrays away: the next decoding makes new ones.</summary>
    public void Release()
    {
        TUs = [];
        Raw = [];
        _reasons = [];
        Missing = null;
        Count = 0;
    }
}
