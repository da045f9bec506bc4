using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Quality;

/// <summary>The flag of a temperature travels to the pH that is compensated by it.</summary>
public sealed class InputFlagTests
{
    private static readonly Id128 Electrode = new(0x71);
    private static readonly Id128 Cell = new(0x72);
    private static readonly Id128 OxygenProbe = new(0x73);

    /// <summary>Above 21 °C suspect, above 25 °C impossible.</summary>
    private static QualityRules Ranged { get; } = new("water_temperature", "", null, "Cel", ["spike", "rate_of_change", "flat_line"], new RangeLimits(-5, 25, 0, 21));

    /// <summary>Spikes are suspect or fail; everything else is let through.</summary>
    private static QualityRules Spiky { get; } = new("water_temperature", "", null, "Cel", [], new RangeLimits(-100, 100, -50, 90), new ChangeLimits(0.5, 3), null, null, null);

    [Fact]
    public async Task The_ph_made_with_a_flagged_temperature_bears_its_flag_until_the_next_temperature()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(CompensatedAsync);
        hub.Hub.State(Ranged);
        await TemperatureAsync(hub, (0, 20), (10, 20), (20, 21.2), (30, 20), (40, 26), (50, 20), (60, 20));
        await VoltageAsync(hub, 5, 15, 19, 20, 25, 29, 30, 35, 41, 45, 55, 65);
        await hub.SettledAsync();

        List<FlaggedRow> rows = hub.Rows("a0");

