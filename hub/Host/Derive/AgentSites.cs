using System.Collections.Frozen;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>At which site each agent is by the facts in force. Immutable; counted once a <see cref="Derivation"/>, since a page names a place for each of its channels.</summary>
internal sealed class AgentSites
{
    private readonly FrozenDictionary<AgentId, Site> _byAgent;
    private readonly FrozenSet<Id128> _shared;

    public AgentSites(FactSnapshot facts, Instants instants)
    {
        var sites = facts.Of<Site>().GroupBy(site => site.Body.SiteId).ToDictionary(same => same.Key, same => same.OrderBy(site => site.Fact.Revision).Last().Body);
        _byAgent = facts.Of<Placement>().GroupBy(placement => placement.Body.Agent)
            .Select(own => (own.Key, Last: own.OrderBy(placement => instants.TryToUtc(placement.Body.From, out long from, out _) ? from : long.MaxValue).ThenBy(placement => placement.Fact.Revision).Last().Body))
            .Where(at => at.Last.Site is { } site && sites.ContainsKey(site))
            .ToFrozenDictionary(at => new AgentId(at.Key.Value), at => sites[at.Last.Site!.Value]);
        _shared = _byAgent.Values.GroupBy(site => site.SiteId).Where(same => same.Count() > 1).Select(same => same.Key).ToFrozenSet();
    }

    /// <summary>The site of the placement that began last; one whose beginning no clock can tell yet counts as the newest. Null = nowhere named.</summary>
    public Site? Of(AgentId agent) => _byAgent.GetValueOrDefault(agent);

    /// <summary>More than one agent is there.</summary>
    public bool IsShared(Site site) => _shared.Contains(site.SiteId);
}
