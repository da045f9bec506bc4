using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Access;

/// <summary>Now, as this room writes it down, and whether a lifetime is over on a hub that may not know the time. Safe from any thread.</summary>
internal sealed class AccessClock(HubClock clock, HubUtc utc)
{
    public Instant Now => clock.Now;

    /// <summary>UTC µs; null while it is not known.</summary>
    public long? UtcUs => utc.At(clock.NowUs())?.UtcUs;

    /// <summary>A lifetime that begins now.</summary>
    public Lifetime Lasting(TimeSpan length)
    {
        var lengthUs = (long)length.TotalMicroseconds;
        return new Lifetime(clock.BootId, clock.NowUs() + lengthUs, UtcUs + lengthUs);
    }

    /// <summary>
    /// True when the end has come. Within the boot it began in, the boot clock tells. After a restart UTC tells; where the hub does not know it, or did not then,
    /// what was to end is taken for ended: a secret must not live longer because a clock is missing.
    /// </summary>
    public bool IsOver(Lifetime? lifetime)
    {
        if (lifetime is not { } limited)
        {
            return false;
        }

        if (limited.Boot == clock.BootId)
        {
            return clock.NowUs() >= limited.EndUs;
        }

        return UtcUs is not { } now || limited.EndUtcUs is not { } end || now >= end;
    }
}
