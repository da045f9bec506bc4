using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Live;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.V1;
using static StemLab.Hub.Derive.DeriveFixture;
using HumanFlag = StemLab.Hub.Facts.HumanFlag;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Hub.Quality;

/// <summary>What is thought of the readings a channel is computed from travels along, live, asked for and judged again alike.</summary>
public sealed class DerivedFlagTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string Conductivity = $"agents/{DeriveFixture.Agent}/channels/ec~electrical_conductivity";
    private static readonly string Temperature = $"agents/{DeriveFixture.Agent}/channels/t~water_temperature";

    private static Task SeaAsync(DeriveFixture hub)
    {
        Wire.V1.Input InputOf(string port, string quantity, string unit) => new() { Port = port, Quantity = quantity, UnitUcum = unit, IntervalUs = Second };
        var catalog = new Wire.V1.Catalog { Inputs = { InputOf("ec", "electrical_conductivity", "mS/cm"), InputOf("t", "water_temperature", "Cel") } };
        Assert.True(hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { catalog } }));
        hub.State(DerivedChannelTests.Salinity());
        return Task.CompletedTask;
    }

    private static string Show(IEnumerable<FlaggedRow> rows) => string.Join('\n', rows.Select(row => $"{row.UtcUs} {BitConverter.DoubleToInt64Bits(row.Value)} {row.Flag} {row.Machine} {row.Human} {row.Reasons}"));

    [Fact]
    public async Task The_worst_flag_of_the_inputs_is_the_least_a_computed_value_bears()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(SeaAsync);
        await hub.Hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 40).Select(i => (i * Second, i == 10 ? 60.0 : 25 + (0.01 * (i % 3))))]);
        await hub.Hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(0, 40).Select(i => (i * Second, 45 + (0.01 * (i % 4))))]);
        await hub.SettledAsync();
        List<FlaggedRow> warm = hub.Rows("t");
        List<FlaggedRow> salty = hub.Rows("salinity");

        Assert.Equal(4, warm[10].Flag);
        Assert.Equal((4, true), (salty[10].Flag, salty[10].Reasons.HasFlag(FlagReasons.InputFlagged)));
        Assert.Equal((1, FlagReasons.None), (salty[20].Flag, salty[20].Reasons));
        Assert.Equal(RuleWords.Why(hub.Channel("salinity"), 4, 0, FlagReasons.InputFlagged), RuleWords.Why(hub.Channel("salinity"), salty[10].Machine, 0, salty[10].Reasons & (FlagReasons)0xFF));
        Assert.Equal(salty.Select(row => row.Flag), salty.Select((row, i) => (byte)Math.Max(row.Flag, warm[i].Flag)));

        hub.Hub.State(new HumanFlag(Conductivity, Instant.AtBoot(Boot, 20 * Second), Instant.AtBoot(Boot, 23 * Second), 3, "the boat turned"));
        await hub.SettledAsync();
        salty = hub.Rows("salinity");
        Assert.Equal([1, 3, 3, 3, 1], salty.Skip(19).Take(5).Select(row => (int)row.Flag));
        Assert.Equal(0, salty[20].Human);

        hub.Hub.State(new QualityRules("", Temperature, null, "Cel", ["gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal"]));
        await hub.SettledAsync();
        Assert.Equal((2, FlagReasons.InputNotEvaluated), (hub.Rows("salinity")[30].Flag, hub.Rows("salinity")[30].Reasons));
    }

    [Fact]
    public async Task A_rule_may_be_set_on_a_computed_channel_and_a_person_may_speak_of_it()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(SeaAsync);
        await hub.Hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 30).Select(i => (i * Second, 25 + (0.01 * (i % 3))))]);
        await hub.Hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(0, 30).Select(i => (i * Second, 45 + (0.2 * i)))]);
        string name = hub.Channel("salinity").Name;
        hub.Hub.State(new QualityRules("", name, null, "1", [], new RangeLimits(0, 42, 0, 31)));
        hub.Hub.State(new HumanFlag(name, Instant.AtBoot(Boot, 0), Instant.AtBoot(Boot, 3 * Second), 4, "rinsing"));
        await hub.SettledAsync();
        List<FlaggedRow> rows = hub.Rows("salinity");

        Assert.Equal([4, 4, 4, 1], rows.Take(4).Select(row => (int)row.Flag));
        Assert.All(rows.Where(row => row.Value > 31), row => Assert.Equal((3, FlagReasons.GrossRange), (row.Flag, row.Reasons)));
        Assert.Contains(rows, row => row.Value > 31);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Rows_in_any_order_give_the_values_and_flags_of_one_batch_and_live_is_what_is_asked_for_outside_of_what_changed(int seed)
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(SeaAsync);
        var random = new Random(seed);
        ChannelSelection selection = ChannelSelection.Parse([$"agents/{DeriveFixture.Agent}/channels/salinity~practical_salinity"], out _);
        var builder = new FrameBuilder(hub.Hub.Store, hub.Book, selection, new ChannelRefs(), withRaw: false, maxRateHz: 0);
        long version = hub.Book.Version;
        var sent = new SortedDictionary<long, (double Value, uint Flag)>();
        CommitPosition position = hub.Hub.Stream.Newest;
        var waiting = new List<(string Port, string Quantity, string Unit, (long, double)[] Rows)>();
        for (int at = 0; at < 600;)
        {
            int length = random.Next(1, 40);
            (int from, int to) = (at, Math.Min(600, at + length));
            waiting.Add(("t", "water_temperature", "Cel", [.. Enumerable.Range(from, to - from).Select(i => (i * Second, i % 97 == 50 ? 33.0 : i % 131 == 30 ? 70 : i % 53 == 7 ? double.NaN : 25 + (0.01 * random.NextDouble())))]));
            waiting.Add(("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(from, to - from).Select(i => (i * Second, i % 113 == 60 ? 70.0 : i is > 200 and < 300 ? 45 : 45 + (0.05 * random.NextDouble())))]));
            at = to;
        }

        // Mostly in order, some a little late, one in ten again.
        waiting = [.. waiting.Select((part, i) => (part, key: i + (random.NextDouble() * (seed % 2 == 0 ? 1 : 12)))).OrderBy(pair => pair.key).Select(pair => pair.part)];
        foreach ((string port, string quantity, string unit, (long, double)[] rows) in waiting)
        {
            await hub.Hub.RowsAsync(port, quantity, unit, rows);
            if (random.Next(10) == 0)
            {
                await hub.Hub.RowsAsync(port, quantity, unit, rows);
            }

            hub.Hub.Book.PublishLate();
            CommitPage page = hub.Hub.Stream.Read(position, 1_000_000);
            position = page.Next;
            await hub.Book.WaitThroughAsync(page.Commits.IsEmpty ? 0 : page.Commits[^1].Commit, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            var message = new WatchReadingsResponse();
            builder.Add(message, page.Commits, hub.Book.Derivation);
            foreach (ReadingBlock block in message.Blocks)
            {
                long utc = block.BaseTimeUs;
                for (int i = 0; i < block.Value.Count; i++)
                {
                    utc += block.DeltaTimeUs[i];
                    sent[utc] = (block.Value[i], block.Flag.Count == 1 ? block.Flag[0] : block.Flag[i]);
                }
            }
        }

        hub.Hub.Book.PublishLate();
        await hub.SettledAsync();
        List<FlaggedRow> followed = hub.Rows("salinity");
        Assert.Equal(600, followed.Count);
        Assert.Equal(Batch(hub.Hub), followed);
        Assert.Contains(followed, row => row.Reasons.HasFlag(FlagReasons.InputFlagged));

        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<QualityChange> changes, out _));
        ChangedSpan[] told = [.. changes.SelectMany(change => change.Spans).Where(span => span.Channel.Contains("salinity", StringComparison.Ordinal))];

        // Before the first temperature there was no salinity at all.
        Assert.InRange(sent.Count, 500, 600);
        foreach (FlaggedRow row in followed.Where(row => !told.Any(span => span.FromUtcUs <= row.UtcUs && row.UtcUs < span.ToUtcUs)))
        {
            Assert.Equal((row.Value, (uint)row.Flag), sent[row.UtcUs]);
        }
    }

    [Fact]
    public async Task An_earlier_revision_still_gives_the_flags_it_gave()
    {
        await using QualityFixture hub = await QualityFixture.OpenAsync(SeaAsync);
        await hub.Hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 60).Select(i => (i * Second, i == 10 ? 60.0 : 25 + (0.01 * (i % 3))))]);
        await hub.Hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(0, 60).Select(i => (i * Second, i == 30 ? 80.0 : 45 + (0.01 * (i % 4))))]);
        await hub.SettledAsync();
        string before = Show(hub.Rows("salinity"));
        long revision = hub.Hub.Book.Current.Revision;
        hub.Hub.State(new HumanFlag(Temperature, Instant.AtBoot(Boot, 40 * Second), Instant.AtBoot(Boot, 43 * Second), 4, "hand on it"));
        await hub.SettledAsync();

        Assert.NotEqual(before, Show(hub.Rows("salinity")));
        Assert.Equal(before, Show(hub.Rows("salinity", revision)));
    }

    [Fact]
    public async Task Rows_made_while_the_verdict_on_their_input_changes_are_judged_again()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1_000, "gps"));
        await SeaAsync(hub);
        await hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 10).Select(i => (i * Second, 25.0))]);
        await hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(0, 5).Select(i => (i * Second, 45.0))]);
        QualityBook book = hub.Judged();
        Derivation derivation = hub.Book.Current;
        ChannelView salinity = derivation.Channels.Single(channel => channel.Port == "salinity");
        SeriesId warm = derivation.Channels.Single(channel => channel.Port == "t").Series[0];
        _ = book.Open(out _);

        // Between looking at the temperatures' flags and taking the rows, a recheck finds the temperature at 7 s impossible.
        List<LiveRow> Rows()
        {
            var found = new FlagRuns();
            found.Add(7 * Second, 4, FlagReasons.GrossRange);
            var verdicts = new RangeVerdicts(new Dictionary<SeriesId, FlagRuns> { [warm] = found }, Utc0 + (7 * Second), Utc0 + (7 * Second), 1);
            Assert.True(book.TrySettle(new RecheckTask(Temperature, default), new UtcSpan(Utc0 + (7 * Second), Utc0 + (8 * Second)), verdicts, derivation));
            return [.. Enumerable.Range(5, 5).Select(i => new LiveRow(salinity.Series[0], i * Second, Utc0 + (i * Second), 1, 30, 2, FlagReasons.None))];
        }

        book.Take(99, [(salinity, Rows)], derivation, static (timeline, _, rule) => new QcPass(timeline.Rules[rule].Rules.Rules));

        Assert.Contains(book.Open(out _), task => task.Channel == salinity.Name && task.Span.ToUs > Utc0 + (9 * Second));
    }

    /// <summary>Judged all at once by a book that has seen nothing come.</summary>
    private static IEnumerable<FlaggedRow> Batch(DeriveFixture hub)
    {
        QualityBook book = hub.Judged();
        using StoreSnapshot snapshot = hub.Store.Snapshot();
        Derivation derivation = hub.Book.Current;
        ChannelView channel = derivation.Channels.Single(one => one.Port == "salinity");
        var rows = new ChannelRows(snapshot, derivation, channel, long.MinValue, long.MaxValue, book.FlagsOf(snapshot, derivation, channel, long.MinValue, long.MaxValue, TestContext.Current.CancellationToken));
        while (rows.TryNext(1000, out RowStretch stretch))
        {
            for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
            {
                DerivedColumns columns = stretch.Columns;
                yield return new FlaggedRow(columns.UtcUs[i], columns.Value[i], columns.Flag[i], columns.MachineFlag[i], columns.HumanFlag[i], columns.Reason[i]);
            }

            rows.Release();
        }
    }
}
