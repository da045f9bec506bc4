using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StemLab.Store.Influx;

/// <summary>
/// An InfluxDB as the durable far side of a store: everything committed is sent there, series.db stays within its size, and rows that only InfluxDB has come back when they are read.
/// Safe from any thread.
/// </summary>
public sealed class InfluxStore : IAsyncDisposable
{
    private static readonly TimeSpan CacheRound = TimeSpan.FromSeconds(10);
    private readonly ObservationStore _store;
    private readonly InfluxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FarCompare _compare;
    private readonly Forwarder _forwarder;
    private readonly BodyCache _cache;
    private readonly ILineWriter? _writer;
    private Task _running = Task.CompletedTask;

    private InfluxStore(ObservationStore store, InfluxOptions options, FarProjection projection, ILineWriter? writer, TimeProvider time, ILogger logger)
    {
        (_store, _options, _writer, _time, _logger) = (store, options, writer, time, logger);
        Connection = new InfluxConnection(options, time);
        _compare = new FarCompare(store, Connection);
        _forwarder = new Forwarder(store, Connection, writer ?? Connection, options, _compare, projection, time, logger);
        _cache = new BodyCache(store, Connection, options, _compare, _forwarder, logger);
        _forwarder.BringBack = (range, token) => _cache.BringBackAsync(range.Series, range.FromUs, range.ToUs, token);
        store.Remote = _cache.Bring;
        store.BeforeSubmit = BeforeSubmitAsync;
        store.Writer.Resubmit = store.SubmitAgain;
        store.Writer.OnErasing = (session, masks) => _forwarder.Erased(session, masks);
    }

