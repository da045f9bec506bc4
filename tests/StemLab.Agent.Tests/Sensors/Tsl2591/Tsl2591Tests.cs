using System.Buffers.Binary;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Tsl2591;

/// <summary>From starlight to the sun the gain fits, and what lies beyond is no value.</summary>
public sealed class Tsl2591Tests : IDisposable
{
    private readonly EzoBench bench = new();
    private readonly SimulatedTsl2591 chip = new();

    public Tsl2591Tests() => bench.Wire.Chips[Tsl2591Probe.Address] = chip;

    [Theory]
    [InlineData(0.02)]
    [InlineData(30)]
    [InlineData(500)]
    [InlineData(60_000)]
    public async Task Lux_are_right_at_every_gain(double lux)
    {
        chip.Lux = lux;
        await using var probe = new Tsl2591Probe(bench.Bus, "light", TimeSpan.FromSeconds(1), bench.Ground);
        for (var i = 0; i < 2; i++)
        {
            Assert.InRange((await bench.ReadAsync(probe))[0].Value, lux * 0.98, lux * 1.02);
        }
    }

    [Fact]
    public async Task More_than_the_sun_is_out_of_range_and_darkness_is_zero()
    {
        await using var probe = new Tsl2591Probe(bench.Bus, "light", TimeSpan.FromSeconds(1), bench.Ground);
        chip.Lux = 500_000;
        Assert.Equal(MissingReason.OutOfRange, (await bench.ReadAsync(probe))[0].Missing);
        chip.Lux = 0;
        await bench.ReadAsync(probe);
        Assert.Equal(RawReading.Of(0, 0), (await bench.ReadAsync(probe))[0]);
    }

    [Fact]
    public async Task Another_chip_at_its_address_is_not_believed_and_a_pulled_one_is_absent()
    {
        await using var probe = new Tsl2591Probe(bench.Bus, "light", TimeSpan.FromSeconds(1), bench.Ground);
        chip.Id = 0x0A;
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        bench.Wire.Chips.Clear();
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
    }

    public void Dispose() => bench.Dispose();

    /// <summary>Registers of the datasheet; a fifth of the light is infrared.</summary>
    private sealed class SimulatedTsl2591 : SimulatedChip
    {
        private const double InfraredShare = 0.2;
        private readonly byte[] registers = new byte[32];
        private int pointer;

        public double Lux { get; set; }

        public byte Id { get; set; } = 0x50;

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            Assert.Equal(0xA0, bytes[0] & 0xE0);
            pointer = bytes[0] & 0x1F;
            if (bytes.Length == 2)
            {
                registers[pointer] = bytes[1];
            }
        }

        public override void Read(Span<byte> into)
        {
            registers[0x12] = Id;
            var gain = registers[1] switch { 0x00 => 1, 0x10 => 24.5, 0x20 => 400, _ => 9_200.0 };
            var full = Lux * 100 * gain / 408 / ((1 - InfraredShare) * (1 - InfraredShare));
            BinaryPrimitives.WriteUInt16LittleEndian(registers.AsSpan(0x14), (ushort)Math.Min(36_863, Math.Round(full)));
            BinaryPrimitives.WriteUInt16LittleEndian(registers.AsSpan(0x16), (ushort)Math.Min(36_863, Math.Round(full * InfraredShare)));
            registers.AsSpan(pointer, into.Length).CopyTo(into);
        }
    }
}
