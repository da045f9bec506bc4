using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Reading;

namespace StemLab.Store;

/// <summary>
/// Every row of commits ≤ <see cref="Commit"/>, and no other, however long it is held. One thread at a time; dispose soon, it keeps the log from shrinking.
/// </summary>
public sealed class StoreSnapshot : IDisposable
{
    private readonly ReadSessions _sessions;
    private readonly PublishedState _state;
    private ReadSession? _session;
    private Action<DamagedRows>? _onDamage;

    internal StoreSnapshot(ReadSessions sessions, ReadSession session, PublishedState state)
    {
        _sessions = sessions;
        _session = session;
        _state = state;
    }

    /// <summary>Newest commit it shows; follow the log from <see cref="CommitPosition.After"/> it for everything later.</summary>
    public long Commit => _state.Commit;

    /// <summary>Names as of the snapshot.</summary>
    public StoreDictionary Dictionary => _state.Dictionary;

    /// <summary>Told of every damaged chunk a read meets; its rows are then passed over, all others are given. Null, the default: the read throws <see cref="StoreDamagedException"/>.</summary>
    public Action<DamagedRows>? OnDamage
    {
        get => _onDamage;
        set
        {
            _onDamage = value;
            Chunks.OnDamage = value is null ? null : (series, header) => value(new DamagedRows(series, header.T0, header.T1, header.Rows, header.DataId));
        }
    }

    private ChunkReader Chunks => (_session ?? throw new ObjectDisposedException(nameof(StoreSnapshot))).Chunks;

    /// <summary>The rows with from ≤ t &lt; to, collisions resolved, erasures masked.</summary>
    /// <param name="series">The series; an unknown one has no rows.</param>
    /// <param name="fromUs">First t, µs of the boot.</param>
    /// <param name="toUs">First t not wanted; <see cref="long.MaxValue"/> = no bound.</param>
    public RowRuns Rows(SeriesId series, long fromUs, long toUs) =>
        new(new SeriesWalk(Chunks, series, fromUs, toUs, _state.Slices(series, fromUs, toUs), _state.MasksOf(series)));

    /// <summary>The rows kept here, without those that are only in InfluxDB.</summary>
    internal RowRuns LocalRows(SeriesId series, long fromUs, long toUs) =>
        new(new SeriesWalk(Chunks, series, fromUs, toUs, _state.Slices(series, fromUs, toUs), _state.MasksOf(series), skipRemote: true));

    /// <summary>Both sides of every collision of a series, the shown ones too, ascending by t, then reason, then bits; erased ones are left out.</summary>
    /// <param name="series">The series; an unknown one has none.</param>
    public IReadOnlyList<StoredRow> Collisions(SeriesId series)
    {
        var session = _session ?? throw new ObjectDisposedException(nameof(StoreSnapshot));
        var masks = _state.MasksOf(series);
        List<StoredRow> rows = [];
        using var select = session.Sqlite.PrepareOnce("SELECT t, missing, bits FROM conflict WHERE series = ?1 AND seq <= ?2 ORDER BY t, missing, bits");
        select.Bind(1, series.Value).Bind(2, Commit);
        while (select.Step())
        {
            var (t, missing) = (select.Int64(0), (byte)select.Int64(1));
            if (!Array.Exists(masks, mask => mask.FromUs <= t && t < mask.ToUs))
            {
                rows.Add(new StoredRow(t, missing == 0 ? BitConverter.Int64BitsToDouble(select.Int64(2)) : double.NaN, missing));
            }
        }

        return rows;
    }

    /// <summary>Aggregates by buckets; chunks inside one bucket cost only their header.</summary>
    /// <param name="series">The series; an unknown one gives empty buckets.</param>
    /// <param name="edges">n + 1 times ascending (equal ones make an empty bucket): bucket i is [edges[i], edges[i + 1]).</param>
    /// <param name="into">n buckets, overwritten.</param>
    /// <exception cref="ArgumentException">Edges not ascending, or not one more than buckets.</exception>
    public void Aggregate(SeriesId series, ReadOnlySpan<long> edges, Span<BucketAggregate> into)
    {
        Buckets.Require(edges, into.Length);
        into.Clear();
        if (into.IsEmpty)
        {
            return;
        }

        var buckets = new Buckets(edges);
        var walk = new SeriesWalk(
            Chunks,
            series,
            edges[0],
            edges[^1],
            _state.Slices(series, edges[0], edges[^1]),
            _state.MasksOf(series),
            mayReuse: true,
            headersFor: buckets.IsInOne);
        while (walk.MoveNext())
        {
            if (walk.IsHeader)
            {
                walk.Header.AddTo(ref into[buckets.At(walk.Header.T0)]);
            }
            else
            {
                buckets.Add(walk.Rows, into);
            }
        }
    }

