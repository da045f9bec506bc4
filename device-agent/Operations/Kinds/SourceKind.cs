using StemLab.Agent.Sensors;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>One kind of source agent.json may name. Immutable.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Keys">Keys that count, besides Kind, Port and IntervalSeconds.</param>
/// <param name="Port">The port where none is written.</param>
/// <param name="Problems">What is wrong with a source by itself, each sentence beginning with the path given.</param>
/// <param name="Open">Takes the probe from its drawer; never fails for hardware that is not there. Null for what gives its readings when it likes.</param>
internal sealed record SourceKind(
    string Name,
    string Keys,
    Func<SourceOptions, string> Port,
    Func<SourceOptions, string, IEnumerable<string>> Problems,
    Func<SourceOptions, ProbeOpening, ValueTask<IProbe>>? Open)
{
    /// <summary>Takes a source that gives its readings when it likes; null for a probe.</summary>
    public Func<SourceOptions, ProbeOpening, ValueTask<ITimedSource>>? OpenSource { get; init; }

    /// <summary>Address on the I2C bus where none is written; 0 = it sits on no I2C bus.</summary>
    public int FactoryAddress { get; init; }

    /// <summary>True where several sources may share one address, each with a channel of its own.</summary>
    public bool SharesAddress { get; init; }
}

/// <summary>What a kind may use to open a probe. Immutable.</summary>
/// <param name="Shelf">Buses and trees.</param>
/// <param name="Temperature">What the probe is compensated with; null = nothing.</param>
/// <param name="Ground">What its driver stands on.</param>
/// <param name="CancellationToken">Gives up.</param>
internal sealed record ProbeOpening(ProbeShelf Shelf, LatestReading? Temperature, Ground Ground, CancellationToken CancellationToken);
