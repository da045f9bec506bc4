using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Store.Influx;
using StemLab.TestKit;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Influx;

/// <summary>What a dashboard reads in <c>reading_current</c> of a real influxd is what the hub itself says, also after the past changed.</summary>
public sealed class CurrentValuesTests
{
    private const string Channel = "ph~ph";

    [ServerFact("influxd")]
    public async Task A_dashboard_reads_value_unit_flag_and_true_time_as_the_hub_does_and_follows_every_fact()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var hub = await QualityFixture.OpenAsync(hasFarStore: true);
        await using var current = await Current.StartAsync(hub, server);
        Say(hub, Rules(failMax: 14));
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 20).Select(i => (i * Second, i == 7 ? 15.0 : 7.0 + (i / 100.0)))]);
        await current.SameAsync(rows => rows.Count == 20 && rows[7].Flag == 4 && rows[8].Flag != 4);

        // Rules that allow more: what failed passes.
        Say(hub, Rules(failMax: 20));
        await current.SameAsync(rows => rows[7].Flag != 4);

        // A person says otherwise for a stretch.
        var said = Say(hub, new HumanFlag(hub.Channel("ph").Name, Instant.AtBoot(Boot, 2 * Second), Instant.AtBoot(Boot, 5 * Second), 4, "out of the water"));
        await current.SameAsync(rows => rows.Skip(2).Take(3).All(row => row.Flag == 4) && rows[5].Flag != 4);
        hub.Hub.Withdraw(said);
        await current.SameAsync(rows => rows.Skip(2).Take(3).All(row => row.Flag != 4));

        // The time heals by an hour: nothing stays at the old place.
        hub.Hub.HubUs += Second;
        hub.Hub.AnchorHub(Utc0 + (3600 * Second), sigmaUs: 10);
        await current.SameAsync(rows => rows.Count == 20);
    }

    [ServerFact("influxd")]
    public async Task What_changed_while_it_was_stopped_is_written_again_when_it_goes_on()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var hub = await QualityFixture.OpenAsync(hasFarStore: true);
        Say(hub, Rules(failMax: 14));
        await using (var current = await Current.StartAsync(hub, server))
        {
            await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 20).Select(i => (i * Second, i == 7 ? 15.0 : 7.0 + (i / 100.0)))]);
            await current.SameAsync(rows => rows.Count == 20 && rows[7].Flag == 4);
        }

        Say(hub, Rules(failMax: 20));
        Say(hub, new HumanFlag(hub.Channel("ph").Name, Instant.AtBoot(Boot, 2 * Second), Instant.AtBoot(Boot, 5 * Second), 4, "out of the water"));
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", (30 * Second, 7.5));
        await hub.SettledAsync();
        await using var again = await Current.StartAsync(hub, server);
        await again.SameAsync(rows => rows.Count == 21 && rows[7].Flag != 4 && rows[3].Flag == 4);
    }

    [ServerFact("influxd")]
    public async Task A_memory_that_lacks_something_is_none_and_everything_is_written_anew()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var hub = await QualityFixture.OpenAsync(hasFarStore: true);
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 20).Select(i => (i * Second, i == 7 ? 15.0 : 7.0))]);
        await hub.SettledAsync();
        var failMax = 14;
        foreach (var rest in (string[])["""[],"Nothing":1""", """[],"Labels":null""", """null,"Labels":{}""", """[null],"Labels":{}"""])
        {
            await File.WriteAllTextAsync(
                Path.Combine(hub.Hub.Folder, "influx-current.json"), $$"""{"StoreId":"{{hub.Hub.Store.StoreId}}","Commit":{{hub.Hub.Store.Stats.Commit}},"Revision":1,"Dirty":{{rest}}}""", TestContext.Current.CancellationToken);
            await using var current = await Current.StartAsync(hub, server);
            await current.SameAsync(rows => rows.Count == 20);
            failMax = 34 - failMax;
            Say(hub, Rules(failMax));
            await current.SameAsync(rows => rows.Count == 20);
        }
    }

    [ServerFact("influxd")]
    public async Task A_memory_that_is_damaged_in_any_way_is_told_once_and_everything_is_written_anew()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var hub = await QualityFixture.OpenAsync(hasFarStore: true);
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 20).Select(i => (i * Second, 7.0))]);
        await hub.SettledAsync();
        var file = Path.Combine(hub.Hub.Folder, "influx-current.json");
        string Kept(string store, long commit, long revision) => $$"""{"StoreId":"{{store}}","Commit":{{commit}},"Revision":{{revision}},"Dirty":[],"Labels":{} }""";
        var own = hub.Hub.Store.StoreId.ToString();
        var commit = hub.Hub.Store.Stats.Commit;

        // Null: a folder stands where the file should be, which cannot be read, nor written later.
        foreach (var damaged in (string?[])["", "\0\u0001\ufffd", "[]", "1", "\"x\"", "{", Kept(own, commit + 1000, 1), Kept(own, -1, 1), Kept(own, commit, 1_000_000), Kept(own, commit, -1), null])
        {
            File.Delete(file);
            if (damaged is null)
            {
                Directory.CreateDirectory(file);
            }
            else
            {
                await File.WriteAllTextAsync(file, damaged, TestContext.Current.CancellationToken);
            }

            var log = new FakeLogger<CurrentValues>();
            await using var current = await Current.StartAsync(hub, server, log);
            await current.SameAsync(rows => rows.Count == 20);
            var warning = Assert.Single(log.Collector.GetSnapshot(), record => record.Level >= LogLevel.Warning && record.Message.Contains("influx-current.json", StringComparison.Ordinal) && record.Message.Contains("from the beginning", StringComparison.Ordinal));
            Assert.Null(warning.Exception);
        }
    }

    /// <summary>A second later than what was said before: of equal rules the later counts.</summary>
    private static Fact Say(QualityFixture hub, FactBody body)
    {
        hub.Hub.HubUs += Second;
        return hub.Hub.State(body);
    }

    private static QualityRules Rules(double failMax) => new("ph", "", null, "[pH]", ["spike"], new RangeLimits(0, failMax, 0, failMax), null, null, null, null);

    /// <summary>The two background parts of the room, over an influxd.</summary>
    private sealed class Current : IAsyncDisposable
    {
        private readonly QualityFixture _hub;
        private readonly InfluxServer _server;
        private readonly InfluxLink _link;
        private readonly CurrentValues _values;

        private Current(QualityFixture hub, InfluxServer server, ILogger<CurrentValues>? log)
        {
            (_hub, _server) = (hub, server);
            var options = new HubOptions { DataFolder = hub.Hub.Folder, Store = "influx", InfluxUrl = server.Url.ToString() };
            _link = new InfluxLink(options, hub.Hub.Store, hub.Hub.Book, hub.Book, hub.Hub.Extents, TimeProvider.System, NullLogger<InfluxStore>.Instance);
            _values = new CurrentValues(_link, hub.Hub.Store, hub.Hub.Stream, hub.Hub.Book, hub.Book, hub.Hub.Extents, options, TimeProvider.System, log ?? NullLogger<CurrentValues>.Instance);
        }

        public static async Task<Current> StartAsync(QualityFixture hub, InfluxServer server, ILogger<CurrentValues>? log = null)
        {
            var current = new Current(hub, server, log);
            await current._link.StartAsync(default);
            await current._values.StartAsync(default);
            return current;
        }

        /// <summary>Waits until every row of the channel stands there as the hub reads it, and the hub reads it as wanted.</summary>
        public async Task SameAsync(Func<List<FlaggedRow>, bool> asWanted)
        {
            await _hub.SettledAsync();
            var here = _hub.Rows("ph");
            Assert.True(asWanted(here), string.Join('\n', here));
            var wanted = string.Join('\n', here.Select(row => FormattableString.Invariant($"{row.UtcUs} {row.Value} {row.Flag} [pH]")));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
            var there = "";
            while (there != wanted && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
                Assert.Null(_values.ExecuteTask!.Exception);
                there = string.Join('\n', await ThereAsync());
            }

            Assert.Equal(wanted, there);
        }

        public async ValueTask DisposeAsync()
        {
            await _values.StopAsync(default);
            await _link.DisposeAsync();
        }

        private async Task<List<string>> ThereAsync()
        {
            using var answer = JsonDocument.Parse(await _server.AskAsync($"SELECT value, flag, unit FROM reading_current WHERE channel = '{Channel}'", "stemlab"));
            var result = answer.RootElement.GetProperty("results")[0];

            // While it deletes, InfluxDB may show a row without some of its fields.
            return !result.TryGetProperty("series", out var series) ? [] :
            [
                .. series[0].GetProperty("values").EnumerateArray().Select(row => FormattableString.Invariant(
                    $"{row[0].GetInt64() / 1000} {row[1].GetRawText()} {row[2].GetRawText()} {row[3].GetString()}")),
            ];
        }
    }
}
