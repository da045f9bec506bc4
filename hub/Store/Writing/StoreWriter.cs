using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Opening;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>
/// The one writer. A loop on its own thread:
/// <code>
///   take all that gathered ─► stage ─► one transaction (journal row, ledger, names) + fsync ─► memory visible ─► onCommitted ─► answers
///                      └─ idle, or after a commit: one slice of frozen rows to chunks; now and then a slice of old journal away
/// </code>
/// No timer: while one commit syncs the next gathers.
/// </summary>
internal sealed class StoreWriter
{
    private const int PurgeEveryCommits = 64;

    // The writer's own; nobody else touches them after Start.
    private readonly StoreOptions _options;
    private readonly SqliteSession _session;
    private readonly CommitTables _tables;
    private readonly ChunkReader _reader;
    private readonly ChunkTable _chunks;
    private readonly NameTables _names;
    private readonly Staging _staging;
    private readonly RecentKeys _keys;
    private readonly JournalPurge _purge;
    private readonly ForwardCursor _forward;
    private readonly Erasing _erasing;
    private readonly Uptime _uptime;
    private readonly FreeSpace _space;
    private readonly StagedCommit _commit = new();
    private readonly Action<CommittedRows>? _onCommitted;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private List<Submission> _taken = [];
    private ChunkFlush? _flush;
    private MemTable _active;
    private long _lastCommit;
    private long _flushedThrough;
    private int _commitsToPurge = PurgeEveryCommits;
    private readonly HashSet<long> _damagedChunks = [];
    private bool _hasFlushTrouble;
    private long _refusals;

    // Read by all, swapped whole.
    private volatile PublishedState _state;
    private volatile StoreHealth _health;
    private volatile StoreStats _stats;
    private volatile ImmutableDictionary<(AgentId Agent, StreamId Stream), LedgerSlot> _slots;

    public StoreWriter(StoreOptions options, OpenedStore opened, Action<CommittedRows>? onCommitted, TimeProvider time, ILogger logger)
    {
        _options = options;
        _session = opened.Session;
        _tables = new CommitTables(_session);
        _names = opened.Names;
        _keys = opened.Keys;
        _purge = new JournalPurge(_session, options) { Bytes = opened.JournalBytes };
        _uptime = new Uptime(time, opened.UptimeMs);
        _space = new FreeSpace(options.Folder, options.MinFreeBytes, time);
        _onCommitted = onCommitted;
        _time = time;
        _logger = logger;
        _reader = new ChunkReader(_session) { OnDamage = Damaged, Remote = static (_, _, _) => throw new RowsElsewhereException() };
        _chunks = new ChunkTable(_session);
        _active = opened.Replayed;
        _erasing = new Erasing(_session, _reader, _chunks);
        _forward = new ForwardCursor(_session, opened.ForwardedThrough);
        _staging = new Staging(_names, new RowAdmission(_session, _reader), _keys) { Active = _active, NextAsideId = opened.NextAsideId };
        _lastCommit = opened.LastCommit;
        _flushedThrough = opened.FlushedThrough;
        _slots = _names.Slots;
        _state = new PublishedState(_lastCommit, opened.Dictionary, _active, null, opened.Masks, opened.Dropped);
        _health = new StoreHealth { Opened = opened.Report, PartialOverlaps = opened.PartialOverlaps };
        _stats = new StoreStats { Commit = _lastCommit, OldestCommit = opened.OldestCommit, FlushedThrough = _flushedThrough, JournalBytes = opened.JournalBytes, MemtableRows = _active.Rows };
        Apply(opened.Masks);
        Queue = new SubmissionQueue(options.QueueRows, options.CommitInterval, time);
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
    }

    public SubmissionQueue Queue { get; }

    public PublishedState State => _state;

    public StoreHealth Health => _health;

    public StoreStats Stats => _stats with { RowsQueued = Queue.Rows };

    public ImmutableDictionary<(AgentId Agent, StreamId Stream), LedgerSlot> Slots => _slots;

    /// <summary>Everything up to this commit is with the log's consumer; null = there is none.</summary>
    public long? ForwardedThrough => _forward.Through;

    /// <summary>Writer thread, inside a transaction.</summary>
    public ChunkTable Chunks => _chunks;

    /// <summary>Called inside the transaction that erases rows; null = nobody else keeps any.</summary>
    public Action<SqliteSession, ImmutableArray<RowMask>>? OnErasing { get; set; }

    /// <summary>Completes when the loop has ended and the file is closed.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Start()
    {
        FreezeWhenDue();
        _thread.Start();
    }

