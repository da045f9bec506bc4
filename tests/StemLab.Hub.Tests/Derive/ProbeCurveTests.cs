using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Calibration;
using StemLab.Science.Quality;
using StemLab.Science.Water;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>Every form of calibration on real rows, against the formulas and fits of Science.</summary>
public sealed class ProbeCurveTests
{
    private static readonly Id128 Probe = new(0x77);

    private static CalibrationMethod Plain(CalibrationForm form) => new(form, [], [], []);

    private static Compensation Temperature(double? otherwise = null, long ageUs = 60 * Second) => new(CompensationRole.Temperature, "water_temperature", ageUs, otherwise);

    private static Calibration Ph(CalibrationMethod? method = null) =>
        new(Probe, "voltage", "mV", "ph", "[pH]", -1 / 58.0, 7 + (3 / 58.0), Instant.AtUtc(0), "", method ?? Plain(CalibrationForm.Ph) with { Compensations = [Temperature()], ReferenceCelsius = 20 });

    [Fact]
    public async Task An_electrode_is_compensated_by_the_newest_temperature_before_each_reading()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (10 * Second, 100), (20 * Second, 100), (30 * Second, -80), (31 * Second, double.NaN));
        await hub.RowsAsync("t", "water_temperature", "K", (9 * Second, 283.15), (20 * Second, 303.15), (25 * Second, 293.15), (29 * Second, double.NaN));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        hub.State(Ph());

        (double[] value, byte[] flag, FlagReasons[] reason, _) = hub.All(hub.Book.Current, series);

        var fitted = new PhCalibration(-58, 3, 20, 0, null, 0, false);
        AssertNear([fitted.Ph(100, 10), fitted.Ph(100, 30), fitted.Ph(-80, 20), double.NaN], value);
        Assert.Equal([2, 2, 2, 9], flag);
        Assert.All(reason, bits => Assert.Equal(FlagReasons.None, bits));
    }

    [Fact]
    public async Task Without_a_near_temperature_the_default_is_used_and_the_reading_is_suspect_with_the_reason()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (10 * Second, 100), (40 * Second, 100), (101 * Second, 100), (200 * Second, 100));
        await hub.RowsAsync("t", "water_temperature", "Cel", (40 * Second, 30), (150 * Second, 85));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        hub.State(Ph(Plain(CalibrationForm.Ph) with { Compensations = [Temperature(otherwise: 15)], ReferenceCelsius = 20 }));

        (double[] value, byte[] flag, FlagReasons[] reason, _) = hub.All(hub.Book.Current, series);

        // Before the first, 61 s after the last, and where a DS18B20 said 85 °C.
        var fitted = new PhCalibration(-58, 3, 20, 0, null, 0, false);
        AssertNear([fitted.Ph(100, 15), fitted.Ph(100, 30), fitted.Ph(100, 15), fitted.Ph(100, 15)], value);
        Assert.Equal([3, 2, 3, 3], flag);
        Assert.Equal([FlagReasons.InputMissing, 0, FlagReasons.InputMissing, FlagReasons.InputMissing], reason);
    }

    [Fact]
    public async Task Each_calibration_of_a_probe_asks_for_its_own_siblings_at_its_own_age()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (10 * Second, 100), (100 * Second, 100), (200 * Second, 100));
        await hub.RowsAsync("t", "water_temperature", "Cel", (0, 10));
        await hub.RowsAsync("u", "soil_temperature", "Cel", (0, 40));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        CalibrationMethod method = Plain(CalibrationForm.Ph) with { ReferenceCelsius = 20 };
        hub.State(Ph(method with { Compensations = [Temperature(ageUs: 60 * Second)] }));
        hub.State(Ph(method with { Compensations = [Temperature(ageUs: 150 * Second)] }) with { ValidFrom = Instant.AtBoot(Boot, 50 * Second) });
        hub.State(Ph(method with { Compensations = [Temperature(ageUs: 600 * Second) with { Property = "soil_temperature" }] }) with { ValidFrom = Instant.AtBoot(Boot, 150 * Second) });

        var fitted = new PhCalibration(-58, 3, 20, 0, null, 0, false);
        AssertNear([fitted.Ph(100, 10), fitted.Ph(100, 10), fitted.Ph(100, 40)], hub.Values(series));
        Assert.Equal([2, 2, 2], hub.Read(hub.Book.Current, series).Flag);
    }

    [Fact]
    public async Task A_sibling_is_of_the_same_boot_prefers_the_same_port_and_is_read_with_its_own_calibration()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 next = new(0xB1);
        await hub.DeclareAsync(Agent, next, BootKind.Device, 2, Boot);
        SeriesId series = await hub.RowsAsync("z", "voltage", "mV", (10 * Second, 100));
        SeriesId alone = await hub.RowsAsync(Agent, next, "z", "voltage", "mV", (10 * Second, 100));
        await hub.RowsAsync("a", "water_temperature", "Cel", (10 * Second, 5));
        await hub.RowsAsync("z", "water_temperature", "Cel", (10 * Second, 20));
        hub.State(new Deployment(Agent, "z", Probe, "", "", Instant.AtUtc(0)));
        hub.State(Ph());
        var fitted = new PhCalibration(-58, 3, 20, 0, null, 0, false);
        AssertNear([fitted.Ph(100, 20)], hub.Values(series));
        Assert.Equal([3], hub.Read(hub.Book.Current, alone).Flag);

        // The thermometer reads 2 °C too low: mending it mends the pH, and watchers are told of both.
        long version = hub.Book.Current.Version;
        hub.State(new Calibration(Probe, "water_temperature", "", "", "", 1, 2, Instant.AtUtc(0), ""));
        AssertNear([fitted.Ph(100, 22)], hub.Values(series));
        Assert.True(hub.Book.TryChangesSince(version, out var changes));
        Assert.Contains(hub.Book.Current.Series(series).Channel.Name, changes.SelectMany(change => change.Spans).Select(span => span.Channel));
    }

    [Fact]
    public async Task Oxygen_and_conductivity_follow_temperature_salinity_and_pressure()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId oxygen = await hub.RowsAsync("do", "dissolved_oxygen", "mg/L", (10 * Second, 8));
        SeriesId percent = await hub.RowsAsync("sat", "dissolved_oxygen_saturation", "%", (10 * Second, 100));
        SeriesId ec = await hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", (10 * Second, 2));
        await hub.RowsAsync("t", "water_temperature", "Cel", (9 * Second, 28));
        await hub.RowsAsync("s", "practical_salinity", "1", (9 * Second, 30));
        await hub.RowsAsync("p", "air_pressure", "kPa", (9 * Second, 99));
        var salinity = new Compensation(CompensationRole.Salinity, "practical_salinity", 60 * Second);
        var pressure = new Compensation(CompensationRole.Pressure, "air_pressure", 60 * Second);
        Hang(hub, "do", new Calibration(new Id128(1), "", "", "", "", 1.01, 0, Instant.AtUtc(0), "", Plain(CalibrationForm.Oxygen) with { Compensations = [Temperature(), salinity] }));
        Hang(hub, "sat", new Calibration(new Id128(2), "", "", "", "", 1, 0, Instant.AtUtc(0), "", Plain(CalibrationForm.OxygenSaturation) with { Compensations = [pressure, Temperature()] }));
        Hang(hub, "ec", new Calibration(new Id128(3), "electrical_conductivity", "uS/cm", "specific_conductance_25", "uS/cm", 1.1, 0, Instant.AtUtc(0), "", Plain(CalibrationForm.Conductivity25) with { Compensations = [Temperature()], AlphaPerCelsius = 0.02 }));

        AssertNear([8 * 1.01 * Oxygen.SaturationMgL(28, 30, 1013.25) / Oxygen.SaturationMgL(25, 0, 1013.25)], hub.Values(oxygen));
        AssertNear([100 * Oxygen.SaturationMgL(28, 0, 1013.25) / Oxygen.SaturationMgL(28, 0, 990)], hub.Values(percent));
        AssertNear([FreshWater.SpecificConductance25(2200, 28, 0.02)], hub.Values(ec));
        Assert.Equal(("specific_conductance_25", "uS/cm"), (hub.Book.Current.Series(ec).Channel.PropertyId, hub.Book.Current.Series(ec).Channel.UnitUcum));
    }

    [Fact]
    public async Task Polynomials_and_tables_read_as_the_fits_do_and_say_when_they_are_beyond_their_standards()
    {
        await using DeriveFixture hub = await OpenAsync();
        CalibrationPoint[] points = [new(0, 1), new(10, 12), new(20, 30), new(30, 45), new(40, 90)];
        CalibrationCurve cubic = CalibrationFits.Fit(CalibrationKind.Cubic, points).Curve!;
        CalibrationCurve table = CalibrationFits.Fit(CalibrationKind.Table, points).Curve!;
        ImmutableArray<StandardReading> standards = [.. points.Select(point => new StandardReading(point.Raw, point.Reference))];
        double[] raw = [-5, 0, 15, 39, 20, 10, 44, 5];
        SeriesId first = await hub.RowsAsync("a", "turbidity", "[NTU]", [.. raw.Select((value, i) => (i * Second, value))]);
        SeriesId second = await hub.RowsAsync("b", "turbidity", "[NTU]", [.. raw.Select((value, i) => (i * Second, value))]);
        Hang(hub, "a", new Calibration(new Id128(1), "", "", "", "", 1, 0, Instant.AtUtc(0), "", Plain(CalibrationForm.Polynomial) with { Coefficients = cubic.Coefficients, Points = standards, ResidualSd = 2 }));
        Hang(hub, "b", new Calibration(new Id128(2), "", "", "", "", 0, 0, Instant.AtUtc(0), "", Plain(CalibrationForm.Table) with { Points = standards }));

        AssertNear([.. raw.Select(cubic.Apply)], hub.Values(first));
        AssertNear([.. raw.Select(table.Apply)], hub.Values(second));
        Assert.Equal([FlagReasons.OutsideValidity, 0, 0, 0, 0, 0, FlagReasons.OutsideValidity, 0], hub.All(hub.Book.Current, second).Reason);
        double scale = 2 / cubic.StandardUncertainty(15);
        AssertNear([.. raw.Select(x => cubic.StandardUncertainty(x) * scale * hub.All(hub.Book.Current, first).Uncertainty[2] / 2)], hub.All(hub.Book.Current, first).Uncertainty, 1e-6);
        Assert.All(hub.All(hub.Book.Current, second).Uncertainty, sd => Assert.True(double.IsNaN(sd)));
    }

    [Fact]
    public async Task The_uncertainty_of_a_line_is_the_fits_own_and_not_known_where_nothing_was_stated()
    {
        await using DeriveFixture hub = await OpenAsync();
        CalibrationPoint[] points = [new(1, 2.1), new(2, 3.9), new(3, 6.05), new(9, 18)];
        CalibrationCurve line = CalibrationFits.Fit(CalibrationKind.Linear, points).Curve!;
        double sd = Math.Sqrt(line.Residuals.Sum(residual => residual * residual) / 2);
        SeriesId series = await hub.RowsAsync("a", "turbidity", "[NTU]", (1, -3), (2, 2), (3, 5), (4, 100));
        var calibration = new Calibration(Probe, "", "", "", "", line.Affine!.Value.Slope, line.Affine.Value.Offset, Instant.AtUtc(0), "",
            Plain(CalibrationForm.Linear) with { Points = [.. points.Select(point => new StandardReading(point.Raw, point.Reference))], ResidualSd = sd });
        hub.State(new Deployment(Agent, "a", Probe, "", "", Instant.AtUtc(0)));
        Fact stated = hub.State(calibration);

        AssertNear([.. new double[] { -3, 2, 5, 100 }.Select(line.StandardUncertainty)], hub.All(hub.Book.Current, series).Uncertainty, 1e-9);
        Assert.True(hub.Book.Current.Series(series).Spans[^1].IsAffine);

        hub.State(calibration with { Method = null }, stated.FactId);
        Assert.All(hub.All(hub.Book.Current, series).Uncertainty, unknown => Assert.True(double.IsNaN(unknown)));
    }

    [Fact]
    public async Task After_its_time_a_calibration_still_gives_values_and_says_so()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("p", "ph", "[pH]", (10, 7), (20, 7), (30, 7));
        hub.State(new Deployment(Agent, "p", Probe, "", "", Instant.AtUtc(0)));
        hub.State(new Calibration(Probe, "", "", "", "", 1, 0.1, Instant.AtUtc(0), "", Plain(CalibrationForm.Offset) with { ValidUntil = Instant.AtBoot(Boot, 20) }));

        (double[] value, byte[] flag, FlagReasons[] reason, _) = hub.All(hub.Book.Current, series);

        Assert.Equal([7.1, 7.1, 7.1], value);
        Assert.Equal([2, 2, 2], flag);
        Assert.Equal([0, FlagReasons.CalibrationOverdue, FlagReasons.CalibrationOverdue], reason);
    }

    private static void Hang(DeriveFixture hub, string port, Calibration calibration)
    {
        hub.State(new Deployment(Agent, port, calibration.Probe, "", "", Instant.AtUtc(0)));
        hub.State(calibration);
    }

    private static void AssertNear(double[] expected, double[] actual, double relative = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(double.IsNaN(expected[i]) ? double.IsNaN(actual[i]) : Math.Abs(expected[i] - actual[i]) <= relative * Math.Max(1, Math.Abs(expected[i])), $"row {i}: expected {expected[i]}, found {actual[i]}");
        }
    }
}
