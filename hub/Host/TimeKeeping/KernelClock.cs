using System.Runtime.InteropServices;

namespace StemLab.Hub.TimeKeeping;

/// <summary>The only place that asks the operating system for the time: CLOCK_BOOTTIME, CLOCK_REALTIME and adjtimex(2) of 64-bit Linux. Stateless.</summary>
internal static class KernelClock
{
    private const int ClockRealtime = 0;
    private const int ClockBootTime = 7;
    private const int StatusUnsynchronised = 0x40;
    private const int StateError = 5;

    /// <summary>µs since the kernel started, suspend included.</summary>
    public static long BootTimeUs() => Read(ClockBootTime);

    /// <summary>UTC µs since 1970 as the machine believes it.</summary>
    public static long RealTimeUs() => Read(ClockRealtime);

    /// <summary>What the kernel says about its own UTC: synchronised or not, and the greatest error in µs it admits. False where it cannot be asked.</summary>
    public static bool TryDiscipline(out bool synchronised, out long maxErrorUs)
    {
        synchronised = false;
        maxErrorUs = long.MaxValue;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return false;
        }

        Timex timex = default;
        int state = AdjTimex(ref timex);
        if (state < 0)
        {
            return false;
        }

        synchronised = state != StateError && (timex.Status & StatusUnsynchronised) == 0;
        maxErrorUs = timex.MaxError;
        return true;
    }

    private static long Read(int clock)
    {
        if (ClockGetTime(clock, out TimeSpec spec) != 0)
        {
            throw new IOException($"clock_gettime({clock}) failed with errno {Marshal.GetLastPInvokeError()}");
        }

        return (spec.Seconds * 1_000_000) + (spec.Nanoseconds / 1_000);
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static extern int ClockGetTime(int clock, out TimeSpec spec);

    [DllImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static extern int AdjTimex(ref Timex timex);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct timex of 64-bit Linux: 208 bytes; modes = 0 only reads.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    private struct Timex
    {
        [FieldOffset(0)]
        public uint Modes;

        [FieldOffset(24)]
        public long MaxError;

        [FieldOffset(40)]
        public int Status;
    }
}
