using StemLab.Store.Memory;

namespace StemLab.Store.Reading;

/// <summary>
/// Merges ascending slices of one series into one ascending, collision-free sequence. One thread.
/// Collision: raw beats missing, of two raw the smaller bits, of two missing the smaller reason; hence free of order.
/// </summary>
internal sealed class RowMerge
{
    private const int PieceRows = 4096;
    private const int WorthItself = 128;
    private readonly List<RowSlice> _sources = [];
    private long[] _tUs = [];
    private double[] _raw = [];
    private byte[] _missing = [];
    private bool _isMissing;
    private int _count;
    private RowSlice _held;

    /// <summary>True when merged small pieces may be overwritten by the next one, which saves memory for readers that look only once.</summary>
    public bool MayReuse { get; init; }

    public void Add(RowSlice slice)
    {
        if (!slice.IsEmpty)
        {
            _sources.Add(slice);
        }
    }

    /// <summary>True when a source has a row with from ≤ t ≤ last.</summary>
    public bool HasWithin(long fromUs, long lastUs)
    {
        foreach (var source in _sources)
        {
            var at = RowSlice.LowerBound(source.TUs, source.Start, source.End, fromUs);
            if (at < source.End && source.TUs[at] <= lastUs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The next piece of rows before the limit, at least one row.</summary>
    public bool TryNext(long limitUs, out RowSlice piece)
    {
        if (!_held.IsEmpty)
        {
            (piece, _held) = (_held, default);
            return true;
        }

        _count = 0;
        while (_count < PieceRows && TryStretch(limitUs, out var stretch))
        {
            if (stretch.Length < WorthItself || stretch.Length + _count <= WorthItself * 4)
            {
                if (_count == 0 && stretch.Length >= WorthItself)
                {
                    piece = stretch;
                    return true;
                }

                Collect(stretch);
                continue;
            }

            if (_count == 0)
            {
                piece = stretch;
                return true;
            }

            _held = stretch;
            break;
        }

        piece = _count > 0 ? Collected() : default;
        return !piece.IsEmpty;
    }

    /// <summary>The longest next stretch that comes from one source alone, or one row two sources collide at.</summary>
    private bool TryStretch(long limitUs, out RowSlice stretch)
    {
        stretch = default;
        var (first, next) = (-1, limitUs);
        var least = limitUs;
        for (var i = 0; i < _sources.Count; i++)
        {
            var source = _sources[i];
            var t = source.TUs[source.Start];
            if (t >= limitUs)
            {
                continue;
            }

            if (first < 0 || t < least)
            {
                next = first < 0 ? limitUs : least;
                (first, least) = (i, t);
            }
            else if (t < next)
            {
                next = t;
            }
        }

        if (first < 0)
        {
            return false;
        }

        stretch = next == least ? Collide(least) : Take(first, next);
        return true;
    }

    private RowSlice Take(int index, long beforeUs)
    {
        var source = _sources[index];
        var end = Math.Min(
            RowSlice.LowerBound(source.TUs, source.Start, source.End, beforeUs),
            source.Start + ChunkLimit);
        var taken = source with { End = end };
        Advance(index, end);
        return taken;
    }

    private const int ChunkLimit = Chunks.ChunkCodec.MaxRows;

    private RowSlice Collide(long tUs)
    {
        var best = default(RowSlice);
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            var source = _sources[i];
            if (source.TUs[source.Start] != tUs)
            {
                continue;
            }

            if (best.IsEmpty || Collision.Beats(Reason(source), source.Raw[source.Start], Reason(best), best.Raw[best.Start]))
            {
                best = source with { End = source.Start + 1 };
            }

            Advance(i, source.Start + 1);
        }

        return best;
    }

    private void Advance(int index, int start)
    {
        var source = _sources[index] with { Start = start };
        if (source.IsEmpty)
        {
            _sources.RemoveAt(index);
            return;
        }

        _sources[index] = source;
    }

    private static byte Reason(RowSlice slice) => slice.Missing is null ? (byte)0 : slice.Missing[slice.Start];

    private void Collect(RowSlice stretch)
    {
        var size = PieceRows + (WorthItself * 4);
        if (_count == 0 && (!MayReuse || _tUs.Length == 0))
        {
            (_tUs, _raw, _missing) = (new long[size], new double[size], new byte[size]);
        }

        if (_count == 0)
        {
            _isMissing = false;
        }

        stretch.Times.CopyTo(_tUs.AsSpan(_count));
        stretch.Values.CopyTo(_raw.AsSpan(_count));
        var reasons = _missing.AsSpan(_count, stretch.Length);
        if (stretch.Missing is null)
        {
            reasons.Clear();
        }
        else
        {
            stretch.Reasons.CopyTo(reasons);
            _isMissing = true;
        }

        _count += stretch.Length;
    }

    private RowSlice Collected() => new(_tUs, _raw, _isMissing ? _missing : null, 0, _count);
}

/// <summary>The one rule for two rows with the same (series, t).</summary>
internal static class Collision
{
    /// <summary>True when the first row is shown rather than the second: raw beats missing, then smaller reason, then smaller bits.</summary>
    public static bool Beats(byte missing, double raw, byte otherMissing, double otherRaw) =>
        missing != otherMissing
            ? missing < otherMissing
            : missing == 0 && BitConverter.DoubleToUInt64Bits(raw) < BitConverter.DoubleToUInt64Bits(otherRaw);

    /// <summary>True when the rows carry the same bits.</summary>
    public static bool IsSame(byte missing, double raw, byte otherMissing, double otherRaw) =>
        missing == otherMissing
        && (missing != 0 || BitConverter.DoubleToUInt64Bits(raw) == BitConverter.DoubleToUInt64Bits(otherRaw));
}
