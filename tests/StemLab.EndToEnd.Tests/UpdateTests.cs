using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Agents updated by one button of a real hub: the script of the package starts real programs, a loop stands in for systemd.</summary>
public sealed class UpdateTests
{
    private const string Newer = "9.9.9";
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly string Build = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../device-agent/bin/Release/net10.0"));
    private static readonly string Platform = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    [Fact]
    public async Task A_newer_program_is_fetched_proven_by_its_first_receipt_and_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the agent's script is for Linux");
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var name = await PrepareAsync(hub, card.Path);
        Offer(folder.Path, Files(isNewer: true));
        await using var machine = new Machine(card.Path);
        await BehindAsync(hub, name);
        await hub.Api.Fleet.UpdateAgentsAsync(new UpdateAgentsRequest(), cancellationToken: Cancelled);
        var done = await RoundAsync(hub);
        Assert.True(done.State == AgentUpdate.Types.State.Done, $"{done}{Environment.NewLine}{machine.Output}");
        Assert.Equal(Newer, (await AgentAsync(hub, name)).SoftwareVersion);

        // The power goes: it is the new program that comes back.
        await machine.CutPowerAsync();
        var before = (await AgentAsync(hub, name)).Account.Stored;
        await Eventually.True(async () => await AgentAsync(hub, name) is { SoftwareVersion: Newer } now && now.Account.Stored > before, "the new program measures again");
        Assert.Empty((await hub.Api.Fleet.GetAgentUpdatesAsync(new GetAgentUpdatesRequest(), cancellationToken: Cancelled)).Behind);
    }

    [Fact]
    public async Task A_program_that_does_not_stay_up_is_given_up_the_one_before_goes_on_and_the_round_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the agent's script is for Linux");
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var name = await PrepareAsync(hub, card.Path);
        Offer(folder.Path, [("stemlab-agent", Encoding.ASCII.GetBytes($"#!/bin/sh\n[ \"$1\" = version ] && echo {Newer} && exit 0\nexit 3\n"))]);
        await using var machine = new Machine(card.Path);
        await BehindAsync(hub, name);
        var version = (await AgentAsync(hub, name)).SoftwareVersion;
        await hub.Api.Fleet.UpdateAgentsAsync(new UpdateAgentsRequest { Names = { name } }, cancellationToken: Cancelled);
        var failed = await RoundAsync(hub);
        Assert.True(failed.State == AgentUpdate.Types.State.Failed, $"{failed}{Environment.NewLine}{machine.Output}");
        Assert.Contains("three starts", failed.En, StringComparison.Ordinal);
        Assert.Contains("ba lần", failed.Vi, StringComparison.Ordinal);
        var before = await AgentAsync(hub, name);
        Assert.Equal(version, before.SoftwareVersion);
        await Eventually.True(async () => (await AgentAsync(hub, name)).Account.Stored > before.Account.Stored, "the program before goes on");
    }

    [Fact]
    public async Task Without_a_ticket_there_is_no_package()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        Offer(folder.Path, [("stemlab-agent", [1])]);
        Assert.Equal(Newer, Assert.Single((await hub.Api.Fleet.GetAgentUpdatesAsync(new GetAgentUpdatesRequest(), cancellationToken: Cancelled)).Packages).Version);
        using var answer = await hub.Http.GetAsync(new Uri($"agent-packages/{FileName}?ticket=0", UriKind.Relative), Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static string FileName => $"stemlab-agent-{Newer}-{Platform}.tar.gz";

    /// <summary>The program as built here, flat as in a package; the newer one says another version.</summary>
    private static List<(string Name, byte[] Bytes)> Files(bool isNewer)
    {
        var paths = Directory.EnumerateFiles(Build, "*.dll").Concat(Directory.EnumerateFiles(Path.Combine(Build, "runtimes", Platform, "native")))
            .Append(Path.Combine(Build, "stemlab-agent")).Append(Path.Combine(Build, "stemlab-agent.runtimeconfig.json"));
        return [.. paths.Select(path => (Path.GetFileName(path), Bytes(path)))];

        byte[] Bytes(string path)
        {
            var bytes = File.ReadAllBytes(path);
            return isNewer && Path.GetFileName(path) == "stemlab-agent.dll" ? Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace(StemLab.Agent.AgentRuntime.Version, Newer, StringComparison.Ordinal)) : bytes;
        }
    }

    private static void Offer(string hubFolder, IEnumerable<(string Name, byte[] Bytes)> files)
    {
        Directory.CreateDirectory(Path.Combine(hubFolder, "agent-packages"));
        using var target = File.Create(Path.Combine(hubFolder, "agent-packages", FileName));
        using var zipped = new GZipStream(target, CompressionLevel.Fastest);
        using var tar = new TarWriter(zipped);
        foreach (var (file, bytes) in files)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"stemlab-agent/{file}") { Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute, DataStream = new MemoryStream(bytes) });
        }
    }

    private static async Task<string> PrepareAsync(HubProcess hub, string card)
    {
        var enrolled = await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "pond" }, cancellationToken: Cancelled);
        var state = Directory.CreateDirectory(Path.Combine(card, "state")).FullName;
        var own = Directory.CreateDirectory(Path.Combine(card, "own")).FullName;
        foreach (var (file, bytes) in Files(isNewer: false))
        {
            await File.WriteAllBytesAsync(Path.Combine(own, file), bytes, Cancelled);
        }

        File.Copy(Path.Combine(Build, "../../../packaging/start"), Path.Combine(own, "start"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(own, "stemlab-agent"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Directory.CreateDirectory(Path.Combine(state, "programs"));
        await File.WriteAllTextAsync(Path.Combine(state, "join.json"), JsonSerializer.Serialize(new { HubAddress = $"127.0.0.1:{hub.Where.MqttPort}", AgentId = enrolled.Agent.Name.Split('/')[1], enrolled.Token, enrolled.Agent.Slug }), Cancelled);
        await File.WriteAllTextAsync(Path.Combine(state, "agent.json"), JsonSerializer.Serialize(new { DataFolder = state, HealthIntervalSeconds = 1 }), Cancelled);
        return enrolled.Agent.Name;
    }

    private static Task BehindAsync(HubProcess hub, string name) => Eventually.True(
        async () => (await hub.Api.Fleet.GetAgentUpdatesAsync(new GetAgentUpdatesRequest(), cancellationToken: Cancelled)).Behind.Contains(name), "the agent is there and behind");

    private static async Task<AgentUpdate> RoundAsync(HubProcess hub) => (await Eventually.Get(
        async () => await hub.Api.Fleet.GetAgentUpdatesAsync(new GetAgentUpdatesRequest(), cancellationToken: Cancelled), now => !now.Running, "the round ends")).Updates.Single();

    private static async Task<V1.Agent> AgentAsync(HubProcess hub, string name) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = name }, cancellationToken: Cancelled)).Agent;

    /// <summary>What systemd does: starts the script whenever the program has ended.</summary>
    private sealed class Machine : IAsyncDisposable
    {
        private readonly string card;
        private readonly CancellationTokenSource off = new();
        private readonly StringBuilder said = new();
        private readonly Task running;
        private volatile RealProcess? now;

        public Machine(string card)
        {
            this.card = card;
            running = RunAsync();
        }

        public string Output => said + now?.Output;

        public Task CutPowerAsync() => now!.KillAsync();

        public async ValueTask DisposeAsync()
        {
            await off.CancelAsync();
            if (now is { HasExited: false } last)
            {
                await last.KillAsync();
            }

            await running;
            off.Dispose();
        }

        private async Task RunAsync()
        {
            var state = Path.Combine(card, "state");
            var environment = new Dictionary<string, string> { ["STATE_DIRECTORY"] = state, ["STEMLAB_AGENT_CONFIG"] = Path.Combine(state, "agent.json") };
            while (!off.IsCancellationRequested)
            {
                await using var process = RealProcess.Start("/bin/sh", [Path.Combine(card, "own/start")], environment);
                now = process;
                while (!process.HasExited && !off.IsCancellationRequested)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
                }

                said.AppendLine(process.Output);
            }
        }
    }
}
