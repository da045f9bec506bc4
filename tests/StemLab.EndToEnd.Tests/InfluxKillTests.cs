using System.Globalization;
using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>kill -9 of the hub, of its InfluxDB and of both at random moments under load: what was receipted is on both sides, once.</summary>
public sealed class InfluxKillTests
{
    [ServerFact("influxd")]
    public async Task Hub_InfluxDB_or_both_killed_at_random_moments_under_load_lose_and_double_nothing()
    {
        var rounds = FaultReport.Rounds(1);
        using var folder = new TempFolder();
        await using var server = await InfluxServer.StartAsync();
        var random = new Random(20261125);
        var port = FixedPort.Choose();
        string[] store = ["--store", "influx", "--influx-url", server.Url.ToString()];
        var hub = await HubProcess.StartAsync(folder.Path, mqttPort: port, more: store);
        await using var load = new KillLoad(port, await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "native" }, cancellationToken: TestContext.Current.CancellationToken));
        try
        {
            await PlaceAsync(hub, load.Native);
            for (var kill = 0; kill < rounds * 3; kill++)
            {
                var reached = load.Native.Receipted.Count;
                await Eventually.True(() => Task.FromResult(load.Native.Receipted.Count > reached), "rows are receipted");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), TimeProvider.System, TestContext.Current.CancellationToken);
                var (killsHub, killsInflux) = (kill % 3 != 1, kill % 3 != 0);
                if (killsHub)
                {
                    await hub.KillAsync();
                }

                if (killsInflux)
                {
                    await server.KillAsync();
                }

                if (killsHub)
                {
                    await hub.DisposeAsync();
                    hub = await HubProcess.StartAsync(folder.Path, mqttPort: port, more: store);
                }

                if (killsInflux)
                {
                    await server.StartAgainAsync();
                }
            }

            await load.StopAsync();
            await Eventually.Get(async () => await hub.Api.StateAsync(), state => state.StoreNote.StartsWith("0 ", StringComparison.Ordinal) && state.StoreState == "ok", "everything is in InfluxDB");
            await CheckAsync(hub, server, load);
            foreach (var what in (string[])["the hub", "influxd", "hub and influxd"])
            {
                FaultReport.Line($"{what} killed with kill -9 while readings go to InfluxDB", rounds, load.Native.Receipted.Count);
            }
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    /// <summary>A teacher's word for the agent's clock: without a time its rows would wait.</summary>
    internal static async Task PlaceAsync(HubProcess hub, NativeClient client)
    {
        await Eventually.True(async () => (await hub.Api.StateAsync()).Rows > 0 && client.Receipted.Count > 0, "the agent's boot is known");
        var anchor = new UtcAnchorFact { BootId = client.BootId, TUs = 0, UtcUs = (await hub.Api.StateAsync()).UtcUs - 900_000_000, SigmaUs = 1_000_000, Source = "teacher" };
        await hub.Api.Facts.StateFactAsync(new StateFactRequest { Fact = new Fact { UtcAnchor = anchor } }, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task CheckAsync(HubProcess hub, InfluxServer server, KillLoad load)
    {
        var rows = (await hub.Api.RowsAsync("agents/-/channels/-")).ToDictionary(channel => channel.Key, channel => channel.Value);
        var native = rows[load.Native.Channel];
        Assert.Equal((long)load.Native.NextSeq, native.Raw.Count);
        Assert.Equal(load.Native.Receipted.Count, native.Raw.Count);
        Assert.Equal(load.Native.Receipted.Sum, native.Raw.Sum(), 1e-6 * native.Raw.Count);

        // A maker's device may send twice; whatever the hub keeps, InfluxDB has.
        var foreign = Assert.Single(rows, channel => channel.Key != load.Native.Channel).Value;
        Assert.InRange(foreign.Raw.Count, load.Foreign.Answered, load.Foreign.Sent);
        using var answer = JsonDocument.Parse(await server.AskAsync("SELECT count(raw), sum(raw) FROM reading", "stemlab"));
        var there = answer.RootElement.GetProperty("results")[0].GetProperty("series")[0].GetProperty("values")[0];
        Assert.Equal(native.Raw.Count + foreign.Raw.Count, there[1].GetInt64());
        Assert.Equal(native.Raw.Sum() + foreign.Raw.Sum(), there[2].GetDouble(), 1e-6 * native.Raw.Count);
        var (code, output, errors) = await HubProcess.RunAsync("store", "compare", "--data", hub.Folder);
        Assert.True(code == 0, errors);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"there  {native.Raw.Count + foreign.Raw.Count} readings"), output, StringComparison.Ordinal);
        Assert.Contains("Both sides count and add up to the same", output, StringComparison.Ordinal);
    }
}
