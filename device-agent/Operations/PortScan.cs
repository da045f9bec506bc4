using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations.Kinds;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Kernel;

namespace StemLab.Agent.Operations;

/// <summary>Something plugged in that a source may name.</summary>
/// <param name="Kind">Kind in agent.json.</param>
/// <param name="Serial">Its stable id.</param>
/// <param name="Description">What it is, for people.</param>
internal sealed record FoundPort(string Kind, string Serial, string Description)
{
    /// <summary>The line for agent.json.</summary>
    public string Line => $$"""{ "Kind": "{{Kind}}", "Serial": "{{Serial}}" }""";
}

/// <summary>
/// Looks for what is plugged in without touching it: the kernel's lists and the names of serial ports; no bus is asked anything. What is there twice (IIO and hwmon, 1-Wire and hwmon) is found once.
/// What no source uses is said once when it comes; it is measured when a person adds its line. One loop.
/// </summary>
/// <param name="shelf">Trees.</param>
/// <param name="used">What is measured.</param>
/// <param name="logger">One line for each thing that comes.</param>
internal sealed class PortScan(ProbeShelf shelf, ImmutableArray<SourceOptions> used, ILogger logger)
{
    private HashSet<string> before = [];

    /// <summary>How many things are plugged in and not used.</summary>
    public HealthFact Unused => new("not_used", "1", new Words("Things plugged in that nothing is measured with", "Số thiết bị đã cắm nhưng chưa dùng để đo"), () => Look().Count);

    /// <summary>Everything plugged in, in order.</summary>
    public static IReadOnlyList<FoundPort> Find(ProbeShelf shelf)
    {
        var kernel = shelf.Kernel.Devices().Select(device => new FoundPort(device.Class == KernelClass.Iio ? "iio" : "hwmon", device.Id, KernelQuirks.Model(device.Name)));
        var thermometers = shelf.OneWire.Ids().Select(id => new FoundPort(SourceKinds.Ds18b20, id, "DS18B20"));
        return [.. thermometers, .. kernel, .. SerialNames(shelf.SerialFolder).Select(name => new FoundPort("serial", name, name))];
    }

    /// <summary>What is plugged in and not used; what has come since the last look is said in the log.</summary>
    public IReadOnlyList<FoundPort> Look()
    {
        var unused = Find(shelf).Where(found => !used.Any(source => Uses(source, found))).ToList();
        foreach (var found in unused.Where(found => !before.Contains(found.Line)))
        {
            PortLog.Found(logger, found.Description, found.Line);
        }

        before = [.. unused.Select(found => found.Line)];
        return unused;
    }

    private bool Uses(SourceOptions source, FoundPort found) => found.Kind == "serial"
        ? source.Kind is not (SourceKinds.Replay or "gpsd") && source.Serial.Length + source.Path.Length > 0 && IsSamePort(SerialKinds.PathOf(source), Path.Combine(shelf.SerialFolder, found.Serial))
        : source.Kind == found.Kind && (source.Serial.Length == 0 || source.Serial == found.Serial || KernelQuirks.Model(source.Serial) == found.Description);

    /// <summary>A port may be named by its link or by what the link leads to.</summary>
    private static bool IsSamePort(string one, string other) => one == other || Target(one) == Target(other);

    private static string Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static IReadOnlyList<string> SerialNames(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

internal static partial class PortLog
{
    [LoggerMessage(EventId = 2050, Level = LogLevel.Information, Message = "Found, not used: {What}; to measure with it add to Sources: {Line}")]
    public static partial void Found(ILogger logger, string what, string line);
}
