using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors;

/// <summary>A source that decides the times of its readings itself: a virtual world with history, a file played again.</summary>
internal interface ITimedSource : IAsyncDisposable
{
    /// <summary>What it gives. The same object for the life of the source.</summary>
    ProbeDescription Description { get; }

    /// <summary>Which clock its times are of.</summary>
    SourceClock Clock { get; }

    /// <summary>
    /// All readings from a time on, in order of time (readings of one time together, an output at most once in each), ending when there are no more. A device-clock source may run ahead as far as it likes: the agent holds
    /// each reading back until its clock has come to it, and takes those already due as fast as it can keep them. A UTC source paces itself.
    /// </summary>
    /// <param name="fromTUs">First time wanted, µs of the source's clock: what was kept before a restart is not wanted again. 0 = from its beginning.</param>
    /// <param name="nowTUs">What the source's boot clock shows now, so that a world that knows UTC can find its place; 0 for a UTC source.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, CancellationToken cancellationToken);

    /// <summary>Figures about the source itself, read by another loop; none by default.</summary>
    IReadOnlyList<HealthFact> Health => [];
}

/// <summary>The clock domain of a timed source.</summary>
/// <param name="Kind">Device: µs of the agent's boot clock. Utc: µs since 1970 as the file says it.</param>
/// <param name="StartAge">Device only: how long before the agent's very first start its boot is said to have begun (24 h of simulated history). Zero = no history.</param>
/// <param name="DeclaredSigmaUs">Utc only: half-width of a bound on the file's own times that holds in 99.9 % of cases, µs.</param>
internal sealed record SourceClock(BootKind Kind, TimeSpan StartAge, long DeclaredSigmaUs)
{
    /// <summary>The agent's boot clock, said to have begun a while before the first start.</summary>
    public static SourceClock Device(TimeSpan startAge) => new(BootKind.Device, startAge, 0);

    /// <summary>Times are UTC as written in the file.</summary>
    public static SourceClock Utc(long declaredSigmaUs) => new(BootKind.Utc, TimeSpan.Zero, declaredSigmaUs);
}

/// <summary>One reading with its own time.</summary>
/// <param name="Output">Index into the outputs of the description.</param>
/// <param name="TUs">µs of the source's clock, or <see cref="OnArrival"/>.</param>
/// <param name="Value">Finite in the output's unit; without meaning where the reading is missing.</param>
/// <param name="Missing">Unspecified = raw.</param>
internal readonly record struct TimedReading(int Output, long TUs, double Value, MissingReason Missing)
{
    /// <summary>
    /// Time of a reading that came just now: the agent stamps it. Readings with this time whose outputs grow are of one moment.
    /// </summary>
    public const long OnArrival = long.MinValue;
}
