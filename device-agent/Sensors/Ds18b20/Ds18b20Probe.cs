using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>A DS18B20 thermometer by the kernel's w1_therm driver. It may come and go. One reader.</summary>
internal sealed class Ds18b20Probe : IProbe
{
    private readonly OneWireTree tree;
    private readonly string serial;
    private readonly TroubleLine trouble;
    private double? before;

    /// <param name="tree">Shared by all probes.</param>
    /// <param name="serial">28-xxxxxxxxxxxx; empty = the only one there is.</param>
    /// <param name="port">Port of its input.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public Ds18b20Probe(OneWireTree tree, string serial, string port, TimeSpan interval, Ground ground)
    {
        (this.tree, this.serial) = (tree, serial);
        var name = $"{port} (DS18B20 {(serial.Length > 0 ? serial : "alone on the wire")})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [new OutputDescription(port, "water_temperature", "Cel") { ProbeModel = "DS18B20", ProbeSerial = serial }]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        var reading = Which(out var id) is { } problem ? problem : await tree.ReadAsync(id, before, cancellationToken);
        if (reading.Missing == MissingReason.Unspecified)
        {
            before = reading.Celsius;
            trouble.Over();
            into.Span[0] = RawReading.Of(0, reading.Celsius);
            return;
        }

        trouble.Say(reading.Trouble);
        into.Span[0] = RawReading.Without(0, reading.Missing);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Ds18b20Reading? Which(out string id)
    {
        id = serial;
        if (serial.Length > 0)
        {
            return null;
        }

        var ids = tree.Ids();
        id = ids.Count == 1 ? ids[0] : "";
        return ids.Count switch
        {
            0 => Ds18b20Reading.Without(MissingReason.Absent, "there is no DS18B20 on the wire", "không có DS18B20 nào trên dây"),
            1 => null,
            _ => Ds18b20Reading.Without(MissingReason.Fault, $"there are several ({string.Join(", ", ids)}): give each a source with its Serial", $"có nhiều chiếc ({string.Join(", ", ids)}): hãy khai báo từng chiếc với Serial của nó"),
        };
    }
}
