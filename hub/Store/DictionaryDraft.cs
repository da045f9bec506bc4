using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>The next dictionary while its commit is being made. Writer thread only; dropped when the commit fails.</summary>
internal sealed class DictionaryDraft(
    ImmutableHashSet<AgentId> agents,
    ImmutableDictionary<BootId, BootDeclaration> boots,
    ImmutableDictionary<(AgentId, StreamId), StreamEntry> streams,
    ImmutableDictionary<(AgentId, ulong), CatalogDeclaration> catalogs,
    ImmutableDictionary<(BootId, AgentId, InputDeclaration), SeriesId> seriesIds,
    SeriesEntry[] series,
    int seriesCount)
{
    private readonly ImmutableHashSet<AgentId>.Builder _agents = agents.ToBuilder();
    private readonly ImmutableDictionary<BootId, BootDeclaration>.Builder _boots = boots.ToBuilder();
    private readonly ImmutableDictionary<(AgentId, StreamId), StreamEntry>.Builder _streams = streams.ToBuilder();
    private readonly ImmutableDictionary<(AgentId, ulong), CatalogDeclaration>.Builder _catalogs = catalogs.ToBuilder();
    private readonly ImmutableDictionary<(BootId, AgentId, InputDeclaration), SeriesId>.Builder _seriesIds = seriesIds.ToBuilder();
    private SeriesEntry[] _series = series;
    private int _seriesCount = seriesCount;

    public int SeriesCount => _seriesCount;

    public bool Add(AgentId agent) => _agents.Add(agent);

    public void Add(BootDeclaration boot) => _boots[boot.Id] = boot;

    public void Set(AgentId agent, StreamDeclaration stream) => _streams[(agent, stream.Id)] = new StreamEntry(agent, stream);

    public void Add(AgentId agent, CatalogDeclaration catalog) => _catalogs[(agent, catalog.Hash)] = catalog;

    public bool TryFind(BootId id, out BootDeclaration? boot) => _boots.TryGetValue(id, out boot);

    public bool TryFind(AgentId agent, StreamId id, out StreamEntry? stream) => _streams.TryGetValue((agent, id), out stream);

    public bool TryFind(AgentId agent, ulong hash, out CatalogDeclaration? catalog) => _catalogs.TryGetValue((agent, hash), out catalog);

    public bool TryFind(BootId boot, AgentId agent, InputDeclaration input, out SeriesId id) =>
        _seriesIds.TryGetValue((boot, agent, input), out id);

    /// <summary>Adds a series; the id is the next free one, or the one read from the file.</summary>
    public SeriesEntry Add(BootId boot, AgentId agent, InputDeclaration input)
    {
        var entry = new SeriesEntry(new SeriesId(_seriesCount + 1), boot, agent, input);
        if (_seriesCount == _series.Length)
        {
            Array.Resize(ref _series, Math.Max(16, _series.Length * 2));
        }

        _series[_seriesCount++] = entry;
        _seriesIds[(boot, agent, input)] = entry.Id;
        return entry;
    }

    public StoreDictionary Freeze() => new(
        _agents.ToImmutable(),
        _boots.ToImmutable(),
        _streams.ToImmutable(),
        _catalogs.ToImmutable(),
        _seriesIds.ToImmutable(),
        _series,
        _seriesCount);
}