    /// <summary>Joins a store to its InfluxDB and starts sending. The store was opened with <see cref="StoreOptions.HasFarStore"/>.</summary>
    /// <param name="store">Whose rows are sent; disposed after this.</param>
    /// <param name="options">Where to.</param>
    /// <param name="projection">Clocks and values, which the store knows nothing of.</param>
    /// <param name="writer">Who carries the lines, disposed with this; null = this store's own HTTP calls.</param>
    /// <param name="time">Clock of waits.</param>
    /// <param name="logger">Where it says what happens; null = nowhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public static async Task<InfluxStore> AttachAsync(
        ObservationStore store, InfluxOptions options, FarProjection projection, ILineWriter? writer, TimeProvider time, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await store.WriteAsync(FarTables.Ensure, cancellationToken: cancellationToken).ConfigureAwait(false);
        var influx = new InfluxStore(store, options, projection, writer, time, logger ?? NullLogger.Instance);
        influx._running = Task.WhenAll(influx.ForwardAsync(), influx.KeepSizeAsync());
        return influx;
    }

    /// <summary>The server, for questions and for other measurements than the rows'.</summary>
    public InfluxConnection Connection { get; }

    /// <summary>How it stands with InfluxDB.</summary>
    public FarStatus Status => _forwarder.Status with { RemoteChunks = _cache.RemoteChunks, GoneRows = Math.Max(_forwarder.Status.GoneRows, _cache.GoneRows) };

    /// <summary>Tries at once what waits, as when somebody mended the server.</summary>
    public void Retry() => _forwarder.Wake();

    /// <summary>Sends the rows InfluxDB refused once more.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public ValueTask RequeueAsync(CancellationToken cancellationToken = default) => _forwarder.RequeueAsync(cancellationToken);

    /// <summary>Sends everything kept here once more, from a time on.</summary>
    /// <param name="sinceUtcUs">µs since 1970; <see cref="long.MinValue"/> = everything.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public ValueTask ReplayAsync(long sinceUtcUs, CancellationToken cancellationToken = default)
    {
        List<OwedRange> owed = [];
        foreach (var entry in _store.Dictionary.Series.ToArray())
        {
            if (_forwarder.TryFind(entry.Id, out _, out var clock) && _compare.TryRange(entry.Id, out var fromUs, out var toUs))
            {
                var since = sinceUtcUs == long.MinValue ? fromUs : Math.Max(fromUs, sinceUtcUs - clock.OffsetUs);
                if (since < toUs)
                {
                    owed.Add(new OwedRange(entry.Id, since, toUs));
                }
            }
        }

        return _forwarder.OweAsync(owed, cancellationToken);
    }

    /// <summary>Counts and adds up every series on both sides.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One row a series with a frozen clock, in the order of their ids.</returns>
    /// <exception cref="StoreUnavailableException">InfluxDB does not answer.</exception>
    public async Task<IReadOnlyList<SeriesComparison>> CompareAsync(CancellationToken cancellationToken = default)
    {
        List<SeriesComparison> all = [];
        foreach (var entry in _store.Dictionary.Series.ToArray())
        {
            if (!_forwarder.TryFind(entry.Id, out var series, out var clock) || !_compare.TryRange(entry.Id, out var fromUs, out var toUs))
            {
                continue;
            }

            try
            {
                var there = await _compare.ThereAsync(series, clock, fromUs, toUs, cancellationToken).ConfigureAwait(false);
                all.Add(new SeriesComparison(entry.Id, Here(entry.Id, fromUs, toUs), there));
            }
            catch (InfluxQueryException fault)
            {
                throw new StoreUnavailableException($"InfluxDB does not answer: {fault.Message}", fault);
            }
        }

        return all;
    }

    /// <summary>Moves bodies of chunks to InfluxDB alone, oldest first, whatever the size of series.db.</summary>
    /// <param name="mostChunks">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many; fewer where InfluxDB is not seen to hold every row yet.</returns>
    /// <exception cref="StoreUnavailableException">InfluxDB does not answer, or the disk refuses.</exception>
    public async Task<int> EvictAsync(int mostChunks, CancellationToken cancellationToken = default)
    {
        try
        {
            await _store.FlushAsync(cancellationToken).ConfigureAwait(false);
            return await _cache.EvictAsync(mostChunks, cancellationToken).ConfigureAwait(false);
        }
        catch (InfluxQueryException fault)
        {
            throw new StoreUnavailableException($"InfluxDB does not answer: {fault.Message}", fault);
        }
    }

    /// <summary>Brings every row that only InfluxDB has back, so that the store stands without it.</summary>
    /// <param name="progress">Told the number of chunks brought so far; null = nobody.</param>
    /// <param name="cancellationToken">Gives up; what was brought stays.</param>
    /// <exception cref="StoreUnavailableException">InfluxDB does not give them now, or the disk refuses.</exception>
    public async Task BringBackAsync(IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var brought = 0L;
        foreach (var series in _cache.RemoteSeries.ToArray())
        {
            brought += await _cache.BringBackAsync(series, long.MinValue, long.MaxValue, cancellationToken).ConfigureAwait(false);
            progress?.Report(brought);
        }
    }

    /// <summary>Writes readings as they are read now into <c>reading_current</c>; what stands there at the same time is replaced.</summary>
    /// <param name="channel">Whose.</param>
    /// <param name="points">Any number; those on clocks not yet frozen are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Stored, or why not.</returns>
    public async ValueTask<InfluxReply> WriteCurrentAsync(CurrentChannel channel, IEnumerable<CurrentPoint> points, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var simulated = channel.IsSimulated ? [("simulated", "true")] : Array.Empty<(string, string)>();
        var head = LineProtocol.Head(InfluxQl.Current, [("agent", channel.Agent), ("channel", channel.Channel), ("name", channel.Name), ("property", channel.Property), .. simulated]);
        var lines = new LineProtocol();
        foreach (var point in points)
        {
            if (_forwarder.Clocks.TryFind(point.Boot, out var clock) && (clock with { OffsetUs = 0 }).TryNs(point.UtcUs, out var ns))
            {
                lines.Begin(head);
                if (double.IsFinite(point.Value))
                {
                    lines.Number("value"u8, point.Value);
                }

                lines.Whole("flag"u8, point.Flag).Whole("revision"u8, point.Revision).Text("unit"u8, point.Unit).End(ns);
            }

            if (lines.Length >= _options.BatchBytes && await Connection.WriteAsideAsync(lines.Written, cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } refused)
            {
                return refused;
            }

            if (lines.Length >= _options.BatchBytes)
            {
                lines.Clear();
            }
        }

        return lines.Length == 0 ? InfluxReply.Ok : await Connection.WriteAsideAsync(lines.Written, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a stretch of a channel's current readings; where the server cannot delete, nothing is done.</summary>
    /// <param name="channel">Whose.</param>
    /// <param name="fromUtcUs">First time, µs since 1970.</param>
    /// <param name="toUtcUs">First time kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Stored, or why not.</returns>
    public ValueTask<InfluxReply> DeleteCurrentAsync(CurrentChannel channel, long fromUtcUs, long toUtcUs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var clock = new FrozenClock(0, 0);
        return Connection.Deletes
            ? Connection.DeleteAsync(InfluxQl.DeleteCurrent(channel.Agent, channel.Channel, clock.Ns(fromUtcUs), clock.Ns(toUtcUs)), cancellationToken)
            : ValueTask.FromResult(InfluxReply.Ok);
    }

    /// <summary>Stops sending and remembers how far it came. The store itself stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        try
        {
            await _forwarder.SaveAsync(default).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The disk refuses: the next start sends a little more again.
            _forwarder.Wake();
        }

        _store.BeforeSubmit = null;
        _store.Writer.Resubmit = null;
        _store.Remote = null;
        _stopping.Dispose();
        Connection.Dispose();
        (_writer as IDisposable)?.Dispose();
    }

    private RowTotals Here(SeriesId series, long fromUs, long toUs)
    {
        using var snapshot = _store.Snapshot();
        return FarCompare.Here(snapshot, series, fromUs, toUs);
    }

    /// <summary>Rows that meet rows only InfluxDB has are compared with them: those are brought here first. Null = nothing to wait for.</summary>
    private Task? BeforeSubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        if (_cache.RemoteSeries.Count == 0)
        {
            return null;
        }

        List<OwedRange> meeting = submission switch
        {
            NativeBlock block => Meeting(block),
            ForeignRows rows => Meeting(rows),
            _ => [],
        };
        return meeting.Count == 0 ? null : BringAsync(meeting, cancellationToken);
    }

    private async Task BringAsync(List<OwedRange> ranges, CancellationToken cancellationToken)
    {
        foreach (var range in ranges)
        {
            await _cache.BringBackAsync(range.Series, range.FromUs, range.ToUs, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<OwedRange> Meeting(NativeBlock block)
    {
        List<OwedRange> ranges = [];
        var dictionary = _store.Dictionary;
        if (!dictionary.TryFind(block.Agent, block.CatalogHash, out var catalog))
        {
            return ranges;
        }

        foreach (var column in block.Rows.Columns)
        {
            if ((uint)column.Input < (uint)catalog.Inputs.Length && column.Length > 0 && dictionary.TryFind(block.Boot, block.Agent, catalog.Inputs[column.Input], out var series))
            {
                Add(ranges, series, block.Rows.TUs[column.Start], block.Rows.TUs[column.Start + column.Length - 1]);
            }
        }

        return ranges;
    }

    private List<OwedRange> Meeting(ForeignRows rows)
    {
        List<OwedRange> ranges = [];
        var dictionary = _store.Dictionary;
        foreach (var row in rows.Rows)
        {
            if (!rows.BumpIfNotLater && dictionary.TryFind(rows.Boot, rows.Agent, row.Input, out var series))
            {
                Add(ranges, series, row.TUs, row.TUs);
            }
        }

        return ranges;
    }

    private void Add(List<OwedRange> ranges, SeriesId series, long firstUs, long lastUs)
    {
        if (_cache.Meets(series, firstUs, lastUs))
        {
            ranges.Add(new OwedRange(series, firstUs, lastUs == long.MaxValue ? lastUs : lastUs + 1));
        }
    }

    private async Task ForwardAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _forwarder.RunAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The loop's single guard: a fault of our own. Nothing was dropped; it begins again from the cursor.
                InfluxLog.Stopped(_logger, fault);
                await RestAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task KeepSizeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var isMore = false;
            try
            {
                isMore = await _cache.StepAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (IOException)
            {
                // InfluxDB or the disk: both say so themselves; the size waits.
                isMore = false;
            }

            if (!isMore)
            {
                await RestAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task RestAsync()
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(Task.Delay(CacheRound, _time, idle.Token), _cache.WaitAsync(idle.Token)).ConfigureAwait(false);
        await idle.CancelAsync().ConfigureAwait(false);
    }
}

/// <summary>One series counted and added up on both sides.</summary>
/// <param name="Series">The series.</param>
/// <param name="Here">What the hub says, in the raw unit.</param>
/// <param name="There">What InfluxDB says, in the raw unit.</param>
public sealed record SeriesComparison(SeriesId Series, RowTotals Here, RowTotals There)
{
    /// <summary>True when both say the same.</summary>
    public bool Matches => Here.Matches(There);
}