    /// <summary>Writer thread, as an errand: everything in memory to chunks.</summary>
    public void FlushAll()
    {
        while (_flush is not null)
        {
            FlushSlice(mayThrow: true);
        }

        Freeze();
        while (_flush is not null)
        {
            FlushSlice(mayThrow: true);
        }
    }

    /// <summary>Writer thread, as an errand: hides rows for ever; <see cref="Remove"/> then takes them out.</summary>
    public void Mask(ImmutableArray<RowMask> masks)
    {
        FlushWhatLiesIn(masks);
        InTransaction(() =>
        {
            _erasing.Mask(masks);
            OnErasing?.Invoke(_session, masks);
        });
        var all = Erasing.Load(_session);
        Apply(all);
        _state = _state with { Masks = all };
    }

    /// <summary>Writer thread, as an errand: brings all rows of the spans to chunks, where <see cref="Remove"/> takes them out.</summary>
    /// <returns>The newest commit that is meant.</returns>
    public long BeginDrop(ImmutableArray<RowMask> spans)
    {
        FlushWhatLiesIn(spans);
        return _lastCommit;
    }

    /// <summary>Writer thread, as an errand: the log shows these rows of commits so far no more; what the log's consumer has not yet stays in it.</summary>
    public void EndDrop(ImmutableArray<RowMask> spans, long commit)
    {
        InTransaction(() =>
        {
            foreach (var span in spans)
            {
                _erasing.Note(span.Series, span.ToUs, Math.Min(commit, _forward.KeptFrom));
            }

            OnErasing?.Invoke(_session, spans);
        });
        _state = _state with { Dropped = Erasing.LoadDropped(_session) };
    }