    /// <summary>Aggregates by buckets of what a reader makes of the rows; every row is decoded.</summary>
    /// <param name="series">The series; an unknown one gives empty buckets.</param>
    /// <param name="edges">As in <see cref="Aggregate(SeriesId, ReadOnlySpan{long}, Span{BucketAggregate})"/>.</param>
    /// <param name="change">Called with piece after piece, ascending in time.</param>
    /// <param name="into">n buckets, overwritten; figures are of the changed values, in their unit.</param>
    /// <exception cref="ArgumentException">Edges not ascending, or not one more than buckets.</exception>
    public void Aggregate(SeriesId series, ReadOnlySpan<long> edges, RowChange change, Span<BucketAggregate> into)
    {
        Buckets.Require(edges, into.Length);
        into.Clear();
        if (into.IsEmpty)
        {
            return;
        }

        var buckets = new Buckets(edges);
        var walk = new SeriesWalk(Chunks, series, edges[0], edges[^1], _state.Slices(series, edges[0], edges[^1]), _state.MasksOf(series), mayReuse: true);
        double[] values = [];
        byte[] missing = [];
        while (walk.MoveNext())
        {
            var rows = walk.Rows;
            if (values.Length < rows.End)
            {
                (values, missing) = (new double[rows.End], new byte[rows.End]);
            }

            var leftOut = missing.AsSpan(rows.Start, rows.Length);
            if (rows.Missing is null)
            {
                leftOut.Clear();
            }
            else
            {
                rows.Reasons.CopyTo(leftOut);
            }

            change(rows.Times, rows.Values, values.AsSpan(rows.Start, rows.Length), leftOut);
            buckets.Add(rows with { Raw = values, Missing = missing }, into);
        }
    }

    /// <summary>The row with the greatest t.</summary>
    public bool TryLatest(SeriesId series, out StoredRow row) => TryLatest(series, long.MaxValue, out row);

    /// <summary>The row with the greatest t at or before a time.</summary>
    /// <param name="series">The series.</param>
    /// <param name="atOrBeforeUs">Latest t wanted, µs of the boot.</param>
    /// <param name="row">It, missing or not.</param>
    /// <returns>False when there is none.</returns>
    public bool TryLatest(SeriesId series, long atOrBeforeUs, out StoredRow row)
    {
        if (TryLatestAsKept(series, atOrBeforeUs, out row))
        {
            return true;
        }

        var boundUs = atOrBeforeUs;
        while (TryLastT(series, boundUs, out var lastUs))
        {
            if (TryRemote(series, lastUs, out var remote) && remote.RawRows > 0 && remote.LastRawT == lastUs)
            {
                row = new StoredRow(lastUs, remote.Last, 0);
                return true;
            }

            foreach (var run in Rows(series, lastUs, lastUs == long.MaxValue ? lastUs : lastUs + 1))
            {
                row = new StoredRow(run.TUs.Span[0], run.Raw.Span[0], run.Missing.Span[0]);
                return true;
            }

            // Its chunk is damaged: the last row before it.
            if (!Chunks.TryLast(series, lastUs, out var damaged) || damaged.T0 == long.MinValue)
            {
                break;
            }

            boundUs = damaged.T0 - 1;
        }

        row = default;
        return false;
    }

    /// <summary>The first and last t of the series.</summary>
    public bool TryExtent(SeriesId series, out long firstUs, out long lastUs)
    {
        firstUs = 0;
        if (!TryLastT(series, long.MaxValue, out lastUs))
        {
            return false;
        }

        // A first chunk that is only in InfluxDB is not brought for this.
        if ((_state.MasksOf(series).Length == 0 || Headers(series, long.MinValue, long.MaxValue, 1) is [{ IsRemote: true }]) && TryEnds(series, out firstUs, out _))
        {
            return true;
        }

        foreach (var run in Rows(series, long.MinValue, long.MaxValue))
        {
            firstUs = run.TUs.Span[0];
            return true;
        }

        return false;
    }

    /// <summary>The first and last t as headers and memory say them; erased rows may be among them.</summary>
    internal bool TryEnds(SeriesId series, out long firstUs, out long lastUs)
    {
        (firstUs, lastUs) = (long.MaxValue, long.MinValue);
        foreach (var slice in _state.Slices(series, long.MinValue, long.MaxValue).Where(slice => !slice.IsEmpty))
        {
            firstUs = Math.Min(firstUs, slice.TUs[slice.Start]);
            lastUs = Math.Max(lastUs, slice.TUs[slice.End - 1]);
        }

        foreach (var header in Headers(series, long.MinValue, long.MaxValue, 1))
        {
            firstUs = Math.Min(firstUs, header.T0);
        }

        if (Chunks.TryLast(series, long.MaxValue, out var last))
        {
            lastUs = Math.Max(lastUs, last.T1);
        }

        return firstUs <= lastUs;
    }

