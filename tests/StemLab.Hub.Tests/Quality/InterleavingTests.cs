using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Quality;

/// <summary>
/// Rows come, are taken, told of as late and judged again in any order the loops could do it in; when nothing comes any more, every channel has the flags its stored rows have
/// when they are judged all at once.
/// <code>
///   t ─► c (salinity) ─► o (oxygen)        made with each other
///   t ─► a0 (pH) ◄─ compared ─ ph          a rule's neighbour
///   t, ec ─► salinity                      computed
/// </code>
/// </summary>
public sealed class InterleavingTests
{
    /// <summary>Of each case.</summary>
    private const int Seeds = 3;

    private static readonly Id128 Electrode = new(0x71);
    private static readonly Id128 Cell = new(0x72);
    private static readonly Id128 OxygenProbe = new(0x73);

    private static string NameOf(string port, string property) => $"agents/{Agent}/channels/{port}~{property}";

    /// <summary>Rows only, then with people who speak and take back, calibrations stated and taken back, restarts of the hub, and all of it; a long one of a temperature and its pH alone.</summary>
    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "people")]
    [InlineData(3, "calibrations")]
    [InlineData(4, "restarts")]
    [InlineData(5, "people calibrations restarts")]
    [InlineData(6, "two channels")]
    public async Task However_rows_facts_and_judging_meet_the_flags_are_those_of_rows_judged_at_once(int first, string also)
    {
        var wrong = new List<string>();
        for (int seed = first * 1000; seed < (first * 1000) + Seeds; seed++)
        {
            DeriveFixture stored = await DeriveFixture.OpenAsync();
            await using (stored.ConfigureAwait(false))
            {
                using var hub = new StepwiseHub(stored);
                State(stored, new Random(seed));
                hub.Start();
                await RunAsync(hub, new Random(seed), also);
                hub.Settle();
                (List<string> known, List<string> whole) = hub.Compare();
                wrong.AddRange(known.Zip(whole).Where(pair => pair.First != pair.Second).Take(3).Select(pair => $"seed {seed}: {pair.First} | judged at once: {pair.Second}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_commit_the_log_gives_in_parts_is_taken_when_its_last_part_is()
    {
        DeriveFixture stored = await DeriveFixture.OpenAsync(mostRows: 1);
        await using (stored.ConfigureAwait(false))
        {
            using var hub = new StepwiseHub(stored);
            State(stored, new Random(1));
            stored.State(new QualityRules("", NameOf("t", "water_temperature"), null, "Cel", [], new RangeLimits(-5, 25, 0, 21)));
            await stored.RowsAsync("a0", "voltage", "mV", (Second, 40));
            await stored.RowsAsync("t", "water_temperature", "Cel", (0, 20));
            hub.Start();

            // The stream holds only the newest commit; the one before is read from the log, a row at a time.
            await stored.TogetherAsync(("a0", "voltage", "mV", 21 * Second, 40), ("a0", "voltage", "mV", 22 * Second, 40), ("t", "water_temperature", "Cel", 20 * Second, 26));
            long commit = stored.Store.Stats.Commit;
            await stored.RowsAsync("a0", "voltage", "mV", (23 * Second, 40));
            hub.Take(maxRows: 1);
            Assert.False(hub.Book.WaitThroughAsync(commit, TestContext.Current.CancellationToken).IsCompleted);
            hub.Take(maxRows: 1);
            hub.Take(maxRows: 1);
            Assert.True(hub.Book.WaitThroughAsync(commit, TestContext.Current.CancellationToken).IsCompleted);
            hub.Settle();

            (List<string> known, List<string> whole) = hub.Compare();
            Assert.Equal(whole, known);
            Assert.Equal(3, known.Count(row => row.StartsWith("a0", StringComparison.Ordinal) && row.Contains(" 4 4 0 InputFlagged", StringComparison.Ordinal)));
        }
    }

    private static void State(DeriveFixture hub, Random random)
    {
        hub.HubUs = 100 * Second;
        hub.AnchorHub(Utc0);
        hub.Tie(Boot, 50 * Second, aheadUs: 0);
        if (random.Next(2) == 0)
        {
            Wire.V1.Input InputOf(string port, string quantity, string unit) => new() { Port = port, Quantity = quantity, UnitUcum = unit, IntervalUs = 2 * Second };
            var catalog = new Wire.V1.Catalog { Inputs = { InputOf("t", "water_temperature", "Cel"), InputOf("a0", "voltage", "mV"), InputOf("ph", "ph", "[pH]") } };
            Assert.True(hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { catalog } }));
        }

        hub.State(new Deployment(Agent, "a0", Electrode, "", "", Instant.AtUtc(0)));
        hub.State(new Deployment(Agent, "c", Cell, "", "", Instant.AtUtc(0)));
        hub.State(new Deployment(Agent, "o", OxygenProbe, "", "", Instant.AtUtc(0)));
        Compensation temperature = new(CompensationRole.Temperature, "water_temperature", 60 * Second);
        hub.State(Ph(-0.017, temperature));
        hub.State(new Calibration(Cell, "voltage", "mV", "practical_salinity", "1", 0.1, 0, Instant.AtUtc(0), "", new CalibrationMethod(CalibrationForm.Conductivity25, [], [], [temperature])));
        hub.State(new Calibration(
            OxygenProbe, "current", "uA", "dissolved_oxygen", "mg/L", 1, 0, Instant.AtUtc(0), "",
            new CalibrationMethod(CalibrationForm.Oxygen, [], [], [temperature, new Compensation(CompensationRole.Salinity, "practical_salinity", 60 * Second)])));
        hub.State(DerivedChannelTests.Salinity());

        // Spikes are suspect or fail; nearly everything else is let through.
        hub.State(new QualityRules("water_temperature", "", null, "Cel", [], new RangeLimits(-100, 100, -50, 90), new ChangeLimits(0.5, 3), null, null, null));
        hub.State(new QualityRules("", NameOf("ph", "ph"), null, "", ["gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal"], Neighbour: new CompanionLimits(NameOf("a0", "ph"), 5, 0.3)));
    }

    private static Calibration Ph(double slope, Compensation temperature) =>
        new(Electrode, "voltage", "mV", "ph", "[pH]", slope, 7, Instant.AtUtc(0), "", new CalibrationMethod(CalibrationForm.Ph, [], [], [temperature]));

    private static List<(string Port, string Quantity, string Unit, long TUs, double Raw)> Rows(Random random, int count)
    {
        // What is made with the temperature is late more often than the temperature.
        int spread = random.Next(4) * 8;
        int spikes = random.Next(3, 10);
        int warmSpread = random.Next(2) * spread;
        var rows = new List<(string, string, string, long, double, double Key)>();
        void Add(string port, string quantity, string unit, int i, double raw, double late) =>
            rows.Add((port, quantity, unit, (2 * i * Second) + random.NextInt64(2 * Second), raw, i + late + (random.NextDouble() * (port == "t" ? warmSpread : spread))));

        for (int i = 0; i < count; i++)
        {
            Add("t", "water_temperature", "Cel", i, random.Next(spikes) == 0 ? 20 + (6 * random.NextDouble()) : random.Next(30) == 0 ? double.NaN : 20 + (0.1 * random.NextDouble()), 0);
            Add("a0", "voltage", "mV", i, random.Next(15) == 0 ? 60 : 40 + random.NextDouble(), 0.3);
            Add("c", "voltage", "mV", i, 300 + random.NextDouble(), 0.3);
            Add("o", "current", "uA", i, 5 + random.NextDouble(), 0.4);
            Add("ec", "electrical_conductivity", "mS/cm", i, random.Next(15) == 0 ? 70 : 45 + (0.1 * random.NextDouble()), 0.5);
            Add("ph", "ph", "[pH]", i, random.Next(9) == 0 ? 6.7 : 6.3, 0.5);
        }

        return [.. rows.OrderBy(row => row.Key).Select(row => (row.Item1, row.Item2, row.Item3, row.Item4, row.Item5))];
    }

    private static async Task RunAsync(StepwiseHub hub, Random random, string also)
    {
        var stated = new List<Fact>();
        int busy = random.Next(1, 4);
        foreach ((string port, string quantity, string unit, long tUs, double raw) in also == "two channels" ? Rows(random, 200).Where(row => row.Port is "t" or "a0") : Rows(random, 60))
        {
            await hub.Hub.RowsAsync(port, quantity, unit, (tUs, raw));
            for (int i = random.Next((2 * busy) - 1); i > 0; i--)
            {
                Step(hub, random, random.Next(10), also, stated);
            }
        }
    }

    private static void Step(StepwiseHub hub, Random random, int what, string also, List<Fact> stated)
    {
        switch (what)
        {
            case < 4:
                hub.Take(random.Next(1, 12) * random.Next(1, 5));
                return;
            case < 8:
                hub.Judge();
                return;
            case 8:
                hub.Hub.Book.PublishLate();
                return;
        }

        if (random.Next(10) > 0)
        {
            return;
        }

        switch (random.Next(3))
        {
            case 0 when also.Contains("people", StringComparison.Ordinal):
                Say(hub.Hub, random, stated, from => new HumanFlag(
                    random.Next(2) == 0 ? NameOf("t", "water_temperature") : NameOf("c", "practical_salinity"), Instant.AtUtc(from), Instant.AtUtc(from + random.NextInt64(20 * Second)), random.Next(1, 5), "seen"));
                return;
            case 1 when also.Contains("calibrations", StringComparison.Ordinal):
                Say(hub.Hub, random, stated, from => Ph(-0.017 - (0.01 * random.NextDouble()), new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second)) with { ValidFrom = Instant.AtUtc(from) });
                return;
            case 2 when also.Contains("restarts", StringComparison.Ordinal):
                hub.Start();
                return;
        }
    }

    /// <summary>States one more, or takes back what was stated last.</summary>
    private static void Say(DeriveFixture hub, Random random, List<Fact> stated, Func<long, FactBody> body)
    {
        if (stated.Count > 0 && random.Next(2) == 0)
        {
            hub.Withdraw(stated[^1]);
            stated.RemoveAt(stated.Count - 1);
            return;
        }

        stated.Add(hub.State(body(Utc0 + random.NextInt64(120 * Second))));
    }
}
