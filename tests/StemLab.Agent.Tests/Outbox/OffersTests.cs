namespace StemLab.Agent.Outbox;

/// <summary>In which order a connection offers what waits.</summary>
public sealed class OffersTests
{
    [Fact]
    public void The_newest_slice_first_then_the_backlog_oldest_first()
    {
        using var bench = new OutboxBench();
        var backlog = Enumerable.Range(0, 50).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        var offers = Make(bench, window: 100);
        Assert.Equal([.. backlog[^Offers.NewestSlice..].Select(block => block.Id), .. backlog[..^Offers.NewestSlice].Select(block => block.Id)], All(offers));
    }

    [Fact]
    public void A_block_sealed_while_the_backlog_drains_overtakes_it()
    {
        using var bench = new OutboxBench();
        Enumerable.Range(0, 50).ToList().ForEach(_ => bench.Block());
        bench.Pass(5);
        var offers = Make(bench, window: 20);
        All(offers);
        bench.Receipt([.. bench.Waiting()]);
        offers.Settle();
        var live = bench.Block();
        Assert.Equal(live.Id, offers.Next()!.Id);
    }

    [Fact]
    public void Never_more_in_flight_than_the_window_and_a_receipt_makes_room()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 50).Select(_ => bench.Block()).ToArray();
        var offers = Make(bench, window: 32);
        Assert.Equal(32, All(offers).Count);
        Assert.Equal(32, offers.InFlight);
        bench.Receipt(blocks[49], blocks[48]);
        offers.Settle();
        Assert.Equal(2, All(offers).Count);
    }

    [Fact]
    public void Nothing_is_offered_twice_while_its_receipt_is_awaited()
    {
        using var bench = new OutboxBench();
        Enumerable.Range(0, 100).ToList().ForEach(_ => bench.Block());
        var offers = Make(bench, window: 1000);
        var first = All(offers);
        bench.Pass(20);
        Assert.Equal(100, first.Distinct().Count());
        Assert.Equal(0, offers.Expire());
        Assert.Empty(All(offers));
    }

    [Fact]
    public void Without_a_receipt_for_thirty_seconds_or_so_it_is_offered_again()
    {
        using var bench = new OutboxBench();
        Enumerable.Range(0, 10).ToList().ForEach(_ => bench.Block());
        var offers = Make(bench, window: 32);
        var first = All(offers);
        bench.Pass(22);
        Assert.Equal(0, offers.Expire());
        bench.Pass(16);
        Assert.Equal(10, offers.Expire());
        Assert.Equal(first.Order(), All(offers));
    }

    [Fact]
    public void What_the_hub_could_not_place_is_offered_again_after_birth_but_not_what_it_receipted()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 4).Select(_ => bench.Block()).ToArray();
        var offers = Make(bench, window: 32);
        All(offers);
        offers.RecallAll();
        bench.Receipt(blocks[2]);
        Assert.Equal([blocks[0].Id, blocks[1].Id, blocks[3].Id], All(offers));
    }

    [Fact]
    public void Another_store_is_offered_everything_held()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 30).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        var offers = Make(bench, window: 100);
        All(offers);
        bench.Receipt(blocks);
        offers.Settle();
        bench.Store = Wire.Id128.New();
        var next = bench.Block();
        Assert.Equal([next.Id], All(offers));
        bench.Receipt(next);
        offers.Restart();
        Assert.Equal(blocks.Select(block => block.Id), All(offers).Order());
    }

    private static Offers Make(OutboxBench bench, int window) => new(bench.Outbox, window, TimeSpan.FromSeconds(30), bench.Time, new Random(1));

    private static List<long> All(Offers offers)
    {
        var ids = new List<long>();
        while (offers.Next() is { } block)
        {
            ids.Add(block.Id);
        }

        return ids;
    }
}
