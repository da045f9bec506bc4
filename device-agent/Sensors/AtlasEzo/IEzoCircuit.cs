namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>A circuit that can be asked, whichever way it is wired. One conversation at a time.</summary>
internal interface IEzoCircuit : IDisposable
{
    /// <summary>Where it is, for people: "address 99 (0x63) on i2c-1".</summary>
    Words Place { get; }

    /// <summary>What to check where it is silent.</summary>
    Words WhenSilent { get; }

    /// <summary>Bytes so far whose highest bit the wire had set.</summary>
    int Glitches { get; }

    /// <summary>Why it must not be asked at all; null where it may.</summary>
    Words? Refusal();

    /// <summary>Asks; never throws for anything the circuit or the wire does.</summary>
    /// <param name="command">ASCII.</param>
    /// <param name="processing">The datasheet's delay of the command.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<EzoAnswer> AskAsync(string command, TimeSpan processing, CancellationToken cancellationToken);
}
