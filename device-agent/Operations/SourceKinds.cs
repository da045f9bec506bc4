using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Ds18b20;

namespace StemLab.Agent.Operations;

/// <summary>The kinds of sources agent.json may name, and what each asks of its keys. Pure.</summary>
internal static class SourceKinds
{
    public const string Replay = "replay";
    public const string Ds18b20 = "ds18b20";

    /// <summary>All kinds.</summary>
    public static ImmutableArray<string> All { get; } = [.. EzoModel.All.Select(model => model.Kind), Ds18b20, Replay];

    /// <summary>What is wrong with one source by itself, each sentence beginning with <paramref name="path"/>.</summary>
    public static IEnumerable<string> Problems(SourceOptions source, string path)
    {
        if (!All.Contains(source.Kind))
        {
            return [source.Kind.Length == 0
                ? $"{path}.Kind: missing; one of {string.Join(", ", All)}"
                : $"{path}.Kind: '{source.Kind}' is not one of {string.Join(", ", All)}"];
        }

        var own = EzoModel.Find(source.Kind) is { } model ? EzoProblems(source, model, path)
            : source.Kind == Ds18b20 ? Ds18b20Problems(source, path)
            : ReplayProblems(source, path);
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

            if (EzoModel.Find(source.Kind) is not null
                && before.FindIndex(other => EzoModel.Find(other.Kind) is not null && (other.Bus, other.AddressOrDefault()) == (source.Bus, source.AddressOrDefault())) is var circuit and >= 0)
            {
                yield return $"Sources[{i}].Address: {source.AddressOrDefault()} on i2c-{source.Bus} is also that of Sources[{circuit}]; two circuits need two addresses";
            }

            if (source.Kind == Ds18b20
                && before.FindIndex(other => other.Kind == Ds18b20 && (other.Serial == source.Serial || other.Serial.Length == 0 || source.Serial.Length == 0)) is var probe and >= 0)
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

    private static IEnumerable<string> EzoProblems(SourceOptions source, EzoModel model, string path)
    {
        // The transfer itself takes milliseconds; a circuit is asked again 50 ms after its time at the earliest.
        var least = (source.TemperatureFrom.Length > 0 ? EzoModel.CompensatedReadingTime : model.ReadingTime).TotalSeconds + 0.1;
        if (source.IntervalSeconds < least)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the {least} s this circuit needs for a reading");
        }

        if (source.Bus is < 0 or > 255)
        {
            yield return $"{path}.Bus: {source.Bus} is not the N of a /dev/i2c-N";
        }

        if (EzoSettings.Choose(model, source.Outputs) is null)
        {
            var names = model.Outputs.Where(output => output.Name.Length > 0).Select(output => output.Name).ToList();
            yield return names.Count > 1
                ? $"{path}.Outputs: '{source.Outputs}' is not some of {string.Join(',', names)}"
                : $"{path}.Outputs: '{source.Outputs}', but {model.Kind} has nothing to choose; leave it out";
        }

        if (source.TemperatureFrom.Length > 0 && !model.TakesTemperature)
        {
            yield return $"{path}.TemperatureFrom: {model.Kind} is not compensated with a temperature; leave it out";
        }
    }

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

    private static IEnumerable<string> ReplayProblems(SourceOptions source, string path)
    {
        if (source.Path.Length == 0)
        {
            yield return $"{path}.Path: missing; a replay plays a CSV or CSV.gz file";
        }
    }
}
