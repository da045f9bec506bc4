using System.Net;
using System.Net.Sockets;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>What each program says when it cannot start as asked, and that it ends when asked to.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_hub_with_devices_connected_ends_at_once_when_asked_to()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await using var maker = new ForeignClient(hub.Where.MqttPort);
        Assert.True(await maker.TryNextAsync());

        // 143 would be the end of patience: half a minute.
        Assert.Equal(0, await hub.StopAsync());
    }

    [Fact]
    public async Task The_demo_takes_the_next_free_ports_and_says_how_to_publish_there()
    {
        using var folder = new TempFolder();
        using var busy = new Busy(3);
        await using var hub = await HubProcess.StartBayAsync(folder.Path, "--http", $"{busy.Ports[0]}", "--grpc", $"{busy.Ports[1]}", "--mqtt", $"{busy.Ports[2]}");

        Assert.Empty(busy.Ports.Intersect([hub.Where.HttpPort, hub.Where.GrpcPort, hub.Where.MqttPort]));
        await Eventually.True(() => Task.FromResult(hub.Output.Contains("Ctrl+C", StringComparison.Ordinal)), "start lines");
        Assert.Contains($"http://127.0.0.1:{hub.Where.HttpPort}/", hub.Output, StringComparison.Ordinal);
        Assert.Contains($"mosquitto_pub -p {hub.Where.MqttPort}", hub.Output, StringComparison.Ordinal);
        Assert.All(busy.Ports, port => Assert.Contains($"{port} → ", hub.Output, StringComparison.Ordinal));
        Assert.InRange(hub.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 4, 8);
        Assert.True((await hub.Http.GetAsync("/livez", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_configured_hub_refuses_a_busy_port_and_names_the_option()
    {
        using var folder = new TempFolder();
        using var busy = new Busy(1);
        foreach (var option in (string[])["--http", "--grpc", "--mqtt"])
        {
            string[] others = [.. ((string[])["--http", "--grpc", "--mqtt"]).Where(other => other != option).SelectMany(other => (string[])[other, "0"])];
            Refused.InOneSentence(await HubProcess.RunAsync(["serve", "--data", folder.Path, option, $"{busy.Ports[0]}", .. others]), $"Port {busy.Ports[0]}", option);
        }
    }

    [Fact]
    public async Task A_second_hub_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--data", folder.Path, "--http", "0", "--grpc", "0", "--mqtt", "0"), "Another hub is running", "--data");
        Assert.Equal("ok", (await hub.Api.StateAsync()).StoreState);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_with_the_way_out()
    {
        using var folder = new TempFolder();
        var notAFolder = folder.File("a-file");
        await File.WriteAllTextAsync(notAFolder, "", TestContext.Current.CancellationToken);
        var inside = Path.Combine(notAFolder, "hub");

        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--data", inside, "--http", "0", "--grpc", "0", "--mqtt", "0"), inside, "--data");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--data", inside, "--no-browser", "--http", "0", "--grpc", "0", "--mqtt", "0"), inside, "--data");
        Assert.Equal(2, (await HubProcess.RunAsync("serve", "--data", "/proc/stemlab", "--http", "0", "--grpc", "0", "--mqtt", "0")).Code);
    }

    [Fact]
    public async Task An_option_nobody_knows_is_one_sentence_in_every_program()
    {
        using var folder = new TempFolder();
        var config = folder.File("stemlab.json");
        await File.WriteAllTextAsync(config, """{ "HtpPort": 5080 }""", TestContext.Current.CancellationToken);

        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--datta", folder.Path), "--datta", "--help");
        Refused.InOneSentence(await HubProcess.RunAsync("sevre"), "sevre", "--help");
        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--http", "many", "--data", folder.Path), "--http: 'many'", "like 5080");
        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--config", config), "HtpPort", "HttpPort");
        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--config", folder.File("absent.json")), "absent.json");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--datta", folder.Path), "--datta", "--help");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--seed", "x"), "--seed: 'x'", "like 7");
        Refused.InOneSentence(await AgentProcess.RunAsync("detect", "--address", "99", "--address", "x"), "--address: 'x'", "like 99");
        Refused.InOneSentence(await RealProcess.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "lesson-console.dll"), "query", "--hours", "x"]), "--hours: 'x'", "like 24");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--no-browser", "--data", folder.Path, "--replay", folder.File("absent.csv")), "absent.csv");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--no-browser", "--data", folder.Path, "--speed", "fast", "--replay", StationFile.PathOf("cat-point.csv.gz")), "--speed fast");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--no-browser", "--data", folder.Path, "--replay", config, "--http", "0", "--grpc", "0", "--mqtt", "0"), "stemlab.json", "time column");
        Refused.InOneSentence(await AgentProcess.RunAsync("run", "--datta", folder.Path), "--datta", "--help");
        Refused.InOneSentence(await AgentProcess.RunAsync("run", "--config", folder.File("absent.json")), "absent.json");
        Refused.InOneSentence(await RealProcess.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "lesson-console.dll"), "lisst"]), "lisst", "--help");
    }

    /// <summary>Ports another program listens on.</summary>
    private sealed class Busy : IDisposable
    {
        private readonly List<TcpListener> listeners = [];

        public Busy(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }
        }

        public int[] Ports => [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];

        public void Dispose() => listeners.ForEach(listener => listener.Dispose());
    }
}
