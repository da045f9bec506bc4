using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Store.Chunks;
using StemLab.Store.Opening;
using StemLab.Store.Reading;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;

namespace StemLab.Store;

/// <summary>
/// The embedded store: one writer, one file, any number of readers. Safe from any thread.
/// </summary>
public sealed class ObservationStore : IAsyncDisposable
{
    private readonly FolderLock _lock;
    private readonly StoreWriter _writer;
    private readonly ReadSessions _sessions;
    private readonly BlockDecoder _decoder;
    private readonly long _storedBefore;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ObservationStore(FolderLock folderLock, StoreId storeId, StoreWriter writer, ReadSessions sessions, BlockDecoder decoder)
    {
        _lock = folderLock;
        StoreId = storeId;
        _writer = writer;
        _sessions = sessions;
        _decoder = decoder;
        _storedBefore = writer.Slots.Values.Sum(slot => slot.Published.Stored);
    }

    /// <summary>Opens series.db in the folder, making it when absent, and reads back what was not yet in chunks.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="decoder">Decodes native blocks when the log is read.</param>
    /// <param name="onCommitted">Called on the writer thread after the fsync, in commit order, for every commit that showed rows; must not block or throw. Null = nobody listens.</param>
    /// <param name="time">Clock for retention and pauses.</param>
    /// <param name="logger">Where the store says what it found; null = nowhere.</param>
    /// <exception cref="StoreUnavailableException">Folder not writable, another process has the file, file of a newer version, native SQLite too old.</exception>
    public static ObservationStore Open(
        StoreOptions options,
        BlockDecoder decoder,
        Action<CommittedRows>? onCommitted,
        TimeProvider time,
        ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(decoder);
        logger ??= NullLogger.Instance;
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            var opened = OpenedStore.Open(options, decoder, logger);
            ObservationStore? store = null;
            var writer = new StoreWriter(
                options,
                opened,
                rows =>
                {
                    onCommitted?.Invoke(rows);
                    store!.Pulse();
                },
                time,
                logger);
            store = new ObservationStore(folderLock, opened.StoreId, writer, new ReadSessions(opened.Session.Path), decoder);
            writer.Start();
            return store;
        }
        catch (SqliteFault fault)
        {
            folderLock.Dispose();
            if (fault.IsFull || fault.Primary == SQLitePCL.raw.SQLITE_IOERR)
            {
                throw new StoreUnavailableException($"The disk of {options.Folder} is full or failing ({fault.Message}); make room or choose another disk, then start again", fault);
            }

            throw new StoreUnavailableException($"{Path.Combine(options.Folder, Schema.FileName)} cannot be opened ({fault.Message}); restore it from a backup or move it away, agents offer again what they hold", fault);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Identity of this series.db.</summary>
    public StoreId StoreId { get; }

    /// <summary>All names now.</summary>
    public StoreDictionary Dictionary => _writer.State.Dictionary;

    /// <summary>How the store is now.</summary>
    public StoreHealth Health => _writer.Health;

    /// <summary>Figures now.</summary>
    public StoreStats Stats => _writer.Stats;

    /// <summary>Takes boots, catalogues and streams. Durable when it returns; saying the same again costs nothing.</summary>
    /// <param name="declarations">What one Birth declares.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What was refused because it contradicts earlier declarations.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<DeclareOutcome> DeclareAsync(Declarations declarations, CancellationToken cancellationToken = default)
    {
        var declaring = new Declaring(declarations);
        await _writer.Queue.AddAsync(declaring, cancellationToken).ConfigureAwait(false);
        await declaring.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        return declaring.Result;
    }

    /// <summary>Hands an item to the writer; waits while the queue is full. The result comes by <see cref="Submission.Completion"/>.</summary>
    /// <param name="submission">Submitted once.</param>
    /// <param name="cancellationToken">Gives up waiting for room; then nothing was submitted.</param>
    /// <exception cref="StoreUnavailableException">The store is closed.</exception>
    public ValueTask SubmitAsync(Submission submission, CancellationToken cancellationToken = default) =>
        BeforeSubmit?.Invoke(submission, cancellationToken) is { } first
            ? new ValueTask(SubmitAfterAsync(first, submission, cancellationToken))
            : _writer.Queue.AddAsync(submission, cancellationToken);

    /// <summary>What the caller submits until <see cref="EndBatch"/> is one commit, unless it is much or takes longer than 20 ms. Batches may overlap. Any thread.</summary>
    public void BeginBatch() => _writer.Queue.BeginBatch();

    /// <summary>Ends what one <see cref="BeginBatch"/> began.</summary>
    public void EndBatch() => _writer.Queue.EndBatch();

    /// <summary>Ranges of a stream that are durable, normalised and ascending; empty when unknown.</summary>
    /// <param name="agent">Owner of the stream.</param>
    /// <param name="stream">The stream.</param>
    public ImmutableArray<SeqRangeValue> Covered(AgentId agent, StreamId stream) =>
        _writer.Slots.TryGetValue((agent, stream), out var slot) ? slot.Published.Ranges : [];

    /// <summary>What is durable of every stream, to be told to another hub; streams of which nothing is are left out. In no order.</summary>
    public IEnumerable<LedgerCopy> Ledgers() => _writer.Slots.Values
        .Where(slot => slot.Stream.Value != 0 && !slot.Published.Ranges.IsEmpty)
        .Select(slot => new LedgerCopy(slot.Agent, slot.Stream, LedgerMerge.BytesOf(slot.Published)));

    /// <summary>Takes what another hub has of streams as durable here: only once all its rows are. Again, or in another order = no change.</summary>
    /// <param name="ledgers">Streams not declared here, and bytes that are no ledger, are passed over.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Streams about which something was new.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<int> MergeLedgersAsync(IReadOnlyCollection<LedgerCopy> ledgers, CancellationToken cancellationToken = default)
    {
        var changed = 0;
        await DoAsync(() => changed = LedgerMerge.Apply(_writer, ledgers), cancellationToken).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Where every row of an agent went; all zero when unknown.</summary>
    /// <param name="agent">The agent.</param>
    public Account Account(AgentId agent) =>
        Accounting.Of(agent, _writer.Slots.Values, _writer.State.Dictionary);

    /// <summary>A consistent view of everything committed.</summary>
    /// <exception cref="StoreUnavailableException">The disk fails.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public StoreSnapshot Snapshot()
    {
        var session = _sessions.Take();
        try
        {
            while (true)
            {
                // Memory first, then the file: a row is in one or both, never in neither. When the tables changed in between, the chunks may
                // hold rows of later commits: look again.
                var state = _writer.State;
                session.Begin();
                if (state.HasSameTables(_writer.State))
                {
                    return new StoreSnapshot(_sessions, session, state);
                }

                session.End();
            }
        }
        catch (SqliteFault fault)
        {
            session.Dispose();
            throw new StoreUnavailableException($"series.db cannot be read now ({fault.Message})", fault);
        }
    }

    /// <summary>Reads the commit log for a watcher that fell behind.</summary>
    /// <param name="after">Position already seen.</param>
    /// <param name="maxRows">Stop after so many rows, at least 1.</param>
    /// <exception cref="StoreUnavailableException">The disk fails.</exception>
    public CommitPage ReadCommits(CommitPosition after, int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        var session = _sessions.Take();
        try
        {
            var state = _writer.State;
            session.Begin();
            var page = CommitReading.Read(session, state, _decoder, after, maxRows);
            session.End();
            _sessions.Give(session);
            return page;
        }
        catch (SqliteFault fault)
        {
            session.Dispose();
            throw new StoreUnavailableException($"The commit log cannot be read now ({fault.Message})", fault);
        }
    }

    /// <summary>Erases rows: masks them for every later read and deletes them from the chunks, overwriting their pages. Late rows inside are counted erased. Again = no change.</summary>
    /// <param name="masks">Resolved ranges; each stays for ever.</param>
    /// <param name="cancellationToken">Gives up waiting; the rows stay hidden, some may still take room until the same masks come again.</param>
    /// <returns>Rows deleted from chunks.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<long> EraseAsync(ImmutableArray<RowMask> masks, CancellationToken cancellationToken = default)
    {
        await DoAsync(() => _writer.Mask(masks), cancellationToken).ConfigureAwait(false);
        return await RemoveAsync(masks, isSecret: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops all rows of series before a time (retention): they leave the chunks and the commit log shows them no more. Rows of those times stored later are kept.</summary>
    /// <param name="before">First t kept, µs of the boot, by series.</param>
    /// <param name="cancellationToken">Gives up waiting; what is dropped stays dropped.</param>
    /// <returns>Rows deleted from chunks.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<long> DropAsync(IReadOnlyDictionary<SeriesId, long> before, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ImmutableArray<RowMask> spans = [.. before.Select(pair => new RowMask(pair.Key, long.MinValue, pair.Value)).OrderBy(span => span.Series.Value)];
        var commit = 0L;
        await DoAsync(() => commit = _writer.BeginDrop(spans), cancellationToken).ConfigureAwait(false);
        var rows = await RemoveAsync(spans, isSecret: false, cancellationToken).ConfigureAwait(false);

        // Last, so that what a crash leaves undone is done again.
        await DoAsync(() => _writer.EndDrop(spans, commit), cancellationToken).ConfigureAwait(false);
        return rows;
    }

    /// <summary>True once these rows are hidden from every later read, whether there were any or not; asks no file and no server.</summary>
    /// <param name="rows">As they were, or would be, erased.</param>
    public bool IsErased(RowMask rows) => Array.Exists(_writer.State.MasksOf(rows.Series), mask => mask.FromUs <= rows.FromUs && mask.ToUs >= rows.ToUs);

    /// <summary>Rows of the series with t before this were dropped; <see cref="long.MinValue"/> = none.</summary>
    /// <param name="series">The series.</param>
    public long DroppedBefore(SeriesId series) => _writer.State.Dropped.TryGetValue(series, out var dropped) ? dropped.BeforeUs : long.MinValue;

    /// <summary>Everything up to this commit is with the consumer of the log that must miss nothing; null while there is none. What it has not stays in the log whatever its age and size.</summary>
    public long? ForwardedThrough => _writer.ForwardedThrough;

    /// <summary>Names such a consumer: it begins before the oldest commit kept, or goes on where it was.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Commit up to which it has everything.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<long> StartForwardingAsync(CancellationToken cancellationToken = default)
    {
        await DoAsync(() => _writer.MoveForwardCursor((at, log) => at ?? Math.Max(0, log.Oldest - 1)), cancellationToken).ConfigureAwait(false);
        return _writer.ForwardedThrough ?? 0;
    }

    /// <summary>The consumer has more. Nothing moves when the cursor is no longer where it read from: somebody asked for a replay meanwhile.</summary>
    /// <param name="from">Where the consumer read from.</param>
    /// <param name="through">Last commit it has wholly.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Where the cursor stands now: read on from there.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<long> ForwardedAsync(long from, long through, CancellationToken cancellationToken = default)
    {
        await DoAsync(() => _writer.MoveForwardCursor((at, _) => at == from ? through : at), cancellationToken).ConfigureAwait(false);
        return _writer.ForwardedThrough ?? through;
    }

    /// <summary>Forgets the consumer: the log is purged by age and size alone again.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public ValueTask StopForwardingAsync(CancellationToken cancellationToken = default) =>
        DoAsync(() => _writer.MoveForwardCursor((_, _) => null), cancellationToken);

    /// <summary>Has the consumer of the log offered everything again that was committed in the last so long, as far as the log goes back; by identity, so that nothing doubles.</summary>
    /// <param name="back">Running time of the store; while the hub was off nothing counts, so that more comes again rather than less.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Commits that come again; null when nobody consumes the log.</returns>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public async ValueTask<ReplayedCommits?> ReplayAsync(TimeSpan back, CancellationToken cancellationToken = default)
    {
        ReplayedCommits? replayed = null;
        await DoAsync(
            () => _writer.MoveForwardCursor((at, log) =>
            {
                if (at is not { } through)
                {
                    return null;
                }

                var to = Math.Min(through, _writer.NewestBefore(back));
                replayed = new ReplayedCommits(to + 1, through);
                return to;
            }),
            cancellationToken).ConfigureAwait(false);
        return replayed;
    }

    /// <summary>Writes everything in memory to chunks; for maintenance and tests, never needed.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => DoAsync(_writer.FlushAll, cancellationToken);

    /// <summary>Takes what was submitted, commits it, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer.Queue.Close(new StoreUnavailableException("The store is closed"));
        await _writer.Ended.Task.ConfigureAwait(false);
        _sessions.Dispose();
        _lock.Dispose();
    }

    private async ValueTask<long> RemoveAsync(ImmutableArray<RowMask> spans, bool isSecret, CancellationToken cancellationToken)
    {
        var removal = new Removal(spans, isSecret);
        while (!removal.IsDone)
        {
            await DoAsync(() => _writer.Remove(removal), cancellationToken).ConfigureAwait(false);
        }

        return removal.Rows;
    }

    /// <summary>Something was committed; a waiter asks for the task, then looks, then awaits it.</summary>
    internal Task Arrived => _arrived.Task;

    /// <summary>Brings rows that are only in InfluxDB.</summary>
    internal RemoteRows? Remote
    {
        get => _sessions.Remote;
        set => _sessions.Remote = value;
    }

    internal StoreWriter Writer => _writer;

    /// <summary>What must be done before a submission can be compared with what is there; its task, or null when nothing.</summary>
    internal Func<Submission, CancellationToken, Task?>? BeforeSubmit { get; set; }

    /// <summary>Rows ever stored, by the ledgers: also those of earlier starts, and those erased since.</summary>
    public long StoredTotal => _storedBefore + _writer.Stats.RowsStored;

    /// <summary>Submits again what met rows that had left for InfluxDB meanwhile: this time they are brought back first.</summary>
    internal void SubmitAgain(IReadOnlyList<Submission> submissions)
    {
        foreach (var submission in submissions)
        {
            _ = SubmitAgainAsync(submission);
        }
    }

    private async Task SubmitAgainAsync(Submission submission)
    {
        try
        {
            await Task.Yield();
            await SubmitAsync(submission).ConfigureAwait(false);
        }
        catch (StoreUnavailableException reason)
        {
            submission.Fail(reason);
        }
    }

    private async Task SubmitAfterAsync(Task first, Submission submission, CancellationToken cancellationToken)
    {
        await first.ConfigureAwait(false);
        await _writer.Queue.AddAsync(submission, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Work of the InfluxDB side on the writer's thread, in one transaction.</summary>
    internal ValueTask WriteAsync(Action<SqliteSession> work, bool flushFirst = false, CancellationToken cancellationToken = default) =>
        DoAsync(() => _writer.Transact(work, flushFirst), cancellationToken);

    /// <summary>Reads tables of the InfluxDB side in one read transaction.</summary>
    internal T Read<T>(Func<SqliteSession, T> read)
    {
        var session = _sessions.Take();
        try
        {
            session.Begin();
            var result = read(session.Sqlite);
            session.End();
            _sessions.Give(session);
            return result;
        }
        catch (SqliteFault fault)
        {
            session.Dispose();
            throw new StoreUnavailableException($"series.db cannot be read now ({fault.Message})", fault);
        }
    }

    private void Pulse() =>
        Interlocked.Exchange(ref _arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async ValueTask DoAsync(Action work, CancellationToken cancellationToken)
    {
        var errand = new Errand(work);
        await _writer.Queue.AddAsync(errand, cancellationToken).ConfigureAwait(false);
        await errand.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Commits the consumer of the log is offered again; none when <paramref name="Last"/> is before <paramref name="First"/>.</summary>
/// <param name="First">First commit.</param>
/// <param name="Last">Last commit it had had.</param>
public readonly record struct ReplayedCommits(long First, long Last);
