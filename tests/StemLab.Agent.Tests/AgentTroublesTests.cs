using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Agent;

/// <summary>Every fault of the card, the clock and the hub's absence is a sentence in both languages, and costs what it says and no more.</summary>
public sealed class AgentTroublesTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TwoClocks time = new();
    private readonly AgentBook book;
    private readonly BootClock clock;
    private readonly AgentTroubles troubles;
    private Words settings = Words.None;

    public AgentTroublesTests()
    {
        book = AgentBook.Open(folder.File("agent.db"), out _);
        var source = BootSource.From(time, "kernel boot");
        clock = new BootClock(book.DeviceBoot(Id128.New(), source, TimeSpan.Zero, (_ => null, 0)), source);
        troubles = new AgentTroubles(() => [new Sensors.Trouble("ph", new Words("it does not answer", "nó không trả lời"))], () => settings, clock, time);
    }

    [Fact]
    public void Nothing_wrong_is_nothing_said_but_what_probes_say()
    {
        using var bench = new OutboxBench();
        bench.Block();
        var only = Assert.Single(troubles.Now(bench.Outbox.Health()));
        Assert.Equal(("ph", "it does not answer", "nó không trả lời"), (only.About, only.En, only.Vi));
    }

    [Fact]
    public void A_full_card_is_said_while_it_is_full()
    {
        using var bench = new OutboxBench();
        bench.Outbox.LimitPages(1);
        bench.Block(500);
        bench.Pass(5);
        Said(bench, "the card is full", "thẻ nhớ đã đầy");
        bench.Outbox.LimitPages(0);
        bench.Pass(2);
        Assert.Single(troubles.Now(bench.Outbox.Health()));
        Assert.Equal(0, bench.Outbox.Health().RowsLost);
    }

    [Fact]
    public void A_card_that_turned_read_only_is_said_and_what_memory_holds_is_saved_when_it_takes_again()
    {
        using var bench = new OutboxBench();
        bench.Outbox.ForbidWrites(true);
        var block = bench.Block(500);
        bench.Pass(5);
        Said(bench, "can only be read", "chỉ còn đọc được");
        Assert.Contains(bench.Waiting(), waits => waits.Id == block.Id);
        bench.Outbox.ForbidWrites(false);
        bench.Pass(2);
        Assert.Single(troubles.Now(bench.Outbox.Health()));
        bench.Kill();
        Assert.Contains(bench.Waiting(), waits => waits.Id == block.Id);
    }

    [Fact]
    public void Two_days_without_a_hub_are_kept_whole_and_beyond_the_cap_it_is_said_how_many_readings_went()
    {
        using var bench = new OutboxBench();
        for (var minute = 0; minute < 2 * 24 * 60; minute++)
        {
            bench.Block(4);
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            if (minute % 30 == 0)
            {
                bench.Outbox.Keep(all: false);
            }
        }

        bench.Kill();
        Assert.InRange(bench.Waiting().Count, (2 * 24 * 60) - 30, 2 * 24 * 60);
        Assert.Equal(0, bench.Outbox.Health().RowsLost);

        using var small = new OutboxBench(options => options with { CapBytes = 20_000 });
        for (var i = 0; i < 300; i++)
        {
            small.Block(20);
        }

        small.Pass(10);
        Assert.True(small.Outbox.Health().RowsLost > 0);
        Said(small, "the hub was away longer than there is room for", "trạm vắng lâu hơn");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-56)]
    public void A_machine_clock_that_jumps_years_is_said_for_an_hour_and_touches_no_reading(int years)
    {
        using var bench = new OutboxBench();
        troubles.Now(bench.Outbox.Health());
        var before = clock.NowUs();
        time.Jump = time.GetUtcNow().AddYears(years) - time.GetUtcNow();
        Assert.InRange(clock.NowUs() - before, 0, 1_000_000);
        Said(bench, "clock jumped by", "đồng hồ của máy vừa nhảy");
        time.Advance(TimeSpan.FromMinutes(61));
        Assert.Single(troubles.Now(bench.Outbox.Health()));
    }

    [Fact]
    public void Settings_that_were_refused_are_said_and_sentences_are_short()
    {
        using var bench = new OutboxBench();
        settings = new Words("refused: " + new string('x', 1000), "bị từ chối");
        Said(bench, "refused", "bị từ chối");
        Assert.All(troubles.Now(bench.Outbox.Health()), said => Assert.InRange(said.En.Length, 1, 300));
    }

    public void Dispose()
    {
        book.Dispose();
        folder.Dispose();
    }

    /// <summary>A machine whose wall clock may be set while the other goes on.</summary>
    private sealed class TwoClocks : FakeTimeProvider
    {
        public TimeSpan Jump { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jump;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    private void Said(OutboxBench bench, string english, string vietnamese)
    {
        var said = Assert.Single(troubles.Now(bench.Outbox.Health()), trouble => trouble.About == "agent");
        Assert.Contains(english, said.En, StringComparison.Ordinal);
        Assert.Contains(vietnamese, said.Vi, StringComparison.Ordinal);
    }
}
