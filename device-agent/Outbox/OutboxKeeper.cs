namespace StemLab.Agent.Outbox;

/// <summary>The loop that seals at the pace and saves once a second.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="pace">How often it seals.</param>
/// <param name="isLookedAt">True while somebody reads the file beside the agent: then everything is saved every second. Quick; asked once a second.</param>
/// <param name="time">For waiting.</param>
internal sealed class OutboxKeeper(Outbox outbox, SealPace pace, Func<bool> isLookedAt, TimeProvider time)
{
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(1);
    private long turns;

    /// <summary>How often it has turned; grows at least once a second while it lives.</summary>
    public long Turns => Volatile.Read(ref turns);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var keptAt = time.GetTimestamp();
        var sealedAt = keptAt;
        while (true)
        {
            var left = pace.Interval - time.GetElapsedTime(sealedAt);
            if (left > TimeSpan.Zero)
            {
                await pace.Changed.WaitAsync(left, time, cancellationToken);
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            sealedAt = time.GetTimestamp();
            outbox.Seal();
            if (time.GetElapsedTime(keptAt) >= KeepInterval)
            {
                keptAt = time.GetTimestamp();
                outbox.Keep(all: isLookedAt());
            }

            Volatile.Write(ref turns, turns + 1);
        }
    }
}
