using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using MQTTnet;
using MQTTnet.AspNetCore;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace StemLab.Hub.Intake.Door;

/// <summary>A PUBLISH as views into the read buffer: valid only until the reader goes on. MQTT 3.1.1 and 5.0, section 3.3.</summary>
internal ref struct PublishFrame
{
    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> Payload;

    /// <summary>MQTT 5 content type; empty where not given.</summary>
    public ReadOnlySpan<byte> ContentType;

    /// <summary>MQTT 5 response topic; empty where not given.</summary>
    public ReadOnlySpan<byte> ResponseTopic;

    /// <summary>MQTT 5 correlation data; empty where not given.</summary>
    public ReadOnlySpan<byte> CorrelationData;

    /// <summary>0 for QoS 0, otherwise never 0.</summary>
    public ushort PacketId;

    public byte Qos;
    public bool Dup;
    public bool Retain;

    /// <summary>Takes the body of a PUBLISH apart. Pure, never throws.</summary>
    /// <param name="flags">Low four bits of the fixed header.</param>
    /// <param name="body">Everything after the fixed header.</param>
    /// <param name="v5">True for MQTT 5.0.</param>
    /// <param name="frame">The parts; undefined unless the result is None.</param>
    public static FrameFault Read(int flags, ReadOnlySpan<byte> body, bool v5, out PublishFrame frame)
    {
        frame = default;
        PublishFrame read = default;
        read.Qos = (byte)((flags >> 1) & 3);
        read.Dup = (flags & 8) != 0;
        read.Retain = (flags & 1) != 0;
        if (read.Qos == 3 || (read.Qos == 0 && read.Dup) || !TryTake(ref body, out read.Topic))
        {
            return FrameFault.Malformed;
        }

        if (read.Qos > 0)
        {
            if (body.Length < 2 || (read.PacketId = BinaryPrimitives.ReadUInt16BigEndian(body)) == 0)
            {
                return FrameFault.Malformed;
            }

            body = body[2..];
        }

        var fault = v5 ? ReadProperties(ref body, ref read) : FrameFault.None;
        if (fault != FrameFault.None)
        {
            return fault;
        }

        read.Payload = body;
        frame = read;
        return IsTopicName(frame.Topic) ? FrameFault.None : FrameFault.BadTopic;
    }

    /// <summary>True for 1 to 65,535 bytes of UTF-8 without wildcards and NUL.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> topic) =>
        topic.Length > 0 && topic.IndexOfAny((byte)'+', (byte)'#', (byte)0) < 0 && Utf8.IsValid(topic);

    private static FrameFault ReadProperties(scoped ref ReadOnlySpan<byte> body, ref PublishFrame frame)
    {
        if (!TryVariable(ref body, out var length) || length > body.Length)
        {
            return FrameFault.Malformed;
        }

        var properties = body[..length];
        body = body[length..];
        while (properties.Length > 0)
        {
            var id = properties[0];
            properties = properties[1..];
            var taken = id switch
            {
                0x01 => TrySkip(ref properties, 1),
                0x02 => TrySkip(ref properties, 4),
                0x03 => TryTake(ref properties, out frame.ContentType),
                0x08 => TryTake(ref properties, out frame.ResponseTopic),
                0x09 => TryTake(ref properties, out frame.CorrelationData),
                0x26 => TryTake(ref properties, out _) && TryTake(ref properties, out _),
                _ => false,
            };
            if (id == 0x23)
            {
                return FrameFault.TopicAlias;
            }

            if (!taken)
            {
                return FrameFault.Malformed;
            }
        }

        return FrameFault.None;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> from, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (from.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(from);
        if (from.Length - 2 < length)
        {
            return false;
        }

        text = from.Slice(2, length);
        from = from[(2 + length)..];
        return true;
    }

    private static bool TrySkip(scoped ref ReadOnlySpan<byte> from, int bytes)
    {
        if (from.Length < bytes)
        {
            return false;
        }

        from = from[bytes..];
        return true;
    }

    private static bool TryVariable(scoped ref ReadOnlySpan<byte> from, out int value)
    {
        value = 0;
        for (var i = 0; i < 4 && i < from.Length; i++)
        {
            value |= (from[i] & 0x7F) << (7 * i);
            if ((from[i] & 0x80) == 0)
            {
                from = from[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>The whole packet as the message that subscribers get; the read loop only.</summary>
    public static MqttApplicationMessage ToMessage(in ReadOnlySequence<byte> whole, MqttPacketFormatterAdapter formatter)
    {
        formatter.TryDecode(whole, out var packet, out _, out _, out _);
        var publish = (MqttPublishPacket)packet;
        return new MqttApplicationMessage
        {
            Topic = publish.Topic,
            Payload = publish.Payload,
            QualityOfServiceLevel = publish.QualityOfServiceLevel,
            ContentType = publish.ContentType,
            CorrelationData = publish.CorrelationData,
            ResponseTopic = publish.ResponseTopic,
            PayloadFormatIndicator = publish.PayloadFormatIndicator,
            UserProperties = publish.UserProperties,
            MessageExpiryInterval = publish.MessageExpiryInterval,
        };
    }
}
