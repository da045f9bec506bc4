using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Kernel;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>What the Linux kernel drives: IIO, hwmon, 1-Wire.</summary>
internal static class KernelKinds
{
    /// <summary>iio, hwmon, ds18b20.</summary>
    public static ImmutableArray<SourceKind> All { get; } = [Of("iio", KernelClass.Iio), Of("hwmon", KernelClass.Hwmon), Ds18b20()];

    private static SourceKind Of(string name, KernelClass kind) => new(
        name,
        "Serial, Outputs",
        source => Ports.NameOf(source.Serial.Length > 0 ? $"{name}-{source.Serial}" : name),
        (source, path) => source.TemperatureFrom.Length > 0 ? [$"{path}.TemperatureFrom: {name} is not compensated with a temperature; leave it out"] : [],
        (source, opening) => ValueTask.FromResult<IProbe>(KernelProbe.Open(
            opening.Shelf.Kernel,
            new KernelSettings(kind, source.Serial, source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), [.. source.Outputs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]),
            opening.Ground)));

    private static SourceKind Ds18b20() => new(
        SourceKinds.Ds18b20,
        "Serial",
        source => source.Serial.Length > 0 ? $"{source.Kind}-{source.Serial}" : source.Kind,
        Ds18b20Problems,
        (source, opening) => ValueTask.FromResult<IProbe>(
            new Ds18b20Probe(opening.Shelf.OneWire, source.Serial, source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), opening.Ground)));

    private static IEnumerable<string> Ds18b20Problems(SourceOptions source, string path)
    {
        if (source.IntervalSeconds < 1)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than 1; a DS18B20 measures for 0.75 s");
        }

        if (source.Serial.Length > 0 && !Ds18b20Text.IsId(source.Serial))
        {
            yield return $"{path}.Serial: '{source.Serial}' is not 28- and 12 lowercase hex digits, for example 28-0000075f1a2b (stemlab-agent detect lists those there are)";
        }

        if (source.TemperatureFrom.Length > 0)
        {
            yield return $"{path}.TemperatureFrom: a ds18b20 is a thermometer itself; leave it out";
        }
    }
}
