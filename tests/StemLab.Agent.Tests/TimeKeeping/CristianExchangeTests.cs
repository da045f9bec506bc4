using CsCheck;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>A tie's sigma is honest: the true offset lies within it, whatever the network does.</summary>
public sealed class CristianExchangeTests
{
    private static readonly Id128 Ours = Id128.New();
    private static readonly Id128 Hubs = Id128.New();

    /// <summary>True times: request leaves at 0, is at the hub after up, leaves it after think, is back after down (all µs). The clocks differ by an offset and a rate.</summary>
    [Fact]
    public void The_error_never_passes_sigma() =>
        Gen.Select(Gen.Double[0, 2e6], Gen.Double[0, 2e6], Gen.Double[0, 5e5], Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Double[-1e-4, 1e-4], Gen.Double[-1e-4, 1e-4])
            .Sample((up, down, think, offset, ourRate, hubRate) =>
            {
                long Our(double t) => (long)Math.Floor(t * (1 + ourRate)) + 5_000_000;
                long Hub(double t) => (long)Math.Floor(t * (1 + hubRate)) + 5_000_000 + offset;
                var reply = new TimeReply { T0Us = Our(0), HubBootId = Hubs.ToByteString(), T1Us = Hub(up), T2Us = Hub(up + think) };
                Assert.True(CristianExchange.TryTie(Ours, Our(0), Our(up + think + down), reply, out var tie));

                // What the hub's clock showed when ours showed tie.TAUs.
                var trueAt = (tie.TAUs - 5_000_000) / (1 + ourRate);
                Assert.True(Math.Abs(Hub(trueAt) - tie.TBUs) <= tie.SigmaUs, $"error {Hub(trueAt) - tie.TBUs}, sigma {tie.SigmaUs}");
                Assert.InRange(tie.SigmaUs, (up + down) / 2 * 0.9, ((up + down) / 2) + ((up + down + think) / 2000) + 10);
            });

    [Theory]
    [InlineData(101, 900, 950, 1000)]
    [InlineData(100, 950, 900, 1000)]
    [InlineData(100, 900, 950, 99)]
    [InlineData(100, 1000, 3000, 200)]
    public void A_reply_that_contradicts_itself_makes_no_tie(long echoedT0, long t1, long t2, long t3)
    {
        var reply = new TimeReply { T0Us = echoedT0, HubBootId = Hubs.ToByteString(), T1Us = t1, T2Us = t2 };
        Assert.False(CristianExchange.TryTie(Ours, 100, t3, reply, out _));
    }

    [Fact]
    public void Of_eight_the_shortest_round_trip_counts_and_only_of_the_hubs_last_boot()
    {
        var before = new ClockTie { BootB = Id128.New().ToByteString(), SigmaUs = 1 };
        ClockTie Of(long sigma) => new() { BootB = Hubs.ToByteString(), SigmaUs = sigma };
        Assert.Equal(40, CristianExchange.Best([before, Of(70), Of(40), Of(90)])!.SigmaUs);
        Assert.Null(CristianExchange.Best([]));
    }
}
