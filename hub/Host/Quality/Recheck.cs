using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>How far judging again has come. Immutable.</summary>
internal sealed record RecheckProgress(long Done, long Total, string Channel)
{
    public static RecheckProgress Idle { get; } = new(0, 0, "");

    public bool IsRunning => Channel.Length > 0;
}

/// <summary>
/// Judges again, in the background, what facts, rules or late rows have touched: piece by piece, the newest of a channel first, at most one core. Rows that wait
/// are judged by whoever asks for them. One loop.
/// </summary>
internal sealed class Recheck(QualityBook book, DerivationBook derivations, ObservationStore store, TimeProvider time, ILogger<Recheck> logger) : BackgroundService
{
    /// <summary>Rows judged in one go, about.</summary>
    public const int RowsOfAPiece = 250_000;

    private const int Parts = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private RecheckProgress _progress = RecheckProgress.Idle;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the work stands, and a task that ends when it has moved.</summary>
    public (RecheckProgress Progress, Task Moved) State => (Volatile.Read(ref _progress), Volatile.Read(ref _moved).Task);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                ImmutableArray<RecheckTask> open = book.Open(out Task more);
                if (open.IsEmpty)
                {
                    Tell(RecheckProgress.Idle);
                    await more.WaitAsync(stoppingToken);
                    continue;
                }

                // On a thread of its own: a piece keeps a core busy for long, and the pool's few threads are for those who answer senders.
                await Task.Factory.StartNew(() => Work(open, stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (Exception fault) when (fault is StoreUnavailableException or IOException or ObjectDisposedException)
            {
                QualityLog.RecheckFailed(logger, fault);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private void Work(ImmutableArray<RecheckTask> open, CancellationToken cancellationToken)
    {
        foreach (RecheckTask _ in Steps(open, cancellationToken))
        {
        }
    }

    /// <summary>Judges the newest piece of each stretch that was open, one after the other.</summary>
    /// <returns>Each stretch twice: before its piece is judged, and judged but not settled yet.</returns>
    public IEnumerable<RecheckTask> Steps(ImmutableArray<RecheckTask> open, CancellationToken cancellationToken)
    {
        Derivation derivation = derivations.Current;
        using StoreSnapshot snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        long waiting = open.Sum(task => derivation.TryFindChannel(task.Channel, out ChannelView? channel) ? CheckOf(snapshot, derivation, channel, cancellationToken).Count(task.Span.FromUs, task.Span.ToUs) : 0);
        RecheckProgress before = _progress;
        long done = before.IsRunning ? before.Done : 0;
        foreach (RecheckTask task in open)
        {
            if (!derivation.TryFindChannel(task.Channel, out ChannelView? channel))
            {
                continue;
            }

            RangeCheck check = CheckOf(snapshot, derivation, channel, cancellationToken);
            UtcSpan piece = Newest(check, task.Span);
            long rows = check.Count(piece.FromUs, piece.ToUs);
            Tell(new RecheckProgress(done, done + waiting, task.Channel));
            yield return task;
            RangeVerdicts verdicts = check.Judge(piece.FromUs, piece.ToUs, withReach: true, cancellationToken);
            yield return task;
            if (!book.TrySettle(task, piece, verdicts, derivation))
            {
                yield break;
            }

            done += rows;
            waiting = Math.Max(0, waiting - rows);
            Tell(new RecheckProgress(done, done + waiting, task.Channel));
        }
    }

    private RangeCheck CheckOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, CancellationToken cancellationToken) =>
        new(snapshot, derivation, channel, book.RulesOf(derivation).Of(channel), book.InputFlags(snapshot, derivation, channel, cancellationToken));

    /// <summary>The newest part of a stretch with about as many rows as are judged in one go.</summary>
    private static UtcSpan Newest(RangeCheck check, UtcSpan span)
    {
        if (check.Count(span.FromUs, span.ToUs) <= RowsOfAPiece || !check.TryExtent(out long firstUs, out long lastUs))
        {
            return span;
        }

        long from = Math.Max(span.FromUs, firstUs);
        long to = Math.Min(span.ToUs == long.MaxValue ? long.MaxValue : span.ToUs, lastUs == long.MaxValue ? lastUs : lastUs + 1);
        (long low, long high) = (from, to);
        for (int i = 0; i < Parts && high - low > 1; i++)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = check.Count(middle, to) > RowsOfAPiece ? (middle, high) : (low, middle);
        }

        // High is the earliest moment with few enough rows after it; one row of a very dense series is enough to go on.
        return high >= to ? span : new UtcSpan(high, span.ToUs);
    }

    private void Tell(RecheckProgress progress)
    {
        if (progress == _progress)
        {
            return;
        }

        Volatile.Write(ref _progress, progress);
        TaskCompletionSource moved = _moved;
        Volatile.Write(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        moved.SetResult();
    }
}
