namespace StemLab.Hub.Intake.Door;

/// <summary>Why a packet ends its connection.</summary>
internal enum FrameFault
{
    None,

    /// <summary>Not a well-formed packet.</summary>
    Malformed,

    /// <summary>Topic empty, with wildcard, with NUL or not UTF-8.</summary>
    BadTopic,

    /// <summary>A topic alias, though none was offered.</summary>
    TopicAlias,

    /// <summary>Longer than allowed.</summary>
    Oversized,

    /// <summary>The first packet is no CONNECT.</summary>
    NotMqtt,
}

internal static class FrameFaults
{
    public static IntakeCount Count(this FrameFault fault) => fault switch
    {
        FrameFault.BadTopic => IntakeCount.ClosedBadTopic,
        FrameFault.TopicAlias => IntakeCount.ClosedTopicAlias,
        FrameFault.Oversized => IntakeCount.ClosedOversized,
        FrameFault.NotMqtt => IntakeCount.ClosedNotMqtt,
        _ => IntakeCount.ClosedMalformed,
    };

    public static byte Reason(this FrameFault fault) => fault switch
    {
        FrameFault.BadTopic => ReasonCode.TopicNameInvalid,
        FrameFault.TopicAlias => ReasonCode.TopicAliasInvalid,
        FrameFault.Oversized => ReasonCode.PacketTooLarge,
        FrameFault.NotMqtt => ReasonCode.ProtocolError,
        _ => ReasonCode.Malformed,
    };
}
