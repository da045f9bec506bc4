using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Agent.Operations.Kinds;
using StemLab.Agent.Sensors;
using StemLab.IotBindings;

namespace StemLab.Agent.Operations;

/// <summary>The kinds of sources agent.json may name, and what each asks of its keys. Pure.</summary>
internal static class SourceKinds
{
    public const string Replay = "replay";
    public const string Ds18b20 = "ds18b20";
    private const string IotPrefix = IotDevices.Generic;
    private static readonly char[] NoLetter = [' ', ',', '(', ')'];

    // Keys of a source that depend on its kind; those only a replay has are not set from afar.
    private static readonly string[] OwnKeys =
    [
        nameof(SourceOptions.Bus), nameof(SourceOptions.Address), nameof(SourceOptions.Serial), nameof(SourceOptions.Path), nameof(SourceOptions.Baud),
        nameof(SourceOptions.Driver), nameof(SourceOptions.Outputs), nameof(SourceOptions.TemperatureFrom), nameof(SourceOptions.Channel), nameof(SourceOptions.Range),
    ];

    private static readonly ImmutableArray<SourceKind> Probes = [.. EzoKinds.All, .. KernelKinds.All, .. ChipKinds.All, .. SerialKinds.All, .. PinKinds.All, .. IotKinds.All];
    private static readonly FrozenDictionary<string, SourceKind> ByName = Probes.ToFrozenDictionary(kind => kind.Name);

    /// <summary>All kinds.</summary>
    public static ImmutableArray<string> All { get; } = [.. Probes.Select(kind => kind.Name), Replay];

    /// <summary>What this build can measure with, for whoever sets an agent from afar: a replay is for whoever has the machine itself.</summary>
    public static IEnumerable<Wire.V1.SourceKind> Named() => Probes.Where(kind => IotDevices.IsBuiltIn || !kind.Name.StartsWith(IotPrefix, StringComparison.Ordinal))
        .Select(kind => new Wire.V1.SourceKind { Name = kind.Name, Keys = { kind.Keys.Split(NoLetter, StringSplitOptions.RemoveEmptyEntries).Intersect(OwnKeys) } });

    /// <summary>The kind of a probe; null for a replay and for what is none.</summary>
    public static SourceKind? Find(string kind) => ByName.GetValueOrDefault(kind);

    /// <summary>What is wrong with one source by itself, each sentence beginning with <paramref name="path"/>.</summary>
    public static IEnumerable<string> Problems(SourceOptions source, string path)
    {
        if (!All.Contains(source.Kind))
        {
            return [source.Kind.Length == 0
                ? $"{path}.Kind: missing; one of {string.Join(", ", All)}"
                : $"{path}.Kind: '{source.Kind}' is not one of {string.Join(", ", All)}"];
        }

        var own = Find(source.Kind) is { } kind ? kind.Problems(source, path) : ReplayProblems(source, path);
        return source.Port.Length == 0 || OutputDescription.IsPort(source.Port) ? own : own.Append($"{path}.Port: '{source.Port}' is not 1 to 64 of a-z, 0-9, - / . _");
    }

    /// <summary>What is wrong with sources together; each of them is right by itself.</summary>
    public static IEnumerable<string> Problems(ImmutableArray<SourceOptions> sources)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            var source = sources[i];
            var before = sources.Take(i).ToList();
            if (source.Kind != Replay && before.FindIndex(other => other.Kind != Replay && other.PortOrDefault() == source.PortOrDefault()) is var port and >= 0)
            {
                yield return $"Sources[{i}].Port: '{source.PortOrDefault()}' is also the port of Sources[{port}]; give each a Port of its own";
            }

            if (before.FindIndex(other => IsAtOneAddress(source, other)) is var circuit and >= 0)
            {
                yield return $"Sources[{i}].Address: {source.AddressOrDefault()} on i2c-{source.Bus} is also that of Sources[{circuit}]; two circuits need two addresses";
            }

            if (IsOnSerialPort(source) && source.Kind is not (Replay or Ds18b20 or "iio" or "hwmon" or "gpsd") && before.FindIndex(other => IsOnSerialPort(other) && SerialKinds.PathOf(other) == SerialKinds.PathOf(source)) is var line and >= 0)
            {
                yield return $"Sources[{i}].Path: {SerialKinds.PathOf(source)} is also that of Sources[{line}]; one port serves one source";
            }

            if (source.Kind is Ds18b20 or "iio" or "hwmon"
                && before.FindIndex(other => other.Kind == source.Kind && (other.Serial == source.Serial || other.Serial.Length == 0 || source.Serial.Length == 0)) is var probe and >= 0)
            {
                yield return $"Sources[{i}].Serial: '{source.Serial}' and that of Sources[{probe}] may be one probe; give each its own (stemlab-agent detect lists them)";
            }

            if (source.TemperatureFrom.Length > 0 && !sources.Any(other => other.PortOrDefault() == source.TemperatureFrom && other.Kind is Ds18b20 or "ezo-rtd"))
            {
                var ports = sources.Where(other => other.Kind is Ds18b20 or "ezo-rtd").Select(other => other.PortOrDefault()).ToList();
                yield return $"Sources[{i}].TemperatureFrom: '{source.TemperatureFrom}' is not the port of a ds18b20 or ezo-rtd source; {(ports.Count == 0 ? "there is none" : "there is " + string.Join(", ", ports))}";
            }
        }
    }

    private static bool IsAtOneAddress(SourceOptions one, SourceOptions other) =>
        IsOnI2c(one) && IsOnI2c(other)
        && (one.Bus, one.AddressOrDefault()) == (other.Bus, other.AddressOrDefault())
        && !(Find(one.Kind)!.SharesAddress && Find(other.Kind)!.SharesAddress);

    private static bool IsOnI2c(SourceOptions source) =>
        !IsOnSerialPort(source) && (Find(source.Kind) is { FactoryAddress: > 0 } || (source.Kind == IotDevices.Generic && source.Address > 0));

    private static bool IsOnSerialPort(SourceOptions source) => source.Serial.Length + source.Path.Length > 0;

    private static IEnumerable<string> ReplayProblems(SourceOptions source, string path)
    {
        if (source.Path.Length == 0)
        {
            yield return $"{path}.Path: missing; a replay plays a CSV or CSV.gz file";
        }
    }
}
