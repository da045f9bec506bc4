using System.Text;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>A foreign topic with the devices it turned out to mean. One connection's read loop.</summary>
internal sealed class ForeignTopic(string topic)
{
    private readonly TopicRule _rule = TopicRule.Of(topic);

    public TopicUse Use => _rule.Use;

    /// <summary>Key of a plain number's reading.</summary>
    public byte[] NumberPort { get; } = Encoding.UTF8.GetBytes(TopicRule.Of(topic).NumberPort);

    /// <summary>Device for plain numbers; null until one came.</summary>
    public ForeignDevice? ForNumbers { get; set; }

    /// <summary>Device for objects; null until one came.</summary>
    public ForeignDevice? ForObjects { get; set; }

    public string DeviceKeyOf(bool isObject) => isObject ? _rule.ObjectDevice : _rule.NumberDevice;
}
