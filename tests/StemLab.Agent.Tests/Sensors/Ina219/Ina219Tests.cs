using System.Buffers.Binary;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ina219;

/// <summary>Voltage and current of a supply, with the registers of the datasheet's example.</summary>
public sealed class Ina219Tests : IDisposable
{
    private readonly EzoBench bench = new();
    private readonly SimulatedIna219 chip = new();

    public Ina219Tests() => bench.Wire.Chips[Ina219Probe.FactoryAddress] = chip;

    [Fact]
    public async Task The_datasheets_example_is_11_98_volts_and_20_millivolts_over_the_resistor()
    {
        await using var probe = new Ina219Probe(bench.Bus, Ina219Probe.FactoryAddress, "battery", TimeSpan.FromSeconds(1), bench.Ground);
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
        Assert.Equal([11.98, 0.2], (await bench.ReadAsync(probe)).Select(reading => reading.Value));
        Assert.Empty(bench.Ground.Troubles.Now);
        chip.Shunt = -2000;
        Assert.Equal(-0.2, (await bench.ReadAsync(probe))[1].Value);
        chip.Shunt = 32_000;
        var readings = await bench.ReadAsync(probe);
        Assert.Equal((11.98, MissingReason.OutOfRange), (readings[0].Value, readings[1].Missing));
    }

    [Fact]
    public async Task One_that_lost_its_supply_is_set_anew_before_it_is_believed()
    {
        await using var probe = new Ina219Probe(bench.Bus, Ina219Probe.FactoryAddress, "battery", TimeSpan.FromSeconds(1), bench.Ground);
        await bench.ReadAsync(probe);
        chip.Config = 0x399F;
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
        Assert.Equal(0x3EEF, chip.Config);
        Assert.Equal(11.98, (await bench.ReadAsync(probe))[0].Value);
        bench.Wire.Chips.Clear();
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Absent, reading.Missing));
    }

    public void Dispose() => bench.Dispose();

    internal sealed class SimulatedIna219 : SimulatedChip
    {
        private int pointer;

        public ushort Config { get; set; } = 0x399F;

        public short Shunt { get; set; } = 0x07D0;

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            pointer = bytes[0];
            if (bytes.Length == 3)
            {
                Config = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            }
        }

        public override void Read(Span<byte> into) => BinaryPrimitives.WriteUInt16BigEndian(into, pointer switch { 0 => Config, 1 => (ushort)Shunt, _ => 0x5D98 });
    }
}
