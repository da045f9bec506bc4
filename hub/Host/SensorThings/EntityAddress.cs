using System.Collections.Immutable;

namespace StemLab.Hub.SensorThings;

/// <summary>The entity sets of the API.</summary>
internal enum EntitySet
{
    Things,
    Locations,
    Datastreams,
    Sensors,
    ObservedProperties,
    Observations,
    FeaturesOfInterest,
}

/// <summary>One step of an address: a set or a way to one entity, with an id where one is named.</summary>
/// <param name="Name">As written: "Datastreams", "Thing".</param>
/// <param name="Id">Absent = none named.</param>
internal readonly record struct EntityStep(string Name, string? Id);

/// <summary>What is asked, as the address says it. Immutable, pure.</summary>
/// <param name="Steps">Sets and ways, at least one.</param>
/// <param name="Property">A single property asked for; absent = whole entities.</param>
/// <param name="IsValue">/$value: that property as plain text.</param>
/// <param name="IsRef">/$ref: links only.</param>
internal sealed record EntityAddress(ImmutableArray<EntityStep> Steps, string? Property, bool IsValue, bool IsRef)
{
    private const int MostSteps = 4;

    /// <summary>Reads "Things('x')/Datastreams/name/$value".</summary>
    public static EntityAddress Read(string path)
    {
        var steps = ImmutableArray.CreateBuilder<EntityStep>();
        string? property = null;
        (bool isValue, bool isRef) = (false, false);
        foreach (string segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (segment)
            {
                case "$value":
                    isValue = true;
                    continue;
                case "$ref":
                    isRef = true;
                    continue;
            }

            if (property is not null || isRef || isValue || steps.Count == MostSteps)
            {
                throw SensorThingsProblem.NotFound($"'{segment}' cannot follow here");
            }

            EntityStep step = Step(segment);
            if (EntityWays.IsKnown(step.Name))
            {
                steps.Add(step);
            }
            else if (steps.Count > 0 && step.Id is null)
            {
                property = step.Name;
            }
            else
            {
                throw SensorThingsProblem.NotFound($"There is no '{step.Name}' here; there are {string.Join(", ", Enum.GetNames<EntitySet>())}");
            }
        }

        return isValue && property is null ? throw SensorThingsProblem.Form("$value needs a property before it") : new EntityAddress(steps.ToImmutable(), property, isValue, isRef);
    }

    private static EntityStep Step(string segment)
    {
        int open = segment.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new EntityStep(segment, null);
        }

        string id = segment.EndsWith(')') ? segment[(open + 1)..^1] : throw SensorThingsProblem.Form($"'{segment}' lacks its ')'");
        if (id.Length >= 2 && id[0] == '\'' && id[^1] == '\'')
        {
            id = id[1..^1].Replace("''", "'", StringComparison.Ordinal);
        }

        return new EntityStep(segment[..open], id);
    }
}
