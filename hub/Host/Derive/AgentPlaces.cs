using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>From then on the agent was there. To exclusive.</summary>
/// <param name="Site">Slug; empty = nowhere named.</param>
internal readonly record struct AgentPlace(long FromUtcUs, long ToUtcUs, string Site, double? Latitude, double? Longitude);

/// <summary>Where agents were, by the facts of one derivation. Immutable.</summary>
internal sealed class AgentPlaces
{
    private static readonly ImmutableArray<AgentPlace> Nowhere = [new(long.MinValue, long.MaxValue, "", null, null)];

    private readonly Dictionary<AgentId, ImmutableArray<AgentPlace>> _places = [];

    /// <param name="derivation">Its facts and clocks.</param>
    /// <param name="decimals">Places are rounded to so many digits; absent = as they are.</param>
    public AgentPlaces(Derivation derivation, int? decimals)
    {
        var sites = derivation.Inputs.Facts.Of<Site>().GroupBy(site => site.Body.SiteId).ToDictionary(same => same.Key, same => same.OrderBy(site => site.Fact.FactId.Value).Last().Body);
        foreach (var of in derivation.Inputs.Facts.Of<Placement>().GroupBy(placement => placement.Body.Agent))
        {
            var begun = new List<(long From, Id128 Fact, Site? Site)>();
            foreach ((Fact fact, Placement body) in of)
            {
                if (derivation.Instants.TryToUtc(body.From, out long from, out _))
                {
                    begun.Add((from, fact.FactId, body.Site is { } id ? sites.GetValueOrDefault(id) : null));
                }
            }

            _places[new AgentId(of.Key.Value)] = Lay([.. begun.OrderBy(place => place.From).ThenBy(place => place.Fact.Value).Select(place => (place.From, place.Site))], decimals);
        }
    }

    /// <summary>Covers all times, ascending.</summary>
    public ImmutableArray<AgentPlace> Of(AgentId agent) => _places.GetValueOrDefault(agent, Nowhere);

    /// <summary>Degrees to so many digits; absent digits = as they are.</summary>
    public static double? Rounded(double? degrees, int? decimals) => degrees is { } known && decimals is { } digits ? Math.Round(known, digits) : degrees;

    private static ImmutableArray<AgentPlace> Lay(List<(long From, Site? Site)> begun, int? decimals)
    {
        var places = ImmutableArray.CreateBuilder<AgentPlace>();
        if (begun.Count == 0 || begun[0].From > long.MinValue)
        {
            places.Add(new AgentPlace(long.MinValue, begun.Count > 0 ? begun[0].From : long.MaxValue, "", null, null));
        }

        for (int i = 0; i < begun.Count; i++)
        {
            long to = i + 1 < begun.Count ? begun[i + 1].From : long.MaxValue;
            Site? site = begun[i].Site;
            if (begun[i].From < to)
            {
                places.Add(new AgentPlace(begun[i].From, to, site?.Slug ?? "", Rounded(site?.Latitude, decimals), Rounded(site?.Longitude, decimals)));
            }
        }

        return places.ToImmutable();
    }
}
