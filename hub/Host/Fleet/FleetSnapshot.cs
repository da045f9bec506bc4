using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StemLab.Store;

namespace StemLab.Hub.Fleet;

/// <summary>The fleet at one moment. Immutable, safe from any thread; swapped whole by <see cref="FleetBook"/>.</summary>
internal sealed class FleetSnapshot
{
    private readonly FrozenDictionary<AgentId, FleetAgent> _byId;
    private readonly FrozenDictionary<string, FleetAgent> _bySlug;

    public FleetSnapshot(long version, IEnumerable<FleetAgent> agents)
    {
        Version = version;
        Agents = [.. agents.OrderBy(agent => agent.Slug, StringComparer.Ordinal)];
        _byId = Agents.ToFrozenDictionary(agent => agent.Id);
        _bySlug = Agents.ToFrozenDictionary(agent => agent.Slug, StringComparer.Ordinal);
    }

    /// <summary>Grows by one with each change; counts from the start of this process.</summary>
    public long Version { get; }

    /// <summary>By slug.</summary>
    public ImmutableArray<FleetAgent> Agents { get; }

    public bool IsKnown(AgentId id) => _byId.ContainsKey(id);

    public bool TryFind(AgentId id, [NotNullWhen(true)] out FleetAgent? agent) => _byId.TryGetValue(id, out agent);

    public bool TryFindBySlug(string slug, [NotNullWhen(true)] out FleetAgent? agent) => _bySlug.TryGetValue(slug, out agent);

    /// <summary>Whether it is no device but a recording that comes with a lesson.</summary>
    public bool IsRecording(AgentId id) => TryFind(id, out FleetAgent? agent) && agent.IsRecording;

    /// <summary>True also for an agent this hub does not know: what cannot be vouched for is not shown as measured.</summary>
    public bool Simulated(AgentId id) => !TryFind(id, out FleetAgent? agent) || agent.Simulated;
}
