using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

public sealed class MovedProbeTests
{
    [Fact]
    public async Task A_probe_keeps_its_calibration_its_drift_and_its_standards_when_it_moves_to_another_agent()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 probe = new(0x77);
        Id128 otherAgent = new(0xA2);
        Id128 otherBoot = new(0xC0);
        await hub.DeclareAsync(otherAgent, otherBoot, BootKind.Device, 1, default);
        SeriesId here = await hub.RowsAsync("a0", "voltage", "mV", (100 * Second, 50), (900 * Second, 50));
        await hub.RowsAsync("t", "water_temperature", "Cel", (90 * Second, 10), (899 * Second, 10));
        SeriesId there = await hub.RowsAsync(otherAgent, otherBoot, "x7", "voltage", "V", (100 * Second, 0.05), (500 * Second, 0.05));
        await hub.RowsAsync(otherAgent, otherBoot, "temp", "water_temperature", "Cel", (99 * Second, 10), (499 * Second, 30));
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new UtcAnchor(otherBoot, 0, Utc0 + (1000 * Second), 1000, "gps"));
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second)], ResidualSd: 0.01);
        hub.State(new Deployment(Agent, "a0", probe, "pH-3", "s1", Instant.AtUtc(0)));
        Fact calibration = hub.State(new Calibration(probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(Utc0), "", method));
        Fact check = hub.State(new CalibrationCheck(probe, Instant.AtUtc(Utc0 + (2000 * Second)), [new StandardReading(0, 6.8, Celsius: 25)], ""));
        hub.State(new DriftSpread(probe, calibration.FactId, check.FactId, Instant.AtUtc(Utc0), Instant.AtUtc(Utc0 + (2000 * Second)), DriftSpread.Linear, ""));

        hub.State(new Deployment(otherAgent, "x7", probe, "pH-3", "s1", Instant.AtUtc(Utc0 + (1000 * Second))));

        Assert.Equal(("ph", calibration.FactId, probe), (hub.Book.Current.Series(there).Channel.PropertyId, hub.Book.Current.Series(there).Channel.Calibration, hub.Book.Current.Series(there).Channel.Probe));
        AssertNear([Expected(10, 100), Expected(10, 900)], hub.Values(here));
        AssertNear([Expected(10, 1100), Expected(30, 1500)], hub.Values(there));

        static double Expected(double celsius, double tripSeconds) => 7 + (-0.85 * 298.15 / (celsius + 273.15)) - (0.2 * tripSeconds / 2000);
    }

    private static void AssertNear(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 9));
}
