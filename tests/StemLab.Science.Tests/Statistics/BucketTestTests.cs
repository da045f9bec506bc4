using CsCheck;
using StemLab.Science.Properties;

namespace StemLab.Science.Statistics;

public sealed class BucketTestTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void Offsets_noise_and_the_odd_one_are_found()
    {
        var random = new Random(3);
        double[] offsets = [0.05, -0.03, 0.02, 1.5, 0];
        var report = BucketTest.Compare([.. offsets.Select((offset, i) => Probe($"p{i}", 300, _ => 25 + offset + 0.02 * Normal(random)))], accuracy: 0.3);
        Assert.Equal(BucketRefusal.None, report.Refusal);
        Assert.True(report.IsSteady && report.CanNameOdd);
        Assert.Equal(["p3"], report.Probes.Where(probe => probe.IsOdd).Select(probe => probe.Probe));
        for (var i = 0; i < offsets.Length; i++)
        {
            Assert.Equal(offsets[i] - 0.02, report.Probes[i].Offset!.Value, 1.5e-2);
            Assert.InRange(report.Probes[i].Noise!.Value, 0.01, 0.03);
            Assert.True(report.Probes[i].OffsetError > 0);
            Assert.Null(report.Probes[i].ResponseSeconds);
        }
    }

    [Theory]
    [InlineData("turbidity", 5, 2)]
    [InlineData("turbidity", -200, 10)]
    [InlineData("nitrate", 40, 4)]
    [InlineData("pm2_5", 3, 10)]
    public void Good_probes_may_differ_as_the_registry_says(string id, double at, double accuracy)
    {
        var property = ObservedProperties.Default.All.Single(one => one.Id == id);
        Assert.Equal(accuracy, BucketTest.AccuracyOf(property, at)!.Value, 9);
        Assert.Contains(property.TypicalAccuracy, (string[])["±5 % or 2 NTU", "±10 % or 2 mg/L", "±10 % or 10"]);
        Assert.Null(BucketTest.AccuracyOf(ObservedProperties.Default.All.Single(one => one.Id == "ph"), 7));
    }

    [Fact]
    public void A_slow_probe_is_measured_by_its_way_into_the_bucket()
    {
        var report = BucketTest.Compare(
            [Probe("fast", 300, t => 25 - 5 * Math.Exp(-t / 5.0)), Probe("slow", 300, t => 25 + 10 * Math.Exp(-t / 20.0)), Probe("there", 300, _ => 25)], accuracy: 0.3);
        Assert.Equal(5, report.Probes[0].ResponseSeconds!.Value, 1.0);
        Assert.Equal(11.5, report.Probes[0].Response90Seconds!.Value, 1.0);
        Assert.Equal(20, report.Probes[1].ResponseSeconds!.Value, 1.0);
        Assert.Equal(46, report.Probes[1].Response90Seconds!.Value, 1.5);
        Assert.Null(report.Probes[2].ResponseSeconds);
    }

    [Fact]
    public void Water_that_still_changes_is_not_steady_and_offsets_stay_right()
    {
        var report = BucketTest.Compare([Probe("a", 300, t => 25 + 0.01 * t), Probe("b", 300, t => 25.1 + 0.01 * t), Probe("c", 300, t => 24.9 + 0.01 * t)], accuracy: 0.3);
        Assert.False(report.IsSteady);
        Assert.Equal(0.6, report.CommonChange, 3);
        Assert.Equal(0.1, report.Probes[1].Offset!.Value, 6);
        Assert.DoesNotContain(report.Probes, probe => probe.IsOdd);
    }

    [Fact]
    public void Probes_of_many_waters_are_all_off_and_none_is_odd()
    {
        var report = BucketTest.Compare([Probe("a", 300, _ => 24), Probe("b", 300, _ => 25), Probe("c", 300, _ => 26), Probe("d", 300, _ => 27.5)], accuracy: 0.3);
        Assert.DoesNotContain(report.Probes, probe => probe.IsOdd);
        Assert.All(report.Probes, probe => Assert.True(probe.IsOff));
    }

    [Fact]
    public void Two_probes_may_disagree_but_nobody_is_named()
    {
        var report = BucketTest.Compare([Probe("a", 100, _ => 20), Probe("b", 100, _ => 25)], accuracy: 0.3);
        Assert.False(report.CanNameOdd);
        Assert.DoesNotContain(report.Probes, probe => probe.IsOdd);
        Assert.Equal([-2.5, 2.5], report.Probes.Select(probe => probe.Offset!.Value));
    }

    [Fact]
    public void A_probe_that_died_takes_no_part_and_does_not_end_the_test()
    {
        var report = BucketTest.Compare([Probe("a", 300, _ => 20), Probe("dead", 30, _ => 20), Probe("b", 300, _ => 20), Probe("silent", 300, _ => double.NaN)], accuracy: 0.3);
        Assert.Equal([61, 0, 61, 0], report.Probes.Select(probe => probe.Count));
        Assert.Null(report.Probes[1].Offset);
    }

    [Fact]
    public void Too_little_is_refused_with_a_reason()
    {
        Assert.Equal(BucketRefusal.TooFewProbes, BucketTest.Compare([Probe("a", 100, _ => 1)], 0.1).Refusal);
        Assert.Equal(BucketRefusal.NoCommonTime, BucketTest.Compare([Probe("a", 100, _ => 1), Probe("b", 100, _ => double.NaN)], 0.1).Refusal);
        Assert.Equal(BucketRefusal.NoCommonTime, BucketTest.Compare([Probe("a", 100, _ => 1), new BucketSeries("b", ReadOnlyMemory<long>.Empty, ReadOnlyMemory<double>.Empty)], 0.1).Refusal);
        Assert.Throws<ArgumentException>(() => BucketTest.Compare([Probe("a", 100, _ => 1), Probe("b", 100, _ => 1)], 0));
    }

    [Fact]
    public void The_stated_error_of_an_offset_is_honest()
    {
        var scores = new List<double>();
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var report = BucketTest.Compare([.. Enumerable.Range(0, 6).Select(i => Probe($"p{i}", 120, _ => 10 + 0.5 * Normal(random)))], accuracy: 1);
            scores.AddRange(report.Probes.Select(probe => Math.Abs(probe.Offset!.Value / probe.OffsetError!.Value)));
        }

        Assert.InRange(scores.Count(score => score < 2) / (double)scores.Count, 0.93, 1);
        Assert.InRange(scores.Order().ElementAt(scores.Count / 2), 0.3, 1);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static BucketSeries Probe(string name, int count, Func<int, double> value) =>
        new(name, Enumerable.Range(0, count).Select(t => t * Second).ToArray(), Enumerable.Range(0, count).Select(value).ToArray());
}
