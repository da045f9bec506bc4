using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>A point in time: on one boot's clock, or as UTC where a person typed it. The default value is UTC 0 and means nothing.</summary>
/// <param name="Boot">The clock <paramref name="Us"/> counts on; empty = it is UTC.</param>
/// <param name="Us">µs of that boot's clock, or UTC µs since 1970.</param>
internal readonly record struct Instant(Id128 Boot, long Us)
{
    public bool IsUtc => Boot.IsEmpty;

    public static Instant AtBoot(Id128 boot, long tUs) =>
        boot.IsEmpty ? throw new ArgumentException("BUG: a boot time names its boot", nameof(boot)) : new Instant(boot, tUs);

    public static Instant AtUtc(long utcUs) => new(default, utcUs);
}

/// <summary>"Now" on the hub's boot clock; given by the room that keeps it, so that this one knows nobody.</summary>
internal delegate Instant HubNow();
