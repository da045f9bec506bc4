using System.Collections.Immutable;

namespace StemLab.Agent.Sensors;

/// <summary>What a probe or source measures. Immutable.</summary>
/// <param name="Name">For logs and health, unique in the agent: "atlas-ph 99 on i2c-1".</param>
/// <param name="Interval">Time between readings, greater than zero for a probe; zero = irregular (timed sources only). From 20 Hz on the probe gets a thread of its own.</param>
/// <param name="Outputs">Port with quantity is unique within an agent. None where only the hardware tells what it gives and it was not there: when it comes, the agent opens its probes again.</param>
internal sealed record ProbeDescription(string Name, TimeSpan Interval, ImmutableArray<OutputDescription> Outputs);

/// <summary>One quantity of a probe; becomes an input of the agent's catalogue.</summary>
/// <param name="Port">[a-z0-9-/._]{1,64}: "ph", "i2c1-63", "exo/temperature".</param>
/// <param name="Quantity">Observed property ("water_temperature") or native electrical quantity ("voltage").</param>
/// <param name="UnitUcum">UCUM code of the raw value.</param>
internal sealed record OutputDescription(string Port, string Quantity, string UnitUcum)
{
    /// <summary>
    /// Everything set on the board itself that changes what a raw value means (gain, board calibration, output mode), as any stable text.
    /// The agent keeps it per port and raises the input's config_rev by one whenever it differs from before. Empty = nothing can be set.
    /// Null = the board could not be asked: the config_rev stays what it was.
    /// </summary>
    public string? BoardSettings { get; init; } = "";

    /// <summary>Label for people, may be empty.</summary>
    public string Label { get; init; } = "";

    /// <summary>Maker's model, empty where unknown.</summary>
    public string ProbeModel { get; init; } = "";

    /// <summary>Serial number, empty where unknown.</summary>
    public string ProbeSerial { get; init; } = "";

    /// <summary>True for a name a port may have.</summary>
    public static bool IsPort(string text) =>
        text.Length is >= 1 and <= 64 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '/' or '.' or '_');
}
