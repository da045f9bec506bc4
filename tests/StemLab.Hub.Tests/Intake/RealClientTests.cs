using System.Diagnostics;
using System.Net.WebSockets;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using StemLab.TestKit;

namespace StemLab.Hub.Intake;

/// <summary>Clients written by others.</summary>
public sealed class RealClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [ServerFact("mosquitto_pub")]
    public async Task Plain_mosquitto_pub_in_both_protocols_and_every_QoS_is_stored()
    {
        await using var hub = await DoorFixture.OpenAsync();
        foreach (var protocol in (string[])["311", "5"])
        {
            foreach (var qos in (string[])["0", "1", "2"])
            {
                await RunAsync("mosquitto_pub", hub, "-V", protocol, "-q", qos, "-t", "lab/pond/ph", "-m", "7,1");
            }
        }

        // QoS 0 is not answered: the last honest word is the store's.
        using var client = await hub.ConnectAsync();
        await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.2", id: 1));
        Assert.Equal([7.1, 7.1, 7.1, 7.1, 7.1, 7.1, 7.2], hub.Rows("ph").Select(row => row.Raw));
    }

    [ServerFact("mosquitto_sub")]
    public async Task Mosquitto_sub_hears_what_others_publish()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listening = Start("mosquitto_sub", hub, "-V", "5", "-t", "lab/#", "-C", "1", "-v");
        using var client = await hub.ConnectAsync();
        var heard = listening.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (ushort id = 1; !heard.IsCompleted; id++)
        {
            await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.1", id: id));
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.Equal("lab/pond/ph 7.1", (await heard.WaitAsync(Patience, TestContext.Current.CancellationToken)).Trim());
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311, false)]
    [InlineData(MqttProtocolVersion.V500, false)]
    [InlineData(MqttProtocolVersion.V311, true)]
    [InlineData(MqttProtocolVersion.V500, true)]
    public async Task The_MQTTnet_client_publishes_and_hears_over_TCP_and_WebSocket(MqttProtocolVersion version, bool webSocket)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithProtocolVersion(version).WithClientId("net").WithTimeout(Patience);
        options = webSocket ? options.WithWebSocketServer(server => server.WithUri($"ws://127.0.0.1:{hub.HttpPort}/mqtt")) : options.WithTcpServer("127.0.0.1", hub.MqttPort);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += received =>
        {
            heard.TrySetResult(received.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        };
        var token = TestContext.Current.CancellationToken;
        await client.ConnectAsync(options.Build(), token);
        await client.SubscribeAsync("lab/#", MqttQualityOfServiceLevel.AtLeastOnce, token);
        foreach (var qos in Enum.GetValues<MqttQualityOfServiceLevel>())
        {
            Assert.True((await client.PublishStringAsync("lab/pond/ph", "7.1", qos, cancellationToken: token)).IsSuccess);
        }

        Assert.Equal("7.1", await heard.Task.WaitAsync(Patience, token));
        await client.DisconnectAsync(cancellationToken: token);
        Assert.Equal(3, hub.Rows("ph").Count);
    }

    [Fact]
    public async Task A_page_of_another_origin_gets_no_WebSocket()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.SetRequestHeader("Origin", "http://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{hub.HttpPort}/mqtt"), TestContext.Current.CancellationToken));
    }

    private static async Task RunAsync(string program, DoorFixture hub, params string[] arguments)
    {
        using var running = Start(program, hub, arguments);
        await running.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (running.ExitCode, await running.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    private static Process Start(string program, DoorFixture hub, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Servers.PathOf(program), ["-h", "127.0.0.1", "-p", $"{hub.MqttPort}", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
