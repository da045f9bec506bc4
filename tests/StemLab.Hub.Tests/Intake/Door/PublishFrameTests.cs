using CsCheck;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using System.Buffers;

namespace StemLab.Hub.Intake.Door;

public sealed class PublishFrameTests
{
    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 15], Gen.Bool).Sample((body, flags, v5) => PublishFrame.Read(flags, body, v5, out _) is var _);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_reads_what_MQTTnet_wrote(bool v5)
    {
        var packets = Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 20], Gen.Byte.Array[0, 300], Gen.Int[0, 2], Gen.UShort.Where(id => id != 0), Gen.Bool);
        packets.Sample((topic, payload, qos, id, retain) =>
        {
            var packet = new MqttPublishPacket { Topic = topic, PayloadSegment = payload, QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos, PacketIdentifier = qos > 0 ? id : (ushort)0, Retain = retain };
            if (v5)
            {
                packet.ContentType = "application/json";
                packet.ResponseTopic = "reply";
                packet.CorrelationData = [1, 2, 3];
                packet.UserProperties = [new MqttUserProperty("a", "b"u8.ToArray())];
            }

            var formatter = new MqttPacketFormatterAdapter(v5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311, new MqttBufferWriter(64, 65535));
            var bytes = new ReadOnlySequence<byte>(formatter.Encode(packet).ToArray());
            Assert.True(FixedHeader.TryRead(bytes, out var header, out _));
            Assert.Equal(FrameFault.None, PublishFrame.Read(header.Flags, bytes.FirstSpan[header.HeaderBytes..], v5, out var frame));
            Assert.Equal(topic, System.Text.Encoding.UTF8.GetString(frame.Topic));
            Assert.Equal(payload, frame.Payload.ToArray());
            Assert.Equal((qos, retain, packet.PacketIdentifier), (frame.Qos, frame.Retain, frame.PacketId));
            if (v5)
            {
                Assert.Equal("application/json"u8, frame.ContentType);
                Assert.Equal("reply"u8, frame.ResponseTopic);
                Assert.Equal([1, 2, 3], frame.CorrelationData.ToArray());
            }
        });
    }
}
