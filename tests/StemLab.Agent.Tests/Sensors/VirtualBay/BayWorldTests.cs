namespace StemLab.Agent.Sensors.VirtualBay;

public sealed class BayWorldTests
{
    private static readonly BayWorld World = new(7);
    private const double Start = 1_795_000_000;

    [Fact]
    public void A_year_of_the_bay_stays_within_what_a_bay_can_be()
    {
        foreach (var site in BaySite.All)
        {
            for (var hour = 0; hour < 365 * 24; hour += 5)
            {
                var water = World.At(site, Start + (hour * 3600.0));
                Assert.InRange(water.Celsius, 12, 34);
                Assert.InRange(water.Salinity, 2, 34);
                Assert.InRange(water.ConductivityMilliSiemensPerCm, 2, 60);
                Assert.InRange(water.OxygenMgPerL, 3, 14);
                Assert.InRange(water.Ph, 7.0, 8.7);
                Assert.InRange(water.TurbidityNtu, 0.3, 120);
                Assert.InRange(water.DepthM, 0.2, 16);
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bay_and_another_seed_another_one()
    {
        var site = BaySite.All[1];
        Assert.Equal(World.At(site, Start), new BayWorld(7).At(site, Start));
        Assert.NotEqual(World.At(site, Start), new BayWorld(8).At(site, Start));
    }

    [Fact]
    public void Ph_and_oxygen_rise_together_by_day_where_there_is_life()
    {
        var site = BaySite.All.Single(place => place.Slug == "coral-garden");
        var dawn = (Math.Floor(Start / 86_400) * 86_400) - (7 * 3600) + (5 * 3600) + 86_400;
        var morning = World.At(site, dawn);
        var afternoon = World.At(site, dawn + (10 * 3600));
        Assert.True(afternoon.OxygenMgPerL > morning.OxygenMgPerL);
        Assert.True(afternoon.Ph > morning.Ph);
    }

    [Fact]
    public async Task History_comes_every_ten_seconds_and_then_life_every_second()
    {
        const long now = 60_000_000;
        await using var probe = new BayProbe(World, BaySite.All[0], new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(Start)));
        var times = new List<long>();
        await foreach (var reading in probe.ReadAsync(1, now, TestContext.Current.CancellationToken))
        {
            if (reading.Output == 0)
            {
                times.Add(reading.TUs / 1_000_000);
            }

            if (reading.TUs >= now + 2_000_000 && reading.Output == 5)
            {
                break;
            }
        }

        Assert.Equal([1, 10, 20, 30, 40, 50, 60, 61, 62], times);
    }
}
