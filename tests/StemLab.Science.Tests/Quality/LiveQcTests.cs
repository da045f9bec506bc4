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

    private static readonly QcRules All = Rules with
    {
        Climatology = new Climatology([new ClimatologyMember(CalendarPeriod.DayOfYear, new ValueRange(1, 366), new ValueRange(-10, 10), new ValueRange(-30, 30))]),
        Attenuation = new AttenuationRule(0.4, 0.05, 5, SignalMeasure.StandardDeviation, 3),
        Neighbour = new NeighbourRule(3, 5, 1000),
        Multivariate = new MultivariateRule(2),
    };

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
            foreach (var part in Arrivals(random, count))
            {
                var changes = new List<FlagChange>();
                live.Add(part.Select(i => times[i]).ToArray(), part.Select(i => values[i]).ToArray(), changes);
                Assert.Equal(changes.Select(change => change.TUs).Order().Distinct(), changes.Select(change => change.TUs));
                foreach (var change in changes)
                    seen[change.TUs] = change.Flag;
            }

            Assert.Equal(whole, live.Flags.ToArray());
            Assert.Equal(whole, times.Select(t => seen[t]));
        }, iter: 400);

    [Theory]
    [InlineData(QcMode.StemLab)]
    [InlineData(QcMode.Ioos)]
    public void Every_test_with_neighbour_and_companion_ends_at_the_verdicts_of_the_whole_in_any_order(QcMode mode) =>
        Gen.Select(Gen.Int, Gen.Int[1, 120]).Sample((seed, count) =>
        {
            var random = new Random(seed);
            var rules = All with { Mode = mode, IntervalSeconds = mode == QcMode.Ioos ? 1.5 : 0.5, Attenuation = All.Attenuation! with { Measure = seed % 2 == 0 ? SignalMeasure.Range : SignalMeasure.StandardDeviation } };
            var (times, values) = Wander(random, count);
            var (otherTimes, otherValues) = Wander(random, random.Next(1, count + 1));
            var companionTimes = otherTimes.Select(t => t + 300_000).ToArray();
            QcFlag[] words = [QcFlag.Pass, QcFlag.Pass, QcFlag.Suspect, QcFlag.NotEvaluated, QcFlag.Missing];
            var companion = companionTimes.Select(_ => words[random.Next(words.Length)]).ToArray();
            var whole = new QcVerdict[count];
            rules.Judge(values, times, new QcCompanions { NeighbourTUs = otherTimes, Neighbour = otherValues, CompanionTUs = companionTimes, CompanionRate = companion }, whole);

            var live = new LiveQc(rules);
            var seen = new Dictionary<long, QcVerdict>();
            var parts = Arrivals(random, count).Select(part => (Kind: 0, Part: part))
                .Concat(Arrivals(random, otherTimes.Length).Select(part => (Kind: 1, Part: part)))
                .Concat(Arrivals(random, otherTimes.Length).Select(part => (Kind: 2, Part: part)))
                .OrderBy(_ => random.Next());
            foreach (var (kind, part) in parts)
            {
                var changes = new List<VerdictChange>();
                if (kind == 0)
                    live.Add(part.Select(i => times[i]).ToArray(), part.Select(i => values[i]).ToArray(), changes);
                else if (kind == 1)
                    live.AddNeighbour(part.Select(i => otherTimes[i]).ToArray(), part.Select(i => otherValues[i]).ToArray(), changes);
                else
                    live.AddCompanion(part.Select(i => companionTimes[i]).ToArray(), part.Select(i => companion[i]).ToArray(), changes);
                Assert.Equal(changes.Select(change => change.TUs).Order().Distinct(), changes.Select(change => change.TUs));
                foreach (var change in changes)
                    seen[change.TUs] = change.Verdict;
            }

            Assert.Equal(whole, live.Verdicts.ToArray());
            Assert.Equal(whole, times.Select(t => seen[t]));
            Assert.Equal(whole.Select(verdict => verdict.Flag), live.Flags.ToArray());
        }, iter: 500);

    [Fact]
    public void What_is_forgotten_changes_no_later_verdict() =>
        Gen.Select(Gen.Int, Gen.Int[5, 200]).Sample((seed, count) =>
        {
            var random = new Random(seed);
            var (times, values) = Wander(random, count);
            var whole = new QcVerdict[count];
            Rules.Judge(values, times, default, whole);
            var live = new LiveQc(Rules);
            var seen = new Dictionary<long, QcVerdict>();
            for (var i = 0; i < count; i += 3)
            {
                // The next three in a random order, then everything but the last few is let go.
                var part = Enumerable.Range(i, Math.Min(3, count - i)).OrderBy(_ => random.Next()).ToArray();
                var changes = new List<VerdictChange>();
                foreach (var one in part)
                    live.Add([times[one]], [values[one]], changes);
                foreach (var change in changes)
                    seen[change.TUs] = change.Verdict;
                live.Forget(times[Math.Max(0, i - 1)]);
                Assert.True(live.TUs.Length < 3 + 20 + 15, $"{live.TUs.Length} kept");
            }

            Assert.Equal(whole, times.Select(t => seen[t]));
            var late = new List<VerdictChange>();
            live.Add([times[0] - 1], [1], late);
            Assert.Equal(live.HorizonUs > times[0], late.Count == 0);
        }, iter: 200);

    [Fact]
    public void A_window_judged_on_the_grid_of_time_equals_the_window_judged_by_itself() =>
        Gen.Select(Gen.Int, Gen.Int[1, 200], Gen.Double[0.001, 20]).Sample((seed, count, period) =>
        {
            var random = new Random(seed);
            var (times, values) = Wander(random, count);
            var window = new SignalWindow(SignalMeasure.StandardDeviation, period, 1);
            for (var i = 0; i < count; i++)
            {
                var found = window.Add(times[i], values[i]);
                var inside = Enumerable.Range(0, i + 1).Where(k => times[i] - times[k] < Math.Max(1, (long)(period * 1e6)) && !double.IsNaN(values[k])).Select(k => values[k]).ToArray();
                if (inside.Length == 0)
                    Assert.True(double.IsNaN(found));
                else
                    Assert.Equal(Math.Sqrt(inside.Sum(x => Math.Pow(x - inside.Average(), 2)) / inside.Length), found, 9);
            }
        }, iter: 300);

    [Fact]
    public void Times_at_the_ends_of_the_world_do_no_harm()
    {
        long[] times = [long.MinValue, long.MinValue + 1, -5, 0, 7, long.MaxValue - 1, long.MaxValue];
        double[] values = [1, 2, double.PositiveInfinity, double.NaN, -1e308, 1e308, 3];
        var whole = new QcVerdict[7];
        All.Judge(values, times, new QcCompanions { NeighbourTUs = times, Neighbour = values, CompanionTUs = times, CompanionRate = new QcFlag[7] }, whole);
        var live = new LiveQc(All);
        live.AddNeighbour(times, values, new List<VerdictChange>());
        live.AddCompanion(times, new QcFlag[7], []);
        foreach (var i in (int[])[6, 0, 3, 2, 5, 1, 4])
            live.Add([times[i]], [values[i]], new List<VerdictChange>());
        Assert.Equal(whole, live.Verdicts.ToArray());
    }

    private static IEnumerable<int[]> Arrivals(Random random, int count)
    {
        var order = Enumerable.Range(0, count).OrderBy(i => random.NextDouble() < 0.8 ? i : random.Next(count)).Concat(Enumerable.Range(0, count / 10)).ToArray();
        for (var at = 0; at < order.Length;)
        {
            var size = Math.Min(random.Next(1, 8), order.Length - at);
            yield return order.AsSpan(at, size).ToArray();
            at += size;
        }
    }

    private static (long[] Times, double[] Values) Wander(Random random, int count)
    {
        var (times, values) = (new long[count], new double[count]);
        var (t, x) = (1_780_000_000_000_000L, 0.0);
        for (var i = 0; i < count; i++)
        {
            t += random.NextDouble() < 0.9 ? 500_000 : random.NextInt64(1, 5_000_000);
            x += random.NextDouble() < 0.5 ? 0 : (random.NextDouble() - 0.5) * (random.NextDouble() < 0.1 ? 40 : 1);
            times[i] = t;
            values[i] = random.NextDouble() < 0.05 ? double.NaN : x;
        }

        return (times, values);
    }
}
