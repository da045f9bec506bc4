using StemLab.Hub.Derive;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>One message and the stretch of the log it carries. The names of its channels are each watcher's own: it knows which it was told.</summary>
/// <param name="From">Where a watcher stands whose next message this is.</param>
/// <param name="To">Where it stands then.</param>
/// <param name="Of">Under which the rows were read.</param>
/// <param name="Message">To be read, or written as JSON.</param>
/// <param name="Packed">The same, for sending as bytes.</param>
internal sealed record Frame(CommitPosition From, CommitPosition To, Derivation Of, WatchReadingsResponse Message, WatchReadingsResponse Packed);

/// <summary>
/// The newest messages of one selection, built once and sent to every watcher that keeps up. Who falls behind the ring goes back to reading the log alone.
/// Safe from any thread; one pump adds.
/// </summary>
internal sealed class SharedFrames(CommitPosition start)
{
    private const int Kept = 256;

    private readonly Lock _gate = new();
    private readonly Frame?[] _frames = new Frame?[Kept];
    private long _next;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Frame frame)
    {
        TaskCompletionSource arrived;
        lock (_gate)
        {
            _frames[_next++ % Kept] = frame;
            arrived = _arrived;
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrived.SetResult();
    }

    /// <summary>The frame that starts where a watcher stands; null when there is none (yet, or any more), with a task that ends at the next frame.</summary>
    public Frame? At(CommitPosition position, out Task next)
    {
        lock (_gate)
        {
            next = _arrived.Task;
            for (var number = _next - 1; number >= Math.Max(0, _next - Kept); number--)
            {
                var frame = _frames[number % Kept]!;
                if (frame.From == position)
                {
                    return frame;
                }
            }

            return null;
        }
    }

    /// <summary>Where the newest frame ends, at first where the pump started.</summary>
    public CommitPosition Aligned
    {
        get
        {
            lock (_gate)
            {
                return _next == 0 ? start : _frames[(_next - 1) % Kept]!.To;
            }
        }
    }
}
