using StemLab.Hub.Intake.Foreign;

namespace StemLab.Hub.Intake.Door;

/// <summary>What one connection's read loop remembers from publish to publish, so that a repeated topic costs a comparison. Bounded; read loop only.</summary>
internal sealed class SenderScratch
{
    private const int Places = 64;

    private readonly KnownTopic?[] _topics = new KnownTopic?[Places];

    /// <summary>Memory for taking one message apart.</summary>
    public MappedMessage Message { get; } = new();

    public KnownTopic? Find(ReadOnlySpan<byte> topic)
    {
        var known = _topics[PlaceOf(topic)];
        return known is not null && known.Utf8.AsSpan().SequenceEqual(topic) ? known : null;
    }

    /// <summary>Takes the place of whatever shared its hash.</summary>
    public void Remember(KnownTopic topic) => _topics[PlaceOf(topic.Utf8)] = topic;

    private static int PlaceOf(ReadOnlySpan<byte> topic)
    {
        var hash = 2166136261u;
        foreach (var one in topic)
        {
            hash = (hash ^ one) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % Places);
    }
}