    /// <summary>Headers of chunks that may hold rows of a range, ascending.</summary>
    internal List<ChunkHeader> Headers(SeriesId series, long fromUs, long toUs, int limit = int.MaxValue)
    {
        List<ChunkHeader> headers = [];
        Chunks.Headers(series, fromUs, toUs, limit, headers);
        return headers;
    }

    internal RowMask[] MasksOf(SeriesId series) => _state.MasksOf(series);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
        {
            session.Chunks.OnDamage = null;
            session.End();
            _sessions.Give(session);
        }
    }

    private bool TryLastT(SeriesId series, long atOrBelowUs, out long lastUs)
    {
        var masks = _state.MasksOf(series);
        lastUs = atOrBelowUs;
        while (TryGreatest(series, lastUs, out var greatest))
        {
            var i = Array.FindIndex(masks, mask => mask.FromUs <= greatest && greatest < mask.ToUs);
            if (i < 0)
            {
                lastUs = greatest;
                return true;
            }

            if (masks[i].FromUs == long.MinValue)
            {
                break;
            }

            lastUs = masks[i].FromUs - 1;
        }

        return false;
    }

    /// <summary>The newest row where nothing need be decoded for it: memory is newer than every chunk, or a chunk's header ends the series. False = look closer.</summary>
    private bool TryLatestAsKept(SeriesId series, long atOrBeforeUs, out StoredRow row)
    {
        row = default;
        if (_state.MasksOf(series).Length > 0)
        {
            return false;
        }

        var isInMemory = _state.TryGreatest(series, atOrBeforeUs, out var memoryUs);
        var isInChunks = Chunks.TryLast(series, atOrBeforeUs, out var header);
        if (isInChunks && header.T1 > atOrBeforeUs)
        {
            return false;
        }

        if (!isInMemory || (isInChunks && memoryUs < header.T1))
        {
            row = new StoredRow(header.T1, header.Last, 0);
            return isInChunks && header.RawRows > 0 && header.LastRawT == header.T1;
        }

        if ((isInChunks && memoryUs == header.T1) || _state.Slices(series, memoryUs, memoryUs == long.MaxValue ? memoryUs : memoryUs + 1) is not [{ Length: 1 } newest])
        {
            return false;
        }

        row = new StoredRow(memoryUs, newest.Raw[newest.Start], newest.Missing is null ? (byte)0 : newest.Missing[newest.Start]);
        return true;
    }

    /// <summary>The chunk that ends with a time, where its rows are only in InfluxDB and nothing newer stands in memory.</summary>
    private bool TryRemote(SeriesId series, long lastUs, out ChunkHeader header) =>
        Chunks.TryLast(series, lastUs, out header) && header.IsRemote && header.T1 == lastUs
        && (!_state.TryGreatest(series, lastUs, out var inMemory) || inMemory < lastUs);

    private bool TryGreatest(SeriesId series, long atOrBelowUs, out long tUs)
    {
        var found = _state.TryGreatest(series, atOrBelowUs, out tUs);
        if (!Chunks.TryLast(series, atOrBelowUs, out var header))
        {
            return found;
        }

        if (header.T1 <= atOrBelowUs)
        {
            tUs = found ? Math.Max(tUs, header.T1) : header.T1;
            return true;
        }

        var decoded = new DecodedChunk();
        if (header.IsRemote)
        {
            Chunks.Decode(series, new ReadOnlySpan<ChunkHeader>(in header), _state.MasksOf(series), decoded);
        }
        else
        {
            Chunks.Decode(series, header, decoded);
        }

        if (decoded.Count == 0)
        {
            // Damaged and passed over: what stands before it.
            if (header.T0 == long.MinValue || !TryGreatest(series, header.T0 - 1, out var before))
            {
                return found;
            }

            tUs = found ? Math.Max(tUs, before) : before;
            return true;
        }

        var at = RowSlice.LowerBound(decoded.TUs, 0, decoded.Count, atOrBelowUs + 1) - 1;
        if (at < 0)
        {
            // Erased rows of a chunk that is only in InfluxDB are gone there; the header still counts them.
            return header.T0 > long.MinValue && TryGreatest(series, header.T0 - 1, out tUs);
        }

        tUs = found ? Math.Max(tUs, decoded.TUs[at]) : decoded.TUs[at];
        return true;
    }
}
