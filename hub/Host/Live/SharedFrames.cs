using StemLab.Hub.Derive;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>A message for many watchers. Its parts are read, never written.</summary>
internal sealed class SharedMessage(WatchReadingsResponse message)
{
    private readonly Lazy<WatchReadingsResponse> _packed = new(message.Packed);
    private readonly Lazy<SharedMessage?> _withoutChanges = new(() => Without(message));

    /// <summary>To be read, or written as JSON.</summary>
    public WatchReadingsResponse Message { get; } = message;

    /// <summary>The same, for sending as bytes.</summary>
    public WatchReadingsResponse Packed => _packed.Value;

    /// <summary>The same for who was told the changes already; null when it says nothing else.</summary>
    public SharedMessage? WithoutChanges => Message.Changed.Count == 0 ? this : _withoutChanges.Value;

    private static SharedMessage? Without(WatchReadingsResponse message)
    {
        if (message.Blocks.Count == 0)
        {
            return null;
        }

        var rest = message.Clone();
        rest.Changed.Clear();
        return new SharedMessage(rest);
    }
}

/// <summary>One message and the stretch of the log and of the changes it carries. The names of its channels are each watcher's own: it knows which it was told.</summary>
/// <param name="From">Where a watcher stands whose next message this is.</param>
/// <param name="To">Where it stands then; the same when there are no rows.</param>
/// <param name="ToldBefore">The version through which the messages before told what changed.</param>
/// <param name="Told">The version through which it is told with this one.</param>
/// <param name="Of">Under which the rows were read and the changes told.</param>
/// <param name="Message">Null when nothing is to be said: what changed is of other channels.</param>
internal sealed record Frame(CommitPosition From, CommitPosition To, long ToldBefore, long Told, Derivation Of, SharedMessage? Message);

/// <summary>
/// The newest messages of one selection, built once and sent to every watcher that keeps up. Who falls behind the ring goes back to reading the log alone.
/// Safe from any thread; one pump adds, and the thread that adds writes to who waits with a <see cref="FrameBell"/> of its own thread.
/// </summary>
internal sealed class SharedFrames(CommitPosition start)
{
    private const int Kept = 256;

    private readonly Lock _gate = new();
    private readonly Frame?[] _frames = new Frame?[Kept];
    private long _next;
    private bool _hasEnded;
    private List<FrameBell> _waiting = [];
    private TaskCompletionSource? _arrived;

    // The pump's alone: who was rung before.
    private List<FrameBell> _rung = [];

    public void Add(Frame frame) => Tell(frame);

    /// <summary>No more frames come: who waits for one reads the log alone.</summary>
    public void End() => Tell(null);

    private void Tell(Frame? frame)
    {
        TaskCompletionSource? arrived;
        lock (_gate)
        {
            _hasEnded = frame is null;
            if (frame is not null)
            {
                _frames[_next++ % Kept] = frame;
            }

            (arrived, _arrived) = (_arrived, null);
            (_waiting, _rung) = (_rung, _waiting);
        }

        arrived?.SetResult();
        foreach (var bell in _rung)
        {
            bell.Ring();
        }

        _rung.Clear();
    }

    /// <summary>The number of the message that goes on where a watcher stands, there or still to come; false when the watcher must read on alone.</summary>
    /// <param name="told">The version through which the messages before it told what changed; the watcher sees to it that it knows as much.</param>
    public bool TryJoin(CommitPosition position, out long number, out long told)
    {
        lock (_gate)
        {
            (number, told) = (_next, _next == 0 ? 0 : _frames[(_next - 1) % Kept]!.Told);
            if (_hasEnded || position == Ends)
            {
                return !_hasEnded;
            }

            for (number = _next - 1; number >= Math.Max(0, _next - Kept); number--)
            {
                var frame = _frames[number % Kept]!;
                if (frame.From == position)
                {
                    told = frame.ToldBefore;
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The frame of a number; null when it is still to come.</summary>
    /// <param name="isGone">It was dropped, or will not come: the watcher reads on alone.</param>
    public Frame? At(long number, out bool isGone)
    {
        lock (_gate)
        {
            isGone = number < _next - Kept || (number >= _next && _hasEnded);
            return isGone || number >= _next ? null : _frames[number % Kept];
        }
    }

    /// <summary>Completes when the frame of a number is there, or the watcher has left.</summary>
    /// <param name="bell">The watcher's own; it waits for one thing at a time.</param>
    public ValueTask WaitAsync(FrameBell bell, long number)
    {
        lock (_gate)
        {
            if (number < _next || bell.HasLeft || _hasEnded)
            {
                return ValueTask.CompletedTask;
            }

            _waiting.Add(bell);
            return bell.Hang();
        }
    }

    /// <summary>The watcher waits no more.</summary>
    public void Leave(FrameBell bell)
    {
        lock (_gate)
        {
            bell.HasLeft = true;
            if (!_waiting.Remove(bell))
            {
                return;
            }
        }

        bell.Ring();
    }

    /// <summary>Completes at the next frame, or when no more come. Ask before looking.</summary>
    public Task Arrival()
    {
        lock (_gate)
        {
            return (_arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Where the newest frame ends, at first where the pump started; null when no more come.</summary>
    public CommitPosition? Aligned
    {
        get
        {
            lock (_gate)
            {
                return _hasEnded ? null : Ends;
            }
        }
    }

    private CommitPosition Ends => _next == 0 ? start : _frames[(_next - 1) % Kept]!.To;
}
