using CsCheck;
using StemLab.Science.Units;
using StemLab.Science.Water;

namespace StemLab.Science.Calibration;

public sealed class CalibrationTests
{
    [Fact]
    public void Two_buffers_give_slope_offset_and_health()
    {
        var fit = PhCalibration.Fit([new(5.2, PhBuffer.Technical7, 25), new(179, PhBuffer.Phthalate4, 25)], out var refusal, out _);
        Assert.Equal(CalibrationRefusal.None, refusal);
        Assert.InRange(fit!.SlopePercent, 98, 99);
        Assert.Equal(5.2, fit.OffsetMV, 9);
        Assert.False(fit.IsDoubtful);
        Assert.Equal(7, fit.Ph(5.2, 10), 9);
        Assert.Equal(fit.Ph(-60, 18), fit.At(18).Apply(-60), 9);
    }

    [Fact]
    public void Buffers_at_different_temperatures_lie_on_one_line()
    {
        PhPoint Ideal(PhBuffer buffer, double celsius) => new(-0.95 * Electrochemistry.NernstSlopeMVPerPh(celsius) * (Electrochemistry.BufferPh(buffer, celsius) - 7) + 8, buffer, celsius);
        var fit = PhCalibration.Fit([Ideal(PhBuffer.Phthalate4, 12), Ideal(PhBuffer.Technical7, 30), Ideal(PhBuffer.Technical10, 21)], out _, out _);
        Assert.Equal(95, fit!.SlopePercent, 6);
        Assert.Equal(8, fit.OffsetMV, 6);
        Assert.Equal(0, fit.LargestResidualPh, 6);
    }

    [Fact]
    public void A_wrong_bottle_is_named()
    {
        // Really 7 and 10, stated as 7 and 4.
        Assert.Null(PhCalibration.Fit([new(0, PhBuffer.Technical7, 25), new(-177, PhBuffer.Phthalate4, 25)], out var refusal, out var likely));
        Assert.Equal(CalibrationRefusal.WrongBuffer, refusal);
        Assert.Equal([PhBuffer.Technical7, PhBuffer.Technical10], likely);
    }

