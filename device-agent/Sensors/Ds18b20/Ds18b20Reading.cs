using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>One reading as the kernel gave it.</summary>
/// <param name="Celsius">°C; without meaning where missing.</param>
/// <param name="Missing">Unspecified = there is a value.</param>
/// <param name="Trouble">One sentence for people; empty where there is a value.</param>
internal readonly record struct Ds18b20Reading(double Celsius, MissingReason Missing, string Trouble)
{
    /// <summary>There is no value.</summary>
    public static Ds18b20Reading Without(MissingReason reason, string trouble) => new(0, reason, trouble);
}
