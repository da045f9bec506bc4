using StemLab.V1;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>kill -9 at random moments under load: what was receipted is there, once.</summary>
public sealed class KillTests
{
    /// <summary>Of each three one takes the hub, one the agent, one both: sixteen of either.</summary>
    private const int Kills = 24;

    [Fact]
    public async Task Hub_agent_or_both_killed_at_random_moments_under_load_lose_nothing_and_the_oldest_wait_stays_bounded()
    {
        using var hubFolder = new TempFolder();
        using var agentFolder = new TempFolder();
        var random = new Random(20261125);
        var file = StationFile.Read("cat-point.csv.gz", 0);
        var port = FixedPort.Choose();
        var hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
        RealProcess? agent = null;
        var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "station" }, cancellationToken: TestContext.Current.CancellationToken);
        await using var load = new KillLoad(port, await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "native" }, cancellationToken: TestContext.Current.CancellationToken));
        try
        {
            // Half a minute for the file: every life of the agent ends somewhere in the middle.
            AgentProcess.Configure(agentFolder.Path, enrolled, $"127.0.0.1:{port}", StationFile.PathOf("cat-point.csv.gz"), 260_000);
            for (var kill = 0; kill < Kills; kill++)
            {
                agent ??= AgentProcess.Start(agentFolder.Path);
                var reached = (await hub.Api.StateAsync()).Rows;
                await Eventually.True(async () => (await hub.Api.StateAsync()).Rows > reached, "rows come in");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), TimeProvider.System, TestContext.Current.CancellationToken);
                if (kill % 3 != 1)
                {
                    await hub.KillAsync();
                }

                if (kill % 3 != 0)
                {
                    await agent.KillAsync();
                    await agent.DisposeAsync();
                    agent = null;
                }

                if (kill % 3 != 1)
                {
                    await hub.DisposeAsync();
                    hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
                }
            }

            agent = await FinishAsync(agent, agentFolder, enrolled, port);
            await load.StopAsync();
            await load.CheckAsync(hub);
            await Eventually.Get(
                async () => (await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-")).Values.Sum(rows => rows.Raw.Count),
                count => count >= file.TimeUs.Length * file.Columns.Count,
                $"{file.TimeUs.Length * file.Columns.Count} rows of the file arrived; agent says {agent.Output}");
            file.AssertEquals(await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-"));
            Assert.InRange(load.OldestWait, TimeSpan.Zero, TimeSpan.FromMinutes(3));
            FaultReport.Line("hub, agent or both killed with kill -9 under load", Kills, load.Native.Receipted.Count);
            TestContext.Current.TestOutputHelper?.WriteLine($"{load.Native.Receipted.Count} native and {load.Foreign.Answered} foreign readings over {Kills} kills; oldest wait for a receipt {load.OldestWait.TotalSeconds:F1} s");
        }
        finally
        {
            await hub.DisposeAsync();
            if (agent is not null)
            {
                await agent.DisposeAsync();
            }
        }
    }

    /// <summary>The agent plays the rest as fast as it can.</summary>
    private static async Task<RealProcess> FinishAsync(RealProcess? agent, TempFolder folder, EnrolAgentResponse enrolled, int port)
    {
        if (agent is not null)
        {
            await agent.KillAsync();
            await agent.DisposeAsync();
        }

        AgentProcess.Configure(folder.Path, enrolled, $"127.0.0.1:{port}", StationFile.PathOf("cat-point.csv.gz"), 0);
        return AgentProcess.Start(folder.Path);
    }
}
