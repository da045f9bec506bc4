using System.Buffers.Binary;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ads1115;

/// <summary>A converter gives the voltage at its pins, each probe its own, and says when it cannot.</summary>
public sealed class Ads1115Tests : IDisposable
{
    private readonly EzoBench bench = new(7);
    private readonly SimulatedAds1115 adc;
    private readonly Ads1115Chip chip;

    public Ads1115Tests()
    {
        bench.Wire.Chips[0x48] = adc = new SimulatedAds1115(bench.Time);
        chip = new Ads1115Chip(bench.Bus, 0x48, bench.Time);
    }

    [Theory]
    [InlineData("0", 4.096, 1.5, 1.5)]
    [InlineData("3", 6.144, 4.2, 4.2)]
    [InlineData("0-1", 0.256, -0.0123, -0.012296875)]
    public async Task The_voltage_at_the_pin_is_given_in_whole_steps(string input, double range, double volts, double expected)
    {
        adc.Volts[input] = volts;
        await using var probe = Probe("ads1115", input, range, 1);
        Assert.Equal(expected, (await bench.ReadAsync(probe))[0].Value);
        Assert.Equal(("voltage", "V", FormattableString.Invariant($"ads1115, input {input}, range {range} V, mean of 10")), (probe.Description.Outputs[0].Quantity, probe.Description.Outputs[0].UnitUcum, probe.Description.Outputs[0].BoardSettings));
    }

    [Fact]
    public async Task Mains_hum_of_50_and_of_60_hertz_averages_away()
    {
        foreach (var hertz in new[] { 50, 60 })
        {
            adc.Hum = (0.2, hertz);
            adc.Volts["0"] = 1.5;
            await using var probe = Probe("analog-ph", "0", 4.096, 1);
            Assert.InRange((await bench.ReadAsync(probe))[0].Value, 1.497, 1.503);
        }
    }

    [Fact]
    public async Task Probes_at_one_converter_do_not_take_each_others_results()
    {
        var probes = Ads1115Settings.Inputs.Skip(4).Select((input, i) =>
        {
            adc.Volts[input] = i + 0.5;
            return Probe("ads1115", input, 4.096, 0.1);
        }).ToList();
        for (var round = 0; round < 5; round++)
        {
            var readings = await Task.WhenAll(probes.Select(async probe => (await bench.ReadAsync(probe))[0].Value));
            Assert.Equal([0.5, 1.5, 2.5, 3.5], readings);
        }

        Assert.Equal((0, 0), (adc.ReadTooEarly, bench.Wire.TwoAtOnce));
    }

    [Fact]
    public async Task More_than_full_scale_is_out_of_range_with_what_to_do()
    {
        adc.Volts["1"] = 4.5;
        await using var probe = Probe("analog-turbidity", "1", 4.096, 1);
        Assert.Equal(MissingReason.OutOfRange, (await bench.ReadAsync(probe))[0].Missing);
        var words = Assert.Single(bench.Ground.Troubles.Now).Words;
        Assert.Contains("greater Range", words.En, StringComparison.Ordinal);
        Assert.Contains("chia áp", words.Vi, StringComparison.Ordinal);
        adc.Volts["1"] = 4;
        Assert.Equal(4, (await bench.ReadAsync(probe))[0].Value);
        Assert.Empty(bench.Ground.Troubles.Now);
    }

    [Fact]
    public async Task Pulled_stuck_noisy_or_owned_by_the_kernel_it_gives_nothing_false()
    {
        adc.Volts["0"] = 1.5;
        await using var probe = Probe("ads1115", "0", 4.096, 1);
        bench.Wire.NakRate = 0.3;
        for (var i = 0; i < 50; i++)
        {
            var reading = (await bench.ReadAsync(probe))[0];
            Assert.True(reading is { Status: ReadStatus.Raw, Value: 1.5 } or { Missing: MissingReason.Absent }, $"seed 7: {reading}");
        }

        bench.Wire.NakRate = 0;
        bench.Wire.Chips.TryRemove(0x48, out _);
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
        bench.Wire.Chips[0x48] = adc;
        bench.Wire.IsStuck = true;
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        bench.Wire.IsStuck = false;
        bench.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1.5, (await bench.ReadAsync(probe))[0].Value);
        Directory.CreateDirectory(Path.Combine(bench.Sysfs, "bus/i2c/devices/1-0048/driver"));
        var transfers = bench.Wire.Transfers;
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Equal(transfers, bench.Wire.Transfers);
    }

    public void Dispose()
    {
        chip.Dispose();
        bench.Dispose();
    }

    private Ads1115Probe Probe(string kind, string input, double range, double seconds) => new(
        chip,
        new Ads1115Settings(AnalogBoard.All.Single(board => board.Kind == kind), input, Ads1115Range.All.Single(r => r.Volts == range), $"{kind}-{input}", TimeSpan.FromSeconds(seconds)),
        bench.Ground);

    /// <summary>The converter of datasheet SBAS444: a write of the config register starts one conversion, the result stands in register 0 after 1/860 s.</summary>
    internal sealed class SimulatedAds1115(Microsoft.Extensions.Time.Testing.FakeTimeProvider time) : SimulatedChip
    {
        private readonly byte[] result = new byte[2];
        private int pointer;
        private DateTimeOffset readyAt;

        public Dictionary<string, double> Volts { get; } = [];

        public (double Volts, double Hertz) Hum { get; set; }

        public int ReadTooEarly { get; private set; }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            pointer = bytes[0];
            if (bytes.Length != 3 || pointer != 1)
            {
                return;
            }

            var config = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            Assert.Equal(0x8103 | 0xE0, config & 0x81E3);
            var fullScale = Ads1115Range.All[(config >> 9) & 7].Volts;
            var seconds = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds % 1;
            var volts = Volts.GetValueOrDefault(Ads1115Settings.Inputs[(config >> 12) & 7]) + (Hum.Volts * Math.Sin(2 * Math.PI * Hum.Hertz * seconds));
            BinaryPrimitives.WriteInt16BigEndian(result, (short)Math.Clamp(Math.Round(volts / fullScale * 32768), short.MinValue, short.MaxValue));
            readyAt = time.GetUtcNow() + TimeSpan.FromSeconds(1 / 860.0);
        }

        public override void Read(Span<byte> into)
        {
            ReadTooEarly += time.GetUtcNow() < readyAt ? 1 : 0;
            (pointer == 0 ? result : new byte[2]).CopyTo(into);
        }
    }
}
