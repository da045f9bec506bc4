namespace StemLab.Agent.TimeKeeping;

/// <summary>Where a boot's µs come from.</summary>
/// <param name="KernelBoot">The kernel's id of its start; null = every process start is a boot of its own.</param>
/// <param name="NowUs">µs since some fixed moment, never back.</param>
/// <param name="SleepUntilUs">Blocks the calling thread until that clock shows a time, or a little less.</param>
internal sealed record BootSource(string? KernelBoot, Func<long> NowUs, Action<long> SleepUntilUs)
{
    /// <summary>This machine's clock; where the time provider is not the system's own, that provider's timestamps.</summary>
    public static BootSource Of(TimeProvider time, bool bootPerProcess) =>
        ReferenceEquals(time, TimeProvider.System) && KernelClock.Exists
            ? new BootSource(bootPerProcess ? null : KernelClock.BootUuid(), KernelClock.NowUs, KernelClock.SleepUntil)
            : From(time, null);

    /// <summary>A clock that follows a time provider's timestamps.</summary>
    public static BootSource From(TimeProvider time, string? kernelBoot)
    {
        return new BootSource(kernelBoot, NowUs, SleepUntil);

        long NowUs() => (long)((Int128)time.GetTimestamp() * 1_000_000 / time.TimestampFrequency);

        void SleepUntil(long us)
        {
            using var never = new ManualResetEvent(false);
            var waitUs = us - NowUs();
            if (waitUs > 0)
            {
                never.WaitOne(TimeSpan.FromMicroseconds(waitUs));
            }
        }
    }
}
