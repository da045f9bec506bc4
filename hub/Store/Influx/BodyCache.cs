using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StemLab.Store.Chunks;

namespace StemLab.Store.Influx;

/// <summary>
/// Keeps series.db to its size: bodies of chunks whose rows InfluxDB is seen to hold leave it, oldest first, and come back when somebody reads them. Headers always stay,
/// so overviews need no InfluxDB. Safe from any thread.
/// </summary>
internal sealed class BodyCache
{
    private const int EvictedAtOnce = 256;
    private readonly ObservationStore _store;
    private readonly InfluxConnection _connection;
    private readonly InfluxOptions _options;
    private readonly FarCompare _compare;
    private readonly Forwarder _forwarder;
    private readonly ILogger _logger;

    // Bodies somebody brought, to be kept here again; when the writer is behind they are simply brought once more.
    private readonly Channel<(SeriesId Series, ChunkHeader[] Headers, ChunkRows[] Rows, RowMask[] Masks)> _brought =
        Channel.CreateBounded<(SeriesId, ChunkHeader[], ChunkRows[], RowMask[])>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _look = new();
    private volatile Dictionary<SeriesId, (long T0, long T1, long Chunks)> _remote;

    public BodyCache(ObservationStore store, InfluxConnection connection, InfluxOptions options, FarCompare compare, Forwarder forwarder, ILogger logger)
    {
        (_store, _connection, _options, _compare, _forwarder, _logger) = (store, connection, options, compare, forwarder, logger);
        _remote = store.Read(FarTables.Remote);
    }

    public long RemoteChunks => _remote.Values.Sum(hull => hull.Chunks);

    /// <summary>Rows that InfluxDB should give and does not.</summary>
    public long GoneRows { get; private set; }

    /// <summary>Evicts while series.db is above its size; keeps what readers brought.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        while (_options.CacheBytes > 0 && _brought.Reader.TryRead(out var brought))
        {
            await PutBackAsync(brought.Series, brought.Headers, brought.Rows, brought.Masks, cancellationToken).ConfigureAwait(false);
        }