        Assert.Equal([3, 4], hub.Rows("t").Select(row => row.Flag).Where(flag => flag > 1));
        Assert.Equal([1, 1, 1, 3, 3, 3, 1, 1, 4, 4, 1, 1], rows.Select(row => (int)row.Flag));
        Assert.Equal(rows.Select(row => row.Flag > 1), rows.Select(row => row.Reasons.HasFlag(FlagReasons.InputFlagged)));
    }

    [Fact]
    public async Task What_a_person_says_of_the_temperature_counts_for_the_ph_and_so_does_taking_it_back()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(CompensatedAsync);
        hub.Hub.State(Ranged);
        await TemperatureAsync(hub, (0, 20), (10, 20), (20, 21.2), (30, 20), (40, 20));
        await VoltageAsync(hub, 5, 25, 35);
        await hub.SettledAsync();
        Assert.Equal([1, 3, 1], hub.Rows("a0").Select(row => (int)row.Flag));
        long revision = hub.Hub.Log.Current.Revision;

        string temperature = hub.Channel("t").Name;
        Fact good = hub.Hub.State(new HumanFlag(temperature, Instant.AtUtc(Utc0 + (20 * Second)), Instant.AtUtc(Utc0 + (21 * Second)), 1, "I held it in the sun"));
        Fact bad = hub.Hub.State(new HumanFlag(temperature, Instant.AtUtc(Utc0), Instant.AtUtc(Utc0 + (5 * Second)), 4, "not in the water yet"));
        await hub.SettledAsync();

        Assert.Equal([4, 1, 1], hub.Rows("a0").Select(row => (int)row.Flag));
        Assert.Equal([1, 3, 1], hub.Rows("a0", revision).Select(row => (int)row.Flag));

        hub.Hub.Withdraw(good);
        hub.Hub.Withdraw(bad);
        await hub.SettledAsync();
        Assert.Equal([1, 3, 1], hub.Rows("a0").Select(row => (int)row.Flag));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Rows_in_any_order_get_the_flags_of_rows_in_one(int seed)
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(CompensatedAsync);
        hub.Hub.State(Spiky);
        var random = new Random(seed);
        var steps = new List<(string Port, int At, double Value, double Key)>();
        for (int i = 0; i < 400; i++)
        {
            steps.Add(("t", 2 * i, 20 + (random.Next(12) == 0 ? 5 * random.NextDouble() : 0.1 * random.NextDouble()), i + (random.NextDouble() * (seed % 2 == 0 ? 0 : 25))));
            steps.Add(("a0", (2 * i) + random.Next(2), 40, i + 0.5 + (random.NextDouble() * (seed > 2 ? 25 : 0))));
        }

        foreach ((string port, int at, double value, _) in steps.OrderBy(step => step.Key))
        {
            await (port == "t" ? TemperatureAsync(hub, (at, value)) : VoltageAsync(hub, at));
        }

        // As the hub's loop does once a second: a pH that came before its temperature is judged again.
        hub.Hub.Book.PublishLate();
        await hub.SettledAsync();

        List<FlaggedRow> temperatures = hub.Rows("t");
        List<FlaggedRow> rows = hub.Rows("a0");
        Assert.Equal(400, rows.Count);
        Assert.Contains(rows, row => row.Flag == 3);
        Assert.Contains(rows, row => row.Flag == 4);
        Assert.Equal(
            rows.Select(row => temperatures.Last(other => other.UtcUs <= row.UtcUs).Flag),
            rows.Select(row => row.Flag));
    }

    [Fact]
    public async Task A_ph_told_of_its_late_temperature_before_either_was_taken_gets_its_flag_all_the_same()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(CompensatedAsync, isWatching: false);
        hub.Hub.State(Ranged);
        await TemperatureAsync(hub, (0, 20));
        await VoltageAsync(hub, 1);
        CommitPosition taken = hub.Watch.Start();
        await hub.JudgedAsync();

        // The loop is behind: both are stored, neither is taken, when the late temperature is told and judged by.
        await VoltageAsync(hub, 21, 22, 23);
        await TemperatureAsync(hub, (20, 26));
        hub.Hub.Book.PublishLate();
        Assert.True(hub.Hub.Book.TryChangesSince(hub.Book.Derivation.Version, out ImmutableArray<DerivationChange> changes));
        hub.Book.Follow(hub.Hub.Book.Current, [.. changes.SelectMany(change => change.Spans)]);
        await hub.JudgedAsync();

        while (taken < CommitPosition.After(hub.Hub.Store.Stats.Commit))
        {
            taken = hub.Watch.Take(taken, maxRows: 1, TestContext.Current.CancellationToken);
        }

        await hub.SettledAsync();

        Assert.Equal([1, 4, 4, 4], hub.Rows("a0").Select(row => (int)row.Flag));
    }

    /// <summary>Temperature → conductivity at 25 °C → salinity for oxygen: each made with the one before.</summary>
    [Fact]
    public async Task A_sibling_that_is_compensated_itself_is_followed_with_its_value_and_flag()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(CompensatedAsync);
        hub.Hub.State(Ranged);
        hub.Hub.State(new Deployment(Agent, "c", Cell, "", "", Instant.AtUtc(0)));
        hub.Hub.State(new Deployment(Agent, "o", OxygenProbe, "", "", Instant.AtUtc(0)));
        var temperature = new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second);

        // A maker's cell whose board prints salinity, bent by temperature.
        hub.Hub.State(new Calibration(Cell, "voltage", "mV", "practical_salinity", "1", 0.1, 0, Instant.AtUtc(0), "", new CalibrationMethod(CalibrationForm.Conductivity25, [], [], [temperature])));
        hub.Hub.State(new Calibration(
            OxygenProbe, "current", "uA", "dissolved_oxygen", "mg/L", 1, 0, Instant.AtUtc(0), "",
            new CalibrationMethod(CalibrationForm.Oxygen, [], [], [temperature, new Compensation(CompensationRole.Salinity, "practical_salinity", 60 * Second)])));
        await TemperatureAsync(hub, (0, 20), (10, 20), (20, 26), (30, 20), (40, 20));
        await hub.Hub.RowsAsync("c", "voltage", "mV", (5 * Second, 300), (25 * Second, 300), (35 * Second, 300));
        await hub.Hub.RowsAsync("o", "current", "uA", (6 * Second, 5), (26 * Second, 5), (31 * Second, 5), (36 * Second, 5));
        await hub.SettledAsync();

        Assert.Equal([1, 4, 1], hub.Rows("c").Select(row => (int)row.Flag));
        List<FlaggedRow> oxygen = hub.Rows("o");

        // At 31 s the temperature is good again, but the newest salinity was made with the bad one.
        Assert.Equal([1, 4, 4, 1], oxygen.Select(row => (int)row.Flag));
        Assert.All(oxygen, row => Assert.True(double.IsFinite(row.Value)));
        Assert.NotEqual(oxygen[2].Value, oxygen[3].Value);
        Assert.DoesNotContain(oxygen, row => row.Reasons.HasFlag(FlagReasons.InputMissing));
    }

    [Fact]
    public void The_reason_says_where_to_look_in_both_languages()
    {
        foreach (byte flag in (byte[])[3, 4])
        {
            var said = RuleWords.Why(new ChannelView { Name = "n", Agent = Owner, AgentSlug = "a", Port = "p", PropertyId = "ph", UnitUcum = "[pH]", Series = [], DisplayName = "d" }, flag, 0, FlagReasons.InputFlagged);
            Assert.Contains("made with another reading", said.En, StringComparison.Ordinal);
            Assert.Contains("số đo khác", said.Vi, StringComparison.Ordinal);
        }
    }

    private static Task CompensatedAsync(DeriveFixture hub)
    {
        hub.State(new Deployment(Agent, "a0", Electrode, "", "", Instant.AtUtc(0)));
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second)]);
        hub.State(new Calibration(Electrode, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(0), "", method));
        return Task.CompletedTask;
    }

    private static Task<SeriesId> TemperatureAsync(QualityFixture hub, params (int Seconds, double Celsius)[] rows) =>
        hub.Hub.RowsAsync("t", "water_temperature", "Cel", [.. rows.Select(row => (row.Seconds * Second, row.Celsius))]);

    private static Task<SeriesId> VoltageAsync(QualityFixture hub, params int[] seconds) =>
        hub.Hub.RowsAsync("a0", "voltage", "mV", [.. seconds.Select((at, i) => (at * Second, 20.0 + (i % 2)))]);
}
