using Microsoft.Extensions.Logging;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Influx;

/// <summary>
/// Tells InfluxDB everything, once and again where in doubt: sending a row twice is a no-op there. A loop with one owner:
/// <code>
///   prepare (version, database, did it go back?) ─► erasures ─► a page of the log after the cursor ─► a piece of what is owed ─► cursor, once a second
///      ▲                                                                       │
///      └──────────── anything but "stored": say so, wait, from the start ◄─────┘   a refused line alone goes to quarantine
/// </code>
/// One request in flight, as large as what has gathered. Nothing is ever dropped.
/// </summary>
internal sealed class Forwarder
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleRound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);

    // When nothing is to be sent it is still asked whether it is there: so the page says so, and a restart is noticed.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    // What a server may lose after it said "stored" (InfluxDB 3 on a local disk does not sync): sent again after every break.
    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(2);

    private readonly ObservationStore _store;
    private readonly InfluxConnection _connection;
    private readonly InfluxOptions _options;
    private readonly FarCompare _compare;
    private readonly FarProjection _projection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClockFreezer _freezer;
    private readonly OwedRanges _owed;
    private readonly BatchSender _sender;
    private readonly FarDeletes _deletes;
    private readonly Lock _gate = new();

    // The loop's own.
    private readonly LineBatch _batch = new();
    private readonly Queue<(long At, CommitPosition Cursor)> _earlier = [];
    private CommitPosition _cursor;
    private FarSeries?[] _names = [];
    private bool _isPrepared;
    private bool _isInDoubt;
    private bool _owesMark;
    private long _heardAt;
    private int _failures;
    private long _savedAt;

    // Batches InfluxDB said it has; the newest number stands there as its mark.
    private long _sent;
    private long _savedCommit;
    private bool _isDirty;
    private bool _isFresh;

    // Under _gate.
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Read by all.
    private long _storedAtCursor;
    private volatile FarStatus _status = new();

    public Forwarder(ObservationStore store, InfluxConnection connection, ILineWriter writer, InfluxOptions options, FarCompare compare, FarProjection projection, TimeProvider time, ILogger logger)
    {
        (_store, _connection, _options, _compare, _projection, _time, _logger) = (store, connection, options, compare, projection, time, logger);
        _freezer = new ClockFreezer(store, connection, projection, time);
        _owed = new OwedRanges(store, time, Doubt);
        _sender = new BatchSender(store, writer, options, logger);
        _deletes = new FarDeletes(store, connection, compare);
        (_cursor, _sent, _storedAtCursor, _isFresh) = store.Read(session => (
            CommitPosition.After(store.ForwardedThrough ?? 0),
            Meta.Get(session, FarTables.SentKey),
            Meta.Get(session, FarTables.StoredKey),
            store.ForwardedThrough is null));
        _savedCommit = _cursor.Commit;
    }

    public FarStatus Status => _status with
    {
        WaitingRows = Math.Max(0, _store.StoredTotal - Volatile.Read(ref _storedAtCursor)) + _owed.Rows,
        HeldBoots = _freezer.HeldBoots,
        HeldRows = _freezer.HeldRows,
        QuarantinedRows = _sender.Quarantine.Count,
        QuarantineReason = _sender.Quarantine.Reason,
        SentRows = _sender.SentRows,
        Version = _connection.Version,
        Deletes = _connection.Deletes,
    };

    public FrozenClocks Clocks => _freezer.Clocks;

    public bool IsGood => _status.State == FarState.Good;

    /// <summary>Names and clock of a series; false while its boot has no frozen clock. Safe from any thread.</summary>
    public bool TryFind(SeriesId id, out FarSeries series, out FrozenClock clock)
    {
        series = new FarSeries(_store.Dictionary[id]);
        return _freezer.Clocks.TryFind(series.Entry.Boot, out clock);
    }

    /// <summary>Safe from any thread. These ranges are sent again, from what is kept here.</summary>
    public async ValueTask OweAsync(IReadOnlyCollection<OwedRange> ranges, CancellationToken cancellationToken)
    {
        await _owed.AddAsync(ranges, cancellationToken).ConfigureAwait(false);
        _owed.Count(_freezer.Has);
        Wake();
    }

    /// <summary>Writer thread, inside the erasing transaction.</summary>
    public void Erased(SqliteSession session, IEnumerable<RowMask> masks)
    {
        _deletes.Add(session, masks);
        Wake();
    }

    /// <summary>Brings bodies of a range here; set once, before the loop runs.</summary>
    public Func<OwedRange, CancellationToken, Task> BringBack { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Sends everything refused once more.</summary>
    public async ValueTask RequeueAsync(CancellationToken cancellationToken)
    {
        List<OwedRange> refused = [];
        await _store.WriteAsync(session => refused = FarTables.Requeue(session), cancellationToken: cancellationToken).ConfigureAwait(false);
        _owed.Take(refused);
        _owed.Count(_freezer.Has);
        _sender.ForgetQuarantine();
        Wake();
    }

    /// <summary>Tries at once what waits.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken.TrySetResult();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _cursor = await StartAsync(cancellationToken).ConfigureAwait(false);
        while (!cancellationToken.IsCancellationRequested)
        {
            InfluxReply reply;
            try
            {
                reply = await RoundAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (InfluxQueryException fault)
            {
                reply = InfluxReply.Of(fault.Kind == ReplyKind.Rejected ? ReplyKind.Misconfigured : fault.Kind, fault.Message);
            }
            catch (StoreUnavailableException busy)
            {
                // The hub's own disk refuses: nothing can be remembered now, so nothing moves.
                reply = InfluxReply.Of(ReplyKind.Busy, busy.Message);
            }

            if (reply.Kind == ReplyKind.NewConnection)
            {
                // It closed ours: it may be another one, or an older self. Its mark tells, before anything more is written.
                _isPrepared = false;
            }
            else if (reply.Kind != ReplyKind.Stored)
            {
                await HoldAsync(reply, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Saves the cursor; after the loop ended.</summary>
    public ValueTask SaveAsync(CancellationToken cancellationToken) => _isDirty ? SaveNowAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Counts every series on both sides and owes what differs.</summary>
    /// <returns>How many series differed.</returns>
    /// <exception cref="InfluxQueryException">InfluxDB does not answer.</exception>
    public async Task<int> HealAsync(CancellationToken cancellationToken)
    {
        List<OwedRange> owed = [];
        var gone = 0L;
        foreach (var entry in _store.Dictionary.Series.ToArray())
        {
            if (TryFind(entry.Id, out var series, out var clock) && _compare.TryRange(entry.Id, out var fromUs, out var toUs))
            {
                var there = await _compare.ThereAsync(series, clock, fromUs, toUs, cancellationToken).ConfigureAwait(false);
                var (here, local) = Here(entry.Id, fromUs, toUs);
                if (!here.Matches(there))
                {
                    owed.Add(new OwedRange(entry.Id, fromUs, toUs));

                    // What it lacks beyond what is kept here was only there.
                    gone += Math.Max(0, here.All - local - there.All);
                }
            }
        }

        if (gone > 0)
        {
            InfluxLog.RowsGone(_logger, gone);
        }

        _status = _status with { GoneRows = gone };
        await OweAsync(owed, cancellationToken).ConfigureAwait(false);
        return owed.Count;
    }

    private async Task<InfluxReply> RoundAsync(CancellationToken cancellationToken)
    {
        var woken = WokenAnew();
        var arrived = _store.Arrived;
        if (_store.ForwardedThrough is { } through && through < _savedCommit)
        {
            // Somebody asked for a replay.
            (_savedCommit, _cursor) = (through, CommitPosition.After(through));
        }

        if (!_isPrepared && await PrepareAsync(cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } unprepared)
        {
            return unprepared;
        }

        await _freezer.FreezeHeldAsync(cancellationToken).ConfigureAwait(false);
        var didSomething = TakePlaced();
        foreach (var step in (Func<CancellationToken, Task<(InfluxReply Reply, bool Did)>>[])[DeleteAsync, LogAsync, OwedAsync])
        {
            var (reply, did) = await step(cancellationToken).ConfigureAwait(false);
            if (reply.Kind != ReplyKind.Stored)
            {
                return reply;
            }

            didSomething |= did | TakePlaced();
        }

        if ((_isDirty || _owed.HasSettled) && _time.GetElapsedTime(_savedAt) >= SaveEvery)
        {
            await SaveNowAsync(cancellationToken).ConfigureAwait(false);
        }

        if (didSomething)
        {
            _heardAt = _time.GetTimestamp();
        }
        else if (_time.GetElapsedTime(_heardAt) >= LookEvery)
        {
            _heardAt = _time.GetTimestamp();
            return await _connection.DetectAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RestAsync(_isDirty ? SaveEvery : IdleRound, Task.WhenAny(arrived, woken), cancellationToken).ConfigureAwait(false);
        }

        return InfluxReply.Ok;
    }

    private bool TakePlaced()
    {
        var placed = _freezer.TakePlaced();
        if (placed.Length > 0)
        {
            _owed.Take(placed);
            _owed.Count(_freezer.Has);
        }

        return placed.Length > 0;
    }

    /// <summary>A store that never had an InfluxDB owes everything it has; one that had goes back by what the server may have lost.</summary>
    private async Task<CommitPosition> StartAsync(CancellationToken cancellationToken)
    {
        if (!_isFresh)
        {
            _owed.Count(_freezer.Has);
            return _store.Read(session => BackInTime(session, _cursor));
        }

        var (newest, stored) = (_store.Stats.Commit, _store.StoredTotal);
        await _owed.AddAsync(AllSeries(), cancellationToken, session => Keep(session, 0, stored)).ConfigureAwait(false);
        await _store.StartForwardingAsync(cancellationToken).ConfigureAwait(false);
        _savedCommit = await _store.ForwardedAsync(_store.ForwardedThrough ?? 0, newest, cancellationToken).ConfigureAwait(false);
        _isFresh = false;
        Volatile.Write(ref _storedAtCursor, stored);
        _owed.Count(_freezer.Has);
        return CommitPosition.After(_savedCommit);
    }

    private OwedRange[] AllSeries() => [.. _store.Dictionary.Series.ToArray().Select(entry => new OwedRange(entry.Id, long.MinValue, long.MaxValue))];

    private static CommitPosition BackInTime(SqliteSession session, CommitPosition cursor)
    {
        using var last = session.PrepareOnce("SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 1");
        var since = last.Step() ? last.Int64(0) - (long)Doubt.TotalMilliseconds : 0;
        using var commits = session.PrepareOnce("SELECT seq, at_ms FROM journal WHERE seq <= ?1 ORDER BY seq DESC");
        commits.Bind(1, cursor.Commit);
        while (commits.Step() && commits.Int64(1) >= since)
        {
            cursor = CommitPosition.After(commits.Int64(0) - 1);
        }

        return cursor;
    }

    private async Task<InfluxReply> PrepareAsync(CancellationToken cancellationToken)
    {
        var reply = await _connection.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (reply.Kind != ReplyKind.Stored)
        {
            return reply;
        }

        await CheckMarkAsync(cancellationToken).ConfigureAwait(false);
        if (_isInDoubt)
        {
            _cursor = _earlier.TryPeek(out var earlier) && earlier.Cursor < _cursor ? earlier.Cursor : _cursor;
            _owed.Doubt();
            _owed.Count(_freezer.Has);
        }

        foreach (var series in _names)
        {
            _ = series is null || (series.IsNamed = false);
        }

        (_isPrepared, _isInDoubt, _heardAt) = (true, false, _time.GetTimestamp());
        _failures = 0;
        _status = _status with { State = _status.GoneRows > 0 ? FarState.RowsGone : FarState.Good, Detail = "" };
        InfluxLog.Good(_logger, _connection.Version, _options.Url, _cursor.Commit);
        return reply;
    }

    /// <summary>A server that was restored from a backup, or emptied, no longer knows the newest mark: then every series is counted on both sides, and what differs is owed.</summary>
    private async Task CheckMarkAsync(CancellationToken cancellationToken)
    {
        var known = 0L;
        await _connection.QueryAsync(InfluxQl.LastMark(_store.StoreId.ToString()), (_, cells) => known = (long)cells[1].Number, cancellationToken).ConfigureAwait(false);
        if (known < _sent)
        {
            InfluxLog.WentBack(_logger, known, _sent);
            _isInDoubt = true;
            _freezer.Forget();
            await _deletes.AgainAsync(cancellationToken).ConfigureAwait(false);
            await HealAsync(cancellationToken).ConfigureAwait(false);
        }

        (_sent, _isDirty) = (known, _isDirty || known != _sent);
    }

    private (RowTotals All, long Local) Here(SeriesId series, long fromUs, long toUs)
    {
        using var snapshot = _store.Snapshot();
        var remote = snapshot.Headers(series, fromUs, toUs).Where(header => header.IsRemote).Sum(header => (long)header.Rows);
        var all = FarCompare.Here(snapshot, series, fromUs, toUs);
        return (all, all.All - remote);
    }

    /// <summary>Deletes what is to be deleted, between two marks: an older self of the server has not only fewer rows, but also some too many.</summary>
    private async Task<(InfluxReply Reply, bool Did)> DeleteAsync(CancellationToken cancellationToken)
    {
        _owesMark |= _deletes.HasAny;
        if (_owesMark && await MarkAsync(cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } refused)
        {
            return (refused, false);
        }

        var (reply, did) = await _deletes.StepAsync(
            id => TryFind(id, out var series, out var clock) ? (series, clock) : null, BringBack, OweAsync, cancellationToken).ConfigureAwait(false);
        _owesMark |= did;
        return (reply, did);
    }

    private async Task<InfluxReply> MarkAsync(CancellationToken cancellationToken)
    {
        _batch.Clear();
        var reply = await SendAsync(cancellationToken, isMark: true).ConfigureAwait(false);
        _owesMark = reply.Kind != ReplyKind.Stored;
        return reply;
    }

    /// <summary>Sends a page of the log.</summary>
    private async Task<(InfluxReply, bool)> LogAsync(CancellationToken cancellationToken)
    {
        var storedNow = _store.StoredTotal;
        var page = _store.ReadCommits(_cursor, _sender.MostLines);
        if (page.IsExpired)
        {
            InfluxLog.LogTooShort(_logger);
            await OweAsync(AllSeries(), cancellationToken).ConfigureAwait(false);
        }

        var rows = 0;
        _batch.Clear();
        foreach (var segment in page.Commits.SelectMany(commit => commit.Segments))
        {
            rows += segment.Length;
            var reply = await AddAsync(segment.Series, segment.TUs, segment.Raw, segment.Missing, _projection.Values, cancellationToken).ConfigureAwait(false);
            if (reply.Kind != ReplyKind.Stored)
            {
                return (reply, false);
            }
        }

        var sent = await SendAsync(cancellationToken).ConfigureAwait(false);
        if (sent.Kind != ReplyKind.Stored)
        {
            return (sent, false);
        }

        var moved = page.Next != _cursor;
        _cursor = page.Next;
        _isDirty |= moved;
        Volatile.Write(ref _storedAtCursor, page.IsAtEnd ? storedNow : Volatile.Read(ref _storedAtCursor) + rows);
        return (sent, moved);
    }

    /// <summary>Adds rows to the batch, and sends it whenever it is full. Rows of a boot without a time are passed over: they are owed once it has one.</summary>
    private async Task<InfluxReply> AddAsync(
        SeriesId id, ReadOnlyMemory<long> tUs, ReadOnlyMemory<double> raw, ReadOnlyMemory<byte> missing, ValueProjection? values, CancellationToken cancellationToken)
    {
        var series = Series(id);
        if (await _freezer.FreezeAsync(series.Entry.Boot, cancellationToken).ConfigureAwait(false) is not { } clock)
        {
            return InfluxReply.Ok;
        }

        for (var at = 0; at < tUs.Length;)
        {
            var length = Math.Min(tUs.Length - at, Math.Max(1, _sender.MostLines - 1 - _batch.Lines));
            _batch.Add(series, clock, tUs.Span.Slice(at, length), raw.Span.Slice(at, length), missing.IsEmpty ? default : missing.Span.Slice(at, length), values);
            at += length;
            if (_sender.IsFull(_batch) && await SendAsync(cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } refused)
            {
                return refused;
            }
        }

        return InfluxReply.Ok;
    }

    /// <summary>Sends the batch with its number behind it, by which a server that went back is known. An hour's numbers are one point there.</summary>
    private async Task<InfluxReply> SendAsync(CancellationToken cancellationToken, bool isMark = false)
    {
        if (_batch.Lines == 0 && !isMark)
        {
            return await _sender.SendAsync(_batch, cancellationToken).ConfigureAwait(false);
        }

        _batch.AddMark(_store.StoreId, _sent + 1, Whole(_cursor), _time.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600 * 1_000_000_000);
        var reply = await _sender.SendAsync(_batch, cancellationToken).ConfigureAwait(false);
        _sent += reply.Kind == ReplyKind.Stored ? 1 : 0;
        return reply;
    }

    private FarSeries Series(SeriesId id)
    {
        if (id.Value >= _names.Length)
        {
            Array.Resize(ref _names, Math.Max(id.Value + 1, _names.Length * 2));
        }

        return _names[id.Value] ??= new FarSeries(_store.Dictionary[id]);
    }

    /// <summary>Sends a batch of what is owed, from what is kept here.</summary>
    private async Task<(InfluxReply, bool)> OwedAsync(CancellationToken cancellationToken)
    {
        var (budget, didSomething) = (_sender.MostLines, false);
        while (budget > 0 && _owed.TryNext(_freezer.Has, out var range, out var fromUs))
        {
            var (pieces, rows, nextUs) = Pieces(range.Series, fromUs, range.ToUs, budget);
            _batch.Clear();
            foreach (var (tUs, raw, missing) in pieces)
            {
                if (await AddAsync(range.Series, tUs, raw, missing, values: null, cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } refused)
                {
                    return (refused, false);
                }
            }

            if (await SendAsync(cancellationToken).ConfigureAwait(false) is { Kind: not ReplyKind.Stored } unsent)
            {
                return (unsent, false);
            }

            _owed.Advance(range, fromUs, nextUs, isDone: rows < budget, rows);
            (_isDirty, didSomething, budget) = (true, true, budget - rows);
        }

        // Rows that left for InfluxDB before their turn came were counted and never sent.
        if (didSomething && !_owed.TryNext(_freezer.Has, out _, out _))
        {
            _owed.Count(_freezer.Has);
        }

        return (InfluxReply.Ok, didSomething);
    }

    private (List<(ReadOnlyMemory<long> TUs, ReadOnlyMemory<double> Raw, ReadOnlyMemory<byte> Missing)> Pieces, int Rows, long NextUs) Pieces(SeriesId series, long fromUs, long toUs, int most)
    {
        List<(ReadOnlyMemory<long>, ReadOnlyMemory<double>, ReadOnlyMemory<byte>)> pieces = [];
        var (rows, nextUs) = (0, fromUs);
        using var snapshot = _store.Snapshot();
        foreach (var run in snapshot.LocalRows(series, fromUs, toUs))
        {
            var length = Math.Min(run.Length, most - rows);
            pieces.Add((run.TUs[..length], run.Raw[..length], run.Missing[..length]));
            rows += length;
            nextUs = run.TUs.Span[length - 1] + 1;
            if (rows == most)
            {
                break;
            }
        }

        return (pieces, rows, nextUs);
    }

    /// <summary>Says what is wrong, once an episode, and waits: shortly and ever longer for what passes by itself, a minute for what somebody must mend.</summary>
    private async Task HoldAsync(InfluxReply reply, CancellationToken cancellationToken)
    {
        var state = FarStatus.StateAfter(reply.Kind);
        if (_status.State != state)
        {
            InfluxLog.Holding(_logger, _options.Url, state, reply.Text);
        }

        _status = _status with { State = state, Detail = reply.Text };
        (_isPrepared, _isInDoubt) = (false, true);
        var woken = WokenAnew();
        var isQuick = state is FarState.Busy or FarState.Unreachable or FarState.NotInflux || (state == FarState.MissingDatabase && _failures == 0);
        var wait = reply.RetryAfter ?? (isQuick ? Backoff(_failures) : LongWait);
        _failures++;
        await RestAsync(wait, woken, cancellationToken).ConfigureAwait(false);
        _connection.ReadSecrets();
    }

    private async Task RestAsync(TimeSpan wait, Task orUntil, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(wait, _time, idle.Token), orUntil).ConfigureAwait(false);
        await idle.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Full jitter, up to 30 s: a class of hubs must not knock together.</summary>
    private static TimeSpan Backoff(int failures) =>
        TimeSpan.FromSeconds(Math.Max(0.05, Random.Shared.NextDouble() * Math.Min(30, 0.25 * Math.Pow(2, Math.Min(failures, 10)))));

    private Task WokenAnew()
    {
        lock (_gate)
        {
            if (_woken.Task.IsCompleted)
            {
                _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _woken.Task;
        }
    }

    private async ValueTask SaveNowAsync(CancellationToken cancellationToken)
    {
        var (sent, stored) = (_sent, Volatile.Read(ref _storedAtCursor));
        await _store.WriteAsync(
            session =>
            {
                Keep(session, sent, stored);
                _owed.Keep(session);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var through = Whole(_cursor);
        var now = await _store.ForwardedAsync(_savedCommit, through, cancellationToken).ConfigureAwait(false);
        if (now != through)
        {
            // Somebody asked for a replay meanwhile.
            _cursor = CommitPosition.After(now);
        }

        _savedCommit = now;
        _savedAt = _time.GetTimestamp();
        _earlier.Enqueue((_savedAt, CommitPosition.After(now)));
        while (_earlier.Count > 1 && _time.GetElapsedTime(_earlier.Peek().At) > Doubt)
        {
            _earlier.Dequeue();
        }

        _isDirty = false;
    }

    /// <summary>The last commit a position has wholly.</summary>
    private static long Whole(CommitPosition position) => position.Index == int.MaxValue ? position.Commit : position.Commit - 1;

    private static void Keep(SqliteSession session, long sent, long stored)
    {
        Meta.Set(session, FarTables.SentKey, sent);
        Meta.Set(session, FarTables.StoredKey, stored);
    }
}
