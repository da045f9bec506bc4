using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors;

/// <summary>A thing in the water that is asked for its readings. Its own sampling loop calls it; it is never asked twice at once.</summary>
/// <remarks>Loops of different probes run side by side: probes on one bus share a lock over each transfer (not over the wait between command and answer).</remarks>
internal interface IProbe : IAsyncDisposable
{
    /// <summary>What it measures. The same object for the life of the probe.</summary>
    ProbeDescription Description { get; }

    /// <summary>
    /// Takes one reading of every output, in the order of the description, and returns when the transfer has ended: that moment becomes the time of the readings.
    /// Never throws for a silent, faulty or saturated probe: such a reading is missing (absent, fault, out of range).
    /// </summary>
    /// <param name="into">Exactly as long as the outputs of the description; every element is filled.</param>
    /// <param name="cancellationToken">The only reason to throw.</param>
    ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken);

    /// <summary>Figures about the probe itself (slope of an electrode, bits the bus had flipped), read by another loop; none by default.</summary>
    IReadOnlyList<HealthFact> Health => [];
}

/// <summary>Whether a reading has a value.</summary>
internal enum ReadStatus
{
    /// <summary>The value is what the probe gave.</summary>
    Raw,

    /// <summary>There is no value; the reason says why.</summary>
    Missing,
}

/// <summary>One reading as the probe gave it: native unit, no time, no calibration.</summary>
/// <param name="Output">Index into the outputs of the description.</param>
/// <param name="Value">Finite in the output's unit; without meaning where the reading is missing.</param>
/// <param name="Missing">Unspecified = raw.</param>
internal readonly record struct RawReading(int Output, double Value, MissingReason Missing)
{
    /// <summary>Raw or missing.</summary>
    public ReadStatus Status => Missing == MissingReason.Unspecified ? ReadStatus.Raw : ReadStatus.Missing;

    /// <summary>A reading with a value; a value that is not finite becomes a fault.</summary>
    public static RawReading Of(int output, double value) =>
        double.IsFinite(value) ? new(output, value, MissingReason.Unspecified) : Without(output, MissingReason.Fault);

    /// <summary>A reading without a value.</summary>
    public static RawReading Without(int output, MissingReason reason) => new(output, 0, reason);
}
