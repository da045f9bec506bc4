using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Replay;

namespace StemLab.Agent.Operations;

/// <summary>Takes from the drawers what the configuration asks for.</summary>
internal static class ProbeShelf
{
    private static readonly ImmutableArray<string> Kinds = ["replay"];

    /// <summary>Sources nobody can open, each with its path.</summary>
    public static IReadOnlyList<string> Problems(ImmutableArray<SourceOptions> sources) =>
        [.. sources.Select((source, i) => (source, i)).Where(x => !Kinds.Contains(x.source.Kind)).Select(x => $"Sources[{x.i}].Kind: '{x.source.Kind}' is not one of {string.Join(", ", Kinds)}")];

    /// <summary>Probes and timed sources, owned by the caller.</summary>
    /// <exception cref="IOException">A file or bus is not there.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static (IReadOnlyList<IProbe> Probes, IReadOnlyList<ITimedSource> Sources) Open(ImmutableArray<SourceOptions> sources, TimeProvider time)
    {
        var timed = new List<ITimedSource>();
        foreach (var source in sources)
        {
            timed.Add(source.Kind switch
            {
                "replay" => FileReplay.Open(source.Path, TimeSpan.FromHours(source.UtcOffsetHours), source.Speed, time),
                _ => throw new InvalidOperationException($"BUG: kind '{source.Kind}' was not refused"),
            });
        }

        return ([], timed);
    }
}
