using StemLab.Hub.Intake.Foreign;
using StemLab.Wire;

namespace StemLab.Hub.Intake.Door;

/// <summary>What a topic is, decided once per connection.</summary>
internal enum TopicClass
{
    /// <summary>One of the sender's own native topics.</summary>
    Native,

    /// <summary>Anything a maker's device may publish.</summary>
    Foreign,

    /// <summary>sl/…, stemlab/… or $… of somebody else.</summary>
    Reserved,

    /// <summary>A native topic of another agent.</summary>
    NotOwn,

    /// <summary>The credential does not allow it.</summary>
    NotGranted,

    /// <summary>A maker's topic, but no token was shown on a hub that wants one.</summary>
    NoToken,
}

/// <summary>A topic with what was decided about it. Read loop only.</summary>
internal sealed class KnownTopic(byte[] utf8, string text, TopicClass topicClass)
{
    private int _heardVersion = -1;
    private bool _isHeard;

    public byte[] Utf8 { get; } = utf8;

    public string Text { get; } = text;

    public TopicClass Class { get; } = topicClass;

    /// <summary>For native topics.</summary>
    public Id128 Agent { get; init; }

    /// <summary>For native topics.</summary>
    public NativeTopic Kind { get; init; }

    /// <summary>For foreign topics: which device and mapper; null until first used.</summary>
    public ForeignTopic? Foreign { get; set; }

    /// <summary>True when somebody but an agent listens to it now.</summary>
    public bool IsHeard(SubscriptionTree subscriptions)
    {
        var version = subscriptions.Version;
        if (version != _heardVersion)
        {
            _isHeard = subscriptions.Hears(Text);
            _heardVersion = version;
        }

        return _isHeard;
    }
}
