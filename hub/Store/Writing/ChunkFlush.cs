using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Reading;

namespace StemLab.Store.Writing;

/// <summary>
/// Moves a frozen table to chunks, a bounded slice a transaction. In-order, late and duplicate rows take the same path: merge with the chunk they touch,
/// or with a last chunk less than three quarters full, and cut anew. Writer thread only.
/// </summary>
internal sealed class ChunkFlush
{
    // Rows decoded for merging within one slice: bounds a slice of rows scattered over many chunks.
    private const int MergedRowsLimit = 100_000;
    private readonly ChunkReader _reader;
    private readonly ChunkTable _table;
    private readonly int _chunkRows;
    private readonly MemSeries[] _series;
    private readonly Func<SeriesId, RowMask[]> _masksOf;
    private readonly DecodedChunk _decoded = new();
    private readonly RowBuffer _buffer = new();
    private int _next;
    private RowSlice _rows;
    private (int Next, RowSlice Rows) _before;
    private int _merged;

    public ChunkFlush(MemTable frozen, ChunkReader reader, ChunkTable table, int chunkRows, Func<SeriesId, RowMask[]> masksOf)
    {
        Frozen = frozen;
        _reader = reader;
        _table = table;
        _chunkRows = chunkRows;
        _masksOf = masksOf;
        _series = [.. frozen.All];
    }

    public MemTable Frozen { get; }

    /// <summary>Series with rows in the frozen table.</summary>
    public IEnumerable<SeriesId> Series => _series.Select(series => series.Id);

    /// <summary>Writes the next slice, inside the caller's transaction.</summary>
    /// <returns>True when everything is in chunks.</returns>
    public bool Slice(int budgetRows)
    {
        _before = (_next, _rows);
        _merged = 0;
        while (budgetRows > 0 && _merged < MergedRowsLimit)
        {
            if (_rows.IsEmpty)
            {
                if (_next == _series.Length)
                {
                    return true;
                }

                _rows = RowsOf(_series[_next++]);
                continue;
            }

            var written = Write(_series[_next - 1].Id, budgetRows);
            budgetRows -= written;
            _rows = _rows with { Start = _rows.Start + written };
        }

        return _rows.IsEmpty && _next == _series.Length;
    }

    /// <summary>The transaction failed: the slice is written again.</summary>
    public void TakeBack() => (_next, _rows) = _before;

    private RowSlice RowsOf(MemSeries series)
    {
        List<RowSlice> slices = [];
        series.Slices(Frozen.LastCommit, long.MinValue, long.MaxValue, slices);
        var masks = _masksOf(series.Id);
        if (slices.Count == 1 && masks.Length == 0)
        {
            return slices[0];
        }

        var rows = slices.Count <= 1 ? slices.FirstOrDefault() : SliceSort.Merge(slices);
        return masks.Length == 0 ? rows : Unmasked(rows, masks);
    }

    private static RowSlice Unmasked(RowSlice rows, RowMask[] masks)
    {
        var kept = Enumerable.Range(rows.Start, rows.Length)
            .Where(i => !Array.Exists(masks, mask => mask.FromUs <= rows.TUs[i] && rows.TUs[i] < mask.ToUs))
            .ToArray();
        return new RowSlice(
            Array.ConvertAll(kept, i => rows.TUs[i]),
            Array.ConvertAll(kept, i => rows.Raw[i]),
            rows.Missing is null ? null : Array.ConvertAll(kept, i => rows.Missing[i]),
            0,
            kept.Length);
    }

    /// <summary>Writes the first rows, up to the next chunk or the budget, together with the chunk they touch. Returns how many.</summary>
    private int Write(SeriesId series, int budgetRows)
    {
        var firstUs = _rows.TUs[_rows.Start];
        var next = _table.NextStart(series, firstUs);
        var isLast = next is null;
        var group = isLast ? _rows : _rows.Cut(firstUs, next!.Value);
        var hasBase = _reader.TryLast(series, firstUs, out var neighbour)
            && (neighbour.T1 >= firstUs || (!neighbour.IsRemote && neighbour.Rows < _chunkRows * 3 / 4));
        group = Within(group, budgetRows, hasBase ? neighbour.Rows : 0);
        _buffer.Clear();
        if (hasBase)
        {
            _reader.Decode(series, neighbour, _decoded);
            _merged += _decoded.Count;
            var merge = new RowMerge { MayReuse = true };
            merge.Add(new RowSlice(_decoded.TUs, _decoded.Raw, _decoded.Missing, 0, _decoded.Count));
            merge.Add(group);
            while (merge.TryNext(long.MaxValue, out var piece))
            {
                _buffer.Add(piece);
            }

            if (_decoded.Count == 0)
            {
                _table.PutAside(neighbour);
            }

            _table.Delete(series, neighbour);
        }
        else
        {
            _buffer.Add(group);
        }

        Cut(series, isLast);
        return group.Length;
    }

    /// <summary>Keeps to the budget, and then to whole chunks, so that the next slice need not open the last one again.</summary>
    private RowSlice Within(RowSlice group, int budgetRows, int baseRows)
    {
        if (group.Length <= budgetRows)
        {
            return group;
        }

        var over = (budgetRows + baseRows) % _chunkRows;
        return group with { End = group.Start + (over < budgetRows ? budgetRows - over : budgetRows) };
    }

    private void Cut(SeriesId series, bool isLast)
    {
        // At the end of a series full chunks and a rest that will grow; between chunks even parts, which leave room for more late rows.
        var parts = (_buffer.Count + _chunkRows - 1) / _chunkRows;
        var rows = isLast || parts == 0 ? _chunkRows : (_buffer.Count + parts - 1) / parts;
        for (var at = 0; at < _buffer.Count; at += rows)
        {
            var length = Math.Min(rows, _buffer.Count - at);
            _table.Insert(
                series,
                _buffer.TUs.Slice(at, length),
                _buffer.Raw.Slice(at, length),
                _buffer.Missing.IsEmpty ? default : _buffer.Missing.Slice(at, length));
        }
    }
}
