using StemLab.Agent.Operations;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.IotBindings;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Iot;

/// <summary>A driver that does its own transfers is a probe like any other; a build without the package says so in a sentence.</summary>
public sealed class IotProbeTests : IDisposable
{
    private static readonly IotDevice Thermometer = new("iot-test", 0x18, [("air_temperature", "Cel"), ("relative_humidity", "%")]);
    private readonly EzoBench bench = new();
    private int starts;
    private Exception? throws;

    [Fact]
    public async Task A_driver_reads_a_device_on_the_bus_and_is_started_anew_after_it_was_away()
    {
        bench.Wire.Chips[0x18] = new Chip();
        await using var probe = Probe();
        var readings = await bench.ReadAsync(probe);
        Assert.Equal((21.5, MissingReason.Fault), (readings[0].Value, readings[1].Missing));
        await bench.ReadAsync(probe);
        Assert.Equal(1, starts);
        bench.Wire.Chips.Clear();
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Absent, reading.Missing));
        bench.Wire.Chips[0x18] = new Chip();
        Assert.Equal(21.5, (await bench.ReadAsync(probe))[0].Value);
        Assert.Equal(2, starts);
    }

    [Fact]
    public async Task What_a_driver_throws_of_its_own_is_a_fault_with_its_words()
    {
        bench.Wire.Chips[0x18] = new Chip();
        throws = new InvalidOperationException("not this chip");
        await using var probe = Probe();
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
        Assert.Contains("not this chip", Assert.Single(bench.Ground.Troubles.Now).Words.En, StringComparison.Ordinal);
        throws = null;
        Assert.Equal(21.5, (await bench.ReadAsync(probe))[0].Value);
        Assert.Empty(bench.Ground.Troubles.Now);
    }

    [Fact]
    public void A_build_without_the_package_refuses_the_kinds_with_how_to_get_it()
    {
        var problems = new SourceOptions { Kind = "iot-sht4x" }.Problems("Sources[0]").ToList();
        if (IotDevices.IsBuiltIn)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains("-p:StemLabIotBindings=true", Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    public void Dispose() => bench.Dispose();

    private IotProbe Probe() => new(
        Thermometer,
        device =>
        {
            starts++;
            return new IotReader(
                () =>
                {
                    var raw = device!.ReadByte();
                    return throws is null ? [raw / 2.0, null] : throw throws;
                },
                []);
        },
        IotPlace.On(bench.Bus, 0x18), "air", TimeSpan.FromSeconds(1), bench.Ground);

    private sealed class Chip : SimulatedChip
    {
        public override void Write(ReadOnlySpan<byte> bytes)
        {
        }

        public override void Read(Span<byte> into) => into.Fill(43);
    }
}
