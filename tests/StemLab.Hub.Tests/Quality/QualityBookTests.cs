using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Quality;

public sealed class QualityBookTests
{
    private static readonly Id128 Later = new(0xB1);

    /// <summary>An hour of a lively pH, 1 Hz, with spikes, a stretch that does not move, impossible values and holes.</summary>
    private static (long TUs, double Raw)[] Hour(int seed, int rows = 600)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, rows).Select(i => (
                i * Second,
                i % 97 == 50 ? 9.7 : i % 131 == 30 ? 20 : i % 53 == 7 ? double.NaN : i is > 200 and < 320 ? 7.5 : 7.5 + (0.1 * Math.Sin(i / 40.0)) + (0.01 * random.NextDouble()))),
        ];
    }

    private static QualityRules Rules(double suspectSpike = 0.5) => new(
        "ph",
        "",
        null,
        "[pH]",
        [],
        new RangeLimits(0, 14, 5, 9),
        new ChangeLimits(suspectSpike, 2 * suspectSpike),
        new ChangeLimits(0.4, null),
        new FlatLineLimits(30, 60, 0.001),
        new AttenuationLimits(0.0005, 0.0001, 45));

    private static async Task IntervalAsync(DeriveFixture hub)
    {
        var input = new Wire.V1.Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = Second };
        Assert.True(hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { new Wire.V1.Catalog { Inputs = { input } } } }));
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Rows_in_any_order_over_two_boots_are_flagged_as_if_they_had_come_in_one(int seed)
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
        await hub.Hub.DeclareAsync(Agent, Later, BootKind.Device, 2, Boot);
        hub.Hub.Tie(Later, 0, aheadUs: 600 * Second);
        hub.Hub.State(Rules());
        var random = new Random(seed);
        var parts = new List<(Id128 Boot, (long, double)[] Rows)>();
        foreach (Id128 boot in (Id128[])[Boot, Later])
        {
            (long, double)[] rows = Hour(seed + (boot == Later ? 100 : 0));
            for (int at = 0; at < rows.Length;)
            {
                int length = Math.Min(random.Next(1, 90), rows.Length - at);
                parts.Add((boot, rows[at..(at + length)]));
                at += length;
            }
        }

        // Some far from their place, some only a little, one in ten again.
        (Id128 Boot, (long, double)[] Rows)[] sent = [.. parts.Select((part, i) => (part, key: i + (random.NextDouble() * (seed % 3 == 0 ? 0 : seed % 3 == 1 ? 3 : 40)))).OrderBy(pair => pair.key).Select(pair => pair.part)];
        foreach ((Id128 boot, (long, double)[] rows) in sent)
        {
            await hub.Hub.RowsAsync(Agent, boot, "ph", "ph", "[pH]", rows);
            if (random.Next(10) == 0)
            {
                await hub.Hub.RowsAsync(Agent, boot, "ph", "ph", "[pH]", rows);
            }
        }

        await hub.SettledAsync();

        List<FlaggedRow> found = hub.Rows("ph");
        Assert.Equal(1200, found.Count);
        Assert.Equal(hub.Whole("ph"), found.Select(row => row.Flag));
        Assert.Equal(new byte[] { 1, 3, 4, 9 }, found.Select(row => row.Flag).Distinct().Order());
        Assert.Equal(
            [FlagReasons.GrossRange, FlagReasons.Spike, FlagReasons.FlatLine],
            ((FlagReasons[])[FlagReasons.GrossRange, FlagReasons.Spike, FlagReasons.FlatLine]).Where(cause => found.Any(row => row.Reasons.HasFlag(cause))));
    }

    [Fact]
    public async Task Another_rule_judges_the_past_again_and_every_revision_keeps_its_flags()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
        Fact first = hub.Hub.State(Rules());
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", Hour(1));
        await hub.SettledAsync();
        List<FlaggedRow> before = hub.Rows("ph");

        Fact second = hub.Hub.State(Rules(suspectSpike: 20), first.FactId);
        await hub.SettledAsync();
        List<FlaggedRow> after = hub.Rows("ph");

        Assert.Contains(before, row => row.Reasons.HasFlag(FlagReasons.Spike));
        Assert.DoesNotContain(after, row => row.Reasons.HasFlag(FlagReasons.Spike));
        Assert.Equal(hub.Whole("ph"), after.Select(row => row.Flag));
        Assert.Equal(before, hub.Rows("ph", first.Revision));
        Assert.Equal(after, hub.Rows("ph", second.Revision));

        hub.Hub.State(Rules(), second.FactId);
        await hub.SettledAsync();
        Assert.Equal(before, hub.Rows("ph"));
    }

    [Fact]
    public async Task A_persons_word_counts_over_the_tests_which_stay_and_it_can_be_taken_back()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
        hub.Hub.State(Rules());
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", Hour(1));
        await hub.SettledAsync();
        List<FlaggedRow> before = hub.Rows("ph");

        Fact said = hub.Hub.State(new HumanFlag(hub.Channel("ph").Name, Instant.AtBoot(Boot, 0), Instant.AtBoot(Boot, 300 * Second), 1, "đã kiểm tra"));
        hub.Hub.HubUs += Second;
        hub.Hub.State(new HumanFlag(hub.Channel("ph").Name, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 110 * Second), 4, "ở trên không"));
        List<FlaggedRow> after = hub.Rows("ph");

        for (int i = 0; i < after.Count; i++)
        {
            byte expected = double.IsNaN(after[i].Value) ? (byte)9 : i is >= 100 and < 110 ? (byte)4 : i < 300 ? (byte)1 : before[i].Flag;
            Assert.Equal((expected, before[i].Machine), (after[i].Flag, after[i].Machine));
        }

        hub.Hub.Withdraw(said);
        Assert.Equal(before.Skip(110), hub.Rows("ph").Skip(110));
        Assert.Equal(before.Take(100), hub.Rows("ph").Take(100));
    }

    [Fact]
    public async Task A_calibration_moves_values_and_with_them_the_flags()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
        hub.Hub.State(Rules());
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", Hour(1));
        await hub.SettledAsync();
        Id128 probe = new(5);
        hub.Hub.State(new Deployment(Agent, "ph", probe, "", "", Instant.AtUtc(0)));
        Fact moved = hub.Hub.State(new Calibration(probe, "", "", "", "", 1, -3, Instant.AtBoot(Boot, 300 * Second), ""));
        await hub.SettledAsync();

        List<FlaggedRow> after = hub.Rows("ph");
        Assert.All(after.Skip(300).Where(row => row.Machine != 9), row => Assert.Contains(row.Flag, (byte[])[3, 4]));
        Assert.Equal(hub.Whole("ph"), after.Select(row => row.Flag));
        hub.Hub.Withdraw(moved);
        await hub.SettledAsync();
        Assert.Equal(hub.Whole("ph"), hub.Rows("ph").Select(row => row.Flag));
    }

    [Fact]
    public async Task A_hub_that_starts_again_judges_what_it_holds_as_before()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(async fresh =>
        {
            await IntervalAsync(fresh);
            fresh.State(Rules());
            await fresh.RowsAsync("ph", "ph", "[pH]", Hour(1));
        });
        List<FlaggedRow> asked = hub.Rows("ph");
        await hub.SettledAsync();

        Assert.Equal(asked, hub.Rows("ph"));
        Assert.Equal(hub.Whole("ph"), asked.Select(row => row.Flag));
    }

    [Fact]
    public async Task A_neighbour_and_a_companion_have_their_word_whoever_comes_first()
    {
        foreach (bool isNeighbourFirst in (bool[])[true, false])
        {
            await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
            (long, double)[] own = [.. Enumerable.Range(0, 100).Select(i => (i * Second, i is >= 40 and < 50 ? 7.0 : 8.0))];
            (long, double)[] near = [.. Enumerable.Range(0, 100).Select(i => ((i * Second) + 1000, 8.0))];
            await hub.Hub.RowsAsync("ph", "ph", "[pH]", (-Second, 8.0));
            await hub.Hub.RowsAsync("ph-2", "ph", "[pH]", (-Second, 8.0));
            hub.Hub.State(new QualityRules(
                "", hub.Channel("ph").Name, null, "", ["gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal"], Neighbour: new CompanionLimits(hub.Channel("ph-2").Name, 5, 0.5)));
            await hub.Hub.RowsAsync(isNeighbourFirst ? "ph-2" : "ph", "ph", "[pH]", isNeighbourFirst ? near : own);
            await hub.Hub.RowsAsync(isNeighbourFirst ? "ph" : "ph-2", "ph", "[pH]", isNeighbourFirst ? own : near);
            await hub.SettledAsync();

            List<FlaggedRow> rows = hub.Rows("ph");
            Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)(i is >= 40 and < 50 ? 3 : 1)), rows.Skip(1).Select(row => row.Flag));
            Assert.All(rows.Where(row => row.Flag == 3), row => Assert.Equal(FlagReasons.Neighbour, row.Reasons));
        }
    }

    [Fact]
    public async Task A_new_calibration_of_the_neighbour_counts_for_what_is_compared_with_it_and_so_does_taking_it_back()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync();
        Id128 electrode = new(0x71);
        Calibration Of(double offset, long fromUs) => new(electrode, "voltage", "mV", "ph", "[pH]", 0.001, offset, Instant.AtUtc(fromUs), "");
        hub.Hub.State(new Deployment(Agent, "a0", electrode, "", "", Instant.AtUtc(0)));
        hub.Hub.State(Of(8, 0));
        await hub.Hub.RowsAsync("a0", "voltage", "mV", [.. Enumerable.Range(0, 5).Select(i => ((i * Second) + 1000, 1.0))]);
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 5).Select(i => (i * Second, 8.0))]);
        hub.Hub.State(new QualityRules(
            "", hub.Channel("ph").Name, null, "", ["gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal"], Neighbour: new CompanionLimits(hub.Channel("a0").Name, 5, 0.5)));
        await hub.SettledAsync();
        Assert.Equal([1, 1, 1, 1, 1], hub.Rows("ph").Select(row => (int)row.Flag));

        Fact anew = hub.Hub.State(Of(7, 1));
        await hub.SettledAsync();
        Assert.Equal([3, 3, 3, 3, 3], hub.Rows("ph").Select(row => (int)row.Flag));

        hub.Hub.Withdraw(anew);
        await hub.SettledAsync();
        Assert.Equal([1, 1, 1, 1, 1], hub.Rows("ph").Select(row => (int)row.Flag));
    }

    [Fact]
    public async Task Rules_of_a_site_hold_while_the_agent_is_there()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(IntervalAsync);
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 100).Select(i => (i * Second, 8.0))]);
        Id128 site = new(77);
        hub.Hub.State(new QualityRules("ph", "", site, "", ["spike", "rate_of_change", "flat_line", "attenuated_signal"], new RangeLimits(0, 14, 8.5, 9)));
        hub.Hub.State(new Placement(Agent, site, Instant.AtBoot(Boot, 30 * Second)));
        hub.Hub.State(new Placement(Agent, null, Instant.AtBoot(Boot, 60 * Second)));
        await hub.SettledAsync();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i is >= 30 and < 60), hub.Rows("ph").Select(row => row.Reasons.HasFlag(FlagReasons.GrossRange)));
    }

    [Fact]
    public async Task Who_asks_for_the_newest_rows_does_not_wait_until_more_have_gathered()
    {
        DeriveFixture stored = await DeriveFixture.OpenAsync();
        stored.HubUs = 100 * Second;
        stored.AnchorHub(Utc0);
        stored.Tie(Boot, 50 * Second, aheadUs: 0);
        await using QualityFixture hub = await QualityFixture.OverAsync(stored, new FakeTimeProvider());

        // The clock stands still: gathering never ends by itself.
        for (int i = 0; i < 3; i++)
        {
            await stored.RowsAsync("ph", "ph", "[pH]", (i * Second, i == 1 ? 20 : 7.5));
            await hub.SettledAsync();
        }

        Assert.Equal(new byte[] { 1, 4, 1 }, hub.Rows("ph").Select(row => row.Flag));
    }
}
