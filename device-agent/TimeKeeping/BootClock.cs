using StemLab.Wire;

namespace StemLab.Agent.TimeKeeping;

/// <summary>The clock that stamps readings: µs of one boot, never back, through suspend. Safe from any thread.</summary>
internal sealed class BootClock(BootRecord boot, BootSource source)
{
    private const long LongestSleepUs = 50_000;
    private long latest = long.MinValue;

    /// <summary>The boot it belongs to.</summary>
    public BootRecord Boot { get; } = boot;

    /// <summary>Identity of the boot.</summary>
    public Id128 BootId => Boot.Id;

    /// <summary>Now, µs of the boot; never less than what it said before.</summary>
    public long NowUs()
    {
        var now = source.NowUs() + Boot.OffsetUs;
        var before = Volatile.Read(ref latest);
        while (now > before)
        {
            var seen = Interlocked.CompareExchange(ref latest, now, before);
            if (seen == before)
            {
                return now;
            }

            before = seen;
        }

        return before;
    }

    /// <summary>Blocks the calling thread until the clock shows a time or the token is cancelled; for the fast lane's own threads only.</summary>
    public void SleepUntil(long tUs, CancellationToken cancellationToken)
    {
        for (var now = NowUs(); now < tUs && !cancellationToken.IsCancellationRequested; now = NowUs())
        {
            source.SleepUntilUs(Math.Min(tUs, now + LongestSleepUs) - Boot.OffsetUs);
        }
    }

    /// <summary>Waits until the clock shows a time.</summary>
    public async Task WaitUntilAsync(long tUs, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var left = tUs - NowUs(); left > 0; left = tUs - NowUs())
        {
            await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(left, 1_000)), time, cancellationToken);
        }
    }
}
