namespace StemLab.Agent.Sensors.Gps;

/// <summary>
/// What a receiver says of the time, once it has agreed with itself for a while. A receiver whose time jumps is not believed until it agrees with itself again. Told by one thread, asked from any.
/// </summary>
/// <param name="time">For the time between its words.</param>
internal sealed class GpsClock(TimeProvider time)
{
    /// <summary>A message comes up to a second after the moment it tells, over a slow line later: half of that is added, half is the bound.</summary>
    private const long DelayUs = 600_000;

    private const long SigmaUs = 700_000;
    private const long JumpUs = 2_000_000;
    private const long LiveUs = 400_000;
    private const int Agreements = 5;

    // Before this program, and after the receivers' next turn of the week counter, no receiver tells the truth.
    private const long EarliestUs = 1_735_689_600_000_000;
    private const long LatestUs = 3_471_292_800_000_000;
    private static readonly TimeSpan Keeps = TimeSpan.FromSeconds(10);

    private volatile Sighting? last;
    private volatile int agreed;
    private int jumps;

    /// <summary>Times it jumped by more than two seconds.</summary>
    public int Jumps => Volatile.Read(ref jumps);

    /// <summary>A message with a time has come; false where it is not believed.</summary>
    public bool Tell(long utcUs)
    {
        if (utcUs is < EarliestUs or > LatestUs)
        {
            (last, agreed) = (null, 0);
            return false;
        }

        var now = new Sighting(utcUs, time.GetTimestamp());
        var before = last;
        last = now;
        var apartUs = before is null ? 0 : Math.Abs(utcUs - before.UtcUs - (long)time.GetElapsedTime(before.At, now.At).TotalMicroseconds);
        if (apartUs > JumpUs)
        {
            Interlocked.Increment(ref jumps);
            agreed = 0;
            return false;
        }

        // Messages that had gathered come all at once: they are in order, but not of now.
        agreed = apartUs > LiveUs ? 0 : Math.Min(agreed + 1, Agreements);
        return true;
    }

    /// <summary>UTC now, µs since 1970, with the half-width of a bound, µs; null while it does not know.</summary>
    public (long UtcUs, long SigmaUs)? Now()
    {
        if (last is not { } sighting || agreed < Agreements)
        {
            return null;
        }

        var age = time.GetElapsedTime(sighting.At);
        return age <= Keeps ? (sighting.UtcUs + (long)age.TotalMicroseconds + DelayUs, SigmaUs) : null;
    }

    private sealed record Sighting(long UtcUs, long At);
}