    [Theory]
    [InlineData(0, 120, CalibrationRefusal.SlopeOutOfRange)]
    [InlineData(80, 258, CalibrationRefusal.OffsetOutOfRange)]
    [InlineData(double.NaN, 177, CalibrationRefusal.NotANumber)]
    [InlineData(12, 12, CalibrationRefusal.PointsCoincide)]
    [InlineData(12, 11, CalibrationRefusal.PointsCoincide)]
    [InlineData(0, -120, CalibrationRefusal.WrongSign)]
    public void An_electrode_beyond_use_is_refused(double at7, double at4, CalibrationRefusal expected)
    {
        Assert.Null(PhCalibration.Fit([new(at7, PhBuffer.Technical7, 25), new(at4, PhBuffer.Phthalate4, 25)], out var refusal, out _));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void One_buffer_or_twice_the_same_is_not_enough()
    {
        Assert.Null(PhCalibration.Fit([new(0, PhBuffer.Technical7, 25)], out var one, out _));
        Assert.Null(PhCalibration.Fit([new(0, PhBuffer.Technical7, 25), new(1, PhBuffer.Technical7, 25)], out var same, out _));
        Assert.Equal((CalibrationRefusal.TooFewPoints, CalibrationRefusal.PointsCoincide), (one, same));
    }

    [Fact]
    public void Every_kind_meets_its_points_when_they_lie_on_it() =>
        Gen.Select(Gen.Double[-10, 10], Gen.Double[0.5, 3]).Sample((offset, slope) =>
        {
            var points = Enumerable.Range(1, 5).Select(i => new CalibrationPoint(i, offset + slope * i)).ToArray();
            foreach (var kind in (CalibrationKind[])[CalibrationKind.Linear, CalibrationKind.Quadratic, CalibrationKind.Cubic, CalibrationKind.Table])
            {
                var curve = CalibrationFits.Fit(kind, points).Curve!;
                Assert.All(points, point => Assert.Equal(point.Reference, curve.Apply(point.Raw), tolerance: 1e-9));
            }
        }, iter: 200);

    [Fact]
    public void Uncertainty_grows_away_from_the_points()
    {
        var curve = CalibrationFits.Fit(CalibrationKind.Linear, [new(0, 0, 0.1), new(10, 20, 0.1)]).Curve!;
        Assert.Equal(0.2, curve.StandardUncertainty(0), 9);
        Assert.True(curve.StandardUncertainty(5) < curve.StandardUncertainty(0));
        Assert.True(curve.StandardUncertainty(30) > curve.StandardUncertainty(10));
        Assert.True(curve.Covers(5) && !curve.Covers(11));
        Assert.Equal(2, curve.Affine!.Value.Slope, 12);
        Assert.Equal(0, curve.Affine.Value.Offset, 12);
    }

    [Theory]
    [InlineData(CalibrationKind.Linear, 1, 1, CalibrationRefusal.TooFewPoints)]
    [InlineData(CalibrationKind.Linear, 2, 0, CalibrationRefusal.PointsContradict)]
    [InlineData(CalibrationKind.Cubic, 3, 1, CalibrationRefusal.TooFewPoints)]
    [InlineData(CalibrationKind.Table, 3, 0, CalibrationRefusal.PointsContradict)]
    public void Points_that_say_nothing_are_refused(CalibrationKind kind, int count, double step, CalibrationRefusal expected) =>
        Assert.Equal(expected, CalibrationFits.Fit(kind, [.. Enumerable.Range(0, count).Select(i => new CalibrationPoint(i * step, i))]).Refusal);

    [Fact]
    public void Standards_the_noise_cannot_tell_apart_and_curves_that_turn_back_are_refused()
    {
        Assert.Equal(CalibrationRefusal.PointsCoincide, CalibrationFits.Fit(CalibrationKind.Linear, [new(1, 4, 0.5), new(1.1, 7, 0.5)]).Refusal);
        Assert.Equal(CalibrationRefusal.PointsContradict, CalibrationFits.Fit(CalibrationKind.Quadratic, [new(0, 0), new(1, 5), new(2, 0)]).Refusal);
        Assert.Equal(CalibrationRefusal.FactorOutOfRange, CalibrationFits.Fit(CalibrationKind.Factor, [new(1.413, 1413)]).Refusal);
        Assert.Equal(CalibrationRefusal.FactorOutOfRange, CalibrationFits.Fit(CalibrationKind.Factor, [new(0, 1413)]).Refusal);
    }

    [Fact]
    public void A_conductivity_standard_is_taken_at_its_temperature()
    {
        var curve = CalibrationFits.Conductivity([new(1413 * (1 + 0.0191 * 5) / 1.1, 1413)], [30]).Curve!;
        Assert.Equal(1.1, curve.Affine!.Value.Slope, 9);
    }

    [Fact]
    public void An_oxygen_probe_in_air_and_without_oxygen_gives_a_line()
    {
        var curve = CalibrationFits.Oxygen(50, 25, 0, 1013.25, zeroRaw: 2).Curve!;
        Assert.Equal(Water.Oxygen.SaturationMgL(25, 0, 1013.25), curve.Apply(50), 9);
        Assert.Equal(0, curve.Apply(2), 9);
        Assert.Equal(CalibrationRefusal.WrongSign, CalibrationFits.Oxygen(2, 25, 0, 1013.25, zeroRaw: 50).Refusal);
    }

    [Fact]
    public void Drift_between_two_calibrations_is_spread_evenly()
    {
        var spread = new DriftSpread(0, new AffineMap(1, 0), 100, new AffineMap(1.2, 1));
        Assert.Equal(10, spread.At(-5).Apply(10), 12);
        Assert.Equal(11.5, spread.At(50).Apply(10), 12);
        Assert.Equal(13, spread.At(100).Apply(10), 12);
        Assert.Equal(3, spread.Band(10), 12);
    }

    [Fact]
    public void Many_readings_at_once_have_the_bits_of_one_by_one() =>
        Gen.Select(Gen.OneOfConst(CalibrationKind.Linear, CalibrationKind.Quadratic, CalibrationKind.Table), Gen.Int[4, 30], Gen.Int).Sample((kind, count, seed) =>
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, count).Select(i => new CalibrationPoint(i, 3 * i + 0.01 * i * i + 0.1 * random.NextDouble())).ToArray();
            var curve = CalibrationFits.Fit(kind, points).Curve!;
            double[] raw = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble() * (count + 4) - 2), 0, 1, count - 1, double.NaN, double.PositiveInfinity];
            var values = new double[raw.Length];
            curve.Apply(raw, values);
            Assert.Equal(raw.Select(curve.Apply), values);
        }, iter: 200);

    [Fact]
    public void Every_refusal_says_what_to_do_in_both_languages()
    {
        var all = Enum.GetValues<CalibrationRefusal>().Where(one => one != 0).Select(Texts.Refusals.Say)
            .Concat(Enum.GetValues<Statistics.FitRefusal>().Where(one => one != 0).Select(Texts.Refusals.Say))
            .Concat(Enum.GetValues<Statistics.SteadyWait>().Where(one => one != 0).Select(Texts.Refusals.Say))
            .Concat(Enum.GetValues<Statistics.BucketRefusal>().Where(one => one != 0).Select(Texts.Refusals.Say))
            .Concat(Enum.GetValues<Time.OutlierReason>().Select(Texts.Refusals.Say))
            .Concat(Enum.GetValues<Time.PhoneAgreement>().Select(Texts.Refusals.Say)).ToArray();
        Assert.Equal(Texts.Refusals.Table.Codes.Count, all.Distinct().Count());
        Assert.All(all, sentence => Assert.True(sentence.En.Length > 10 && sentence.Vi.Length > 10 && sentence.En != sentence.Vi));
    }
}
