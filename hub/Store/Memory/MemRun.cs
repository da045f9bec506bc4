namespace StemLab.Store.Memory;

/// <summary>A piece of a series in memory: times strictly ascending, <see cref="Missing"/> null when no row is missing. Immutable rows, shared arrays.</summary>
internal readonly record struct RowSlice(long[] TUs, double[] Raw, byte[]? Missing, int Start, int End)
{
    public bool IsEmpty => Start >= End;

    public int Length => End - Start;

    public ReadOnlySpan<long> Times => TUs.AsSpan(Start, Length);

    public ReadOnlySpan<double> Values => Raw.AsSpan(Start, Length);

    public ReadOnlySpan<byte> Reasons => Missing is null ? default : Missing.AsSpan(Start, Length);

    /// <summary>The part with from ≤ t &lt; to.</summary>
    public RowSlice Cut(long fromUs, long toUs)
    {
        var start = LowerBound(TUs, Start, End, fromUs);
        return this with { Start = start, End = LowerBound(TUs, start, End, toUs) };
    }

    /// <summary>Index of the first time ≥ <paramref name="t"/> in [start, end).</summary>
    public static int LowerBound(long[] times, int start, int end, long t)
    {
        // Most cuts take all or nothing.
        if (start >= end || times[start] >= t)
        {
            return start;
        }

        if (times[end - 1] < t)
        {
            return end;
        }

        while (start < end)
        {
            var middle = (int)(((uint)start + (uint)end) >> 1);
            (start, end) = times[middle] < t ? (middle + 1, end) : (start, middle);
        }

        return start;
    }
}

/// <summary>
/// Rows of one series in ascending time, growing at the end. The writer appends; any thread reads what a commit it knows to be published had made.
/// Rows of a commit that failed are taken back before anyone could see them.
/// </summary>
internal sealed class MemRun
{
    // Written by the writer, read by all: grown copies are published whole, rows below a tag's count never change.
    private volatile Rows _rows = new(new long[8], new double[8], null);
    private volatile Tag[] _tags = new Tag[4];
    private volatile int _tagCount;

    // Writer only.
    private int _count;

    private sealed record Rows(long[] TUs, double[] Raw, byte[]? Missing);

    private struct Tag
    {
        public long Commit;
        public int Count;
    }

    /// <summary>Writer thread only. <see cref="long.MinValue"/> when empty.</summary>
    public long LastT => _count == 0 ? long.MinValue : _rows.TUs[_count - 1];

    /// <summary>Writer thread only.</summary>
    public int Count => _count;

    /// <summary>Writer thread only. Appends rows later than <see cref="LastT"/> for a commit not yet published.</summary>
    public void Append(long commit, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        var isMissing = missing.ContainsAnyExcept((byte)0);
        var rows = Room(tUs.Length, isMissing);
        tUs.CopyTo(rows.TUs.AsSpan(_count));
        raw.CopyTo(rows.Raw.AsSpan(_count));
        if (isMissing)
        {
            missing.CopyTo(rows.Missing.AsSpan(_count));
        }
        else
        {
            rows.Missing?.AsSpan(_count, tUs.Length).Clear();
        }

        _count += tUs.Length;
        Mark(commit);
    }

    /// <summary>Writer thread only. Forgets what an unpublished commit appended. Returns the number of rows.</summary>
    public int TakeBack(long commit)
    {
        if (_tagCount == 0 || _tags[_tagCount - 1].Commit != commit)
        {
            return 0;
        }

        _tagCount--;
        var kept = _tagCount == 0 ? 0 : _tags[_tagCount - 1].Count;
        var taken = _count - kept;
        _count = kept;
        return taken;
    }

    /// <summary>What commits up to a published one had appended.</summary>
    public RowSlice At(long commit)
    {
        var tagCount = _tagCount;
        var tags = _tags;
        var i = tagCount - 1;
        while (i >= 0 && tags[i].Commit > commit)
        {
            i--;
        }

        var rows = _rows;
        return new RowSlice(rows.TUs, rows.Raw, rows.Missing, 0, i < 0 ? 0 : tags[i].Count);
    }

    private Rows Room(int more, bool isMissing)
    {
        var rows = _rows;
        var needed = _count + more;
        if (rows.TUs.Length >= needed && (!isMissing || rows.Missing is not null))
        {
            return rows;
        }

        var size = rows.TUs.Length >= needed ? rows.TUs.Length : Math.Max(needed, rows.TUs.Length * 2);
        var tUs = rows.TUs;
        var raw = rows.Raw;
        if (size > tUs.Length)
        {
            Array.Resize(ref tUs, size);
            Array.Resize(ref raw, size);
        }

        var missing = rows.Missing;
        if (missing is not null || isMissing)
        {
            Array.Resize(ref missing, size);
        }

        return _rows = new Rows(tUs, raw, missing);
    }

    private void Mark(long commit)
    {
        if (_tagCount > 0 && _tags[_tagCount - 1].Commit == commit)
        {
            _tags[_tagCount - 1].Count = _count;
            return;
        }

        var tags = _tags;
        if (_tagCount == tags.Length)
        {
            Array.Resize(ref tags, tags.Length * 2);
        }

        tags[_tagCount] = new Tag { Commit = commit, Count = _count };
        _tags = tags;
        _tagCount++;
    }
}
