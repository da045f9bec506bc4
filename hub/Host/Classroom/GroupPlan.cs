using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Deals the agents that measure what a lesson wants out to the groups: one agent a group; with more groups than agents, some share. Where a real one is there, no simulated one is dealt out unless it is asked for. Pure.</summary>
internal static class GroupPlan
{
    /// <summary>Most channels a group shows.</summary>
    public const int MostChannels = 20;

    /// <param name="channels">Of the hub, in the order of the board.</param>
    /// <param name="wanted">Observed properties in the lesson's order; empty = all.</param>
    /// <param name="count">1 to 12; 0 = one a suitable agent, at least one.</param>
    /// <param name="isSimulated">Only simulated agents.</param>
    public static ImmutableArray<WorkGroup> Deal(IEnumerable<ChannelView> channels, IReadOnlyList<string> wanted, int count, bool isSimulated)
    {
        var suitable = channels.Where(channel => !channel.Unclaimed && !channel.Recorded && (wanted.Count == 0 || wanted.Contains(channel.PropertyId))).ToList();
        var wantsSimulated = isSimulated || suitable.TrueForAll(channel => channel.Simulated);
        var agents = suitable.Where(channel => channel.Simulated == wantsSimulated)
            .GroupBy(channel => channel.Agent)
            .OrderBy(agent => agent.First().AgentSlug, StringComparer.Ordinal)
            .Select(agent => agent.OrderBy(channel => Math.Max(0, wanted.ToList().IndexOf(channel.PropertyId))).Select(channel => channel.Name).Take(MostChannels).ToImmutableArray())
            .ToList();
        count = count > 0 ? count : Math.Clamp(agents.Count, 1, ClassAtWork.MostGroups);
        return
        [
            .. Mascots.All.Take(count).Select((key, i) => agents.Count == 0
                ? new WorkGroup(key, [], [], GroupState.NoChannel)
                : new WorkGroup(key, agents[i % agents.Count], [], GroupState.Silent)),
        ];
    }
}
