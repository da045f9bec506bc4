using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>What one MQTT connection may do. Immutable; decided once, at CONNECT.</summary>
/// <param name="Agent">The native agent behind the connection; null for a maker's device, which has the open topics only.</param>
internal sealed record MqttGrant(AgentId? Agent)
{
    /// <summary>Id of the credential of a program that only listens; null for whoever may also publish.</summary>
    public long? Reader { get; init; }

    /// <summary>True for a topic this connection may publish to; wildcards are the door's business.</summary>
    public bool MayPublish(string topic)
    {
        if (Reader is not null)
        {
            return false;
        }

        if (Topics.TryParse(topic, out var owner, out var kind))
        {
            return Agent == new AgentId(owner.Value) && kind is (NativeTopic.Up or NativeTopic.Birth or NativeTopic.State or NativeTopic.Rsp or NativeTopic.Time);
        }

        return Agent is null && !IsReserved(topic);
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

        // '#' and '+/…' would reach native topics; a first level is asked for.
        var firstLevel = filter.Split('/')[0];
        return firstLevel is not ("#" or "+" or "sl") && !firstLevel.StartsWith('$');
    }

    /// <summary>Topics nobody but the hub and its agents may write to.</summary>
    private static bool IsReserved(string topic) =>
        topic.StartsWith('$') || topic.StartsWith(Topics.OutRoot, StringComparison.Ordinal) || topic is "stemlab" or "sl" || topic.StartsWith("sl/", StringComparison.Ordinal);
}
