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
