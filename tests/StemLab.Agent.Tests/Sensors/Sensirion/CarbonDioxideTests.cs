using System.Buffers.Binary;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Sensirion;

/// <summary>CO2 chips are started, read with the datasheets' own examples, and never believed with a wrong checksum.</summary>
public sealed class CarbonDioxideTests : IDisposable
{
    private readonly EzoBench bench = new(11);

    [Fact]
    public void The_checksum_is_the_datasheets() => Assert.Equal(0x92, SensirionChip.Crc([0xBE, 0xEF]));

    [Theory]
    [InlineData("scd4x", new byte[] { 0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C }, 500, 25.003, 37.002)]
    [InlineData("scd30", new byte[] { 0x43, 0xDB, 0xCB, 0x8C, 0x2E, 0x8F, 0x41, 0xD9, 0x70, 0xE7, 0xFF, 0xF5, 0x42, 0x43, 0xBF, 0x3A, 0x1B, 0x74 }, 439.0952, 27.2383, 48.8067)]
    public async Task The_datasheets_example_is_read(string kind, byte[] bytes, double co2, double celsius, double humidity)
    {
        var chip = Plug(kind, bytes);
        await using var probe = await OpenAsync(kind);
        Assert.Equal(["co2 [ppm]", "air_temperature Cel", "relative_humidity %"], probe.Description.Outputs.Select(output => $"{output.Quantity} {output.UnitUcum}"));
        chip.IsReady = true;
        Assert.Equal([co2, celsius, humidity], (await bench.ReadAsync(probe)).Select(reading => reading.Value));
        Assert.True(chip.IsMeasuring);
        Assert.Equal(0, chip.AskedWhileMeasuring);
    }

    [Fact]
    public async Task A_wrong_checksum_is_a_fault_and_counted()
    {
        var chip = Plug("scd4x", [0x01, 0xF4, 0x34, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C]);
        await using var probe = await OpenAsync("scd4x");
        chip.IsReady = true;
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
        Assert.Equal(1, probe.Health.Single().Read());
        Assert.Contains("checksum", Assert.Single(bench.Ground.Troubles.Now).Words.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_pulled_and_put_back_is_started_again_and_one_set_otherwise_is_declared_anew()
    {
        var chip = Plug("scd4x", [0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C]);
        await using var probe = await OpenAsync("scd4x");
        chip.IsReady = true;
        bench.Wire.Chips.TryRemove(0x62, out _);
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Absent, reading.Missing));
        bench.Wire.Chips[0x62] = chip;
        chip.IsMeasuring = false;
        Assert.Equal(500, (await bench.ReadAsync(probe))[0].Value);
        Assert.Equal(0, bench.Changes);
        bench.Wire.Chips.TryRemove(0x62, out _);
        await bench.ReadAsync(probe);
        bench.Wire.Chips[0x62] = chip;
        chip.Altitude = 1500;
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.NotCollected, reading.Missing));
        Assert.Equal(1, bench.Changes);
    }

    [Fact]
    public async Task One_that_has_nothing_new_for_long_is_said_and_started_again()
    {
        var chip = Plug("scd30", new byte[18]);
        await using var probe = await OpenAsync("scd30");
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
        Assert.Contains("nothing new", Assert.Single(bench.Ground.Troubles.Now).Words.En, StringComparison.Ordinal);
        chip.IsReady = true;
        Assert.All(await bench.ReadAsync(probe), reading => Assert.Equal(MissingReason.Fault, reading.Missing));
    }

    [Fact]
    public async Task On_a_noisy_bus_nothing_but_the_true_value_is_given()
    {
        var chip = Plug("scd4x", [0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C]);
        await using var probe = await OpenAsync("scd4x");
        chip.IsReady = true;
        (bench.Wire.NakRate, bench.Wire.GlitchRate) = (0.2, 0.1);
        for (var i = 0; i < 100; i++)
        {
            var reading = (await bench.ReadAsync(probe))[0];
            Assert.True(reading.Status == ReadStatus.Missing || reading.Value == 500, $"seed 11: {reading}");
        }
    }

    public void Dispose() => bench.Dispose();

    private SimulatedSensirion Plug(string kind, byte[] reading)
    {
        var model = CarbonDioxideModel.All.Single(model => model.Kind == kind);
        var chip = new SimulatedSensirion(model, reading);
        bench.Wire.Chips[model.Address] = chip;
        return chip;
    }

    private Task<CarbonDioxideProbe> OpenAsync(string kind) => bench.RunAsync(CarbonDioxideProbe.OpenAsync(
        CarbonDioxideModel.All.Single(model => model.Kind == kind), bench.Bus, kind, TimeSpan.FromSeconds(5), bench.Ground, TestContext.Current.CancellationToken).AsTask());

    /// <summary>A chip that answers the commands of its model, each word with its checksum.</summary>
    internal sealed class SimulatedSensirion(CarbonDioxideModel model, byte[] reading) : SimulatedChip
    {
        private byte[] answer = [];

        public bool IsReady { get; set; }

        public bool IsMeasuring { get; set; }

        public ushort Altitude { get; set; } = 3;

        public int AskedWhileMeasuring { get; private set; }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            var command = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (bytes.Length == 5)
            {
                Assert.Equal(SensirionChip.Crc(bytes.Slice(2, 2)), bytes[4]);
            }

            if (command == model.Stop)
            {
                IsMeasuring = false;
            }
            else if (command == model.Start.Command)
            {
                IsMeasuring = true;
            }
            else if (command == model.Ready)
            {
                answer = Word((ushort)(IsReady && IsMeasuring ? 1 : 0x8000 & ~model.ReadyMask));
            }
            else if (command == model.Read)
            {
                answer = reading;
            }
            else
            {
                AskedWhileMeasuring += IsMeasuring && model.Stop is not null ? 1 : 0;
                answer = Word(model.Questions.Single(question => question.Command == command).Name == "altitude" ? Altitude : (ushort)2);
            }
        }

        public override void Read(Span<byte> into) => answer.AsSpan(0, into.Length).CopyTo(into);

        private static byte[] Word(ushort value)
        {
            byte[] bytes = [(byte)(value >> 8), (byte)value];
            return [.. bytes, SensirionChip.Crc(bytes)];
        }
    }
}
