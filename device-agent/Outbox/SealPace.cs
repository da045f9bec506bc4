namespace StemLab.Agent.Outbox;

/// <summary>How often blocks are sealed: every second, ten times a second while somebody watches and there is something fast to see. Safe from any thread.</summary>
internal sealed class SealPace(bool hasFastInputs, TimeProvider time)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Watched = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromHours(1);
    private readonly long startedAt = time.GetTimestamp();
    private long watchedUntilTicks;

    /// <summary>An input of this interval or a shorter one is fast: 5 Hz.</summary>
    public static TimeSpan FastInterval { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Set when the pace may have changed.</summary>
    public AsyncSignal Changed { get; } = new();

    /// <summary>Time from one seal to the next.</summary>
    public TimeSpan Interval => hasFastInputs && time.GetElapsedTime(startedAt).Ticks < Volatile.Read(ref watchedUntilTicks) ? Watched : Calm;

    /// <summary>Somebody watches, for so long unless said again; at most an hour.</summary>
    public void Watch(TimeSpan duration)
    {
        var until = time.GetElapsedTime(startedAt) + (duration < LongestWatch ? duration : LongestWatch);
        Volatile.Write(ref watchedUntilTicks, until.Ticks);
        Changed.Set();
    }
}
