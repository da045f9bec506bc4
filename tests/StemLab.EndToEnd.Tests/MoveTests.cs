using System.Globalization;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A school moves from series.db alone to InfluxDB and back, by the commands of the README, and is shown counts and sums of both sides.</summary>
public sealed class MoveTests
{
    private const int Rows = 20_000;

    [ServerFact("influxd")]
    public async Task From_embedded_to_InfluxDB_and_back_every_reading_is_counted_and_added_up_on_both_sides()
    {
        using var folder = new TempFolder();
        await using var server = await InfluxServer.StartAsync();
        string[] influx = ["--store", "influx", "--influx-url", server.Url.ToString()];
        string channel;
        double sum;
        await using (var embedded = await HubProcess.StartAsync(folder.Path))
        {
            var enrolled = await embedded.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "pond" }, cancellationToken: TestContext.Current.CancellationToken);
            await using var agent = new NativeClient(enrolled, 43);
            Assert.True(await agent.TryConnectAsync(embedded.Where.MqttPort));
            for (var block = 0; block < Rows / 1000; block++)
            {
                agent.Seal(1000);
            }

            foreach (var first in agent.Waiting.Keys.Order().ToArray())
            {
                Assert.True(await agent.TrySendAsync(first));
            }

            await Eventually.True(() => Task.FromResult(agent.Waiting.IsEmpty), "everything receipted");
            await InfluxKillTests.PlaceAsync(embedded, agent);
            (channel, sum) = (agent.Channel, agent.Receipted.Sum);
            var (refused, _, why) = await HubProcess.RunAsync("store", "move", "--to", "influx", "--data", folder.Path);
            Assert.Equal(2, refused);
            Assert.Contains("this hub has no InfluxDB: start it with", why, StringComparison.Ordinal);
            await agent.DisposeAsync();
            Assert.Equal(0, await embedded.StopAsync());
        }

        await using (var hub = await HubProcess.StartAsync(folder.Path, more: influx))
        {
            await CountedAsync(hub, "influx", sum);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $",{Rows},"), await server.AskAsync("SELECT count(raw), sum(raw) FROM reading", "stemlab"), StringComparison.Ordinal);
            var (code, output, _) = await HubProcess.RunAsync("store", "compare", "--data", folder.Path);
            Assert.Equal(0, code);
            Assert.Contains("Both sides count and add up to the same", output, StringComparison.Ordinal);
            await CountedAsync(hub, "embedded", sum);
            Assert.Equal(0, await hub.StopAsync());
        }

        await server.KillAsync();
        await using var again = await HubProcess.StartAsync(folder.Path);
        var rows = (await again.Api.RowsAsync(channel))[channel];
        Assert.Equal(Rows, rows.Raw.Count);
        Assert.Equal(sum, rows.Raw.Sum(), 1e-6 * Rows);
    }

    [ServerFact("influxd")]
    public async Task A_difference_is_named_by_channel_with_both_counts()
    {
        using var folder = new TempFolder();
        await using var server = await InfluxServer.StartAsync();
        await using var hub = await HubProcess.StartAsync(folder.Path, more: ["--store", "influx", "--influx-url", server.Url.ToString()]);
        await using var maker = new ForeignClient(hub.Where.MqttPort);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await maker.TryNextAsync());
        }

        await Eventually.Get(async () => await hub.Api.StateAsync(), state => state.StoreNote.StartsWith("0 ", StringComparison.Ordinal) && state.Rows == 10, "everything is in InfluxDB");
        await server.AskAsync("DELETE FROM reading", "stemlab");
        var (_, output, _) = await HubProcess.RunAsync("store", "compare", "--data", folder.Path);
        Assert.Contains("differs: ", output, StringComparison.Ordinal);
        Assert.Contains("10 here (sum 45), 0 there (sum 0)", output, StringComparison.Ordinal);
        Assert.Contains("1 series differ", output, StringComparison.Ordinal);
        var (code, replayed, errors) = await HubProcess.RunAsync("store", "replay", "--since", "6h", "--data", folder.Path);
        Assert.True(code == 0, replayed + errors);
        await Eventually.True(async () => (await HubProcess.RunAsync("store", "compare", "--data", folder.Path)).Output.Contains("Both sides count and add up to the same", StringComparison.Ordinal), "healed by the replay");
    }

    private static async Task CountedAsync(HubProcess hub, string to, double sum)
    {
        var (code, output, errors) = await HubProcess.RunAsync("store", "move", "--to", to, "--data", hub.Folder);
        Assert.True(code == 0, output + errors);
        foreach (var side in (string[])["here ", "there"])
        {
            var line = Assert.Single(output.Split('\n'), line => line.StartsWith(side, StringComparison.Ordinal));
            Assert.Contains($"{Rows} readings, 0 without a value, sum ", line, StringComparison.Ordinal);
            Assert.Equal(sum, double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), 1e-6 * Rows);
        }

        Assert.Contains("Both sides count and add up to the same", output, StringComparison.Ordinal);
    }
}
