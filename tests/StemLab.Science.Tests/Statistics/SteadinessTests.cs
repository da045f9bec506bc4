using CsCheck;
using StemLab.Science.Properties;

namespace StemLab.Science.Statistics;

public sealed class SteadinessTests
{
    private static readonly SteadyRule Rule = new(20, 0.1, 0.05);

    [Fact]
    public void A_still_window_is_steady_and_gives_mean_sd_and_count()
    {
        var state = Judge(t => 7 + (t % 2 == 0 ? 0.01 : -0.01), 60);
        Assert.Equal((SteadyWait.None, 1.0, 21), (state.Wait, state.Progress, state.Count));
        Assert.Equal(7, state.Mean!.Value, 3);
        Assert.Equal(0.0102, state.Sd!.Value, 3);
        Assert.Equal((39_000_000L, 59_000_000L), (state.FromUs, state.ToUs));
    }

    [Theory]
    [InlineData(0.05, 0, SteadyWait.Drifting)]
    [InlineData(0, 0.2, SteadyWait.Noisy)]
    [InlineData(0.004, 0.03, SteadyWait.None)]
    public void Drift_and_noise_say_which_it_is(double slope, double jitter, SteadyWait wait) =>
        Assert.Equal(wait, Judge(t => slope * t + (t % 2 == 0 ? jitter : -jitter), 60).Wait);

    [Fact]
    public void Progress_grows_while_a_probe_settles_and_is_one_only_when_steady()
    {
        var last = 0.0;
        var steady = 0;
        for (var n = 2; n < 240; n++)
        {
            var state = Judge(t => 7 - 3 * Math.Exp(-t / 10.0), n);
            Assert.InRange(state.Progress, 0, 1);
            Assert.Equal(state.IsSteady, state.Progress == 1);
            if (n > 40)
                Assert.True(state.Progress >= last);
            if (n > 40)
                last = state.Progress;
            steady += state.IsSteady ? 1 : 0;
        }

        Assert.InRange(steady, 150, 190);
    }

    [Fact]
    public void No_values_one_value_and_holes_are_not_steady()
    {
        Assert.Equal(SteadyWait.TooFewValues, Steadiness.Judge(Rule, [], []).Wait);
        Assert.Equal(SteadyWait.TooFewValues, Steadiness.Judge(Rule, [5], [double.NaN]).Wait);
        var one = Steadiness.Judge(Rule, [5], [7]);
        Assert.Equal((SteadyWait.TooFewValues, 1, 7.0, (double?)null, (double?)null), (one.Wait, one.Count, one.Mean, one.Sd, one.SlopePerSecond));
        Assert.Equal(SteadyWait.WindowNotFull, Judge(_ => 7, 10).Wait);
        Assert.Equal(SteadyWait.WindowNotFull, Judge(t => t is > 42 and < 55 ? double.NaN : 7, 60).Wait);
        Assert.Equal(SteadyWait.None, Judge(t => t % 3 == 0 ? double.NaN : 7, 60).Wait);
        Assert.Throws<ArgumentException>(() => Steadiness.Judge(Rule with { WindowSeconds = 0 }, [], []));
    }

    [Fact]
    public void Every_property_has_a_rule_that_a_perfectly_still_probe_meets() =>
        Assert.All(ObservedProperties.Default.All, property => Assert.True(
            Steadiness.Judge(SteadyRule.For(property), [.. Enumerable.Range(0, 100).Select(i => i * 1_000_000L)], [.. Enumerable.Repeat(property.SuspectRange.Min, 100)]).IsSteady, property.Id));

    [Fact]
    public void Whatever_comes_the_numbers_are_numbers() =>
        Gen.Select(Gen.Long.Array[0, 30], Gen.Double.Array[30]).Sample((times, values) =>
        {
            Array.Sort(times);
            var state = Steadiness.Judge(Rule, times, values.AsSpan(0, times.Length));
            Assert.InRange(state.Progress, 0, 1);
            Assert.Equal(state.Count == 0, state.Mean is null);
        }, iter: 2000);

    private static SteadyState Judge(Func<int, double> value, int count) =>
        Steadiness.Judge(Rule, [.. Enumerable.Range(0, count).Select(t => t * 1_000_000L)], [.. Enumerable.Range(0, count).Select(value)]);
}
