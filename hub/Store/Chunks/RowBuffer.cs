using StemLab.Store.Memory;

namespace StemLab.Store.Chunks;

/// <summary>Rows being gathered for chunks. Writer thread only; reused.</summary>
internal sealed class RowBuffer
{
    private long[] _tUs = new long[8192];
    private double[] _raw = new double[8192];
    private byte[] _missing = new byte[8192];
    private bool _isMissing;

    public int Count { get; private set; }

    public ReadOnlySpan<long> TUs => _tUs.AsSpan(0, Count);

    public ReadOnlySpan<double> Raw => _raw.AsSpan(0, Count);

    /// <summary>Empty when no row is missing.</summary>
    public ReadOnlySpan<byte> Missing => _isMissing ? _missing.AsSpan(0, Count) : default;

    public void Clear() => (Count, _isMissing) = (0, false);

    public void Add(RowSlice rows)
    {
        if (_tUs.Length < Count + rows.Length)
        {
            var size = Math.Max(_tUs.Length * 2, Count + rows.Length);
            Array.Resize(ref _tUs, size);
            Array.Resize(ref _raw, size);
            Array.Resize(ref _missing, size);
        }

        rows.Times.CopyTo(_tUs.AsSpan(Count));
        rows.Values.CopyTo(_raw.AsSpan(Count));
        var reasons = _missing.AsSpan(Count, rows.Length);
        if (rows.Missing is null)
        {
            reasons.Clear();
        }
        else
        {
            rows.Reasons.CopyTo(reasons);
            _isMissing = true;
        }

        Count += rows.Length;
    }
}
