using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>MQTT clients written by others, against a real hub process: everything they send is answered, stored and passed on. mosquitto's are in <see cref="MakerTests"/>.</summary>
public sealed class InteroperabilityTests
{
    private const int Count = 300;

    [Theory]
    [InlineData(4, 3)]
    [InlineData(5, 2)]
    public async Task Paho_publishes_and_hears_everything(int protocol, int levels)
    {
        var python = await PythonAsync();
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var run = await RealProcess.RunAsync(python, [Client("paho_client.py"), $"{hub.Where.MqttPort}", $"{protocol}", $"{Count}"]);
        await CheckAsync(hub, run, Count * levels);
    }

    [Theory]
    [InlineData("mqtt", 4)]
    [InlineData("mqtt", 5)]
    [InlineData("ws", 4)]
    [InlineData("ws", 5)]
    public async Task Npm_mqtt_publishes_and_hears_everything_over_TCP_and_WebSocket(string scheme, int protocol)
    {
        var modules = Path.Combine(Path.GetDirectoryName(Client("npm_client.mjs"))!, "node_modules", "mqtt");

        // From the npm registry, which is not everywhere: skipped by name also where servers are required.
        Assert.SkipUnless(Servers.Find("node") is not null && Directory.Exists(modules), "needs npm mqtt: run tests/install-servers");
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var url = scheme == "ws" ? $"ws://127.0.0.1:{hub.Where.HttpPort}/mqtt" : $"mqtt://127.0.0.1:{hub.Where.MqttPort}";
        var run = await RealProcess.RunAsync(Servers.PathOf("node"), [Client("npm_client.mjs"), url, $"{protocol}", $"{Count}"]);
        await CheckAsync(hub, run, Count * 2);
    }

    [Fact]
    public async Task Paho_with_a_session_redelivers_after_kills_of_the_hub_and_every_reading_is_there_exactly_once()
    {
        const int Readings = 2000;
        var python = await PythonAsync();
        using var folder = new TempFolder();
        var port = FixedPort.Choose();
        var hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
        try
        {
            await using var keeper = RealProcess.Start(python, [Client("paho_redelivery.py"), $"{port}", $"{Readings}"]);
            var random = new Random(5);
            for (var kill = 0; kill < 3 && !keeper.HasExited; kill++)
            {
                var before = keeper.Output.Length;
                await Eventually.True(() => Task.FromResult(keeper.Output.Length > before || keeper.HasExited), "readings are answered");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(30)), TimeProvider.System, TestContext.Current.CancellationToken);
                await hub.KillAsync();
                await hub.DisposeAsync();
                hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
            }

            Assert.Equal((0, true), (await keeper.ExitAsync(RealProcess.Patience), keeper.Output.Contains("done", StringComparison.Ordinal)));
            var rows = Assert.Single(await hub.Api.RowsAsync("agents/-/channels/-")).Value;
            Assert.Equal(Enumerable.Range(0, Readings).Select(value => (double)value), rows.Raw.Order());
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    private static async Task CheckAsync(HubProcess hub, (int Code, string Output, string Errors) run, int expected)
    {
        Assert.True(run.Code == 0, run.Errors + run.Output);
        var said = JsonDocument.Parse(run.Output).RootElement;
        int Number(string name) => said.GetProperty(name).GetInt32();
        Assert.True(said.GetProperty("subscribed").GetBoolean());
        Assert.Equal((expected, expected, expected, expected), (Number("expected"), Number("answered"), Number("heard"), Number("distinct")));
        var rows = Assert.Single(await hub.Api.RowsAsync("agents/-/channels/-")).Value;
        Assert.Equal(Enumerable.Range(0, expected).Select(value => (double)value), rows.Raw.Order());
    }

    private static string Client(string name) => Path.Combine(Clone.Root, "tests", "StemLab.EndToEnd.Tests", "clients", name);

    /// <summary>A Python that has paho: Debian's own, or the first on PATH.</summary>
    private static async Task<string> PythonAsync()
    {
        foreach (var python in (string[])["/usr/bin/python3", "python3"])
        {
            if (Servers.Find(python) is not null && (await RealProcess.RunAsync(python, ["-c", "import paho.mqtt.client"])).Code == 0)
            {
                return python;
            }
        }

        Assert.False(Servers.AreRequired, "paho-mqtt is not installed; run tests/install-servers");
        Assert.Skip("needs paho-mqtt: run tests/install-servers");
        return "";
    }
}
