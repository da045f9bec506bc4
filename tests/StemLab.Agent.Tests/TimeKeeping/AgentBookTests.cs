using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>Which boot a process belongs to, and what is remembered of all of them.</summary>
public sealed class AgentBookTests : IDisposable
{
    private static readonly Id128 Agent = Id128.New();
    private readonly TempFolder folder = new();
    private long nowUs = 1_000_000;
    private long? storedTUs;

    [Fact]
    public void The_same_start_of_the_kernel_is_the_same_boot_for_the_same_agent_only()
    {
        var boot = Open(Kernel("a"));
        Assert.Equal(boot, Open(Kernel("a")));
        Assert.Equal(BootRecord.IdOf("a", Agent), boot.Id);
        Assert.NotEqual(boot.Id, BootRecord.IdOf("a", Id128.New()));
        Assert.Equal((1u, true, 0L), (boot.BootNo, boot.Previous.IsEmpty, boot.OffsetUs));
    }

    [Fact]
    public void Another_start_of_the_kernel_is_the_next_boot()
    {
        var first = Open(Kernel("a"));
        var second = Open(Kernel("b"));
        Assert.Equal((2u, first.Id), (second.BootNo, second.Previous));
    }

    [Fact]
    public void A_clock_behind_what_was_stored_makes_a_new_random_boot()
    {
        var first = Open(Kernel("a"));
        storedTUs = 1_000_001;
        var second = Open(Kernel("a"));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((2u, first.Id), (second.BootNo, second.Previous));
        storedTUs = null;
        Assert.Equal(second, Open(Kernel("a")));
    }

    [Fact]
    public void Without_a_kernel_boot_id_every_process_start_is_a_boot_that_begins_at_zero()
    {
        var source = new BootSource(null, () => nowUs, _ => { });
        var first = Open(source);
        var second = Open(source);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(2u, second.BootNo);
        Assert.Equal(0, new BootClock(second, source).NowUs());
    }

    [Fact]
    public void A_simulated_history_is_a_first_boot_that_began_a_day_ago_and_goes_on_after_a_restart()
    {
        var boot = Open(Kernel("a"), TimeSpan.FromHours(24));
        Assert.Equal(86_400_000_000, new BootClock(boot, Kernel("a")).NowUs());
        nowUs += 5_000_000;
        Assert.Equal(boot, Open(Kernel("a"), TimeSpan.FromHours(24)));
        Assert.Equal(0, Open(Kernel("b"), TimeSpan.FromHours(24)).OffsetUs);
    }

    [Fact]
    public void A_file_has_one_utc_boot_for_ever_outside_the_order_of_boots()
    {
        using var book = AgentBook.Open(folder.File("agent.db"), out _);
        var boot = book.UtcBoot(Agent, "cat point", 1_000_000);
        Assert.Equal(boot, book.UtcBoot(Agent, "cat point", 1_000_000));
        Assert.NotEqual(boot.Id, book.UtcBoot(Agent, "east bay", 1_000_000).Id);
        Assert.Equal((BootKind.Utc, 0u, 1_000_000L), (boot.Kind, boot.BootNo, boot.DeclaredSigmaUs));
        Assert.Equal(1u, book.DeviceBoot(Agent, Kernel("a"), TimeSpan.Zero, (_ => null, 0)).BootNo);
    }

    [Fact]
    public void Of_many_ties_the_first_the_last_and_the_sharpest_stay()
    {
        var boot = Id128.New();
        var hub = Id128.New();
        using var book = AgentBook.Open(folder.File("agent.db"), out _);
        for (var i = 0; i < 100; i++)
        {
            book.AddTie(boot, new ClockTie { BootA = boot.ToByteString(), TAUs = i, BootB = hub.ToByteString(), TBUs = i, SigmaUs = i == 50 ? 1 : 1000 + (i % 7) });
        }

        var ties = book.Ties(boot);
        Assert.Equal(16, ties.Count);
        Assert.Equal((0, 99), (ties[0].TAUs, ties[^1].TAUs));
        Assert.Contains(ties, tie => tie.TAUs == 50);
        Assert.Equal(ties.OrderBy(tie => tie.TAUs), ties);
    }

    [Fact]
    public void A_port_gets_a_new_config_rev_only_when_its_board_settings_change()
    {
        using var book = AgentBook.Open(folder.File("agent.db"), out _);
        Assert.Equal([1u, 1u, 2u, 3u], [book.ConfigRev("ph", "gain 1"), book.ConfigRev("ph", "gain 1"), book.ConfigRev("ph", "gain 2"), book.ConfigRev("ph", "gain 1")]);
        Assert.Equal(1u, book.ConfigRev("do", "gain 1"));
    }

    [Fact]
    public void A_damaged_book_is_set_aside_and_boots_go_on_counting()
    {
        File.WriteAllBytes(folder.File("agent.db"), new byte[5000]);
        using var book = AgentBook.Open(folder.File("agent.db"), out var aside);
        Assert.Equal(5000, new FileInfo(aside!).Length);
        Assert.Equal(8u, book.DeviceBoot(Agent, Kernel("a"), TimeSpan.FromHours(24), (_ => null, 7)).BootNo);
    }

    public void Dispose() => folder.Dispose();

    private BootSource Kernel(string uuid) => new(uuid, () => nowUs, _ => { });

    private BootRecord Open(BootSource source, TimeSpan startAge = default)
    {
        using var book = AgentBook.Open(folder.File("agent.db"), out _);
        return book.DeviceBoot(Agent, source, startAge, (_ => storedTUs, 0));
    }
}
