using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace StemLab.Store;

/// <summary>One series: what one input gave during one boot.</summary>
/// <param name="Id">Small number, local to this store.</param>
/// <param name="Boot">Clock domain of its times.</param>
/// <param name="Agent">Whose input it is (with arrival-stamped foreign rows not the boot's owner, which is the hub).</param>
/// <param name="Input">The input.</param>
public sealed record SeriesEntry(SeriesId Id, BootId Boot, AgentId Agent, InputDeclaration Input);

/// <summary>One stream and its owner.</summary>
/// <param name="Agent">Owner.</param>
/// <param name="Declaration">As declared last.</param>
public sealed record StreamEntry(AgentId Agent, StreamDeclaration Declaration);

/// <summary>All names of the store at one moment, both ways. Immutable; a change makes a new one, so comparing references tells whether anything changed.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is one, in the sense of the model: names both ways.")]
public sealed class StoreDictionary
{
    internal static readonly StoreDictionary Empty = new(
        [],
        ImmutableDictionary<BootId, BootDeclaration>.Empty,
        ImmutableDictionary<(AgentId, StreamId), StreamEntry>.Empty,
        ImmutableDictionary<(AgentId, ulong), CatalogDeclaration>.Empty,
        ImmutableDictionary<(BootId, AgentId, InputDeclaration), SeriesId>.Empty,
        [],
        0);

    private readonly ImmutableHashSet<AgentId> _agents;
    private readonly ImmutableDictionary<BootId, BootDeclaration> _boots;
    private readonly ImmutableDictionary<(AgentId, StreamId), StreamEntry> _streams;
    private readonly ImmutableDictionary<(AgentId, ulong), CatalogDeclaration> _catalogs;
    private readonly ImmutableDictionary<(BootId, AgentId, InputDeclaration), SeriesId> _seriesIds;

    // Shared with later dictionaries, which only write beyond this one's count.
    private readonly SeriesEntry[] _series;

    internal StoreDictionary(
        ImmutableHashSet<AgentId> agents,
        ImmutableDictionary<BootId, BootDeclaration> boots,
        ImmutableDictionary<(AgentId, StreamId), StreamEntry> streams,
        ImmutableDictionary<(AgentId, ulong), CatalogDeclaration> catalogs,
        ImmutableDictionary<(BootId, AgentId, InputDeclaration), SeriesId> seriesIds,
        SeriesEntry[] series,
        int seriesCount)
    {
        _agents = agents;
        _boots = boots;
        _streams = streams;
        _catalogs = catalogs;
        _seriesIds = seriesIds;
        _series = series;
        SeriesCount = seriesCount;
    }

    /// <summary>Agents that declared something or sent foreign rows, in no order.</summary>
    public IReadOnlyCollection<AgentId> Agents => _agents;

    /// <summary>Every boot, in no order.</summary>
    public IEnumerable<BootDeclaration> Boots => _boots.Values;

    /// <summary>Every stream, in no order.</summary>
    public IEnumerable<StreamEntry> Streams => _streams.Values;

    /// <summary>Number of series; their ids are 1 … this.</summary>
    public int SeriesCount { get; }

    /// <summary>Every series, by id.</summary>
    public ReadOnlyMemory<SeriesEntry> Series => _series.AsMemory(0, SeriesCount);

    /// <summary>The series of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This dictionary does not know the id.</exception>
    public SeriesEntry this[SeriesId id] => TryFind(id, out var entry)
        ? entry
        : throw new ArgumentOutOfRangeException(nameof(id), id.Value, $"This dictionary knows series 1 … {SeriesCount}");

    /// <summary>The series of an id.</summary>
    public bool TryFind(SeriesId id, [NotNullWhen(true)] out SeriesEntry? entry)
    {
        entry = id.Value >= 1 && id.Value <= SeriesCount ? _series[id.Value - 1] : null;
        return entry is not null;
    }

    /// <summary>The series of one input of an agent during one boot.</summary>
    public bool TryFind(BootId boot, AgentId agent, InputDeclaration input, out SeriesId series) =>
        _seriesIds.TryGetValue((boot, agent, input), out series);

    /// <summary>A boot by its id.</summary>
    public bool TryFind(BootId id, [NotNullWhen(true)] out BootDeclaration? boot) => _boots.TryGetValue(id, out boot);

    /// <summary>A stream of an agent.</summary>
    public bool TryFind(AgentId agent, StreamId id, [NotNullWhen(true)] out StreamEntry? stream) =>
        _streams.TryGetValue((agent, id), out stream);

    /// <summary>A catalogue of an agent.</summary>
    public bool TryFind(AgentId agent, ulong catalogHash, [NotNullWhen(true)] out CatalogDeclaration? catalog) =>
        _catalogs.TryGetValue((agent, catalogHash), out catalog);

    /// <summary>True when the agent is known.</summary>
    public bool Knows(AgentId agent) => _agents.Contains(agent);

    /// <summary>True when a block naming these would not be answered with <see cref="Verdict.UnknownDeclaration"/>.</summary>
    public bool Knows(AgentId agent, ulong catalogHash, BootId boot, StreamId stream) =>
        _catalogs.ContainsKey((agent, catalogHash))
        && _boots.TryGetValue(boot, out var declared) && declared.Agent == agent
        && _streams.TryGetValue((agent, stream), out var entry) && entry.Declaration.Boot == boot;

    internal DictionaryDraft Draft() => new(_agents, _boots, _streams, _catalogs, _seriesIds, _series, SeriesCount);
}
