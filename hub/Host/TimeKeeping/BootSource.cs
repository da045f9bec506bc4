namespace StemLab.Hub.TimeKeeping;

/// <summary>Where the boot clock comes from: the kernel's id of its start (null where there is none) and µs since then, suspend included.</summary>
internal sealed record BootSource(string? KernelBoot, Func<long> NowUs)
{
    private const string KernelBootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>This machine's clock. Without a kernel boot id every process start is a boot of its own, counted by the runtime's monotonic clock.</summary>
    public static BootSource Machine() => OperatingSystem.IsLinux() && File.Exists(KernelBootFile)
        ? new BootSource(File.ReadAllText(KernelBootFile).Trim(), KernelClock.BootTimeUs)
        : From(TimeProvider.System, null);

    /// <summary>A clock that follows a <see cref="TimeProvider"/>'s timestamps; for tests and machines without CLOCK_BOOTTIME.</summary>
    public static BootSource From(TimeProvider time, string? kernelBoot) =>
        new(kernelBoot, () => (long)((Int128)time.GetTimestamp() * 1_000_000 / time.TimestampFrequency));
}
