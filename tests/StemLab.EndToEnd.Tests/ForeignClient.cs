using System.Globalization;
using MQTTnet;
using MQTTnet.Protocol;

namespace StemLab.EndToEnd;

/// <summary>A maker's device that knows nothing but MQTT: publishes 0, 1, 2… at QoS 1, each again until it is answered.</summary>
internal sealed class ForeignClient(int port) : IAsyncDisposable
{
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();

    /// <summary>Values answered so far: 0 to this, exclusive.</summary>
    public int Answered { get; private set; }

    /// <summary>Publishes sent, answered or not.</summary>
    public int Sent { get; private set; }

    /// <summary>Sends the next value once; false when it was not answered.</summary>
    public async Task<bool> TryNextAsync()
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            if (!client.IsConnected)
            {
                var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311).WithClientId("maker").Build();
                await client.ConnectAsync(options, limit.Token);
            }

            Sent++;
            await client.PublishStringAsync("lab/pond/level", Answered.ToString(CultureInfo.InvariantCulture), MqttQualityOfServiceLevel.AtLeastOnce, false, limit.Token);
            Answered++;
            return true;
        }
        catch (Exception broken) when (broken is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await client.TryDisconnectAsync();
        client.Dispose();
    }
}
