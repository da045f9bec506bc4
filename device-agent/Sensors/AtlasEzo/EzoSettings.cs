using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>One circuit as configured. Immutable.</summary>
/// <param name="Model">Its type.</param>
/// <param name="Port">Port of its inputs.</param>
/// <param name="Interval">Time between readings.</param>
/// <param name="Outputs">What it is to send, in the order of the model; at least one.</param>
/// <param name="Temperature">What the circuit is told with each reading; null = its compensation is pinned.</param>
/// <param name="TemperatureFrom">Port the temperature comes from; empty where pinned.</param>
internal sealed record EzoSettings(EzoModel Model, string Port, TimeSpan Interval, ImmutableArray<EzoOutput> Outputs, LatestReading? Temperature, string TemperatureFrom)
{
    /// <summary>The outputs with these names, in the order the circuit sends them; null where a name is none of its.</summary>
    /// <param name="model">Type.</param>
    /// <param name="names">EC,TDS,S,SG: parted by commas; empty = the first.</param>
    public static ImmutableArray<EzoOutput>? Choose(EzoModel model, string names)
    {
        if (names.Length == 0)
        {
            return [model.Outputs[0]];
        }

        var wanted = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        ImmutableArray<EzoOutput> chosen = [.. model.Outputs.Where(output => output.Name.Length > 0 && wanted.Contains(output.Name, StringComparer.OrdinalIgnoreCase))];
        return chosen.Length > 0 && chosen.Length == wanted.Length ? chosen : null;
    }
}
