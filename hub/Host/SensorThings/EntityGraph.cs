using System.Collections.Immutable;
using System.Text.Json.Nodes;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Science.Properties;
using StemLab.Store;
using StemLab.Wire;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.SensorThings;

/// <summary>One entity but an observation. Immutable; <paramref name="Body"/> makes its JSON anew each time.</summary>
/// <param name="Related">Ids by way, in order.</param>
internal sealed record Entity(EntitySet Set, string Id, Func<JsonObject> Body, ImmutableDictionary<string, ImmutableArray<string>> Related);

/// <summary>Everything but observations, as SensorThings sees one derivation. Immutable, safe from any thread.</summary>
internal sealed class EntityGraph
{
    private const string Observation = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";

    private readonly Dictionary<(EntitySet Set, string Id), Entity> _byId = [];
    private readonly Dictionary<EntitySet, List<Entity>> _all = [];
    private readonly Dictionary<string, ChannelView> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<AgentId, string> _features = [];

    public EntityGraph(Derivation derivation)
    {
        Derivation = derivation;
        Site[] sites = [.. derivation.Inputs.Facts.Of<Site>().GroupBy(site => site.Body.SiteId).Select(same => same.OrderBy(site => site.Fact.FactId.Value).Last().Body)];
        var places = new AgentPlaces(derivation, null);
        var agents = derivation.Channels.GroupBy(channel => channel.Agent).ToArray();
        var at = agents.ToDictionary(agent => agent.Key, agent => places.Of(agent.Key)[^1].Site is { Length: > 0 } slug ? Array.Find(sites, site => site.Slug == slug) : null);
        foreach (Site site in sites)
        {
            string id = site.SiteId.ToString();
            AddLocation(site, id, [.. agents.Where(agent => at[agent.Key] == site).Select(agent => agent.Key.ToString())]);
            Add(new Entity(EntitySet.FeaturesOfInterest, id, () => Place(site, isFeature: true), Ways()));
        }

        foreach (IGrouping<AgentId, ChannelView> agent in agents)
        {
            AddThing(derivation, agent, at[agent.Key]);
        }

        foreach (IGrouping<string, ChannelView> sensor in derivation.Channels.GroupBy(SensorOf))
        {
            AddSensor(derivation, sensor);
        }

        foreach (IGrouping<string, ChannelView> property in derivation.Channels.GroupBy(channel => channel.PropertyId))
        {
            Add(new Entity(EntitySet.ObservedProperties, property.Key, () => Property(property.Key), Ways(("Datastreams", [.. property.Select(IdOf)]))));
        }
    }

    public Derivation Derivation { get; }

    /// <summary>Entities of a set in the order of their ids' first sight; none for observations.</summary>
    public IReadOnlyList<Entity> All(EntitySet set) => _all.GetValueOrDefault(set, []);

    public Entity? Find(EntitySet set, string id) => _byId.GetValueOrDefault((set, id));

    /// <summary>The channel behind a Datastream.</summary>
    public ChannelView ChannelOf(string datastream) => _channels[datastream];

    /// <summary>The FeatureOfInterest of a channel's observations.</summary>
    public string FeatureOf(ChannelView channel) => _features[channel.Agent];

    /// <summary>Id of a channel's Datastream: "{agent}:{port}~{property}".</summary>
    public static string IdOf(ChannelView channel) => channel.Name.Split('/') is [_, var agent, _, var name] ? $"{agent}:{name}" : channel.Name;

    private static string SensorOf(ChannelView channel) =>
        channel.Probe.IsEmpty ? $"port:{channel.Agent}:{ChannelView.PortText(channel.Port)}" : channel.Probe.ToString();

    private static ImmutableDictionary<string, ImmutableArray<string>> Ways(params (string Way, ImmutableArray<string> Ids)[] ways) =>
        ways.ToImmutableDictionary(way => way.Way, way => way.Ids, StringComparer.Ordinal);

    private void Add(Entity entity)
    {
        if (!_all.TryGetValue(entity.Set, out List<Entity>? all))
        {
            _all.Add(entity.Set, all = []);
        }

        if (_byId.TryAdd((entity.Set, entity.Id), entity))
        {
            all.Add(entity);
        }
    }

    private void AddLocation(Site site, string id, ImmutableArray<string> things)
    {
        // A location without coordinates is no location to a client.
        if (site.Latitude is not null && site.Longitude is not null)
        {
            Add(new Entity(EntitySet.Locations, id, () => Place(site, isFeature: false), Ways(("Things", things))));
        }
    }

    private void AddThing(Derivation derivation, IGrouping<AgentId, ChannelView> channels, Site? site)
    {
        string id = channels.Key.ToString();
        ChannelView any = channels.First();
        bool isKnown = derivation.Inputs.Fleet.TryFind(channels.Key, out FleetAgent? agent);
        JsonObject Thing() => new()
        {
            ["name"] = any.AgentSlug,
            ["description"] = isKnown && agent!.Description.Length > 0 ? agent.Description : any.AgentSlug,
            ["properties"] = new JsonObject { ["agentId"] = id, ["software"] = isKnown ? agent!.Software : "", ["simulated"] = any.Simulated, ["unclaimed"] = any.Unclaimed },
        };
        bool isPlaced = site?.Latitude is not null && site.Longitude is not null;
        Add(new Entity(EntitySet.Things, id, Thing, Ways(("Datastreams", [.. channels.Select(IdOf)]), ("Locations", isPlaced ? [site!.SiteId.ToString()] : []))));
        string feature = site?.SiteId.ToString() ?? $"around:{id}";
        _features[channels.Key] = feature;
        if (site is null)
        {
            Add(new Entity(EntitySet.FeaturesOfInterest, feature, () => Nowhere(any.AgentSlug), Ways()));
        }

        foreach (ChannelView channel in channels)
        {
            string stream = IdOf(channel);
            _channels[stream] = channel;
            Add(new Entity(EntitySet.Datastreams, stream, () => Datastream(channel), Ways(("Thing", [id]), ("Sensor", [SensorOf(channel)]), ("ObservedProperty", [channel.PropertyId]), ("Observations", []))));
        }
    }

