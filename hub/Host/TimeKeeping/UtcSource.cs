namespace StemLab.Hub.TimeKeeping;

/// <summary>Gives UTC, or nothing while nothing honest can be said.</summary>
/// <remarks>A machine's clock is believed only as far as its own state says so; see README.md for the rule and why.</remarks>
internal sealed record UtcSource(Func<UtcReading?> Read)
{
    /// <summary>2025-01-01: an earlier clock was never set (a Pi without a battery wakes in 1970 or at its last shutdown).</summary>
    private const long EarliestPlausibleUs = 1_735_689_600_000_000;

    /// <summary>timesyncd reports no error at all right after a poll; SNTP over the Internet is not better than this.</summary>
    private const long LeastSynchronisedUs = 20_000;

    /// <summary>A clock nobody disciplines, but that a battery or the hypervisor keeps: 20 ppm over a year.</summary>
    private const long UndisciplinedUs = 600_000_000;

    /// <summary>No UTC at all: times only order readings.</summary>
    public static UtcSource None { get; } = new(() => null);

    /// <summary>This machine's clock.</summary>
    public static UtcSource Machine { get; } = new(ReadMachine);

    /// <summary>For tests: whatever the function gives, as if disciplined.</summary>
    public static UtcSource Fixed(Func<long> utcUs, long sigmaUs) => new(() => new UtcReading(utcUs(), sigmaUs, "fixed", Synchronised: true));

    /// <summary>Judges one look at a machine's clock. Pure.</summary>
    /// <param name="clockIsKept">A real-time clock or a hypervisor carries it over a power cut.</param>
    public static UtcReading? Judge(long utcUs, bool synchronised, long maxErrorUs, bool clockIsKept)
    {
        if (utcUs is < EarliestPlausibleUs or > Facts.FactCheck.LatestUtcUs)
        {
            return null;
        }

        if (synchronised)
        {
            return new UtcReading(utcUs, Math.Max(maxErrorUs, LeastSynchronisedUs), "ntp", Synchronised: true);
        }

        return clockIsKept ? new UtcReading(utcUs, UndisciplinedUs, "rtc", Synchronised: false) : null;
    }

    private static UtcReading? ReadMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            long utcUs = (TimeProvider.System.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) / 10;
            return Judge(utcUs, synchronised: false, long.MaxValue, clockIsKept: true);
        }

        bool synchronised = KernelClock.TryDiscipline(out bool disciplined, out long maxErrorUs) && disciplined;
        return Judge(KernelClock.RealTimeUs(), synchronised, maxErrorUs, ClockIsKept());
    }

    /// <summary>A board described by a device tree and without an RTC loses its time with the power; everything else has a battery or a host.</summary>
    private static bool ClockIsKept() => Directory.Exists("/sys/class/rtc/rtc0") || !File.Exists("/proc/device-tree/model");
}
