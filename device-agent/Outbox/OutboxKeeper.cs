namespace StemLab.Agent.Outbox;

/// <summary>The loop that seals at the pace and saves once a second.</summary>
internal sealed class OutboxKeeper(Outbox outbox, SealPace pace, TimeProvider time)
{
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(1);

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
                outbox.Keep(all: false);
            }
        }
    }
}