    private void AddSensor(Derivation derivation, IGrouping<string, ChannelView> channels)
    {
        ChannelView channel = channels.First();
        Deployment? deployed = channel.Probe.IsEmpty ? null : derivation.Inputs.Facts.Of<Deployment>().Select(fact => fact.Body).LastOrDefault(body => body.Probe == channel.Probe);
        AgentInput? told = derivation.Inputs.Fleet.TryFind(channel.Agent, out FleetAgent? agent) ? agent.Inputs.Values.Zip(agent.Inputs.Keys).Where(input => input.Second.Port == channel.Port).Select(input => input.First).FirstOrDefault() : null;
        (string model, string serial) = deployed is not null ? (deployed.ProbeModel, deployed.ProbeSerial) : (told?.ProbeModel ?? "", told?.ProbeSerial ?? "");
        string name = model.Length > 0 ? model : $"{channel.AgentSlug} {channel.Port}";
        Id128[] calibrations = channel.Probe.IsEmpty ? [] : [.. derivation.Inputs.Facts.Of<Calibration>().Where(fact => fact.Body.Probe == channel.Probe).Select(fact => fact.Fact.FactId)];
        JsonObject Sensor() => new()
        {
            ["name"] = name,
            ["description"] = $"Probe at port {channel.Port} of {channel.AgentSlug}",
            ["encodingType"] = "text/html",
            ["metadata"] = System.Net.WebUtility.HtmlEncode($"{name} {serial}".Trim()),
            ["properties"] = new JsonObject { ["model"] = model, ["serial"] = serial, ["calibrations"] = new JsonArray([.. calibrations.Select(id => (JsonNode)id.ToString())]) },
        };
        Add(new Entity(EntitySet.Sensors, channels.Key, Sensor, Ways(("Datastreams", [.. channels.Select(IdOf)]))));
    }

    private static JsonObject Datastream(ChannelView channel) => new()
    {
        ["name"] = channel.DisplayName,
        ["description"] = $"{channel.Property?.NameEn ?? channel.PropertyId} at {channel.DisplayName}{(channel.Simulated ? " (simulated)" : "")}",
        ["observationType"] = Observation,
        ["unitOfMeasurement"] = new JsonObject
        {
            ["name"] = channel.UnitUcum.Length > 0 ? channel.UnitUcum : null,
            ["symbol"] = channel.UnitUcum.Length > 0 ? Science.Units.UnitSymbols.Of(channel.UnitUcum) : null,
            ["definition"] = channel.UnitUcum.Length > 0 ? $"http://unitsofmeasure.org/ucum.html#{channel.UnitUcum}" : null,
        },
        ["properties"] = new JsonObject { ["channel"] = channel.Name, ["ucum"] = channel.UnitUcum, ["simulated"] = channel.Simulated, ["computed"] = !channel.DerivedBy.IsEmpty, ["intervalSeconds"] = channel.IntervalUs / 1e6 },
    };

    private static JsonObject Property(string id)
    {
        ObservedProperty? property = ObservedProperties.Default.Find(id);
        return new JsonObject
        {
            ["name"] = property?.NameEn ?? id,
            ["definition"] = property?.CfStandardName is { } standard ? $"http://vocab.nerc.ac.uk/standard_name/{standard}/" : $"urn:stemlab:property:{Uri.EscapeDataString(id)}",
            ["description"] = property is null ? id : $"{property.NameEn} / {property.NameVi}",
            ["properties"] = new JsonObject { ["key"] = id, ["nameVi"] = property?.NameVi },
        };
    }

    private static JsonObject Place(Site site, bool isFeature)
    {
        JsonObject? point = site.Latitude is { } latitude && site.Longitude is { } longitude ? new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(longitude, latitude) } : null;
        return new JsonObject
        {
            ["name"] = site.NameEn.Length > 0 ? site.NameEn : site.Slug,
            ["description"] = site.NameVi.Length > 0 ? site.NameVi : site.Slug,
            ["encodingType"] = "application/geo+json",
            [isFeature ? "feature" : "location"] = isFeature && point is null ? new JsonObject { ["type"] = "Feature", ["geometry"] = null, ["properties"] = new JsonObject() } : point,
            ["properties"] = new JsonObject { ["slug"] = site.Slug },
        };
    }

    private static JsonObject Nowhere(string slug) => new()
    {
        ["name"] = $"around {slug}",
        ["description"] = "No place was stated",
        ["encodingType"] = "application/geo+json",
        ["feature"] = new JsonObject { ["type"] = "Feature", ["geometry"] = null, ["properties"] = new JsonObject() },
    };
}
