using System.Runtime.InteropServices;

namespace StemLab.Agent.TimeKeeping;

/// <summary>The only type that names the operating system's clock: CLOCK_BOOTTIME of 64-bit Linux, which runs through suspend and never steps, and the wall clock with what the kernel says of it. Stateless.</summary>
internal static class KernelClock
{
    private const int ClockBootTime = 7;
    private const int ClockRealTime = 0;
    private const int AbsoluteTime = 1;
    private const int Unsynchronised = 5;
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

    /// <summary>The wall clock and the most it is off, both µs; null while no time server disciplines it, or where the kernel may not be asked.</summary>
    public static (long UtcUs, long MaxErrorUs)? Disciplined()
    {
        // struct timex of 64-bit Linux: modes (0 = only read) at 0, maxerror at 24; 208 bytes, and room to spare.
        Span<byte> timex = stackalloc byte[512];
        timex.Clear();
        if (!Exists)
        {
            return null;
        }

        var state = Adjust(ref MemoryMarshal.GetReference(timex));
        return state is < 0 or Unsynchronised || GetTime(ClockRealTime, out var now) != 0
            ? null
            : ((now.Seconds * 1_000_000) + (now.Nanoseconds / 1_000), BitConverter.ToInt64(timex[24..32]));
    }

    [DllImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static extern int Adjust(ref byte timex);

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
