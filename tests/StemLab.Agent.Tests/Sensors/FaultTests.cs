using StemLab.Agent.Sensors.Ads1115;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Ina219;
using StemLab.Agent.Sensors.Kernel;
using StemLab.Agent.Sensors.Sensirion;

namespace StemLab.Agent.Sensors;

/// <summary>
/// A bad day for every drawer at once, drawn by a seed: probes pulled and put back, a bus that is noisy, stuck or gone, power lost, files that vanish, checksums that are wrong.
/// Two laws hold at every reading: a value is the true one, and where there is none a sentence in both languages says why.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private const string Thermometer = "28-0000075f1a2b";
    private readonly FakeKernel kernel;
    private readonly FakeOneWire wire = new();
    private readonly Dictionary<IProbe, double[]> truth = [];
    private EzoBench? bench;
    private Ads1115Chip? converter;
    private OneWireTree? tree;

    public FaultTests() => kernel = new FakeKernel(wire.Sysfs);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Nothing_is_invented_and_nothing_is_silently_skipped(int seed)
    {
        var random = new Random(seed);
        bench = new EzoBench(seed);
        await OpenAllAsync();
        var chips = bench.Wire.Chips.ToDictionary();
        var node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        var raw = 0;
        for (var step = 0; step < 120; step++)
        {
            Spoil(random, chips, ref node);
            bench.Time.Advance(TimeSpan.FromSeconds(1.5));
            foreach (var (probe, values) in truth)
            {
                var readings = await bench.ReadAsync(probe);
                foreach (var reading in readings)
                {
                    var where = $"seed {seed}, step {step}, {probe.Description.Name}: {reading}";
                    raw += reading.Status == ReadStatus.Raw ? 1 : 0;
                    Assert.True(reading.Status == ReadStatus.Missing || reading.Value == values[reading.Output], where);
                    Assert.True(reading.Status == ReadStatus.Raw || Words(probe) is { En.Length: > 10, Vi.Length: > 10 }, where + " and nobody says why");
                }
            }
        }

        Assert.InRange(raw, 100, 120 * 9);

        // And when the day is over all is well again, by itself.
        (bench.Wire.NakRate, bench.Wire.IsStuck, bench.Wire.IsGone) = (0, false, false);
        foreach (var (address, chip) in chips)
        {
            bench.Wire.Chips[address] = chip;
        }

        wire.Plug(Thermometer, 20_000);
        node ??= kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        for (var i = 0; i < 4; i++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(31));
            foreach (var probe in truth.Keys)
            {
                await bench.ReadAsync(probe);
            }
        }

        foreach (var (probe, values) in truth)
        {
            Assert.Equal(values, (await bench.ReadAsync(probe)).Select(reading => reading.Value));
        }

        Assert.Empty(bench.Ground.Troubles.Now);
        Assert.Equal(0, bench.Changes);
        Assert.Equal(0, bench.Wire.TwoAtOnce);
    }

    public void Dispose()
    {
        converter?.Dispose();
        tree?.Dispose();
        bench?.Dispose();
        wire.Dispose();
    }

    private Words? Words(IProbe probe) =>
        bench!.Ground.Troubles.Now.FirstOrDefault(trouble => trouble.Probe == probe.Description.Name)?.Words;

    private async Task OpenAllAsync()
    {
        bench!.Plug("ezo-ph").Values = [7.123];
        truth.Add(await bench.OpenAsync("ezo-ph"), [7.123]);
        bench.Plug("ezo-do").Values = [6.85];
        truth.Add(await bench.OpenAsync("ezo-do"), [6.85]);

        var adc = new Ads1115Tests.SimulatedAds1115(bench.Time);
        adc.Volts["0"] = 1.5;
        bench.Wire.Chips[0x48] = adc;
        converter = new Ads1115Chip(bench.Bus, 0x48, bench.Time);
        truth.Add(new Ads1115Probe(converter, new Ads1115Settings(AnalogBoard.All[1], "0", Ads1115Range.All[1], "analog", TimeSpan.FromSeconds(1)), bench.Ground), [1.5]);

        bench.Wire.Chips[Ina219Probe.FactoryAddress] = new Ina219Tests.SimulatedIna219();
        truth.Add(new Ina219Probe(bench.Bus, Ina219Probe.FactoryAddress, "battery", TimeSpan.FromSeconds(1), bench.Ground), [11.98, 0.2]);

        var carbon = CarbonDioxideModel.All[0];
        bench.Wire.Chips[carbon.Address] = new CarbonDioxideTests.SimulatedSensirion(carbon, [0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C]) { IsReady = true };
        truth.Add(await bench.RunAsync(CarbonDioxideProbe.OpenAsync(carbon, bench.Bus, "co2", TimeSpan.FromSeconds(5), bench.Ground, TestContext.Current.CancellationToken).AsTask()), [500, 25.003, 37.002]);

        kernel.Unplug(kernel.PlugIio("1-0077", "bmp280", ("in_temp_input", "1\n")));
        var air = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        truth.Add(KernelProbe.Open(new KernelTree(wire.Sysfs), new KernelSettings(KernelClass.Iio, "1-0076", "air", TimeSpan.FromSeconds(1), []), bench.Ground), [25.08]);
        kernel.Unplug(air);

        tree = new OneWireTree(wire.Sysfs);
        wire.Plug(Thermometer, 20_000);
        truth.Add(new Ds18b20Probe(tree, Thermometer, "water", TimeSpan.FromSeconds(1), bench.Ground), [20]);
    }

    /// <summary>One mishap, or the end of one. Flipped bits are a day of their own (EzoFaultTests): a chip without a checksum cannot know them.</summary>
    private void Spoil(Random random, Dictionary<int, I2c.SimulatedChip> chips, ref string? node)
    {
        var bus = bench!.Wire;
        switch (random.Next(12))
        {
            case 0:
                bus.NakRate = random.Next(2) * 0.3;
                break;
            case 1:
                bus.IsStuck = random.Next(3) == 0;
                break;
            case 2:
                bus.IsGone = random.Next(3) == 0;
                break;
            case 3:
                bus.Chips.TryRemove(chips.Keys.Order().ElementAt(random.Next(chips.Count)), out _);
                break;
            case 4:
                foreach (var (address, chip) in chips)
                {
                    bus.Chips[address] = chip;
                }

                break;
            case 5:
                ((SimulatedEzo)chips[EzoModel.Find("ezo-do")!.FactoryAddress]).LosePower();
                break;
            case 6:
                ((SimulatedEzo)chips[EzoModel.Find("ezo-ph")!.FactoryAddress]).Sleep();
                break;
            case 7 when node is not null:
                kernel.Unplug(node);
                node = null;
                break;
            case 8:
                node ??= kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
                break;
            case 9:
                wire.Plug(Thermometer, random.Next(2) == 0 ? 85_000 : 127_937);
                break;
            case 10:
                wire.Plug(Thermometer, 20_000);
                break;
            case 11:
                ((Ina219Tests.SimulatedIna219)chips[Ina219Probe.FactoryAddress]).Config = 0x399F;
                break;
            default:
                break;
        }
    }
}
