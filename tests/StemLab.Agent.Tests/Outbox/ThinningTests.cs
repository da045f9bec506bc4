using CsCheck;

namespace StemLab.Agent.Outbox;

/// <summary>What is given up is spread evenly and no more than needed.</summary>
public sealed class ThinningTests
{
    [Fact]
    public void The_need_is_reached_with_at_most_one_block_too_many() =>
        Gen.Select(Gen.Int[0, 500].Array[1, 200], Gen.Int[0, 100]).Sample((gains, percent) =>
        {
            var need = gains.Sum() * (long)percent / 100;
            var won = Thinning.Pick(gains, need).ConvertAll(i => gains[i]);
            Assert.True(won.Sum() >= need);
            Assert.True(won.Count == 0 || won.Sum() - won.Max() <= need);
        });

    [Fact]
    public void A_tenth_is_every_tenth() =>
        Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70, 80, 90], Thinning.Pick([.. Enumerable.Repeat(100, 100)], 1000));
}
