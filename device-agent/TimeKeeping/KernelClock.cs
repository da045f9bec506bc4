using System.Runtime.InteropServices;

namespace StemLab.Agent.TimeKeeping;

/// <summary>The only type that names the operating system's clock: CLOCK_BOOTTIME of 64-bit Linux, which runs through suspend and never steps. Stateless.</summary>
internal static class KernelClock
{
    private const int ClockBootTime = 7;
    private const int AbsoluteTime = 1;
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>True where the clock can be read.</summary>
    public static bool Exists { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Identity of this start of the kernel; null where there is none.</summary>
    public static string? BootUuid() => Exists && File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : null;

    /// <summary>µs since the kernel started.</summary>
    public static long NowUs()
    {
        if (GetTime(ClockBootTime, out var now) != 0)
        {
            throw new IOException($"clock_gettime(CLOCK_BOOTTIME) failed with errno {Marshal.GetLastPInvokeError()}");
        }

        return (now.Seconds * 1_000_000) + (now.Nanoseconds / 1_000);
    }

    /// <summary>Blocks the thread until the clock shows a time; a signal may end it early.</summary>
    public static void SleepUntil(long us)
    {
        var until = new TimeSpec { Seconds = us / 1_000_000, Nanoseconds = us % 1_000_000 * 1_000 };
        _ = Sleep(ClockBootTime, AbsoluteTime, until, 0);
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static extern int GetTime(int clock, out TimeSpec now);

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int Sleep(int clock, int flags, in TimeSpec until, nint remaining);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
