using System.Collections.Immutable;

namespace StemLab.Hub.SensorThings;

/// <summary>Which entities lead to which. Pure.</summary>
internal static class EntityWays
{
    private static readonly ImmutableDictionary<EntitySet, ImmutableArray<string>> All = new Dictionary<EntitySet, ImmutableArray<string>>
    {
        [EntitySet.Things] = ["Datastreams", "Locations"],
        [EntitySet.Locations] = ["Things"],
        [EntitySet.Datastreams] = ["Thing", "Sensor", "ObservedProperty", "Observations"],
        [EntitySet.Sensors] = ["Datastreams"],
        [EntitySet.ObservedProperties] = ["Datastreams"],
        [EntitySet.Observations] = ["Datastream", "FeatureOfInterest"],
        [EntitySet.FeaturesOfInterest] = [],
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, EntitySet> One = new Dictionary<string, EntitySet>(StringComparer.Ordinal)
    {
        ["Thing"] = EntitySet.Things,
        ["Sensor"] = EntitySet.Sensors,
        ["ObservedProperty"] = EntitySet.ObservedProperties,
        ["Datastream"] = EntitySet.Datastreams,
        ["FeatureOfInterest"] = EntitySet.FeaturesOfInterest,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>A set's name, or the way to one entity of it.</summary>
    public static bool IsKnown(string name) => TryTarget(name, out _, out _);

    /// <summary>The set a way leads to, and whether it leads to exactly one entity.</summary>
    public static bool TryTarget(string name, out EntitySet set, out bool isOne)
    {
        isOne = One.TryGetValue(name, out set);
        return isOne || (Enum.GetNames<EntitySet>().Contains(name) && Enum.TryParse(name, out set));
    }

    public static ImmutableArray<string> From(EntitySet set) => All[set];

    /// <summary>Where a way leads from a set.</summary>
    public static (EntitySet Set, bool IsOne) Follow(EntitySet set, string way) => All[set].Contains(way) && TryTarget(way, out EntitySet target, out bool isOne)
        ? (target, isOne)
        : throw SensorThingsProblem.Form($"{set} have no '{way}'; they have {(All[set].IsEmpty ? "no other entities" : string.Join(", ", All[set]))}");
}
