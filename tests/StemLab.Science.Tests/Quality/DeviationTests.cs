using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>Where StemLab's mode differs from ioos_qc, and why (README of the room).</summary>
public sealed class DeviationTests
{
    [Fact]
    public void D1_fast_data_is_judged_in_real_seconds()
    {
        double[] ramp = [0, 1, 2, 3];
        long[] times = [0, 100_000, 200_000, 300_000];
        Assert.Equal([1, 3, 3, 3], Rate(ramp, times, 5, QcMode.StemLab));
        Assert.Equal([1, 1, 1, 1], Rate(ramp, times, 5, QcMode.Ioos));
    }

    [Fact]
    public void D2_a_threshold_of_zero_is_a_threshold()
    {
        var flags = new QcFlag[3];
        ChangeChecks.Spike([1, 2, 1], 0, null, SpikeMethod.Average, QcMode.StemLab, flags);
        Assert.Equal(QcFlag.Suspect, flags[1]);
        ChangeChecks.Spike([1, 2, 1], 0, null, SpikeMethod.Average, QcMode.Ioos, flags);
        Assert.Equal(QcFlag.Pass, flags[1]);
    }

    [Fact]
    public void D3_tolerance_zero_flags_what_does_not_move()
    {
        var flags = new QcFlag[6];
        StillnessChecks.FlatLine([5, 5, 5, 5, 5, 5], [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000], 3, 5, 0, 1, QcMode.StemLab, flags);
        Assert.Equal("111334", string.Concat(flags.Select(flag => (byte)flag)));
        Assert.Throws<ArgumentException>(() => StillnessChecks.FlatLine([1, 1], [0, 1], 3, 5, -1, 1, QcMode.StemLab, new QcFlag[2]));
    }

    [Fact]
    public void D4_equal_times_have_no_rate() => Assert.Equal([1, 2, 1], Rate([0, 100, 101], [0, 0, 1_000_000], 5, QcMode.StemLab));

    [Fact]
    public void D5_no_values_give_no_verdicts_and_one_value_is_not_evaluated()
    {
        ChangeChecks.Spike([], 1, 2, SpikeMethod.Average, QcMode.StemLab, []);
        TimingChecks.TimeGap([], 1, QcMode.StemLab, []);
        var flags = new QcFlag[1];
        ChangeChecks.Spike([1], 1, 2, SpikeMethod.Average, QcMode.StemLab, flags);
        Assert.Equal(QcFlag.NotEvaluated, flags[0]);
        TimingChecks.TimeGap([0], 1, QcMode.StemLab, flags);
        Assert.Equal(QcFlag.NotEvaluated, flags[0]);
    }

    [Fact]
    public void Thresholds_upside_down_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RangeChecks.GrossRange([1], new ValueRange(0, 10), new ValueRange(-1, 5), new QcFlag[1]));
        Assert.Throws<ArgumentException>(() => RangeChecks.GrossRange([1], new ValueRange(double.NaN, 10), null, new QcFlag[1]));
        Assert.Throws<ArgumentException>(() => new QcRules(0).Check([1], [0], new QcFlag[1]));
    }

    [Fact]
    public void A_neighbour_far_off_is_suspect_and_one_far_away_in_time_says_nothing()
    {
        var flags = new QcFlag[3];
        CompanionChecks.Neighbour([20, 30, 21], [0, 10, 1000], [20.5, 20.4], [1, 11], 5, 2, flags);
        Assert.Equal([QcFlag.Pass, QcFlag.Suspect, QcFlag.NotEvaluated], flags);
    }

    [Fact]
    public void A_jump_its_companion_shares_is_believed()
    {
        var flags = new QcFlag[2];
        CompanionChecks.Multivariate([QcFlag.Suspect, QcFlag.Suspect], [0, 100], [QcFlag.Suspect, QcFlag.Pass], [1, 101], 5, flags);
        Assert.Equal([QcFlag.Pass, QcFlag.Suspect], flags);
    }

    private static byte[] Rate(double[] values, long[] times, double suspect, QcMode mode)
    {
        var flags = new QcFlag[values.Length];
        ChangeChecks.RateOfChange(values, times, suspect, null, mode, flags);
        return [.. flags.Select(flag => (byte)flag)];
    }
}
