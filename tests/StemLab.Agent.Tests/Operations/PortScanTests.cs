using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Kernel;

namespace StemLab.Agent.Operations;

/// <summary>What is plugged in is found without a bus being touched, once each, by names that stay.</summary>
public sealed class PortScanTests : IDisposable
{
    private readonly EzoBench bench = new();
    private readonly FakeOneWire wire = new();
    private readonly FakeKernel kernel;
    private readonly FakeLogger log = new();

    public PortScanTests() => kernel = new FakeKernel(wire.Sysfs);

    [Fact]
    public void Things_come_and_go_and_what_no_source_uses_is_said_once()
    {
        using var shelf = Shelf();
        var scan = new PortScan(shelf, [new SourceOptions { Kind = "iio", Serial = "bme280" }, new SourceOptions { Kind = "nmea", Path = "/dev/null" }], log);
        Assert.Empty(scan.Look());
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "1\n"));
        var light = kernel.PlugIio("1-0023", "bh1750", ("in_illuminance_raw", "1\n"));
        wire.Plug("28-0000075f1a2b", 20_000);
        kernel.PlugHwmon("w1_bus_master1/28-0000075f1a2b", "w1_slave_temp", ("temp1_input", "1\n"));
        Directory.CreateDirectory(shelf.SerialFolder);
        File.CreateSymbolicLink(Path.Combine(shelf.SerialFolder, "usb-receiver"), "/dev/null");
        File.CreateSymbolicLink(Path.Combine(shelf.SerialFolder, "usb-board"), "/dev/zero");
        string[] expected = ["ds18b20 28-0000075f1a2b", "iio 1-0023", "serial usb-board"];
        Assert.Equal(expected, scan.Look().Select(found => $"{found.Kind} {found.Serial}"));
        Assert.Equal(3, scan.Unused.Read());
        Assert.Equal(3, log.Collector.Count);
        Assert.Contains(log.Collector.GetSnapshot(), record => record.Message.EndsWith("""{ "Kind": "iio", "Serial": "1-0023" }""", StringComparison.Ordinal));
        kernel.Unplug(light);
        Assert.Equal(2, scan.Look().Count);
        kernel.PlugIio("1-0023", "bh1750", ("in_illuminance_raw", "1\n"));
        Assert.Equal(3, scan.Look().Count);
        Assert.Equal(4, log.Collector.Count);
        Assert.Equal(0, bench.Wire.Transfers);
    }

    [Fact]
    public async Task Detect_leaves_alone_what_the_kernel_owns_and_lists_serial_ports()
    {
        kernel.PlugIio("1-0064", "chip", ("in_temp_input", "1\n"));
        Directory.CreateDirectory(Path.Combine(wire.Sysfs, "class/i2c-dev/i2c-1"));
        Directory.CreateDirectory(Path.Combine(wire.Sysfs, "bus/i2c/devices/1-0064/driver"));
        var ec = bench.Plug("ezo-ec");
        using var shelf = Shelf();
        Directory.CreateDirectory(shelf.SerialFolder);
        File.CreateSymbolicLink(Path.Combine(shelf.SerialFolder, "usb-board"), "/dev/zero");
        var output = new StringWriter();
        Assert.Equal(0, await bench.RunAsync(Detection.RunAsync(shelf, null, [], bench.Time, output, TestContext.Current.CancellationToken)));
        Assert.Empty(ec.Commands);
        Assert.Contains("left alone", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("""{ "Kind": "serial", "Serial": "usb-board" }""", output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        bench.Dispose();
        wire.Dispose();
    }

    private ProbeShelf Shelf() => new(bench.Wire.Open, wire.Sysfs, bench.Time, NullLoggerFactory.Instance) { SerialFolder = Path.Combine(wire.Sysfs, "dev/serial/by-id") };
}
