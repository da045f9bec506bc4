using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>The very program that is put on a Pi, under qemu-user, against a real hub and broker. device-agent/packaging/check makes it and says where it is.</summary>
public sealed class Arm64Tests
{
    private const string Qemu = "qemu-aarch64-static";
    private static readonly string Libraries = Environment.GetEnvironmentVariable("STEMLAB_ARM64_ROOT") ?? "";

    [Fact]
    public async Task The_arm64_program_joins_sends_is_receipted_survives_a_power_cut_without_a_hub_and_drains()
    {
        var program = Environment.GetEnvironmentVariable("STEMLAB_ARM64_AGENT") ?? "";
        Assert.SkipWhen(program.Length == 0, "STEMLAB_ARM64_AGENT is not set; device-agent/packaging/check sets it");
        Assert.SkipWhen(Servers.Find(Qemu) is null || !Directory.Exists(Libraries), $"{Qemu} or the folder of STEMLAB_ARM64_ROOT is missing");
        using var hubFolder = new TempFolder();
        using var agentFolder = new TempFolder();
        var port = FixedPort.Choose();
        var file = StationFile.Read("lro-water-lab.csv.gz", -7);
        var hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
        try
        {
            // :: Step 1: join, birth, data, receipts
            var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "pi" }, cancellationToken: TestContext.Current.CancellationToken);
            Configure(agentFolder.Path, enrolled, port, 86_400);
            var agent = Start(program, agentFolder.Path);
            await Eventually.True(async () => await StoredAsync(hub) > 2_000, "the first readings stored");
            Assert.Equal("pi", Assert.Single(await hub.Api.AgentsAsync()).Slug);

            // :: Step 2: no hub; the agent keeps; power cut; another boot, still no hub
            await hub.KillAsync();
            await hub.DisposeAsync();
            await Eventually.True(() => Task.FromResult(agent.Output.Contains("No hub at", StringComparison.Ordinal)), "the agent misses its hub");
            await agent.KillAsync();
            await agent.DisposeAsync();
            Configure(agentFolder.Path, enrolled, port, 0);
            await using var again = Start(program, agentFolder.Path);
            await Eventually.True(() => Task.FromResult(again.Output.Contains("has ended after", StringComparison.Ordinal)), "the file played to its end into the outbox");
            Assert.Contains("boot 2", again.Output, StringComparison.Ordinal);

            // :: Step 3: the hub is back; everything drains, once
            hub = await HubProcess.StartAsync(hubFolder.Path, mqttPort: port);
            var whole = file.TimeUs.Length * file.Columns.Count;
            var rows = await Eventually.Get(
                async () => (await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-")).Where(channel => !channel.Key.Contains("/channels/agent", StringComparison.Ordinal)).ToDictionary(),
                channels => channels.Values.Sum(channel => channel.Raw.Count) >= whole,
                $"{whole} readings of the file arrived; the agent says {again.Output}");
            file.AssertEquals(rows);
            var account = Assert.Single(await hub.Api.AgentsAsync()).Account;
            Assert.Equal((0L, 0L), (account.Missing, account.Lost));
            Assert.Contains(await hub.Api.ChannelsAsync(), channel => channel.Name.Contains("/channels/agent", StringComparison.Ordinal));
            Assert.Equal(0, await again.StopAsync(RealProcess.Patience));
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    private static async Task<long> StoredAsync(HubProcess hub) => Assert.Single(await hub.Api.AgentsAsync()).Account.Stored;

    /// <summary>As every agent of these tests, and measuring itself; each start is a boot, as if the power had been cut.</summary>
    private static void Configure(string folder, EnrolAgentResponse enrolled, int port, double speed)
    {
        AgentProcess.Configure(folder, enrolled, $"127.0.0.1:{port}", StationFile.PathOf("lro-water-lab.csv.gz"), speed);
        var config = Path.Combine(folder, "agent.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"HealthIntervalSeconds\":0", "\"HealthIntervalSeconds\":1,\"BootPerProcess\":true", StringComparison.Ordinal));
    }

    private static RealProcess Start(string program, string folder) =>
        RealProcess.Start(Qemu, ["-L", Libraries, program, "run", "--config", Path.Combine(folder, "agent.json"), "--join", Path.Combine(folder, "join.json")]);
}
