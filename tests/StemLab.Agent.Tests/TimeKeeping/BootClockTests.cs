using Microsoft.Extensions.Time.Testing;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>The clock that stamps: never back.</summary>
public sealed class BootClockTests
{
    private static readonly BootRecord Boot = new(Id128.New(), BootKind.Device, 1, default, "", 100, 0);

    [Fact]
    public void It_never_steps_back_even_if_its_source_does()
    {
        var now = 50L;
        var clock = new BootClock(Boot, new BootSource(null, () => now, _ => { }));
        Assert.Equal(150, clock.NowUs());
        now = 20;
        Assert.Equal(150, clock.NowUs());
        now = 60;
        Assert.Equal(160, clock.NowUs());
    }

    [Fact]
    public void The_kernels_clock_grows_and_tells_its_boot()
    {
        Assert.SkipUnless(KernelClock.Exists, "64-bit Linux only");
        var source = BootSource.Of(TimeProvider.System, bootPerProcess: false);
        var before = source.NowUs();
        source.SleepUntilUs(before + 2_000);
        Assert.InRange(source.NowUs() - before, 2_000, 5_000_000);
        Assert.Equal(36, source.KernelBoot!.Length);
        Assert.Null(BootSource.Of(TimeProvider.System, bootPerProcess: true).KernelBoot);
    }

    [Fact]
    public async Task Waiting_ends_when_the_clock_has_come_there()
    {
        var time = new FakeTimeProvider();
        var clock = new BootClock(Boot, BootSource.From(time, null));
        var wait = clock.WaitUntilAsync(clock.NowUs() + 2_500_000, time, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await wait.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
