using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>What one MQTT connection may do. Immutable; decided once, at CONNECT.</summary>
/// <param name="Agent">The native agent behind the connection; null for a maker's device, which has the open topics only.</param>
internal sealed record MqttGrant(AgentId? Agent)
{
    /// <summary>Id of the credential of a program that only listens; null for whoever may also publish.</summary>
    public long? Reader { get; init; }

    /// <summary>The maker's device whose token was shown; null for an agent, a program that listens, and whoever showed none.</summary>
    public AgentId? Maker { get; init; }

    /// <summary>What the maker's token speaks for: this topic and all below; empty = all the open topics, on a hub nobody has set up.</summary>
    public string Topic { get; init; } = "";

    /// <summary>What <see cref="FleetBook.Holds"/> asks for: while the token lasts, the connection does; empty without a token of the fleet.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>True for a device without a token on a hub that wants one: it may speak, is not taken from, and somebody is told.</summary>
    public bool IsTokenless { get; init; }

    /// <summary>True for a topic this connection may publish to; wildcards are the door's business.</summary>
    public bool MayPublish(string topic)
    {
        if (Reader is not null || IsTokenless)
        {
            return false;
        }

        if (Topics.TryParse(topic, out var owner, out var kind))
        {
            return Agent == new AgentId(owner.Value) && kind is (NativeTopic.Up or NativeTopic.Birth or NativeTopic.State or NativeTopic.Rsp or NativeTopic.Time);
        }

        return Agent is null && !IsReserved(topic) && IsOwn(topic);
    }

    /// <summary>True for a filter this connection may subscribe to. An agent has its own subtree, a maker everything but native and system topics.</summary>
    public bool MaySubscribe(string filter)
    {
        if (Agent is { } agent)
        {
            return filter.StartsWith($"{Topics.NativeRoot}{new Id128(agent.Value)}/", StringComparison.Ordinal);
        }

        if (Reader is not null)
        {
            return filter.StartsWith(Topics.OutRoot, StringComparison.Ordinal);
        }

        if (IsTokenless || Maker is not null)
        {
            return Maker is not null && IsOwn(filter);
        }

        // '#' and '+/…' would reach native topics; a first level is asked for.
        var firstLevel = filter.Split('/')[0];
        return firstLevel is not ("#" or "+" or "sl") && !firstLevel.StartsWith('$');
    }

    private bool IsOwn(string topic) =>
        Topic.Length == 0 || (topic.StartsWith(Topic, StringComparison.Ordinal) && (topic.Length == Topic.Length || topic[Topic.Length] == '/'));

    /// <summary>Topics nobody but the hub and its agents may write to.</summary>
    private static bool IsReserved(string topic) =>
        topic.StartsWith('$') || topic.StartsWith(Topics.OutRoot, StringComparison.Ordinal) || topic is "stemlab" or "sl" || topic.StartsWith("sl/", StringComparison.Ordinal);
}
