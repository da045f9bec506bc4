using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>Which boots run between others of the same agent, so that where one ends says where the next can begin. Immutable.</summary>
internal sealed class BootNeighbours
{
    private readonly HashSet<BootId> _withEarlier = [];
    private readonly HashSet<BootId> _withLater = [];

    public BootNeighbours(IEnumerable<BootDeclaration> boots)
    {
        foreach (IGrouping<AgentId, BootDeclaration> agent in boots.Where(boot => boot.Kind != BootKind.Utc).GroupBy(boot => boot.Agent))
        {
            BootDeclaration[] ordered = [.. agent.OrderBy(boot => boot.BootNo)];
            _withEarlier.UnionWith(ordered.Skip(1).Select(boot => boot.Id));
            _withLater.UnionWith(ordered.SkipLast(1).Select(boot => boot.Id));
        }
    }

    public bool HasEarlier(BootId boot) => _withEarlier.Contains(boot);

    public bool HasLater(BootId boot) => _withLater.Contains(boot);
}
