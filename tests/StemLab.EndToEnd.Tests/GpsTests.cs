using System.Globalization;
using System.Text;
using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A walk by Ha Long, told by gpsfake through the real gpsd to a real agent: where it is, and what time it is for a hub that has no clock.</summary>
public sealed class GpsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [ServerFact(["gpsfake", "gpsd", "setsid"])]
    public async Task Positions_are_stored_and_the_time_of_gps_becomes_the_hubs()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await File.WriteAllTextAsync(card.File("walk.nmea"), Walk(180), Cancelled);
        var port = FixedPort.Choose();
        // gpsfake starts gpsd: both in a group of their own, so that they end together.
        await using var receiver = RealProcess.Start("/usr/bin/setsid", ["/bin/sh", "-c", $"exec /usr/bin/python3 {Servers.PathOf("gpsfake")} -1 -q -c 0.5 -P {port} {card.File("walk.nmea")} > /dev/null 2>&1"]);
        await using var group = new ProcessGroup(receiver.Pid);
        await using var hub = await HubProcess.StartAsync(folder.Path, utc: "none");
        var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "boat" }, cancellationToken: Cancelled);
        await File.WriteAllTextAsync(card.File("join.json"), JsonSerializer.Serialize(new { HubAddress = $"127.0.0.1:{hub.Where.MqttPort}", AgentId = enrolled.Agent.Name.Split('/')[1], enrolled.Token, enrolled.Agent.Slug }), Cancelled);
        await File.WriteAllTextAsync(card.File("agent.json"), JsonSerializer.Serialize(new { DataFolder = card.File("data"), Sources = new[] { new { Kind = "gpsd", Port = "gps", Path = $"127.0.0.1:{port}" } } }), Cancelled);
        Directory.CreateDirectory(card.File("root/sys"));
        await using (var agent = Start(card))
        {
            await Eventually.True(() => Task.FromResult(agent.Output.Contains("Time from gps", StringComparison.OrdinalIgnoreCase)), "GPS tells the time");
            await agent.StopAsync(RealProcess.Patience);
        }

        // The tie is of this machine's boot: it goes to the hub with the next Birth.
        await using var again = Start(card);
        await Eventually.True(async () => (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: Cancelled)).Agent is { TimeState: TimeState.Anchored, SigmaUs: < 5_000_000 }, "the agent's time is known by GPS");
        var latitude = await Eventually.Get(async () => (await hub.Api.ChannelsAsync()).FirstOrDefault(channel => channel is { Port: "gps", ObservedProperty: "latitude", Latest.HasValue: true }), _ => true, "a latitude");
        Assert.InRange(latitude.Latest.Value, 20.9, 20.95);
    }

    /// <summary>Ends a process and all it started.</summary>
    private sealed class ProcessGroup(int leader) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var kill = System.Diagnostics.Process.Start("kill", ["-KILL", "--", $"-{leader}"]);
            await kill.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static RealProcess Start(TempFolder card) => RealProcess.StartOurs(
        "stemlab-agent", ["run", "--config", card.File("agent.json"), "--join", card.File("join.json"), "--root", card.File("root")]);

    /// <summary>One position a second from 2026-06-01 02:00 UTC on, as a receiver writes it.</summary>
    private static string Walk(int seconds)
    {
        var walk = new StringBuilder();
        var at = new DateTime(2026, 6, 1, 2, 0, 0, DateTimeKind.Utc);
        for (var second = 0; second < seconds; second++)
        {
            var (clock, minutes) = (at.AddSeconds(second).ToString("HHmmss", CultureInfo.InvariantCulture), (54.6168 + (second * 0.0003)).ToString("00.0000", CultureInfo.InvariantCulture));
            Sentence($"GPRMC,{clock}.00,A,20{minutes},N,10711.0556,E,1.2,45.0,010626,,,A");
            Sentence($"GPGGA,{clock}.00,20{minutes},N,10711.0556,E,1,08,0.9,2.5,M,-20.0,M,,");
        }

        return walk.ToString();

        void Sentence(string body) => walk.Append(CultureInfo.InvariantCulture, $"${body}*{body.Aggregate(0, (sum, c) => sum ^ c):X2}\r\n");
    }
}
