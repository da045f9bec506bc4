using System.Collections.Immutable;
using System.Globalization;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.HcSr04;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>What hangs on GPIO pins.</summary>
internal static class PinKinds
{
    /// <summary>hc-sr04.</summary>
    public static ImmutableArray<SourceKind> All { get; } =
    [
        new("hc-sr04", "Channel (trigger,echo)", source => Ports.NameOf($"hc-sr04-{source.Channel}"), Problems, (source, opening) =>
        {
            _ = TryPins(source.Channel, out var trigger, out var echo);
            return ValueTask.FromResult<IProbe>(new HcSr04Probe(opening.Shelf.OpenPins, trigger, echo, source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), opening.Ground));
        }),
    ];

    private static IEnumerable<string> Problems(SourceOptions source, string path)
    {
        if (!TryPins(source.Channel, out _, out _))
        {
            yield return $"{path}.Channel: '{source.Channel}' is not the GPIO numbers of trigger and echo, 0 to 27, for example 23,24";
        }

        if (source.IntervalSeconds < HcSr04Probe.LeastInterval.TotalSeconds)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the {HcSr04Probe.LeastInterval.TotalSeconds} s three pings need");
        }

        if (source.TemperatureFrom.Length > 0)
        {
            yield return $"{path}.TemperatureFrom: {source.Kind} is not compensated with a temperature; leave it out";
        }
    }

    private static bool TryPins(string text, out int trigger, out int echo)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        (trigger, echo) = (-1, -1);
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out trigger) && trigger <= 27
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out echo) && echo <= 27 && echo != trigger;
    }
}
