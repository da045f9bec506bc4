using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>The hub's disk dies, or the end of its log is damaged, after the readings were receipted: they are still there, or what its agents still hold comes back by itself.</summary>
public sealed class ReplacedDiskTests
{
    [Fact]
    public async Task A_hub_whose_readings_are_gone_gets_back_all_that_its_agent_still_holds()
    {
        using var hubFolder = new TempFolder();
        using var agentFolder = new TempFolder();
        var port = FixedPort.Choose();
        var file = StationFile.Read("lro-water-lab.csv.gz", -7);
        EnrolAgentResponse enrolled;
        RealProcess agent;
        string storeId;
        await using (var hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port))
        {
            enrolled = await EnrolAsync(hub);
            AgentProcess.Configure(agentFolder.Path, enrolled, $"127.0.0.1:{port}", StationFile.PathOf("lro-water-lab.csv.gz"), 0);
            agent = AgentProcess.Start(agentFolder.Path);
            await WholeAsync(hub, enrolled, file);
            storeId = (await hub.Api.StateAsync()).StoreId;
            await hub.KillAsync();
        }

        await using (agent)
        {
            foreach (var lost in Directory.GetFiles(hubFolder.Path, "series.db*"))
            {
                File.Delete(lost);
            }

            await using var hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
            await WholeAsync(hub, enrolled, file);
            Assert.NotEqual(storeId, (await hub.Api.StateAsync()).StoreId);
            Assert.Equal(0, await agent.StopAsync(RealProcess.Patience));
        }
    }

    /// <summary>What a power cut leaves behind the last commit: bytes of anything, zeros, or the begin of a commit that was being written.</summary>
    [Theory]
    [InlineData("garbage")]
    [InlineData("zeros")]
    [InlineData("torn")]
    public async Task A_hub_killed_with_a_damaged_end_of_its_log_opens_and_has_every_receipted_row_once(string end)
    {
        using var hubFolder = new TempFolder();
        using var agentFolder = new TempFolder();
        var port = FixedPort.Choose();
        var file = StationFile.Read("lro-water-lab.csv.gz", -7);
        EnrolAgentResponse enrolled;
        string storeId;
        await using (var hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port))
        {
            enrolled = await EnrolAsync(hub);
            AgentProcess.Configure(agentFolder.Path, enrolled, $"127.0.0.1:{port}", StationFile.PathOf("lro-water-lab.csv.gz"), 0);
            await using var agent = AgentProcess.Start(agentFolder.Path);
            await WholeAsync(hub, enrolled, file);
            storeId = (await hub.Api.StateAsync()).StoreId;

            // With the agent gone nothing can come a second time.
            Assert.Equal(0, await agent.StopAsync(RealProcess.Patience));
            await hub.KillAsync();
        }

        var log = hubFolder.File("series.db-wal");
        var whole = await File.ReadAllBytesAsync(log, TestContext.Current.CancellationToken);
        var tail = new byte[3_000];
        if (end == "garbage")
        {
            new Random(2).NextBytes(tail);
        }
        else if (end == "torn")
        {
            // A frame's head is 24 bytes after the log's 32.
            whole.AsSpan(32, Math.Min(tail.Length, whole.Length - 32)).CopyTo(tail);
        }

        await File.WriteAllBytesAsync(log, [.. whole, .. tail], TestContext.Current.CancellationToken);
        await using var again = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
        await WholeAsync(again, enrolled, file);
        Assert.Equal(storeId, (await again.Api.StateAsync()).StoreId);
        Assert.Equal(0, await again.StopAsync());
        FaultReport.Line($"hub killed, the end of its log {end}", 1, file.TimeUs.Length * (long)file.Columns.Count);
    }

    [Fact]
    public async Task A_new_hub_in_the_place_of_a_lost_one_gets_everything_once_the_agent_is_enrolled_again()
    {
        const int Outputs = 2;
        using var lostFolder = new TempFolder();
        using var newFolder = new TempFolder();
        using var card = new TempFolder();
        var world = new World();
        long sampled;
        await using (var lost = await ClocklessHub.StartAsync(world, lostFolder.Path, "lost"))
        {
            var enrolled = await lost.EnrolAsync("raft");
            await using var agent = new AgentLife(world, 0, card.Path, $"127.0.0.1:{lost.MqttPort}", enrolled, Outputs);
            world.Pass(TimeSpan.FromHours(6));
            await agent.SampledAsync(6 * 3600 * Outputs);
            sampled = agent.Sampled;
            await lost.DrainedAsync(enrolled, sampled);
        }

        await using var hub = await ClocklessHub.StartAsync(world, newFolder.Path, "new");
        var again = await hub.EnrolAsync("raft");
        await using var life = new AgentLife(world, 0, card.Path, $"127.0.0.1:{hub.MqttPort}", again, Outputs);
        await hub.DrainedAsync(again, sampled);
        await hub.AnchorAsync(world, 0, 1_000_000, "teacher");
        var rows = await hub.Api.RowsAsync($"{again.Agent.Name}/channels/-");
        Assert.Equal(Outputs, rows.Count);
        Assert.All(rows.Values, channel => Assert.Equal(channel.Raw.Distinct().Order(), channel.Raw));
        Assert.All(rows.Values, channel => Assert.True(channel.Raw.Count >= sampled / Outputs));
        FaultReport.Line("the hub's disk lost after six hours: all its agent holds comes back", 1, sampled);
    }

    private static async Task<EnrolAgentResponse> EnrolAsync(HubProcess hub) =>
        await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "river" }, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task WholeAsync(HubProcess hub, EnrolAgentResponse enrolled, StationFile file)
    {
        var rows = file.TimeUs.Length * file.Columns.Count;
        await Eventually.Get(
            async () => (await hub.Api.AgentsAsync()).SingleOrDefault(agent => agent.Name == enrolled.Agent.Name)?.Account,
            account => account.Stored >= rows && account.Missing == 0,
            $"{rows} rows stored, none missing");
        file.AssertEquals(await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-"));
    }
}
