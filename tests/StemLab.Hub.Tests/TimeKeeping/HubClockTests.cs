using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Facts;

namespace StemLab.Hub.TimeKeeping;

public sealed class HubClockTests
{
    [Fact]
    public void A_restart_in_the_same_kernel_boot_goes_on_with_boot_and_time()
    {
        using var hub = new FactFixture();
        var time = new FakeTimeProvider();
        var clock = new HubClock(hub.Database, hub.Identity, BootSource.From(time, "kernel-1"));
        time.Advance(TimeSpan.FromSeconds(5));
        long beforeUs = clock.NowUs();
        clock.Checkpoint();
        hub.Reopen();

        var again = new HubClock(hub.Database, hub.Identity, BootSource.From(time, "kernel-1"));

        Assert.Equal((clock.BootId, clock.BootNo), (again.BootId, again.BootNo));
        Assert.True(again.NowUs() >= beforeUs);
        Assert.Single(again.Boots);
    }

    [Fact]
    public void A_new_kernel_boot_is_the_next_boot_and_remembers_the_one_before()
    {
        using var hub = new FactFixture();
        HubClock first = Clock(hub, "kernel-1", 5_000_000);
        HubClock second = Clock(hub, "kernel-2", 1_000_000);

        Assert.Equal((1u, 2u), (first.BootNo, second.BootNo));
        Assert.Equal(first.BootId, second.Boots[1].Previous);
        Assert.NotEqual(first.BootId, second.BootId);
        Assert.Equal(1_000_000, second.NowUs());
    }

    [Fact]
    public void A_clock_that_went_back_over_a_restart_is_a_new_boot()
    {
        using var hub = new FactFixture();
        HubClock first = Clock(hub, "kernel-1", 5_000_000);
        HubClock second = Clock(hub, "kernel-1", 4_000_000);
        HubClock third = Clock(hub, "kernel-1", 6_000_000);

        Assert.Equal([1u, 2u, 3u], third.Boots.Select(boot => boot.BootNo));
        Assert.Equal(3, third.Boots.Select(boot => boot.BootId).Distinct().Count());
        Assert.NotEqual(first.BootId, second.BootId);
    }

    [Fact]
    public void Without_a_kernel_id_every_start_is_a_boot_of_its_own()
    {
        using var hub = new FactFixture();

        Assert.NotEqual(Clock(hub, null, 1).BootId, Clock(hub, null, 2).BootId);
    }

    [Fact]
    public void Time_never_steps_back_within_a_process()
    {
        using var hub = new FactFixture();
        long sourceUs = 9_000_000;
        var clock = new HubClock(hub.Database, hub.Identity, new BootSource("kernel-1", () => sourceUs));
        long beforeUs = clock.NowUs();
        sourceUs = 1_000_000;

        Assert.Equal(beforeUs, clock.NowUs());
    }

    [Fact]
    public void This_machines_clock_runs()
    {
        BootSource machine = BootSource.Machine();

        Assert.True(machine.NowUs() > 0);
        Assert.True(machine.NowUs() <= machine.NowUs());
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "adjtimex is read on 64-bit Linux only");
        Assert.True(KernelClock.TryDiscipline(out _, out long maxErrorUs));
        Assert.True(maxErrorUs > 0);
    }

    private static HubClock Clock(FactFixture hub, string? kernelBoot, long nowUs)
    {
        hub.Reopen();
        return new HubClock(hub.Database, hub.Identity, new BootSource(kernelBoot, () => nowUs));
    }
}
