using System.Text.Json;
using Grpc.Core;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>An agent set from the hub's page: a real hub with its broker, a real agent on a tree of a machine's shape.</summary>
public sealed class SettingsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rate_label_port_and_probes_are_changed_from_the_hub_reported_back_and_kept_over_a_restart()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var name = await PrepareAsync(hub, card.Path);
        await using (var agent = Start(card.Path))
        {
            var first = await SettingsAsync(hub, name, one => one.Kinds.Count > 0);
            Assert.Equal((AgentSettings.Types.State.ItsOwn, 0ul, true), (first.State, first.Revision, first.Measuring));
            Assert.Equal("1-0077", Assert.Single(first.Found).Serial);
            Assert.Contains("address", Assert.Single(first.Kinds, kind => kind.Name == "ezo-ph").Fields);

            // Another rate and name, and what it found besides.
            var air = first.Sources[0].Clone();
            (air.Label, air.IntervalSeconds) = ("Trong lớp", 0.5);
            var applied = await SetAsync(hub, name, 0, true, air, new AgentSource { Kind = "iio", Port = "outside", Serial = "1-0077", IntervalSeconds = 0.2 });
            Assert.Equal((AgentSettings.Types.State.Applied, 1ul), (applied.State, applied.Revision));
            await ChannelAsync(hub, channel => channel is { IntervalUs: 500_000, DisplayName: "pond Trong lớp" }, "air at its new rate");
            await ChannelAsync(hub, channel => channel.Name.Contains("outside", StringComparison.Ordinal) && channel.IntervalUs == 200_000, "the second probe");
            Assert.Empty((await SettingsAsync(hub, name, one => one.Found.Count == 0)).Found);

            // What does not hold is refused with the reason in both languages, and it goes on as before.
            var wrong = air.Clone();
            wrong.IntervalSeconds = 1e-9;
            var refused = await SetAsync(hub, name, 1, true, wrong);
            Assert.Equal((AgentSettings.Types.State.Refused, 2ul), (refused.State, refused.Revision));
            Assert.Contains("Sources[0].IntervalSeconds", refused.RefusalEn, StringComparison.Ordinal);
            Assert.StartsWith("Đầu đo thứ 1 (iio)", refused.RefusalVi, StringComparison.Ordinal);
            Assert.Equal(2, refused.Sources.Count);
            await Eventually.True(async () => (await AgentAsync(hub, name)).Troubles.Any(said => said.En.Contains("revision 2", StringComparison.Ordinal)), "the refusal stands among its troubles");

            // A change from a state that is not the latest.
            var meanwhile = await Assert.ThrowsAsync<RpcException>(() => SetAsync(hub, name, 1, true, air));
            Assert.Equal(StatusCode.Aborted, meanwhile.StatusCode);
            await agent.KillAsync();
        }

        await using var again = Start(card.Path);
        await GrowsAsync(hub, name);
        var kept = await SettingsAsync(hub, name, one => one.Kinds.Count > 0);
        Assert.Equal(["Trong lớp", ""], kept.Sources.Select(source => source.Label));
        Assert.Equal(0, (await AgentAsync(hub, name)).Account.Conflict);
    }

    [Fact]
    public async Task Stopped_it_measures_nothing_started_it_goes_on_and_what_was_wished_while_it_was_away_comes_when_it_is_back()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var name = await PrepareAsync(hub, card.Path);
        await using (var agent = Start(card.Path))
        {
            await SettingsAsync(hub, name, one => one.Kinds.Count > 0);
            await GrowsAsync(hub, name);
            var stopped = (await hub.Api.Fleet.SetAgentMeasuringAsync(new SetAgentMeasuringRequest { Name = name, Measuring = false }, cancellationToken: Cancelled)).Settings;
            Assert.Equal((AgentSettings.Types.State.Applied, false, 1), (stopped.State, stopped.Measuring, stopped.Sources.Count));
            await Eventually.True(() => Task.FromResult(agent.Output.Contains("measures 0 inputs", StringComparison.Ordinal)), "it runs without inputs");
            await agent.StopAsync(RealProcess.Patience);
        }

        // Away: the wish is kept, over a restart of the hub too.
        var waiting = (await hub.Api.Fleet.SetAgentMeasuringAsync(new SetAgentMeasuringRequest { Name = name, Measuring = true }, cancellationToken: Cancelled)).Settings;
        Assert.Equal((AgentSettings.Types.State.Waiting, 2ul), (waiting.State, waiting.Revision));
        var before = (await AgentAsync(hub, name)).Account.Stored;
        await using var back = Start(card.Path);
        await SettingsAsync(hub, name, one => one is { State: AgentSettings.Types.State.Applied, Revision: 2, Measuring: true });
        await Eventually.True(async () => (await AgentAsync(hub, name)).Account.Stored > before, "it measures again");
        Assert.Contains("measures 0 inputs", back.Output, StringComparison.Ordinal);
        await hub.Api.Fleet.FindAgentProbesAsync(new FindAgentProbesRequest { Name = name }, cancellationToken: Cancelled);
    }

    private static async Task<string> PrepareAsync(HubProcess hub, string card)
    {
        var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "pond" }, cancellationToken: Cancelled);
        var join = new { HubAddress = $"127.0.0.1:{hub.Where.MqttPort}", AgentId = enrolled.Agent.Name.Split('/')[1], enrolled.Token, enrolled.Agent.Slug };
        await File.WriteAllTextAsync(Path.Combine(card, "join.json"), JsonSerializer.Serialize(join), Cancelled);
        await File.WriteAllTextAsync(Path.Combine(card, "agent.json"), JsonSerializer.Serialize(new
        {
            DataFolder = Path.Combine(card, "data"),
            HealthIntervalSeconds = 0,
            Sources = new[] { new { Kind = "iio", Port = "air", Serial = "1-0076", IntervalSeconds = 0.1 } },
        }), Cancelled);
        Plug(card, 0, "1-0076");
        Plug(card, 1, "1-0077");
        return enrolled.Agent.Name;
    }

    /// <summary>A thermometer as the kernel shows it.</summary>
    private static void Plug(string card, int number, string place)
    {
        var node = Directory.CreateDirectory(Path.Combine(card, $"root/sys/devices/platform/soc/{place}/iio:device{number}")).FullName;
        Directory.CreateDirectory(Path.Combine(card, "root/sys/bus/iio/devices"));
        Directory.CreateSymbolicLink(Path.Combine(card, $"root/sys/bus/iio/devices/iio:device{number}"), node);
        File.WriteAllText(Path.Combine(node, "name"), "bme280\n");
        File.WriteAllText(Path.Combine(node, "in_temp_input"), "25080\n");
    }

    private static RealProcess Start(string card) => RealProcess.StartOurs(
        "stemlab-agent",
        ["run", "--config", Path.Combine(card, "agent.json"), "--join", Path.Combine(card, "join.json"), "--root", Path.Combine(card, "root")]);

    private static async Task<AgentSettings> SetAsync(HubProcess hub, string name, ulong from, bool measuring, params AgentSource[] sources) =>
        (await hub.Api.Fleet.SetAgentSettingsAsync(new SetAgentSettingsRequest { Name = name, FromRevision = from, Measuring = measuring, Sources = { sources } }, cancellationToken: Cancelled)).Settings;

    private static Task<AgentSettings> SettingsAsync(HubProcess hub, string name, Func<AgentSettings, bool> until) => Eventually.Get(
        async () => (AgentSettings?)(await hub.Api.Fleet.GetAgentSettingsAsync(new GetAgentSettingsRequest { Name = name }, cancellationToken: Cancelled)).Settings, until, "settings of the agent");

    private static Task ChannelAsync(HubProcess hub, Func<Channel, bool> which, string what) => Eventually.True(async () => (await hub.Api.ChannelsAsync()).Any(which), what);

    private static async Task<V1.Agent> AgentAsync(HubProcess hub, string name) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = name }, cancellationToken: Cancelled)).Agent;

    private static async Task GrowsAsync(HubProcess hub, string name)
    {
        var before = (await AgentAsync(hub, name)).Account.Stored;
        await Eventually.True(async () => (await AgentAsync(hub, name)).Account.Stored > before + 5, "readings grow");
    }
}
