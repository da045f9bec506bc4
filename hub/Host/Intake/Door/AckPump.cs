using System.Threading.Channels;

namespace StemLab.Hub.Intake.Door;

/// <summary>
/// Answers one connection's publishes in the order they were read, each after its commit. One reader (this loop), one writer (the connection's read loop).
/// Goes on settling after the connection has died, so that every publish is counted once.
/// </summary>
internal sealed class AckPump : IDisposable
{
    private const int AckBatchBytes = 4096;

    private readonly DoorConnection _connection;
    private readonly Settlement _settlement;
    private readonly TimeSpan _commitTimeout;
    private readonly TimeProvider _time;

    // Full: the connection is not read.
    private readonly Channel<Ticket> _tickets;
    private readonly SemaphoreSlim _largePlaces;
    private readonly TouchedRanges _touched = new();
    private readonly byte[] _acks = new byte[AckBatchBytes];
    private int _ackBytes;

    // When the pump began to wait for a commit; 0 = it does not.
    private long _waitingSince;
    private volatile bool _dead;

    public AckPump(DoorConnection connection, Settlement settlement, IntakeOptions options, TimeProvider time)
    {
        _connection = connection;
        _settlement = settlement;
        _commitTimeout = options.CommitTimeout;
        _time = time;
        _largePlaces = new SemaphoreSlim(options.WindowLargePublishes);
        _tickets = Channel.CreateBounded<Ticket>(new BoundedChannelOptions(options.WindowPublishes)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,

            // A pump that was idle goes on in the read loop, only to find that the commit is still to come: no thread is woken for that.
            AllowSynchronousContinuations = true,
        });
    }

    /// <summary>Takes a place for a large publish; waits while all are taken.</summary>
    public Task TakeLargePlaceAsync(CancellationToken cancellationToken) => _largePlaces.WaitAsync(cancellationToken);

    public ValueTask AddAsync(in Ticket ticket, CancellationToken cancellationToken) =>
        _tickets.Writer.TryWrite(ticket) ? default : _tickets.Writer.WriteAsync(ticket, cancellationToken);

    /// <summary>No more publishes will come.</summary>
    public void Complete() => _tickets.Writer.TryComplete();

    public void Dispose() => _largePlaces.Dispose();

    public async Task RunAsync()
    {
        while (await _tickets.Reader.WaitToReadAsync())
        {
            while (_tickets.Reader.TryRead(out var ticket))
            {
                if (ticket.Submission is { Completion.IsCompleted: false } waiting)
                {
                    await FlushAsync();
                    await CommitAsync(waiting.Completion);
                }

                await SettleAsync(ticket);
            }

            await FlushAsync();
        }
    }

    /// <summary>Closes the connection unanswered when the commit it waits for takes too long. Any thread, now and then: a timer a publish would cost more than the publish.</summary>
    public void CheckCommit()
    {
        if (Volatile.Read(ref _waitingSince) is var since && since != 0 && _time.GetElapsedTime(since) > _commitTimeout)
        {
            Die(IntakeCount.ClosedCommitTimeout);
        }
    }

    /// <summary>Waits for a commit, also where the connection has gone, for the counters' sake.</summary>
    private async Task CommitAsync(Task completion)
    {
        Volatile.Write(ref _waitingSince, _time.GetTimestamp());
        await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _waitingSince, 0);
    }

    private async ValueTask SettleAsync(Ticket ticket)
    {
        var reason = ticket.Reason;
        if (ticket.Submission is { } submission)
        {
            if (!submission.Completion.IsCompletedSuccessfully)
            {
                _settlement.Refused(submission);
                Die(IntakeCount.ClosedStoreUnavailable);
                ReleasePlace(ticket);
                return;
            }

            // A refusal stays one although its bytes were kept aside.
            var settled = _settlement.Settle(submission, submission.Completion.Result, _touched);
            reason = settled == ReasonCode.Success ? reason : settled;
        }

        if (ticket.FanOut is not null)
        {
            await _connection.FanOutAsync(ticket.FanOut);
        }

        ReleasePlace(ticket);
        if (ticket.Answer != Answer.None)
        {
            if (_ackBytes > AckBatchBytes - 5)
            {
                await FlushAsync();
            }

            Append(ticket, reason);
        }
    }

    private void ReleasePlace(in Ticket ticket)
    {
        if (ticket.IsLarge)
        {
            _largePlaces.Release();
        }
    }

    private void Append(in Ticket ticket, byte reason)
    {
        // MQTT 3.1.1 has no reason code; MQTT 5 leaves it out for success.
        var withReason = reason != ReasonCode.Success && _connection.IsV5;
        var at = _acks.AsSpan(_ackBytes);
        at[0] = (byte)((int)ticket.Answer << 4);
        at[1] = (byte)(withReason ? 3 : 2);
        at[2] = (byte)(ticket.PacketId >> 8);
        at[3] = (byte)ticket.PacketId;
        if (withReason)
        {
            at[4] = reason;
        }

        _ackBytes += withReason ? 5 : 4;
    }

    private async Task FlushAsync()
    {
        var bytes = _ackBytes;
        _ackBytes = 0;
        if (_dead)
        {
            _touched.Clear();
            return;
        }

        var isGone = (bytes > 0 && !await _connection.WriteAsync(_acks.AsMemory(0, bytes)))
            || (!_touched.IsEmpty && !await _connection.SendReceiptsAsync(_touched));
        if (isGone)
        {
            _dead = true;
        }

        _touched.Clear();
    }

    private void Die(IntakeCount why)
    {
        if (!_dead)
        {
            _dead = true;
            _connection.Abort(why);
        }
    }
}