    /// <summary>Writer thread, as an errand: one slice of a removal.</summary>
    public void Remove(Removal removal)
    {
        _session.Run(removal.IsSecret ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=OFF");
        InTransaction(() => removal.Slice(_erasing));
    }

    /// <summary>Writer thread, as an errand: moves the cursor of the log's consumer.</summary>
    /// <param name="choose">From where it stands, and the oldest and newest commit of the log, to where it shall stand; null = no consumer.</param>
    public void MoveForwardCursor(Func<long?, (long Oldest, long Newest), long?> choose)
    {
        var to = choose(_forward.Through, (_stats.OldestCommit, _lastCommit));
        if (to != _forward.Through)
        {
            InTransaction(() => _forward.Write(to));
            _forward.Publish(to);
        }
    }

    /// <summary>Writer thread: the newest commit made longer ago, in running time of the store.</summary>
    public long NewestBefore(TimeSpan back) => _stats.OldestCommit == 0
        ? _lastCommit
        : _forward.NewestBefore(_uptime.NowMs - (long)Math.Min(back.TotalMilliseconds, long.MaxValue / 2), _stats.OldestCommit, _lastCommit);

    private void FlushWhatLiesIn(ImmutableArray<RowMask> spans)
    {
        if (spans.Any(span => _state.Slices(span.Series, span.FromUs, span.ToUs).Count > 0))
        {
            FlushAll();
        }
    }

    /// <summary>Writer thread, as an errand: work of the InfluxDB side in one transaction, after everything in memory went to chunks where it asks so.</summary>
    public void Transact(Action<SqliteSession> work, bool flushFirst)
    {
        if (flushFirst)
        {
            FlushAll();
        }

        InTransaction(() => work(_session));
    }

    private void Run()
    {
        Exception? end = null;
        try
        {
            while (Queue.Take(ref _taken, mayWait: _flush is null || _hasFlushTrouble))
            {
                if (_taken.Count > 0)
                {
                    CommitTaken();
                    _taken.Clear();
                }

                Upkeep();
            }
        }
        catch (Exception exception)
        {
            // The loop's single guard: a fault of our own. Nobody is answered that it is stored.
            StoreLog.WriterStopped(_logger, exception);
            end = exception;
        }

        End(end);
    }

    private void End(Exception? exception)
    {
        var reason = new StoreUnavailableException("The store is closed", exception ?? new OperationCanceledException());
        if (exception is not null)
        {
            _health = _health with { IsWritable = false, Trouble = $"The writer stopped: {exception.Message}. Restart the hub" };
        }

        Queue.Close(reason);
        while (Queue.Take(ref _taken, mayWait: false) && _taken.Count > 0)
        {
            Answers.Refuse(_taken, reason);
            _taken.Clear();
        }

        _session.Dispose();
        Ended.SetResult();
    }

    // :: Step 1, take everything, in order; errands split it so that they see what came before.
    private void CommitTaken()
    {
        var from = 0;
        for (var i = 0; i < _taken.Count; i++)
        {
            if (_taken[i] is Errand errand)
            {
                CommitGroup(from, i);
                Do(errand);
                from = i + 1;
            }
        }

        CommitGroup(from, _taken.Count);
    }

    private static void Do(Errand errand)
    {
        try
        {
            errand.Work();
            errand.Complete(default);
        }
        catch (IOException fault)
        {
            errand.Fail(Unavailable(fault));
        }
    }

    private void CommitGroup(int from, int to)
    {
        if (from == to)
        {
            return;
        }

        var started = _time.GetTimestamp();
        _commit.Begin(_lastCommit + 1, _state.Dictionary);
        try
        {
            // :: Step 2, stage.
            var now = _uptime.NowMs;
            for (var i = from; i < to; i++)
            {
                _staging.Stage(_commit, _taken[i], now);
            }

            // :: Step 3, one transaction, one fsync.
            if (_commit.NeedsDisk)
            {
                Refuse();
                _tables.Begin();
                _tables.Write(_commit, now);
                _tables.Commit();
            }

            Publish(now);
        }
        catch (RowsElsewhereException) when (Resubmit is { } resubmit)
        {
            Undo();
            resubmit(_taken[from..to]);
            return;
        }
        catch (IOException fault)
        {
            TakeBack(fault, from, to);
            return;
        }

        StoreMeters.CommitMs.Record(_time.GetElapsedTime(started).TotalMilliseconds);

        // :: Step 5, the committed stream, then the answers: who was answered finds its rows there.
        if (_commit.HasRecords && _onCommitted is not null)
        {
            _onCommitted(new CommittedRows(_commit.Number, _commit.Segments.ToArray()));
        }

        Answers.Give(_commit.Answers);
    }

    // :: Step 4, memory becomes visible.
    private void Publish(long nowMs)
    {
        _commit.Keep();
        if (_commit.HasNewSlots)
        {
            _slots = _names.Slots;
        }

        foreach (var key in _commit.Keys)
        {
            _keys.Add(key, nowMs);
        }

        if (_commit.HasRecords)
        {
            _lastCommit = _commit.Number;
            _active.LastCommit = _lastCommit;
            _active.JournalBytes += _commit.Journal.Length;
            _purge.Bytes += _commit.Journal.Length;
        }

        _state = _state with { Commit = _lastCommit, Dictionary = _commit.Names?.Freeze() ?? _state.Dictionary };
        Tell();
        if (_refusals > 0 && _commit.NeedsDisk)
        {
            StoreLog.Recovered(_logger, _refusals);
            _refusals = 0;
            _health = _health with { IsWritable = true, Trouble = null };
        }

        if (_commit.PartialOverlaps > 0)
        {
            _health = _health with { PartialOverlaps = _health.PartialOverlaps + _commit.PartialOverlaps };
        }
    }

    private void Tell()
    {
        var total = _commit.Total;
        StoreMeters.Count(total);
        _stats = _stats with
        {
            Commit = _lastCommit,
            OldestCommit = _stats.OldestCommit == 0 ? _lastCommit : _stats.OldestCommit,
            FlushedThrough = _flushedThrough,
            JournalBytes = _purge.Bytes,
            MemtableRows = _active.Rows + (_flush?.Frozen.Rows ?? 0),
            Commits = _stats.Commits + (_commit.HasRecords ? 1 : 0),
            RowsStored = _stats.RowsStored + total.Stored,
            RowsDuplicate = _stats.RowsDuplicate + total.Duplicate,
            RowsConflict = _stats.RowsConflict + total.Conflict,
            RowsErased = _stats.RowsErased + total.Erased,
            RowsRejected = _stats.RowsRejected + total.Rejected,
        };
    }

    /// <summary>Refuses before the disk does, while there is room for reading and for the registry.</summary>
    private void Refuse()
    {
        if (_space.IsShort)
        {
            throw new IOException($"less than {_options.MinFreeBytes >> 20} MiB free on the disk of {_options.Folder}");
        }

        if (_active.Rows > _options.MemtableRows * 4L && _hasFlushTrouble)
        {
            throw new IOException("rows in memory cannot be moved to chunks");
        }
    }

    /// <summary>Who brings rows back that only InfluxDB has, and submits again what met them; null = no InfluxDB.</summary>
    public Action<IReadOnlyList<Submission>>? Resubmit { get; set; }

    private void Undo()
    {
        _tables.RollBack();
        _commit.TakeBack();
        _staging.Forget(_state.Dictionary.SeriesCount);
    }

    private void TakeBack(IOException fault, int from, int to)
    {
        Undo();
        var unavailable = Unavailable(fault);
        if (_refusals++ == 0)
        {
            StoreLog.Refusing(_logger, fault.Message);
        }

        StoreMeters.Refusals.Add(1);
        _health = _health with { IsWritable = false, Trouble = unavailable.Message };
        _stats = _stats with { Refusals = _stats.Refusals + 1 };
        Answers.Refuse(_taken[from..to], unavailable);
    }

    private static StoreUnavailableException Unavailable(IOException fault) => fault is StoreUnavailableException already
        ? already
        : new($"The disk does not take rows now ({fault.Message}); make room, the hub goes on by itself", fault);

    private void Upkeep()
    {
        FreezeWhenDue();
        if (_flush is not null)
        {
            FlushSlice(mayThrow: false);
        }

        if (--_commitsToPurge <= 0)
        {
            Purge();
        }
    }

    private void FreezeWhenDue()
    {
        if (_flush is null && (_active.Rows >= _options.MemtableRows || _active.JournalBytes >= _options.MemtableJournalBytes))
        {
            Freeze();
        }
    }

    private void Freeze()
    {
        _flush = new ChunkFlush(_active, _reader, _chunks, _options.ChunkRows, id => _staging.Series(id).Masks);
        _active.LastCommit = _lastCommit;
        _active = new MemTable();
        (_staging.Active, _staging.Frozen) = (_active, _flush.Frozen);
        _state = _state with { Active = _active, Frozen = _flush.Frozen };
    }

    private void FlushSlice(bool mayThrow)
    {
        var flush = _flush!;
        var isDone = false;
        try
        {
            // Behind: the next table fills faster than this one empties, so take bigger slices.
            var behind = 1 + (int)(_active.Rows * 4 / _options.MemtableRows);
            InTransaction(() =>
            {
                isDone = flush.Slice(_options.FlushSliceRows * behind);
                if (isDone)
                {
                    Meta.Set(_session, Meta.FlushedThrough, flush.Frozen.LastCommit);
                    WriteMarks();
                }
            });
            _hasFlushTrouble = false;
        }
        catch (IOException fault) when (!mayThrow)
        {
            flush.TakeBack();
            if (!_hasFlushTrouble)
            {
                StoreLog.FlushFailed(_logger, fault.Message);
            }

            _hasFlushTrouble = true;
            return;
        }
        catch (IOException)
        {
            flush.TakeBack();
            throw;
        }

        if (isDone)
        {
            Flushed(flush);
        }
    }

    private void Flushed(ChunkFlush flush)
    {
        foreach (var id in flush.Series)
        {
            _staging.Series(id).HasChunks = true;
        }

        _flushedThrough = flush.Frozen.LastCommit;
        _flush = null;
        _staging.Frozen = null;
        _state = _state with { Frozen = null };
        _stats = _stats with { FlushedThrough = _flushedThrough, MemtableRows = _active.Rows };
    }

    private void Purge()
    {
        _commitsToPurge = PurgeEveryCommits;
        var isMore = _purge.TryFind(_uptime.NowMs, Math.Min(_flushedThrough, _forward.KeptFrom), _lastCommit, out var through, out var bytes);
        if (through == 0)
        {
            return;
        }

        try
        {
            _purge.Bytes -= bytes;
            InTransaction(() =>
            {
                _purge.Delete(through);
                WriteMarks();
            });
            _stats = _stats with { OldestCommit = through + 1, JournalBytes = _purge.Bytes };
        }
        catch (IOException fault)
        {
            _purge.Bytes += bytes;
            StoreLog.FlushFailed(_logger, fault.Message);
            return;
        }

        _commitsToPurge = isMore ? 1 : PurgeEveryCommits;
    }

    /// <summary>Values that opening needs and the newest journal row alone would not tell.</summary>
    private void WriteMarks()
    {
        Meta.Set(_session, Meta.NextCommit, _lastCommit + 1);
        Meta.Set(_session, Meta.Uptime, _uptime.NowMs);
        Meta.Set(_session, Meta.JournalBytes, _purge.Bytes);
        Meta.Set(_session, Meta.JournalBytesThrough, _lastCommit);
    }

    private void InTransaction(Action work)
    {
        try
        {
            _tables.Begin();
            work();
            _tables.Commit();
        }
        catch
        {
            _tables.RollBack();
            throw;
        }
    }

    private void Apply(ImmutableDictionary<SeriesId, RowMask[]> masks)
    {
        foreach (var (series, ranges) in masks)
        {
            _staging.Series(series).Masks = ranges;
        }
    }

    private void Damaged(SeriesId series, ChunkHeader header)
    {
        if (_damagedChunks.Add(header.DataId))
        {
            StoreLog.DamagedChunk(_logger, header.DataId, series.Value);
            _health = _health with { DamagedChunks = _damagedChunks.Count };
        }
    }
}
