namespace StemLab.Wire;

/// <summary>What a native topic carries. The numbers are not on the wire.</summary>
public enum NativeTopic
{
    /// <summary>Agent to hub, QoS 1: one Up (Block or Lost).</summary>
    Up,

    /// <summary>Agent to hub, QoS 1: Birth.</summary>
    Birth,

    /// <summary>Agent to hub: "1" while connected; the will says "0". The only topic that may be retained.</summary>
    State,

    /// <summary>Hub to agent, QoS 0: Receipt.</summary>
    Ack,

    /// <summary>Hub to agent, QoS 1: Command.</summary>
    Cmd,

    /// <summary>Agent to hub, QoS 1: Result.</summary>
    Rsp,

    /// <summary>Agent to hub, QoS 0: TimeRequest.</summary>
    Time,

    /// <summary>Hub to agent, QoS 0: TimeReply, the ResponseTopic of a TimeRequest.</summary>
    TimeReply,
}

/// <summary>The native topics <c>sl/1/{agent id as 32 lowercase hex}/…</c>. Pure, safe from any thread.</summary>
public static class Topics
{
    /// <summary>First levels of every native topic of this version.</summary>
    public const string NativeRoot = "sl/1/";

    /// <summary>First level of what the hub publishes for others: <c>stemlab/{agent slug}/{channel slug}</c>. Inbound publishes there are refused.</summary>
    public const string OutRoot = "stemlab/";

    private static readonly string[] Tails = ["up", "birth", "state", "ack", "cmd", "rsp", "time", "time/reply"];

    /// <summary>The topic of one kind for one agent.</summary>
    public static string Of(Id128 agent, NativeTopic kind) => $"{NativeRoot}{agent}/{Tails[(int)kind]}";

    /// <summary>Blocks and losses, agent to hub.</summary>
    public static string Up(Id128 agent) => Of(agent, NativeTopic.Up);

    /// <summary>Birth, agent to hub.</summary>
    public static string Birth(Id128 agent) => Of(agent, NativeTopic.Birth);

    /// <summary>Presence, agent to hub.</summary>
    public static string State(Id128 agent) => Of(agent, NativeTopic.State);

    /// <summary>Receipts, hub to agent.</summary>
    public static string Ack(Id128 agent) => Of(agent, NativeTopic.Ack);

    /// <summary>Commands, hub to agent.</summary>
    public static string Cmd(Id128 agent) => Of(agent, NativeTopic.Cmd);

    /// <summary>Results of commands, agent to hub.</summary>
    public static string Rsp(Id128 agent) => Of(agent, NativeTopic.Rsp);

    /// <summary>Time requests, agent to hub.</summary>
    public static string Time(Id128 agent) => Of(agent, NativeTopic.Time);

    /// <summary>Time replies, hub to agent.</summary>
    public static string TimeReply(Id128 agent) => Of(agent, NativeTopic.TimeReply);

    /// <summary>Takes a native topic apart; false for any other topic, a slug or uppercase hex in place of the id included.</summary>
    public static bool TryParse(ReadOnlySpan<char> topic, out Id128 agent, out NativeTopic kind)
    {
        agent = default;
        kind = default;
        var tailAt = NativeRoot.Length + (2 * Id128.Size);
        if (topic.Length <= tailAt + 1 || !topic.StartsWith(NativeRoot, StringComparison.Ordinal) || topic[tailAt] != '/'
            || !Id128.TryParse(topic[NativeRoot.Length..tailAt], out agent))
        {
            return false;
        }

        var tail = topic[(tailAt + 1)..];
        for (var i = 0; i < Tails.Length; i++)
        {
            if (tail.SequenceEqual(Tails[i]))
            {
                kind = (NativeTopic)i;
                return true;
            }
        }

        return false;
    }
}
