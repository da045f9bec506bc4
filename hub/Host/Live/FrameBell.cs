using System.Threading.Tasks.Sources;

namespace StemLab.Hub.Live;

/// <summary>Wakes one watcher at the next shared message, again and again, without leaving anything behind to be collected. One wait at a time; who rings is settled by <see cref="SharedFrames"/>.</summary>
internal sealed class FrameBell : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _rung;

    /// <param name="inPool">The watcher goes on in the thread pool; false = on the thread that rings, for one that only hands over bytes.</param>
    public FrameBell(bool inPool) => _rung.RunContinuationsAsynchronously = inPool;

    /// <summary>Nobody waits here any more. Under the gate of <see cref="SharedFrames"/>.</summary>
    public bool HasLeft { get; set; }

    /// <summary>What the watcher awaits until <see cref="Ring"/>.</summary>
    public ValueTask Hang()
    {
        _rung.Reset();
        return new ValueTask(this, _rung.Version);
    }

    /// <summary>Once for each <see cref="Hang"/>.</summary>
    public void Ring() => _rung.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _rung.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _rung.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _rung.OnCompleted(continuation, state, token, flags);
}
