using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Live;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>What was sent live is what is asked for later, or watchers were told otherwise.</summary>
public sealed class LateSiblingTests
{
    private static readonly Id128 Probe = new(0x77);

    [Fact]
    public async Task A_temperature_that_comes_after_the_ph_it_belongs_to_is_told_as_a_change()
    {
        await using DeriveFixture hub = await Electrode();
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (100 * Second, 50), (110 * Second, 50), (500 * Second, 50));
        await hub.RowsAsync("t", "water_temperature", "Cel", (499 * Second, 30));
        hub.Book.PublishLate();
        long version = hub.Book.Current.Version;
        double[] sent = hub.Values(series);

        await hub.RowsAsync("t", "water_temperature", "Cel", (105 * Second, 10));
        hub.Book.PublishLate();

        double[] asked = hub.Values(series);
        Assert.Equal([true, false, true], sent.Zip(asked, (one, other) => one == other));
        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<DerivationChange> changes));
        ChangedSpan span = Assert.Single(Assert.Single(changes).Spans);
        Assert.Equal((hub.Book.Current.Series(series).Channel.Name, Utc0 + (105 * Second), Utc0 + (165 * Second) + 1), (span.Channel, span.FromUtcUs, span.ToUtcUs));
    }

    [Fact]
    public async Task Rows_in_order_change_nothing_that_was_sent()
    {
        await using DeriveFixture hub = await Electrode();
        await hub.RowsAsync("t", "water_temperature", "Cel", (1 * Second, 20));
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (2 * Second, 50));
        _ = hub.Book.Current;
        hub.Book.PublishLate();
        long version = hub.Book.Current.Version;
        for (int i = 0; i < 20; i++)
        {
            await hub.RowsAsync("t", "water_temperature", "Cel", ((10 + i) * Second, 20 + i));
            await hub.RowsAsync("a0", "voltage", "mV", (((10 + i) * Second) + 1, 50));
            hub.Book.PublishLate();
        }

        Assert.Equal(version, hub.Book.Current.Version);
        Assert.Equal(21, hub.Values(series).Length);
    }

    [Fact]
    public async Task What_a_watcher_is_sent_commit_by_commit_is_what_a_query_gives_outside_of_what_changed()
    {
        await using DeriveFixture hub = await Electrode();
        await hub.RowsAsync("t", "water_temperature", "Cel", (0, 20));
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (1, 50));
        string name = hub.Book.Current.Series(series).Channel.Name;
        ChannelSelection selection = ChannelSelection.Parse([name], out _);
        var refs = new ChannelRefs();
        var builder = new FrameBuilder(hub.Store, hub.Judged(), selection, refs, withRaw: false, maxRateHz: 0);
        hub.Book.PublishLate();
        long version = hub.Book.Current.Version;
        CommitPosition position = CommitPosition.Beginning;
        var sent = new SortedDictionary<long, double>();
        var random = new Random(7);
        var pending = new List<(string Port, long TUs, double Raw)>();
        for (int i = 2; i < 400; i++)
        {
            pending.Add(i % 3 == 0 ? ("t", i * Second, 15 + random.NextDouble()) : ("a0", i * Second, -60 * random.NextDouble()));
        }

        while (pending.Count > 0)
        {
            // Mostly in order, now and then a row that was held up.
            int take = random.Next(6) == 0 ? Math.Min(pending.Count - 1, random.Next(12)) : 0;
            (string port, long tUs, double raw) = pending[take];
            pending.RemoveAt(take);
            await hub.RowsAsync(port, port == "t" ? "water_temperature" : "voltage", port == "t" ? "Cel" : "mV", (tUs, raw));
            if (random.Next(3) == 0 || pending.Count == 0)
            {
                CommitPage page = hub.Store.ReadCommits(position, 10_000);
                var message = new V1.WatchReadingsResponse();
                builder.Add(message, page.Commits, hub.Book.Current);
                position = page.Next;
                foreach (V1.ReadingBlock block in message.Blocks)
                {
                    long utc = block.BaseTimeUs;
                    for (int row = 0; row < block.Value.Count; row++)
                    {
                        utc += block.DeltaTimeUs[row];
                        sent[utc] = block.Value[row];
                    }
                }
            }
        }

        hub.Book.PublishLate();
        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<DerivationChange> changes));
        ChangedSpan[] changed = [.. changes.SelectMany(change => change.Spans)];
        (double[] value, _, long[] asked) = hub.Read(hub.Book.Current, series);
        Assert.Equal(asked, sent.Keys);
        Assert.NotEmpty(changed);
        int same = 0;
        for (int i = 0; i < asked.Length; i++)
        {
            bool isSame = value[i] == sent[asked[i]];
            same += isSame ? 1 : 0;
            Assert.True(isSame || changed.Any(span => asked[i] >= span.FromUtcUs && asked[i] < span.ToUtcUs), $"row {i} differs and nobody was told");
        }

        Assert.True(same > asked.Length / 2);
    }

    private static async Task<DeriveFixture> Electrode()
    {
        DeriveFixture hub = await OpenAsync();
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second)]);
        hub.State(new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(0), "", method));
        return hub;
    }
}
