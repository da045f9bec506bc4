using CsCheck;
using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

public sealed class LiveQcTests
{
    private static readonly QcRules Rules = new(
        IntervalSeconds: 0.5,
        new GrossRangeRule(new ValueRange(-50, 50), new ValueRange(-20, 20)),
        new SpikeRule(3, 10),
        new RateRule(4, 20),
        new FlatLineRule(2, 4, 0.01),
        new AttenuationRule(0.4, 0.05, 5, SignalMeasure.Range, 3));

    [Fact]
    public void Live_verdicts_equal_those_of_the_whole_series_in_any_order_of_arrival() =>
        Gen.Select(Gen.Int, Gen.Int[1, 150]).Sample((seed, count) =>
        {
            var random = new Random(seed);
            var (times, values) = Wander(random, count);
            var whole = new QcFlag[count];
            Rules.Check(values, times, whole);

            var live = new LiveQc(Rules);
            var seen = new Dictionary<long, QcFlag>();
            var order = Enumerable.Range(0, count).OrderBy(i => random.NextDouble() < 0.8 ? i : random.Next(count)).Concat(Enumerable.Range(0, count / 10)).ToArray();
            for (var at = 0; at < order.Length;)
            {
                var size = Math.Min(random.Next(1, 8), order.Length - at);
                var part = order.AsSpan(at, size).ToArray();
                var changes = new List<FlagChange>();
                live.Add(part.Select(i => times[i]).ToArray(), part.Select(i => values[i]).ToArray(), changes);
                foreach (var change in changes)
                    seen[change.TUs] = change.Flag;
                at += size;
            }

            Assert.Equal(whole, live.Flags.ToArray());
            Assert.Equal(whole, times.Select(t => seen[t]));
        }, iter: 400);

    private static (long[] Times, double[] Values) Wander(Random random, int count)
    {
        var (times, values) = (new long[count], new double[count]);
        var (t, x) = (1_780_000_000_000_000L, 0.0);
        for (var i = 0; i < count; i++)
        {
            t += random.NextDouble() < 0.9 ? 500_000 : random.NextInt64(1, 5_000_000);
            x += random.NextDouble() < 0.4 ? 0 : (random.NextDouble() - 0.5) * (random.NextDouble() < 0.1 ? 40 : 1);
            times[i] = t;
            values[i] = random.NextDouble() < 0.05 ? double.NaN : x;
        }

        return (times, values);
    }
}
