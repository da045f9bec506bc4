using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.Operations;
using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>Each clock beside the hub's is one bound of its own, and one nobody has checked tells nothing.</summary>
public sealed class TimeSourceTests : IDisposable
{
    private const long Day = 86_400;
    private static readonly Id128 Agent = Id128.New();
    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly FakeLogger<TimeWatch> log = new();
    private readonly AgentBook book;
    private readonly BootClock clock;
    private (long UtcUs, long MaxErrorUs)? network;
    private long? battery;

    public TimeSourceTests()
    {
        book = AgentBook.Open(folder.File("agent.db"), out _);
        clock = new BootClock(book.DeviceBoot(Agent, BootSource.From(time, "kernel boot"), TimeSpan.Zero, (_ => null, 0)), BootSource.From(time, "kernel boot"));
    }

    [Fact]
    public void A_battery_clock_is_believed_from_the_day_on_that_it_agreed_with_network_time()
    {
        battery = 1_800_000_000;
        Assert.Null(Battery().Now());
        network = ((1_800_000_000L * 1_000_000) + 400_000, 10_000);
        Assert.NotNull(Battery().Now());
        network = null;
        battery += 10 * Day;
        var later = Battery().Now();
        Assert.Equal(3_000_000 + (10 * Day * 50), later!.Value.SigmaUs);
    }

    [Fact]
    public void A_battery_clock_that_stood_still_or_contradicts_network_time_tells_nothing()
    {
        battery = 1_800_000_000;
        network = (1_800_000_000L * 1_000_000, 10_000);
        Assert.NotNull(Battery().Now());
        network = null;
        battery = 946_684_800;
        Assert.Null(Battery().Now());
        battery = 1_800_000_000 + Day;
        network = ((1_800_000_000 + (30 * Day)) * 1_000_000L, 10_000);
        Assert.Null(Battery().Now());
        network = null;
        Assert.Null(Battery().Now());
    }

    [Fact]
    public void What_a_source_says_becomes_a_tie_to_a_utc_boot_of_its_own_in_birth()
    {
        network = (1_800_000_000L * 1_000_000, 10_000);
        var hub = new HubTime(clock);
        var watch = new TimeWatch([], Agent, clock, hub, book, time, log);
        Assert.Null(watch.BoundSeconds());
        watch.Ask(Network());
        var tie = Assert.Single(book.Ties(clock.BootId));
        Assert.Equal(network.Value.UtcUs, tie.TBUs);
        Assert.InRange(tie.SigmaUs, 210_000, 211_000);
        Assert.True(Id128.TryRead(tie.BootB.Span, out var other));
        Assert.Equal(BootKind.Utc, book.Find(other)!.Kind);
        Assert.InRange(watch.BoundSeconds()!.Value, 0.21, 0.22);

        time.Advance(TimeSpan.FromMinutes(1));
        watch.Ask(Network());
        Assert.Single(book.Ties(clock.BootId));
        time.Advance(TimeSpan.FromMinutes(10));
        watch.Ask(Network());
        Assert.Equal(2, book.Ties(clock.BootId).Count);
    }

    [Fact]
    public void Birth_declares_the_boots_of_time_sources()
    {
        network = (1_800_000_000L * 1_000_000, 10_000);
        using var bench = new Outbox.OutboxBench();
        var watch = new TimeWatch([], Agent, clock, new HubTime(clock), book, time, log);
        watch.Ask(Network());
        var birth = new Uplink.Declarations(new AgentOptions { AgentId = Agent }, "1", Outbox.OutboxBench.Catalog, clock, book, bench.Outbox, () => new Health(), null).Write();
        var utc = Assert.Single(birth.Boots, boot => boot.Kind == BootKind.Utc);
        Assert.Equal(utc.BootId, birth.Boots[^1].Ties.Single().BootB);
        Assert.Equal(clock.BootId.ToByteString(), birth.Boots[^1].BootId);
    }

    [Fact]
    public async Task An_agent_nothing_has_told_the_time_says_so_once()
    {
        using var stop = new CancellationTokenSource();
        var running = new TimeWatch([Network(), Battery()], Agent, clock, new HubTime(clock), book, time, log).RunAsync(stop.Token);
        time.Advance(TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(2401, Assert.Single(log.Collector.GetSnapshot()).Id.Id);
    }

    public void Dispose()
    {
        book.Dispose();
        folder.Dispose();
    }

    private NetworkTime Network() => new(() => network);

    private BatteryClock Battery() => new(() => battery, Network(), book);
}
