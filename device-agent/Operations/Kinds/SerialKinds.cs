using System.Collections.Immutable;
using System.Globalization;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Gps;
using StemLab.Agent.Sensors.Serial;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>What speaks when it likes: boards and GPS receivers on a serial port, gpsd.</summary>
internal static class SerialKinds
{
    private const string ById = "/dev/serial/by-id";
    private const string UsualGpsd = "127.0.0.1:2947";
    private const int UsualBaud = 115_200;
    private const int UsualGpsBaud = 9600;

    /// <summary>serial, nmea, gpsd.</summary>
    public static ImmutableArray<SourceKind> All { get; } =
    [
        Kind("serial", "Serial or Path, Baud, Outputs", SerialProblems, async (source, opening) => await SerialSource.OpenAsync(
            Line(source, UsualBaud), source.PortOrDefault(), SerialColumn.Read(source.Outputs)!.Value, opening.Ground, opening.CancellationToken)),
        Kind("nmea", "Serial or Path, Baud", PathProblems, (source, opening) =>
        {
            var line = Line(source, UsualGpsBaud);
            return ValueTask.FromResult<ITimedSource>(new GpsSource(source.PortOrDefault(), line.Name, line.ReadAsync, NmeaText.TryRead, line, opening.Ground));
        }),
        Kind("gpsd", "Path (host:port)", GpsdProblems, (source, opening) =>
        {
            _ = TryHost(source.Path, out var host, out var port);
            var line = new GpsdLine(host, port);
            return ValueTask.FromResult<ITimedSource>(new GpsSource(source.PortOrDefault(), $"gpsd at {host}:{port}", line.ReadAsync, GpsdText.TryRead, line, opening.Ground));
        }),
    ];

    /// <summary>Path of the port a source names: by the adapter's own name, which stays when numbers change, or as written.</summary>
    public static string PathOf(SourceOptions source) => source.Path.Length > 0 ? source.Path : Path.Combine(ById, source.Serial);

    private static SourceKind Kind(string name, string keys, Func<SourceOptions, string, IEnumerable<string>> problems, Func<SourceOptions, ProbeOpening, ValueTask<ITimedSource>> open)
    {
        return new SourceKind(name, keys, Port, problems, null) { OpenSource = open };

        string Port(SourceOptions source) => source.Serial.Length + source.Path.Length == 0 ? name : Ports.NameOf($"{name}-{source.Serial}{source.Path}");
    }

    private static SerialLine Line(SourceOptions source, int usual) => new(PathOf(source), source.Baud == 0 ? usual : source.Baud);

    private static IEnumerable<string> PathProblems(SourceOptions source, string path)
    {
        if (source.Serial.Length + source.Path.Length == 0)
        {
            yield return $"{path}.Serial: missing; the name of the port in {ById}, or a Path like /dev/ttyAMA0 (stemlab-agent detect lists those there are)";
        }

        if (source.Serial.Contains('/', StringComparison.Ordinal))
        {
            yield return $"{path}.Serial: '{source.Serial}' is a path; write it as Path, or only the name in {ById}";
        }

        if (source.TemperatureFrom.Length > 0)
        {
            yield return $"{path}.TemperatureFrom: {source.Kind} is not compensated with a temperature; leave it out";
        }
    }

    private static IEnumerable<string> SerialProblems(SourceOptions source, string path) => SerialColumn.Read(source.Outputs) is null
        ? PathProblems(source, path).Append($"{path}.Outputs: '{source.Outputs}' is not like temp, light:lx: names in lower case, each with a unit where it is not the usual one")
        : PathProblems(source, path);

    private static IEnumerable<string> GpsdProblems(SourceOptions source, string path)
    {
        if (!TryHost(source.Path, out _, out _))
        {
            yield return $"{path}.Path: '{source.Path}' is not host:port, for example {UsualGpsd}";
        }
    }

    private static bool TryHost(string text, out string host, out int port)
    {
        var parts = (text.Length == 0 ? UsualGpsd : text).Split(':');
        (host, port) = (parts[0], 0);
        return parts.Length == 2 && host.Length > 0 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536;
    }
}
