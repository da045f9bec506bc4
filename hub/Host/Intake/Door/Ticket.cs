using MQTTnet;
using StemLab.Store;

namespace StemLab.Hub.Intake.Door;

/// <summary>How a publish is answered.</summary>
internal enum Answer : byte
{
    None = 0,
    PubAck = 4,
    PubRec = 5,
    PubComp = 7,
}

/// <summary>One taken publish between reading and answer; answered in the order of reading.</summary>
/// <param name="Answer">What to send once it is settled.</param>
/// <param name="PacketId">Of the publish.</param>
/// <param name="Reason">MQTT 5 reason code of the answer where nothing is stored; 0 = success.</param>
internal readonly record struct Ticket(Answer Answer, ushort PacketId, byte Reason = ReasonCode.Success)
{
    /// <summary>What waits for its commit; null where nothing is stored.</summary>
    public Submission? Submission { get; init; }

    /// <summary>True when somebody else listens to the topic.</summary>
    public bool IsHeard { get; init; }

    /// <summary>The message for them, given away after the commit.</summary>
    public MqttApplicationMessage? FanOut { get; init; }

    /// <summary>True when it holds one of the connection's places for large publishes.</summary>
    public bool IsLarge { get; init; }

    /// <summary>The answer a QoS asks for.</summary>
    public static Answer AnswerOf(byte qos) => qos switch { 0 => Answer.None, 1 => Answer.PubAck, _ => Answer.PubRec };
}

/// <summary>MQTT 5 reason codes the door uses (section 2.4).</summary>
internal static class ReasonCode
{
    public const byte Success = 0x00;
    public const byte Malformed = 0x81;
    public const byte ProtocolError = 0x82;
    public const byte ImplementationSpecific = 0x83;
    public const byte NotAuthorized = 0x87;
    public const byte ServerShuttingDown = 0x8B;
    public const byte KeepAliveTimeout = 0x8D;
    public const byte SessionTakenOver = 0x8E;
    public const byte TopicNameInvalid = 0x90;
    public const byte PacketIdNotFound = 0x92;
    public const byte TopicAliasInvalid = 0x94;
    public const byte PacketTooLarge = 0x95;
    public const byte QuotaExceeded = 0x97;
    public const byte PayloadFormatInvalid = 0x99;
}
