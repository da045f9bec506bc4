using StemLab.Hub.TimeKeeping;

namespace StemLab.EndToEnd;

/// <summary>
/// True time for a test with machines that have no clock: it passes as in life, and can be moved on. Every machine sees it from its own start and at its own rate.
/// </summary>
internal sealed class World
{
    /// <summary>UTC µs at the world's beginning: 2026-06-01 02:00, a morning on the bay.</summary>
    public const long BeginningUtcUs = 1_780_279_200_000_000;

    private readonly long started = TimeProvider.System.GetTimestamp();
    private long passedUs;

    /// <summary>True µs since the beginning.</summary>
    public long NowUs => (long)TimeProvider.System.GetElapsedTime(started).TotalMicroseconds + Interlocked.Read(ref passedUs);

    /// <summary>Moves true time on, for every machine at once.</summary>
    public void Pass(TimeSpan span) => Interlocked.Add(ref passedUs, (long)span.TotalMicroseconds);

    /// <summary>The clock of a machine switched on now.</summary>
    /// <param name="ppm">How much too fast it runs, parts per million.</param>
    public MachineClock SwitchOn(double ppm) => new(this, NowUs, ppm);

    /// <summary>A hub's boot clock, switched on now.</summary>
    public BootSource HubBoot(string name, double ppm)
    {
        var clock = SwitchOn(ppm);
        return new BootSource(name, () => clock.GetTimestamp());
    }
}

/// <summary>What a machine without a real-time clock has: µs since it was switched on, a little too fast or slow. Timers run in real time; UTC is 1970, as such machines say.</summary>
internal sealed class MachineClock(World world, long startUs, double ppm) : TimeProvider
{
    public override long TimestampFrequency => 1_000_000;

    /// <summary>True µs of the world at a time of this clock.</summary>
    public double TrueUs(long tUs) => startUs + (tUs / (1 + (ppm / 1e6)));

    public override long GetTimestamp() => (long)((world.NowUs - startUs) * (1 + (ppm / 1e6)));

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(GetTimestamp());
}
