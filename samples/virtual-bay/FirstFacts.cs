using Microsoft.Extensions.DependencyInjection;
using StemLab.Agent.Sensors.VirtualBay;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.VirtualBay;

/// <summary>What somebody states on the demo's first day: where the agents stand, and at the pearl farm salinity and oxygen saturation, computed from what is measured there.</summary>
internal static class FirstFacts
{
    private const string PearlFarm = "pearl-farm";

    /// <summary>States them once in a data folder: what a person has changed or taken out stays so.</summary>
    public static void State(HubHost hub)
    {
        var facts = hub.Services.GetRequiredService<FactLog>();
        Places(hub, facts);
        if (facts.Current.All.Any(fact => fact.Body is DerivedChannelBody) || !hub.Services.GetRequiredService<FleetBook>().Current.TryFindBySlug(PearlFarm, out var agent))
        {
            return;
        }

        var id = new Id128(agent.Id.Value);
        DerivedBinding From(string port, string property) => new(property, $"agents/{id}/channels/{port}~{property}", "");
        DerivedChannelBody Of(string port, string formula, params DerivedBinding[] inputs) => new(id, port, formula, "", "", "", [.. inputs], 0, "");
        var now = hub.Services.GetRequiredService<HubClock>().Now;
        facts.Append(
            new FactDraft(Of("salinity", "practical-salinity-pss78/1", From("conductivity", "electrical_conductivity"), From("temperature", "water_temperature")), now, FactRoles.Teacher),
            new FactDraft(
                Of("saturation", "oxygen-saturation-benson-krause/1", From("oxygen", "dissolved_oxygen"), From("temperature", "water_temperature"), From("salinity", "practical_salinity")),
                now,
                FactRoles.Teacher));
    }

    private static void Places(HubHost hub, FactLog facts)
    {
        if (facts.Current.All.Any(fact => fact.Body is Site))
        {
            return;
        }

        var (fleet, now) = (hub.Services.GetRequiredService<FleetBook>().Current, hub.Services.GetRequiredService<HubClock>().Now);
        List<FactDraft> drafts = [];
        foreach (var place in BaySite.All)
        {
            if (fleet.TryFindBySlug(place.Slug, out var agent))
            {
                var site = new Site(Id128.New(), place.Slug, place.NameEn, place.NameVi, place.Latitude, place.Longitude);
                drafts.Add(new FactDraft(site, now, FactRoles.Teacher));
                drafts.Add(new FactDraft(new Placement(new Id128(agent.Id.Value), site.SiteId, Instant.AtUtc(0)), now, FactRoles.Teacher));
            }
        }

        facts.Append([.. drafts]);
    }
}
