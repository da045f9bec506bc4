using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Kernel;

namespace StemLab.Agent.Operations;

/// <summary>What is plugged in is said, with lines that agent.json takes as they are.</summary>
public sealed class DetectionTests : IDisposable
{
    private readonly EzoBench bench = new();
    private readonly FakeOneWire wire = new();

    [Fact]
    public async Task What_is_found_can_be_pasted_and_measured()
    {
        bench.Plug("ezo-ph");
        bench.Plug("ezo-rtd");
        bench.Wire.Chips[0x50] = new SimulatedEzo("EC", bench.Time);
        bench.Wire.Chips[0x62] = new SimulatedEzo("ORP", bench.Time);
        wire.Plug("28-0000075f1a2b", 25_062);
        using var kernel = new FakeKernel(wire.Sysfs);
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"), ("in_humidityrelative_input", "46041\n"));
        Directory.CreateDirectory(Path.Combine(wire.Sysfs, "class/i2c-dev/i2c-1"));
        var (code, text) = await DetectAsync(0x50);
        Assert.Equal(0, code);
        Assert.Contains("99 (0x63)  EZO pH, firmware 2.15", text, StringComparison.Ordinal);
        Assert.Contains("98 (0x62)  EZO ORP, firmware 2.15", text, StringComparison.Ordinal);
        Assert.Contains("28-0000075f1a2b  DS18B20, 25.062 °C", text, StringComparison.Ordinal);
        Assert.Contains("1-0076  BME280: humidityrelative, temp", text, StringComparison.Ordinal);
        var sources = text[text.IndexOf("\"Sources\"", StringComparison.Ordinal)..];
        var options = AgentConfiguration.Read($$"""{ "AgentId": "0123456789abcdef0123456789abcdef", "Token": "x", {{sources}} }""", null, out var problems);
        Assert.Empty(problems);
        Assert.Equal(["ezo-ec-i2c1-80", "ezo-orp-i2c1-98", "ezo-ph-i2c1-99", "ezo-rtd-i2c1-102", "ds18b20-28-0000075f1a2b", "iio-1-0076"], options.Sources.Select(source => source.PortOrDefault()));
    }

    [Fact]
    public async Task Where_nothing_is_it_says_how_to_switch_it_on()
    {
        Directory.Delete(Path.Combine(wire.Sysfs, "bus"), recursive: true);
        var (code, text) = await DetectAsync();
        Assert.Equal(0, code);
        Assert.Contains("dtparam=i2c_arm=on", text, StringComparison.Ordinal);
        Assert.Contains("dtoverlay=w1-gpio", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sources", text, StringComparison.Ordinal);
        Assert.Equal(2, (await DetectAsync(300)).Code);
    }

    public void Dispose()
    {
        bench.Dispose();
        wire.Dispose();
    }

    private async Task<(int Code, string Text)> DetectAsync(params int[] more)
    {
        using var shelf = new ProbeShelf(bench.Wire.Open, wire.Sysfs, bench.Time, NullLoggerFactory.Instance);
        var output = new StringWriter();
        var code = await bench.RunAsync(Detection.RunAsync(shelf, null, more, bench.Time, output, TestContext.Current.CancellationToken));
        return (code, output.ToString());
    }
}
