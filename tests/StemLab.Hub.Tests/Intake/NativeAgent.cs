using Google.Protobuf;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Intake;

/// <summary>A native agent by hand: MQTT 5 over a raw socket, two inputs, one boot, one stream.</summary>
internal sealed class NativeAgent : IDisposable
{
    private ushort _packetId;

    private NativeAgent(RawClient client, Id128 id)
    {
        Client = client;
        Id = id;
        Catalog = new Catalog();
        Catalog.Inputs.Add(new Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]" });
        Catalog.Inputs.Add(new Input { Port = "temp", Quantity = "water_temperature", UnitUcum = "Cel" });
        Catalog.Hash = CatalogHash.Of(Catalog.Inputs);
    }

    public RawClient Client { get; }

    public Id128 Id { get; }

    public Id128 Boot { get; } = Id128.New();

    public ulong Stream { get; } = 0xABCDEF;

    public Catalog Catalog { get; }

    public AgentId AgentId => new(Id.Value);

    public static async Task<NativeAgent> EnrolAsync(DoorFixture hub, string slug)
    {
        var enrolment = hub.Fleet.Enrol(slug);
        var id = new Id128(enrolment.Agent!.Id.Value);
        var client = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = $"{id}~up", IsV5 = true, Username = id.ToString(), Password = enrolment.Token });
        var agent = new NativeAgent(client, id);
        var subAck = await client.ExchangeAsync(client.Subscribe(9, (Topics.Ack(id), 0), (Topics.Cmd(id), 1), (Topics.TimeReply(id), 0)));
        Assert.Equal(RawPacket.SubAck, subAck.Type);
        return agent;
    }

    public Birth Birth()
    {
        var birth = new Birth { AgentId = Id.ToByteString(), Slug = "ag-1", SoftwareVersion = "test", Simulated = true };
        birth.Catalogs.Add(Catalog);
        birth.Boots.Add(new Boot { BootId = Boot.ToByteString(), Kind = Wire.V1.BootKind.Device, BootNo = 1 });
        birth.Streams.Add(new Wire.V1.Stream { StreamId = Stream, BootId = Boot.ToByteString() });
        return birth;
    }

    /// <summary>Says Birth and waits for its PUBACK.</summary>
    public async Task BeBornAsync(Birth? birth = null)
    {
        await Client.SendAsync(Publish(NativeTopic.Birth, (birth ?? Birth()).ToByteArray()));
        RawPacket? answer;
        do
        {
            answer = await Client.ReadAsync();
        }
        while (answer is { Type: RawPacket.Publish });

        Assert.Equal((RawPacket.PubAck, 0), (answer!.Type, answer.Reason));
    }

    public byte[] Publish(NativeTopic topic, byte[] payload, int qos = 1) => Client.Publish(Topics.Of(Id, topic), payload, qos, ++_packetId);

    /// <summary>A block of rows pairs at 1 s steps from a time.</summary>
    public byte[] Block(ulong firstSeq, int pairs, long fromUs, ulong? stream = null)
    {
        var draft = new BlockDraft(stream ?? Stream, Boot, Catalog.Hash);
        for (var i = 0; i < pairs; i++)
        {
            draft.Add(0, fromUs + (i * 1_000_000L), 7 + (i / 100.0));
            draft.Add(1, fromUs + (i * 1_000_000L), 28 + (i / 10.0));
        }

        return BlockCodec.ToUp(BlockCodec.Seal(draft, firstSeq));
    }

    /// <summary>Reads on to the next message on one of the agent's topics; answers before it, and receipts that cover nothing, are passed over.</summary>
    public async Task<byte[]> HearAsync(NativeTopic topic, bool evenEmpty = false)
    {
        var wanted = Topics.Of(Id, topic);
        while (true)
        {
            var packet = await Client.ReadAsync();
            Assert.NotNull(packet);
            if (packet.Type == RawPacket.Publish)
            {
                var length = (packet.Body[0] << 8) | packet.Body[1];
                Assert.Equal(wanted, System.Text.Encoding.UTF8.GetString(packet.Body, 2, length));
                var at = 2 + length + ((packet.Flags & 6) != 0 ? 2 : 0);
                var payload = packet.Body[(at + 1 + packet.Body[at])..];
                if (evenEmpty || topic != NativeTopic.Ack || Receipt.Parser.ParseFrom(payload).Covered.Count > 0)
                {
                    return payload;
                }
            }
        }
    }

    public void Dispose() => Client.Dispose();
}
