using System.Collections.Immutable;
using System.Device.Gpio;
using System.Device.I2c;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations.Kinds;
using StemLab.Agent.Machine;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Ads1115;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Health;
using StemLab.Agent.Sensors.I2c;
using StemLab.Agent.Sensors.Kernel;
using StemLab.Agent.Sensors.Replay;

namespace StemLab.Agent.Operations;

/// <summary>Takes from the drawers what the configuration asks for, and owns the buses they share. One thread.</summary>
/// <param name="openBus">Opens an I2C bus by its number; <see cref="I2cBus.Create"/> on a real machine.</param>
/// <param name="sysfsRoot">/sys, or a tree of the same shape.</param>
/// <param name="time">Clock of the drivers.</param>
/// <param name="loggers">For the drivers.</param>
internal sealed class ProbeShelf(Func<int, I2cBus> openBus, string sysfsRoot, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    /// <summary>How many intervals a temperature counts for those compensated with it, and a little for the transfer.</summary>
    private const int TemperatureKeeps = 3;
    private static readonly TimeSpan TransferTime = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, SharedBus> buses = [];
    private readonly Dictionary<(int Bus, int Address), Ads1115Chip> converters = [];
    private readonly OneWireTree tree = new(sysfsRoot);
    private readonly Ground ground = new(time, loggers.CreateLogger("StemLab.Agent.Sensors"), new Troubles(), () => { });

    /// <summary>Where Linux tells of its devices.</summary>
    public const string Sysfs = "/sys";

    /// <summary>The shelf of this machine.</summary>
    public static ProbeShelf OfThisMachine(ILoggerFactory loggers) => new(I2cBus.Create, Sysfs, TimeProvider.System, loggers);

    /// <summary>The shelf of a folder of this machine's shape.</summary>
    public static Func<ILoggerFactory, ProbeShelf> Of(DirectoryInfo root) => loggers => new(I2cBus.Create, Path.Combine(root.FullName, "sys"), TimeProvider.System, loggers);

    /// <summary>The machine it belongs to.</summary>
    public MachineTree Machine { get; } = new(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(sysfsRoot)) is { Length: > 0 } root ? root : "/");

    /// <summary>Probes and timed sources in the order of the configuration, owned by the caller; to be disposed before the shelf.</summary>
    /// <param name="sources">Without problems.</param>
    /// <param name="healthInterval">How often figures about the probes themselves are measured; zero = never.</param>
    /// <param name="onBoardChanged">Called from any thread when a board is set otherwise than its probe was declared: open all again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">A file is not there.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public async Task<(IReadOnlyList<IProbe> Probes, IReadOnlyList<ITimedSource> Sources)> OpenAsync(
        ImmutableArray<SourceOptions> sources, TimeSpan healthInterval, Action onBoardChanged, CancellationToken cancellationToken)
    {
        var timed = sources.Where(source => source.Kind == SourceKinds.Replay)
            .Select(source => (ITimedSource)FileReplay.Open(source.Path, TimeSpan.FromHours(source.UtcOffsetHours), source.Speed, time)).ToList();
        var temperatures = sources.Where(source => source.TemperatureFrom.Length > 0).Select(source => source.TemperatureFrom).Distinct()
            .ToDictionary(port => port, port => new LatestReading(
                (TemperatureKeeps * TimeSpan.FromSeconds(sources.First(source => source.PortOrDefault() == port).IntervalSeconds)) + TransferTime, time));
        var own = ground with { OnChanged = onBoardChanged };
        var heard = sources.Where(source => SourceKinds.Find(source.Kind)?.OpenSource is not null).ToList();
        ITimedSource[] speaking = await Task.WhenAll(heard.Select(source => SourceKinds.Find(source.Kind)!.OpenSource!(source, new ProbeOpening(this, null, own, cancellationToken)).AsTask()));
        var measured = sources.Where(source => SourceKinds.Find(source.Kind)?.Open is not null).ToList();
        var probes = await Task.WhenAll(measured.Select(OpenOneAsync));
        var owners = measured.Zip(probes, (source, probe) => (source.PortOrDefault(), probe.Description.Name, probe.Health))
            .Concat(heard.Zip(speaking, (source, spoken) => (source.PortOrDefault(), spoken.Description.Name, spoken.Health))).ToList();
        return (healthInterval > TimeSpan.Zero && owners.Count > 0 ? [.. probes, HealthOf(owners, new PortScan(this, sources, ground.Logger), healthInterval)] : probes, [.. timed, .. speaking]);

        async Task<IProbe> OpenOneAsync(SourceOptions source)
        {
            var probe = await SourceKinds.Find(source.Kind)!.Open!(source, new ProbeOpening(this, temperatures.GetValueOrDefault(source.TemperatureFrom), own, cancellationToken));
            return temperatures.TryGetValue(source.PortOrDefault(), out var latest) ? new OverheardProbe(probe, latest) : probe;
        }
    }

    /// <summary>A bus; the same object for the life of the shelf.</summary>
    public SharedBus Bus(int number)
    {
        if (!buses.TryGetValue(number, out var bus))
        {
            buses.Add(number, bus = new SharedBus(number, openBus, sysfsRoot, ground));
        }

        return bus;
    }

    /// <summary>A converter; the same object for all its inputs.</summary>
    public Ads1115Chip Converter(int bus, int address)
    {
        if (!converters.TryGetValue((bus, address), out var chip))
        {
            converters.Add((bus, address), chip = new Ads1115Chip(Bus(bus), address, time));
        }

        return chip;
    }

    /// <summary>The 1-Wire tree.</summary>
    public OneWireTree OneWire => tree;

    /// <summary>Devices the kernel drives.</summary>
    public KernelTree Kernel { get; } = new(sysfsRoot);

    /// <summary>Opens the machine's pins.</summary>
    public Func<GpioController> OpenPins { get; init; } = () => new GpioController();

    /// <summary>Where the system lists serial ports by the names of their adapters.</summary>
    public string SerialFolder { get; init; } = "/dev/serial/by-id";

    /// <summary>What troubles the probes now.</summary>
    public Troubles Troubles => ground.Troubles;

    /// <summary>Clock of the drivers, and of the agent that uses them.</summary>
    public TimeProvider Time => time;

    /// <summary>Numbers of the I2C buses this machine has.</summary>
    public IReadOnlyList<int> BusNumbers()
    {
        const string Prefix = "i2c-";
        var folder = Path.Combine(sysfsRoot, "class/i2c-dev");
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0).Order()];
    }

    private HealthProbe HealthOf(IEnumerable<(string Port, string Name, IReadOnlyList<HealthFact> Facts)> owners, PortScan scan, TimeSpan interval) => new(
        owners.Select(owner => (owner.Port, (IReadOnlyList<HealthFact>)[HealthProbe.InTrouble(owner.Name, ground.Troubles), .. owner.Facts]))
            .Concat(buses.Values.OrderBy(bus => bus.Number).Select(bus => (FormattableString.Invariant($"i2c-{bus.Number}"), bus.Health)))
            .Append(("ports", [scan.Unused])),
        interval);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var converter in converters.Values)
        {
            converter.Dispose();
        }

        foreach (var bus in buses.Values)
        {
            bus.Dispose();
        }

        tree.Dispose();
    }
}
