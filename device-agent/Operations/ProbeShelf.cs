using System.Collections.Immutable;
using StemLab.Agent.Sensors;

namespace StemLab.Agent.Operations;

/// <summary>Takes from the drawers what the configuration asks for.</summary>
internal static class ProbeShelf
{
    private static readonly ImmutableArray<string> Kinds = [];

    /// <summary>Sources nobody can open, each with its path.</summary>
    public static IReadOnlyList<string> Problems(ImmutableArray<SourceOptions> sources) =>
        [.. sources.Select((source, i) => (source, i)).Where(x => !Kinds.Contains(x.source.Kind)).Select(x => $"Sources[{x.i}].Kind: '{x.source.Kind}' is not one of {string.Join(", ", Kinds)}")];

    /// <summary>Probes and timed sources, owned by the caller.</summary>
    public static (IReadOnlyList<IProbe> Probes, IReadOnlyList<ITimedSource> Sources) Open(ImmutableArray<SourceOptions> sources, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return sources.IsEmpty ? ([], []) : throw new InvalidOperationException("BUG: problems were not asked for");
    }
}
