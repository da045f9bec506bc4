using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Real data through agents, MQTT, hub and gRPC: what arrives is what the file says.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task Both_real_files_arrive_whole_by_the_command_of_the_README()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartBayAsync(
            folder.Path, "--replay", $"{StationFile.PathOf("cat-point.csv.gz")},{StationFile.PathOf("lro-water-lab.csv.gz")}", "--speed", "max");
        await CheckAsync(hub, "cat-point", StationFile.Read("cat-point.csv.gz", 0));
        await CheckAsync(hub, "lro-water-lab", StationFile.Read("lro-water-lab.csv.gz", -7));
        Assert.All(await hub.Api.ChannelsAsync(), channel => Assert.True(channel.Simulated));
    }

    [Fact]
    public async Task A_speed_is_kept_and_an_agent_of_its_own_process_goes_on_where_it_was_stopped()
    {
        using var folder = new TempFolder();
        using var agents = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "river" }, cancellationToken: TestContext.Current.CancellationToken);

        // 62 days at a day a second: not before half a minute is the middle of the file due.
        AgentProcess.Configure(agents.Path, enrolled, $"127.0.0.1:{hub.Where.MqttPort}", StationFile.PathOf("lro-water-lab.csv.gz"), 86_400);
        var file = StationFile.Read("lro-water-lab.csv.gz", -7);
        var started = TimeProvider.System.GetTimestamp();
        await using (var slow = AgentProcess.Start(agents.Path))
        {
            await Eventually.True(async () => await NewestAsync(hub) is { } newest && newest >= file.TimeUs[192], "two days played");
            Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(2), "two days at a day a second take two seconds at least");
            Assert.Equal(0, await slow.StopAsync(RealProcess.Patience));
        }

        Assert.True(await NewestAsync(hub) < file.TimeUs[^1]);
        AgentProcess.Configure(agents.Path, enrolled, $"127.0.0.1:{hub.Where.MqttPort}", StationFile.PathOf("lro-water-lab.csv.gz"), 0);
        await using var fast = AgentProcess.Start(agents.Path);
        await CheckAsync(hub, "river", file);
        Assert.All(await hub.Api.ChannelsAsync(), channel => Assert.False(channel.Simulated));
    }

    private static async Task CheckAsync(HubProcess hub, string slug, StationFile file)
    {
        var agent = await Eventually.Get(
            async () => (await hub.Api.AgentsAsync()).SingleOrDefault(one => one.Slug == slug),
            one => one.Account.Stored >= file.TimeUs.Length * file.Columns.Count,
            $"{slug}: {file.TimeUs.Length} lines of {file.Columns.Count} columns stored");
        var account = agent.Account;
        Assert.Equal((file.TimeUs.Length * file.Columns.Count, 0L, 0L), (account.Stored, account.Missing, account.Lost));
        file.AssertEquals(await hub.Api.RowsAsync($"{agent.Name}/channels/-"));
    }

    private static async Task<long?> NewestAsync(HubProcess hub)
    {
        var latest = await hub.Api.Readings.GetLatestReadingsAsync(new GetLatestReadingsRequest(), cancellationToken: TestContext.Current.CancellationToken);
        return latest.Readings.Count == 0 ? null : latest.Readings.Max(reading => reading.TimeUs);
    }
}
