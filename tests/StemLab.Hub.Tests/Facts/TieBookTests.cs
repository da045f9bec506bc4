using StemLab.Wire;

namespace StemLab.Hub.Facts;

public sealed class TieBookTests
{
    private static readonly Id128 Agent = new(1);
    private static readonly Id128 Hub = new(2);

    [Fact]
    public void A_steady_day_of_ties_every_ten_seconds_becomes_few_facts()
    {
        using var hub = new FactFixture();
        var book = new TieBook(hub.Log);

        for (long second = 0; second < 86_400; second += 10)
        {
            book.Offer(Tie(second, sigmaUs: 900, aheadPpm: 20), FactFixture.Now);
        }

        Assert.InRange(hub.Log.Current.All.Length, 2, 30);
        Assert.Equal(TieBook.LogLength, book.Logged(Agent).Count);
    }

    [Fact]
    public void A_tie_twice_as_sharp_or_beyond_the_bound_is_stated()
    {
        using var hub = new FactFixture();
        var book = new TieBook(hub.Log);

        Assert.Equal(TieVerdict.Stated, book.Offer(Tie(0, sigmaUs: 10_000), FactFixture.Now));
        Assert.Equal(TieVerdict.Known, book.Offer(Tie(0, sigmaUs: 10_000), FactFixture.Now));
        Assert.Equal(TieVerdict.Logged, book.Offer(Tie(1, sigmaUs: 9_000), FactFixture.Now));
        Assert.Equal(TieVerdict.Stated, book.Offer(Tie(2, sigmaUs: 5_000), FactFixture.Now));
        Assert.Equal(TieVerdict.Stated, book.Offer(Tie(3, sigmaUs: 5_000, aheadUs: 6_000), FactFixture.Now));
    }

    [Fact]
    public void The_tie_that_ends_a_boot_is_stated()
    {
        using var hub = new FactFixture();
        var book = new TieBook(hub.Log);
        book.Offer(Tie(0, sigmaUs: 1_000), FactFixture.Now);
        book.Offer(Tie(60, sigmaUs: 1_000), FactFixture.Now);
        book.Offer(Tie(120, sigmaUs: 1_000), FactFixture.Now);

        book.EndBoot(Agent, FactFixture.Now);
        book.EndBoot(Agent, FactFixture.Now);

        Assert.Equal([0, 120_000_000], hub.Log.Current.Of<ClockTie>().Select(tie => tie.Body.TAUs).Order());
        Assert.Empty(book.Logged(Agent));
    }

    private static ClockTie Tie(long second, long sigmaUs, long aheadUs = 0, long aheadPpm = 0) =>
        new(Agent, second * 1_000_000, Hub, (second * (1_000_000 + aheadPpm)) + 5_000_000 + aheadUs, sigmaUs);
}
