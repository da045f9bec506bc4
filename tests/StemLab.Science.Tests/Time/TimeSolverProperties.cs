using CsCheck;

namespace StemLab.Science.Time;

public sealed class TimeSolverProperties
{
    [Fact]
    public void Order_is_kept_within_a_boot_and_between_boots_of_one_owner() =>
        ClockWorld.Any.Sample(world =>
        {
            var solution = world.Solve();
            foreach (var clock in world.Clocks)
            {
                var map = solution.Map(clock.Fact.Boot);
                var last = long.MinValue;
                for (var i = 0; i <= 200; i++)
                {
                    var utc = map.ToUtc(clock.FirstTUs - 1000 + (clock.Fact.LastTUs - clock.FirstTUs + 2000) / 200 * i + i % 2);
                    Assert.True(utc >= last);
                    last = utc;
                }
            }

            foreach (var owner in world.Clocks.GroupBy(clock => clock.Owner))
            {
                var last = long.MinValue;
                foreach (var clock in owner)
                {
                    var map = solution.Map(clock.Fact.Boot);
                    Assert.True(map.ToUtc(clock.FirstTUs) >= last, $"boot {clock.Fact.BootNo} of {clock.Owner} overlaps by {last - map.ToUtc(clock.FirstTUs)} µs");
                    last = map.ToUtc(clock.Fact.LastTUs);
                }
            }
        }, iter: 300);

    [Fact]
    public void The_stated_bound_holds_and_is_honest()
    {
        var errors = new List<(long Error, long Sigma)>();
        for (var seed = 0; seed < 1500; seed++)
        {
            var world = new ClockWorld(seed);
            var solution = world.Solve();
            var random = new Random(seed);
            foreach (var clock in world.Clocks)
            {
                var map = solution.Map(clock.Fact.Boot);
                var t = random.NextInt64(clock.FirstTUs, clock.Fact.LastTUs);
                if (map.State != TimeState.Unknown)
                    errors.Add((Math.Abs(map.ToUtc(t) - clock.TrueUtc(t)), map.SigmaUs(t)));
                else
                    Assert.Equal(long.MaxValue, map.SigmaUs(t));
            }
        }

        var kept = errors.Count(x => x.Error <= x.Sigma) / (double)errors.Count;
        var p95 = errors.Select(x => x.Error).Order().ElementAt((int)(errors.Count * 0.95));
        var median = errors.Select(x => x.Sigma).Order().ElementAt(errors.Count / 2);
        TestContext.Current.TestOutputHelper?.WriteLine($"{errors.Count} instants: bound holds in {kept:P3}, median sigma {median / 1e6:F3} s, p95 error {p95 / 1e6:F3} s");
        Assert.True(errors.Count > 15_000);
        Assert.True(kept >= 0.999, $"{kept:P3}");
        Assert.True(median <= 2 * p95);
    }

    [Fact]
    public void The_result_does_not_depend_on_the_order_of_the_facts() =>
        Gen.Select(ClockWorld.Any, Gen.Int).Sample((world, seed) =>
        {
            var (one, other) = (world.Solve(), world.SolveShuffled(new Random(seed)));
            Assert.Equal(one.Outliers.AsEnumerable(), other.Outliers);
            Assert.All(world.Clocks, clock => Assert.Equal(one.Map(clock.Fact.Boot), other.Map(clock.Fact.Boot)));
        }, iter: 200);

    [Fact]
    public void An_anchor_years_off_is_named_and_not_followed() =>
        ClockWorld.Any.Sample(world =>
        {
            var named = world.Solve().Outliers.Select(outlier => outlier.FactId).ToHashSet();
            Assert.Subset(named, world.WrongAnchors);
        }, iter: 300);

    [Fact]
    public void The_way_back_is_the_first_moment_not_before() =>
        Gen.Select(ClockWorld.Any, Gen.Long[-3_000_000, 3_000_000]).Sample((world, shift) =>
        {
            var solution = world.Solve();
            foreach (var clock in world.Clocks)
            {
                var map = solution.Map(clock.Fact.Boot);
                foreach (var knot in map.Knots)
                {
                    var utc = map.ToUtc(knot.TUs) + shift;
                    var t = map.ToBoot(utc);
                    Assert.True(map.ToUtc(t) >= utc);
                    Assert.True(map.ToUtc(t - 1) < utc);
                }
            }
        }, iter: 200);

    [Fact]
    public void Many_at_once_equals_one_by_one() =>
        Gen.Select(ClockWorld.Any, Gen.Int).Sample((world, seed) =>
        {
            var random = new Random(seed);
            var clock = world.Clocks[random.Next(world.Clocks.Count)];
            var map = world.Solve().Map(clock.Fact.Boot);
            var times = Enumerable.Range(0, 100).Select(_ => random.NextInt64(clock.FirstTUs - 1000, clock.Fact.LastTUs + 1000)).ToArray();
            if (seed % 2 == 0)
                Array.Sort(times);
            var utc = new long[100];
            map.ToUtc(times, utc);
            Assert.Equal(times.Select(map.ToUtc), utc);
        }, iter: 200);

    [Fact]
    public void Offsets_never_change_faster_than_200_ppm() =>
        ClockWorld.Any.Sample(world =>
        {
            var solution = world.Solve();
            foreach (var knots in world.Clocks.Select(clock => solution.Map(clock.Fact.Boot).Knots))
            {
                for (var i = 1; i < knots.Length; i++)
                    Assert.True(Math.Abs(knots[i].OffsetUs - knots[i - 1].OffsetUs) * 5000 <= knots[i].TUs - knots[i - 1].TUs);
            }
        }, iter: 200);

    [Fact]
    public void A_fact_undone_leaves_every_map_as_it_was_bit_for_bit() =>
        Gen.Select(ClockWorld.Any, Gen.Int).Sample((world, seed) =>
        {
            var random = new Random(seed);
            var before = world.Solve();
            var clock = world.Clocks[random.Next(world.Clocks.Count)];
            var extra = new AnchorFact(new UInt128(1, (ulong)seed), clock.Fact.Boot, clock.FirstTUs, clock.StartUtc + random.NextInt64(-1_000_000_000_000, 1_000_000_000_000), random.NextInt64(1, 5_000_000), "teacher");
            world.Anchors.Add(extra);
            world.Solve();
            world.Anchors.Remove(extra);
            var after = world.SolveShuffled(random);
            Assert.Equal(before.Outliers.AsEnumerable(), after.Outliers);
            Assert.All(world.Clocks, one => Assert.Equal(before.Map(one.Fact.Boot), after.Map(one.Fact.Boot)));
        }, iter: 100);
}
