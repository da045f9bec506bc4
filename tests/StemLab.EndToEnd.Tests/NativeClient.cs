using System.Buffers;
using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;
using StemLab.V1;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.EndToEnd;

/// <summary>The least native agent: knows exactly what it sent and what was receipted. Not the product's agent, so that both cannot share a mistake.</summary>
internal sealed class NativeClient : IAsyncDisposable
{
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly string token;
    private readonly Catalog catalog;
    private readonly Boot boot;
    private long t;

    public NativeClient(EnrolAgentResponse enrolled, ulong streamId)
    {
        Agent = Id128.TryParse(enrolled.Agent.Name.Split('/')[1], out var id) ? id : throw new InvalidOperationException(enrolled.Agent.Name);
        Slug = enrolled.Agent.Slug;
        token = enrolled.Token;
        StreamId = streamId;
        boot = new Boot { BootId = Id128.New().ToByteString(), Kind = BootKind.Device, BootNo = 1 };
        catalog = new Catalog { Inputs = { new Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = 1_000_000 } } };
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        client.ApplicationMessageReceivedAsync += message =>
        {
            if (Topics.TryParse(message.ApplicationMessage.Topic, out _, out var kind) && kind == NativeTopic.Ack)
            {
                Take(Receipt.Parser.ParseFrom(message.ApplicationMessage.Payload.ToArray()));
            }

            return Task.CompletedTask;
        };
    }

    public Id128 Agent { get; }

    public string Slug { get; }

    /// <summary>32 hex.</summary>
    public string BootId => Convert.ToHexStringLower(boot.BootId.Span);

    public ulong StreamId { get; }

    public ulong NextSeq { get; private set; }

    /// <summary>Sealed blocks without a receipt, by first sequence number.</summary>
    public ConcurrentDictionary<ulong, (byte[] Up, int Count, double Sum)> Waiting { get; } = [];

    /// <summary>Sum and number of all readings the hub gave a receipt for.</summary>
    public (long Count, double Sum) Receipted { get; private set; }

    public string Channel => $"agents/{Agent}/channels/ph~ph";

    public async Task<bool> TryConnectAsync(int port)
    {
        try
        {
            var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
                .WithClientId(Agent.ToString()).WithCredentials(Agent.ToString(), token).WithCleanStart().WithTimeout(TimeSpan.FromSeconds(10)).Build();
            await client.ConnectAsync(options, TestContext.Current.CancellationToken);
            await client.SubscribeAsync(Topics.Ack(Agent), MqttQualityOfServiceLevel.AtMostOnce, TestContext.Current.CancellationToken);
            await client.SubscribeAsync(Topics.Cmd(Agent), MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);
            var birth = new Birth { AgentId = Agent.ToByteString(), Slug = Slug, Catalogs = { catalog }, Boots = { boot }, Streams = { new Wire.V1.Stream { StreamId = StreamId, BootId = boot.BootId } } };
            return await TryPublishAsync(Topics.Birth(Agent), Google.Protobuf.MessageExtensions.ToByteArray(birth));
        }
        catch (Exception refused) when (refused is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Seals the next rows of pH, two decimals, one second apart.</summary>
    public void Seal(int rows)
    {
        var draft = new BlockDraft(StreamId, Id128.TryRead(boot.BootId.Span, out var id) ? id : default, catalog.Hash);
        var sum = 0.0;
        for (var i = 0; i < rows; i++)
        {
            var value = (700 + (long)((NextSeq + (ulong)i) % 100)) / 100.0;
            draft.Add(0, t += 1_000_000, value);
            sum += value;
        }

        Waiting[NextSeq] = (BlockCodec.ToUp(BlockCodec.Seal(draft, NextSeq)), rows, sum);
        NextSeq += (ulong)rows;
    }

    /// <summary>Publishes one waiting block; false when the connection broke.</summary>
    public Task<bool> TrySendAsync(ulong firstSeq) => Waiting.TryGetValue(firstSeq, out var block) ? TryPublishAsync(Topics.Up(Agent), block.Up) : Task.FromResult(true);

    public async ValueTask DisposeAsync()
    {
        await client.TryDisconnectAsync();
        client.Dispose();
    }

    private async Task<bool> TryPublishAsync(string topic, byte[] payload)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            await client.PublishBinaryAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce, false, limit.Token);
            return true;
        }
        catch (Exception broken) when (broken is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    private void Take(Receipt receipt)
    {
        foreach (var (first, block) in Waiting.ToArray())
        {
            var covered = receipt.StreamId == StreamId
                && receipt.Covered.Any(range => range.FirstSeq <= first && first + (ulong)block.Count <= range.FirstSeq + range.Count);
            if (covered && Waiting.TryRemove(first, out _))
            {
                Receipted = (Receipted.Count + block.Count, Receipted.Sum + block.Sum);
            }
        }
    }
}
