using MQTTnet;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>A hub of one test's own, empty at first, that may be stopped and started again on the same ports, and a maker's device that publishes to it.</summary>
internal sealed class EmptyHub : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private HubHost? hub;
    private HubOptions options;

    private EmptyHub(string utc) => options = new HubOptions { DataFolder = folder.Path, HttpPort = FixedPort.Choose(), GrpcPort = FixedPort.Choose(), MqttPort = FixedPort.Choose(), UtcSource = utc, HostNames = Browser.OtherName };

    /// <summary>As a phone on the same Wi-Fi has it.</summary>
    public string UrlForPhones => $"http://{Browser.OtherName}:{options.HttpPort}/";

    /// <summary>As a phone has it that is nobody's here before it joins.</summary>
    public string UrlForStrangers => $"http://{Browser.StrangersName}:{options.HttpPort}/";

    public string Url => $"http://127.0.0.1:{options.HttpPort}/";

    public int MqttPort => options.MqttPort;

    /// <summary>The hub while it runs.</summary>
    public HubHost Host => hub!;

    /// <param name="utc">"machine", or "none" for a hub that has no clock to learn the time from.</param>
    /// <param name="prepare">Told the data folder before the hub starts.</param>
    public static async Task<EmptyHub> StartAsync(string utc = "machine", Action<string>? prepare = null)
    {
        var one = new EmptyHub(utc);
        prepare?.Invoke(one.folder.Path);
        await one.StartAgainAsync();
        return one;
    }

    public async Task StartAgainAsync()
    {
        hub = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);
        options = hub.Options;
    }

    public async Task StopAsync()
    {
        await hub!.DisposeAsync();
        hub = null;
    }

    /// <summary>What mosquitto_pub does: connects, publishes once with QoS 1, leaves when the hub has it.</summary>
    public async Task PublishAsync(string topic, string payload)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", MqttPort).WithClientId("maker").Build(), TestContext.Current.CancellationToken);
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce).Build();
        await client.PublishAsync(message, TestContext.Current.CancellationToken);
        await client.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        folder.Dispose();
    }
}