        return _forwarder.IsGood && _store.Read(FarTables.UsedBytes) > _options.CacheBytes
            && await EvictAsync(EvictedAtOnce, cancellationToken).ConfigureAwait(false) > 0;
    }

    public async Task WaitAsync(CancellationToken cancellationToken) => await _brought.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Evicts the oldest bodies that InfluxDB is seen to hold, row for row by count and sum.</summary>
    /// <returns>How many chunks.</returns>
    public async Task<int> EvictAsync(int most, CancellationToken cancellationToken)
    {
        var oldest = _store.Read(session => FarTables.OldestBodies(session, most));
        List<LocalChunk> safe = [];
        List<OwedRange> owed = [];
        foreach (var run in Runs(oldest))
        {
            if (!_forwarder.TryFind(run[0].Series, out var series, out var clock))
            {
                continue;
            }

            var there = await _compare.ThereAsync(series, clock, run[0].Header.T0, run[^1].Header.T1 + 1, cancellationToken).ConfigureAwait(false);
            var here = run.Aggregate(default(RowTotals), (sum, chunk) => sum + Totals(chunk.Header));
            if (here.Matches(there))
            {
                safe.AddRange(run);
            }
            else
            {
                owed.Add(new OwedRange(run[0].Series, run[0].Header.T0, run[^1].Header.T1 + 1));
            }
        }

        if (owed.Count > 0)
        {
            await _forwarder.OweAsync(owed, cancellationToken).ConfigureAwait(false);
        }

        if (safe.Count == 0)
        {
            return 0;
        }

        var evicted = 0;
        await _store.WriteAsync(session => evicted = FarTables.Evict(session, safe), flushFirst: true, cancellationToken).ConfigureAwait(false);
        LookAgain();
        InfluxLog.Evicted(_logger, evicted);
        return evicted;
    }

    /// <summary>True when rows of these times meet rows that are only in InfluxDB.</summary>
    public bool Meets(SeriesId series, long firstUs, long lastUs) => _remote.TryGetValue(series, out var hull) && firstUs <= hull.T1 && lastUs >= hull.T0;

    /// <summary>Brings every body of a range back, before rows that meet it are compared with it.</summary>
    /// <exception cref="StoreUnavailableException">InfluxDB does not give them now.</exception>
    public async Task<int> BringBackAsync(SeriesId series, long fromUs, long toUs, CancellationToken cancellationToken)
    {
        var back = 0;
        List<ChunkHeader> headers = [];
        RowMask[] masks = [];
        using (var snapshot = _store.Snapshot())
        {
            headers.AddRange(snapshot.Headers(series, fromUs, toUs).Where(header => header.IsRemote && header.T1 >= fromUs));
            masks = snapshot.MasksOf(series);
        }

        foreach (var some in headers.Chunk(64))
        {
            var rows = Fetch(series, some, masks);
            back += await PutBackAsync(series, some, rows, masks, cancellationToken).ConfigureAwait(false);
        }

        return back;
    }

    /// <summary>Reads chunks from InfluxDB on the reader's own thread, checks them, and keeps them here again.</summary>
    public ChunkRows[] Bring(SeriesId series, ReadOnlySpan<ChunkHeader> headers, RowMask[] masks)
    {
        var some = headers.ToArray();
        var rows = Fetch(series, some, masks);
        _brought.Writer.TryWrite((series, some, rows, masks));
        return rows;
    }

    /// <summary>Every series with chunks that are only in InfluxDB.</summary>
    public IReadOnlyCollection<SeriesId> RemoteSeries => _remote.Keys;

    private ChunkRows[] Fetch(SeriesId id, ChunkHeader[] headers, RowMask[] masks)
    {
        if (!_forwarder.TryFind(id, out var series, out var clock))
        {
            throw new StoreUnavailableException($"BUG: series {id.Value} has rows in InfluxDB, but its boot has no frozen clock");
        }

        var sorting = new RemoteSorting(headers, clock);
        try
        {
            _connection.Query(InfluxQl.Raw(series.Agent, series.Input, clock.Ns(headers[0].T0), clock.Ns(headers[^1].T1 + 1)), (_, cells) => sorting.Add(cells));
        }
        catch (InfluxQueryException fault)
        {
            throw new StoreUnavailableException($"These readings are only in InfluxDB, which does not give them now ({fault.Message}); they come back with it", fault);
        }

        var rows = sorting.ToArray();
        for (var i = 0; i < headers.Length; i++)
        {
            Check(id, headers[i], rows[i], masks);
        }

        return rows;
    }

    private void Check(SeriesId series, ChunkHeader header, ChunkRows rows, RowMask[] masks)
    {
        if (IsMasked(header, masks))
        {
            return;
        }

        var there = rows.TUs.Length == 0 ? default : ChunkHeader.Of(rows.TUs, rows.Raw, rows.Missing);
        if (rows.TUs.Length == 0 || there.T0 != header.T0 || there.T1 != header.T1 || there.First != header.First || there.Last != header.Last || !Totals(header).Matches(Totals(there)))
        {
            GoneRows = Math.Max(GoneRows, Math.Max(1, header.Rows - rows.TUs.Length));
            throw new StoreDamagedException($"InfluxDB gives {rows.TUs.Length} of {header.Rows} readings of series {series.Value} (t {header.T0} … {header.T1}), or others than were sent; restore its backup, then try again");
        }
    }

    private async Task<int> PutBackAsync(SeriesId series, ChunkHeader[] headers, ChunkRows[] rows, RowMask[] masks, CancellationToken cancellationToken)
    {
        var whole = Enumerable.Range(0, headers.Length).Where(i => !IsMasked(headers[i], masks)).Select(i => (series, headers[i], rows[i])).ToArray();
        var back = 0;
        await _store.WriteAsync(
            session =>
            {
                back = FarTables.PutBack(session, whole);
                for (var i = 0; i < headers.Length; i++)
                {
                    if (IsMasked(headers[i], masks))
                    {
                        FarTables.Replace(session, _store.Writer.Chunks, series, headers[i], Unmasked(rows[i], masks));
                        back++;
                    }
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        LookAgain();
        return back;
    }

    /// <summary>Reads and keeps under one lock: of two who look at the same time the later look stays.</summary>
    private void LookAgain()
    {
        lock (_look)
        {
            _remote = _store.Read(FarTables.Remote);
        }
    }

    private static bool IsMasked(ChunkHeader header, RowMask[] masks) => Array.Exists(masks, mask => mask.FromUs <= header.T1 && mask.ToUs > header.T0);

    private static ChunkRows Unmasked(ChunkRows rows, RowMask[] masks)
    {
        var kept = Enumerable.Range(0, rows.TUs.Length).Where(i => !Array.Exists(masks, mask => mask.FromUs <= rows.TUs[i] && rows.TUs[i] < mask.ToUs)).ToArray();
        return new ChunkRows(
            Array.ConvertAll(kept, i => rows.TUs[i]), Array.ConvertAll(kept, i => rows.Raw[i]), rows.Missing is { } missing ? Array.ConvertAll(kept, i => missing[i]) : null);
    }

    private static RowTotals Totals(ChunkHeader header) => header.RawRows == 0
        ? new RowTotals(0, header.MissingRows, 0, 0)
        : new RowTotals(header.RawRows, header.MissingRows, header.Sum, Math.Max(Math.Abs(header.Min), Math.Abs(header.Max)));

    /// <summary>Chunks that follow each other without another chunk between them, so that one question covers them.</summary>
    private List<LocalChunk[]> Runs(List<LocalChunk> chunks)
    {
        List<LocalChunk[]> runs = [];
        using var snapshot = _store.Snapshot();
        foreach (var series in chunks.GroupBy(chunk => chunk.Series))
        {
            var masks = snapshot.MasksOf(series.Key);
            if (!_connection.Deletes && masks.Length > 0)
            {
                // The server still has the erased rows: count around them, and leave chunks with a hole where they are.
                runs.AddRange(series.Where(chunk => !IsMasked(chunk.Header, masks)).Select(chunk => new[] { chunk }));
                continue;
            }

            var wanted = series.ToDictionary(chunk => chunk.Header.T0);
            List<LocalChunk> run = [];
            foreach (var header in snapshot.Headers(series.Key, wanted.Keys.Min(), wanted.Values.Max(chunk => chunk.Header.T1) + 1))
            {
                if (wanted.TryGetValue(header.T0, out var chunk))
                {
                    run.Add(chunk);
                }
                else if (run.Count > 0)
                {
                    runs.Add([.. run]);
                    run.Clear();
                }
            }

            if (run.Count > 0)
            {
                runs.Add([.. run]);
            }
        }

        return runs;
    }
}

/// <summary>Sorts the rows of one answer into the chunks they belong to. One thread.</summary>
internal sealed class RemoteSorting(ChunkHeader[] headers, FrozenClock clock)
{
    private readonly List<long> _tUs = [];
    private readonly List<double> _raw = [];
    private readonly List<byte> _missing = [];
    private readonly ChunkRows[] _chunks = Array.ConvertAll(headers, _ => new ChunkRows([], [], null));
    private bool _isMissing;
    private int _at;

    public void Add(ReadOnlySpan<Cell> cells)
    {
        if (!clock.TryTUs(cells[0].Whole, out var tUs))
        {
            return;
        }

        while (_at < headers.Length && tUs > headers[_at].T1)
        {
            Close();
        }

        if (_at == headers.Length || tUs < headers[_at].T0)
        {
            return;
        }

        // Raw beats missing: a point that was missing first and had its value later carries both fields.
        var reason = cells[1].IsNull ? (byte)cells[2].Whole : (byte)0;
        _isMissing |= reason != 0;
        _tUs.Add(tUs);
        _raw.Add(cells[1].IsNull ? double.NaN : cells[1].Number);
        _missing.Add(reason);
    }

    public ChunkRows[] ToArray()
    {
        while (_at < headers.Length)
        {
            Close();
        }

        return _chunks;
    }

    private void Close()
    {
        _chunks[_at++] = new ChunkRows([.. _tUs], [.. _raw], _isMissing ? [.. _missing] : null);
        _tUs.Clear();
        _raw.Clear();
        _missing.Clear();
        _isMissing = false;
    }
}
