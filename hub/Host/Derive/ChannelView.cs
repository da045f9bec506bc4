using System.Collections.Immutable;
using StemLab.Science.Properties;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>One property measured at one port of one agent: the union of its series. Immutable.</summary>
internal sealed record ChannelView
{
    /// <summary>"agents/{32 hex}/channels/{port}~{property}".</summary>
    public required string Name { get; init; }

    public required AgentId Agent { get; init; }

    /// <summary>The agent's label; its id where the fleet does not know it.</summary>
    public required string AgentSlug { get; init; }

    public required string Port { get; init; }

    /// <summary>Id of the registry, or the raw quantity's name where the registry does not know it.</summary>
    public required string PropertyId { get; init; }

    /// <summary>The registry's entry; absent where it has none.</summary>
    public ObservedProperty? Property { get; init; }

    /// <summary>Unit of every value of the channel; empty where it is not known.</summary>
    public required string UnitUcum { get; init; }

    /// <summary>Declared sampling interval, µs; 0 = irregular.</summary>
    public long IntervalUs { get; init; }

    /// <summary>Its series, by id; the last is the newest.</summary>
    public required ImmutableArray<SeriesId> Series { get; init; }

    /// <summary>Nothing behind it is a real measurement.</summary>
    public bool Simulated { get; init; }

    /// <summary>Of a recording that comes with a lesson: no device of this hub measures it, and nothing new of it is waited for.</summary>
    public bool Recorded { get; init; }

    /// <summary>Of a foreign publisher nobody adopted yet.</summary>
    public bool Unclaimed { get; init; }

    /// <summary>For people: "ag-3 ph".</summary>
    public required string DisplayName { get; init; }

    /// <summary>Calibration fact at the open end of the newest series; empty = none.</summary>
    public Id128 Calibration { get; init; }

    /// <summary>Probe at the open end of the newest series; empty = none deployed.</summary>
    public Id128 Probe { get; init; }

    /// <summary>The fact that defines it where it is computed from other channels; empty = measured.</summary>
    public Id128 DerivedBy { get; init; }

    public static string NameOf(AgentId agent, string port, string property) => $"agents/{agent}/channels/{PortText(port)}~{property}";

    /// <summary>A port as it stands in names: '/' would split the name.</summary>
    public static string PortText(string port) => port.Replace('/', '.');

    /// <summary>Immutable arrays compare by reference; a channel is the same when all it says is.</summary>
    public bool SaysTheSameAs(ChannelView other) => this with { Series = other.Series } == other && Series.AsSpan().SequenceEqual(other.Series.AsSpan());
}
