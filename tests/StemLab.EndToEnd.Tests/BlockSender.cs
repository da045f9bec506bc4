using System.Buffers;
using System.Collections.Concurrent;
using Google.Protobuf;
using MQTTnet;
using MQTTnet.Protocol;
using StemLab.V1;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.EndToEnd;

/// <summary>The native protocol and nothing else: says the Birth it was given, publishes the blocks it is given, in the order in which it is given them, and keeps what receipts cover.</summary>
internal sealed class BlockSender : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly EnrolAgentResponse enrolled;
    private readonly Birth birth;
    private readonly ConcurrentDictionary<(ulong Stream, ulong Seq), bool> receipted = [];

    /// <param name="enrolled">Identity and token.</param>
    /// <param name="declared">Catalogues, boots and streams; who it is of is filled in.</param>
    public BlockSender(EnrolAgentResponse enrolled, Birth declared)
    {
        this.enrolled = enrolled;
        Agent = Id128.TryParse(enrolled.Agent.Name.Split('/')[1], out var id) ? id : throw new InvalidOperationException(enrolled.Agent.Name);
        birth = declared.Clone();
        birth.AgentId = Agent.ToByteString();
        birth.Slug = enrolled.Agent.Slug;
        client.ApplicationMessageReceivedAsync += message =>
        {
            if (Topics.TryParse(message.ApplicationMessage.Topic, out _, out var kind) && kind == NativeTopic.Ack)
            {
                var receipt = Receipt.Parser.ParseFrom(message.ApplicationMessage.Payload.ToArray());
                foreach (var range in receipt.Covered)
                {
                    for (ulong i = 0; i < range.Count; i++)
                    {
                        receipted[(receipt.StreamId, range.FirstSeq + i)] = true;
                    }
                }
            }

            return Task.CompletedTask;
        };
    }

    public Id128 Agent { get; }

    /// <summary>Numbers a receipt covers, of all streams.</summary>
    public int Receipted => receipted.Count;

    /// <summary>Connects and says the Birth; false when there is nobody.</summary>
    public async Task<bool> TryConnectAsync(int port)
    {
        try
        {
            using var limit = Limit();
            if (!client.IsConnected)
            {
                await client.ConnectAsync(
                    new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
                        .WithClientId(Agent.ToString()).WithCredentials(Agent.ToString(), enrolled.Token).WithCleanStart().WithTimeout(Patience).Build(),
                    limit.Token);
                await client.SubscribeAsync(Topics.Ack(Agent), MqttQualityOfServiceLevel.AtMostOnce, limit.Token);
            }

            return await TryPublishAsync(Topics.Birth(Agent), birth.ToByteArray());
        }
        catch (Exception refused) when (IsBroken(refused))
        {
            return false;
        }
    }

    /// <summary>Publishes a block until it is answered, connecting again where it has to.</summary>
    public Task SendAsync(int port, byte[] up) => TestKit.Eventually.True(
        async () =>
        {
            if (await TryPublishAsync(Topics.Up(Agent), up))
            {
                return true;
            }

            await TryConnectAsync(port);
            return false;
        },
        "the block is answered");

    public async ValueTask DisposeAsync()
    {
        await client.TryDisconnectAsync();
        client.Dispose();
    }

    private async Task<bool> TryPublishAsync(string topic, byte[] payload)
    {
        try
        {
            using var limit = Limit();
            var answer = await client.PublishBinaryAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, false, limit.Token);
            return answer.IsSuccess;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return false;
        }
    }

    private static bool IsBroken(Exception what) => what is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException or InvalidOperationException;

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
