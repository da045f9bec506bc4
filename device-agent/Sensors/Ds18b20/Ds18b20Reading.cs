using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>One reading as the kernel gave it.</summary>
/// <param name="Celsius">°C; without meaning where missing.</param>
/// <param name="Missing">Unspecified = there is a value.</param>
/// <param name="Trouble">Why not, for people; none where there is a value.</param>
internal readonly record struct Ds18b20Reading(double Celsius, MissingReason Missing, Words Trouble)
{
    /// <summary>There is no value.</summary>
    public static Ds18b20Reading Without(MissingReason reason, string en, string vi) => new(0, reason, new Words(en, vi));
}
