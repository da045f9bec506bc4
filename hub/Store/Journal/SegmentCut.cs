using System.Runtime.InteropServices;

namespace StemLab.Store.Journal;

/// <summary>
/// Cuts what a commit stored into segments of newly shown rows and numbers them. The writer and the reader of the log use this one class, so a
/// row has the same index live and replayed. One thread; one instance a commit.
/// </summary>
internal sealed class SegmentCut
{
    private readonly List<SegmentOfRows> _segments = [];

    // Foreign rows of the commit, one growing set of arrays; segments are cut from them at the end.
    private readonly List<(int Segment, int Start, int Length)> _foreign = [];
    private readonly List<long> _tUs = [];
    private readonly List<double> _raw = [];
    private readonly List<byte> _missing = [];
    private int _nextIndex;

    public void Native(BlockRows rows, ReadOnlySpan<SeriesId> series, ReadOnlySpan<(int Start, int Length)> hidden)
    {
        var next = 0;
        for (var c = 0; c < series.Length; c++)
        {
            var column = rows.Columns[c];
            var at = column.Start;
            var end = column.Start + column.Length;
            while (at < end)
            {
                while (next < hidden.Length && hidden[next].Start + hidden[next].Length <= at)
                {
                    next++;
                }

                if (next < hidden.Length && hidden[next].Start <= at)
                {
                    at = Math.Min(end, hidden[next].Start + hidden[next].Length);
                    continue;
                }

                var stop = next < hidden.Length ? Math.Min(end, hidden[next].Start) : end;
                Add(series[c], rows.TUs.AsMemory(at, stop - at), rows.Raw.AsMemory(at, stop - at), rows.Missing.AsMemory(at, stop - at));
                at = stop;
            }
        }
    }

    public void Foreign(StagedRow row)
    {
        if (row.IsHidden)
        {
            return;
        }

        _foreign.Add((_segments.Count, _tUs.Count, 1));
        _tUs.Add(row.TUs);
        _raw.Add(row.Raw);
        _missing.Add(row.Missing);
        _segments.Add(new SegmentOfRows(row.Series, _nextIndex++, default, default, default));
    }

    /// <summary>The segments, numbered. The instance is done after this.</summary>
    public SegmentOfRows[] ToArray()
    {
        if (_foreign.Count > 0)
        {
            var tUs = _tUs.ToArray();
            var raw = _raw.ToArray();
            var missing = _missing.ToArray();
            var segments = CollectionsMarshal.AsSpan(_segments);
            foreach (var (segment, start, length) in _foreign)
            {
                segments[segment] = segments[segment] with
                {
                    TUs = tUs.AsMemory(start, length),
                    Raw = raw.AsMemory(start, length),
                    Missing = missing.AsMemory(start, length),
                };
            }
        }

        return [.. _segments];
    }

    private void Add(SeriesId series, ReadOnlyMemory<long> tUs, ReadOnlyMemory<double> raw, ReadOnlyMemory<byte> missing)
    {
        _segments.Add(new SegmentOfRows(series, _nextIndex, tUs, raw, missing));
        _nextIndex += tUs.Length;
    }
}
