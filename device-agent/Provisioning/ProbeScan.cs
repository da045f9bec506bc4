using System.Collections.Immutable;
using System.Globalization;
using StemLab.Agent.Operations;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Wire.V1;

namespace StemLab.Agent.Provisioning;

/// <summary>What is plugged in, as a board tells its hub when it knocks, and back. Stateless.</summary>
internal static class ProbeScan
{
    /// <summary>What can be seen without asking a bus anything: what the kernel drives, and 1-Wire thermometers.</summary>
    public static async Task<ImmutableArray<DetectedProbe>> PluggedAsync(ProbeShelf shelf, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<DetectedProbe>();
        foreach (var id in shelf.OneWire.Exists ? shelf.OneWire.Ids() : [])
        {
            var reading = await shelf.OneWire.ReadAsync(id, null, cancellationToken);
            found.Add(new DetectedProbe
            {
                Kind = SourceKinds.Ds18b20,
                Serial = id,
                Description = reading.Missing == MissingReason.Unspecified ? string.Create(CultureInfo.InvariantCulture, $"DS18B20, {reading.Celsius:0.0} °C") : $"DS18B20, {reading.Trouble}",
            });
        }

        found.AddRange(PortScan.Find(shelf).Where(port => port.Kind is "iio" or "hwmon").Select(port => new DetectedProbe { Kind = port.Kind, Serial = port.Serial, Description = port.Description }));
        return found.ToImmutable();
    }

    /// <summary>
    /// Asks every bus which EZO circuits are there; a bus that cannot be read shows nothing. Only when a person wants it: other chips share their addresses. Addresses in use are left alone.
    /// </summary>
    public static async Task<ImmutableArray<DetectedProbe>> AskAsync(ProbeShelf shelf, ImmutableArray<SourceOptions> used, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<DetectedProbe>();
        foreach (var number in shelf.BusNumbers())
        {
            try
            {
                var free = EzoScan.FactoryAddresses.Except(used.Where(source => source.Bus == number).Select(source => source.AddressOrDefault()));
                foreach (var board in await EzoScan.FindAsync(shelf.Bus(number), free, time, cancellationToken))
                {
                    if (EzoModel.OfType(board.Type) is { } model)
                    {
                        found.Add(new DetectedProbe { Kind = model.Kind, Bus = (uint)number, Address = (uint)board.Address, Description = $"EZO {board.Type}, firmware {board.Firmware}" });
                    }
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
            {
                // Not ours to open: the hub is told what the other buses show.
            }
        }

        return found.ToImmutable();
    }

    /// <summary>What is measured of what a person confirmed; a kind this agent does not know is left out, and so is what does not go together.</summary>
    public static ImmutableArray<SourceOptions> SourcesOf(IEnumerable<DetectedProbe> confirmed)
    {
        var sources = ImmutableArray.CreateBuilder<SourceOptions>();
        foreach (var probe in confirmed)
        {
            var source = new SourceOptions { Kind = probe.Kind, Bus = probe.Kind == SourceKinds.Ds18b20 ? 1 : (int)Math.Min(probe.Bus, 255), Address = (int)Math.Min(probe.Address, 127), Serial = probe.Serial };
            source = source.Kind.StartsWith("ezo-", StringComparison.Ordinal) ? source with { Serial = "" } : source;
            if (!source.Problems("").Any() && !SourceKinds.Problems([.. sources, source]).Any())
            {
                sources.Add(source);
            }
        }

        return sources.ToImmutable();
    }
}
