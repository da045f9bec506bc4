using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>Thermometers come and go; what they or the kernel say falsely is not believed.</summary>
public sealed class Ds18b20ProbeTests : IDisposable
{
    private const string One = "28-0000075f1a2b";
    private const string Two = "28-0114b80e5cff";
    private readonly FakeOneWire wire = new();
    private readonly OneWireTree tree;
    private readonly FakeLogger log = new();

    public Ds18b20ProbeTests() => tree = new OneWireTree(wire.Sysfs);

    [Fact]
    public async Task Both_forms_of_the_kernel_are_read()
    {
        wire.Plug(One, 25_062);
        wire.PlugOld(Two, FakeOneWire.Slave("5e ff 4b 46 7f ff 02 10 e5", "e5 YES", -10_125));
        Assert.Equal(RawReading.Of(0, 25.062), await ReadAsync(Probe(One)));
        Assert.Equal(RawReading.Of(0, -10.125), await ReadAsync(Probe(Two)));
    }

    [Fact]
    public async Task A_probe_that_is_pulled_is_absent_and_one_put_in_is_read()
    {
        var probe = Probe(One);
        Assert.Equal(RawReading.Without(0, MissingReason.Absent), await ReadAsync(probe));
        wire.Plug(One, 20_000);
        Assert.Equal(RawReading.Of(0, 20), await ReadAsync(probe));
        wire.Unplug(One);
        Assert.Equal(MissingReason.Absent, (await ReadAsync(probe)).Missing);
        Assert.Equal(MissingReason.Absent, (await ReadAsync(probe)).Missing);
        wire.Plug(One, 21_000);
        Assert.Equal(RawReading.Of(0, 21), await ReadAsync(probe));
        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning, LogLevel.Information], log.Collector.GetSnapshot().Select(record => record.Level));
    }

    [Fact]
    public async Task A_wrong_checksum_is_a_fault_although_the_kernel_repeats_the_value_before()
    {
        var probe = Probe(One);
        wire.PlugOld(One, FakeOneWire.Slave("91 01 4b 46 7f ff 0f 10 25", "25 YES", 25_062));
        Assert.Equal(25.062, (await ReadAsync(probe)).Value);
        wire.PlugOld(One, FakeOneWire.Slave("91 01 4b 46 7f ff 0f 10 25", "ff NO", 25_062));
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
        Assert.Contains("checksum", Assert.Single(log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_value_after_power_on_is_a_fault_unless_the_water_was_that_hot_before()
    {
        var probe = Probe(One);
        wire.Plug(One, 85_000);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
        wire.Plug(One, 84_937);
        Assert.Equal(84.937, (await ReadAsync(probe)).Value);
        wire.Plug(One, 85_000);
        Assert.Equal(RawReading.Of(0, 85), await ReadAsync(probe));
        wire.Plug(One, 30_000);
        await ReadAsync(probe);
        wire.Plug(One, 85_000);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
    }

    [Theory]
    [InlineData(-127_000)]
    [InlineData(127_937)]
    [InlineData(-55_001)]
    [InlineData(125_001)]
    public async Task What_no_such_probe_can_measure_is_a_fault(int milliCelsius)
    {
        wire.Plug(One, milliCelsius);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(Probe(One))).Missing);
    }

    [Fact]
    public async Task An_ice_bath_is_zero_and_a_short_circuit_is_a_fault()
    {
        var probe = Probe(One);
        wire.Plug(One, 0);
        Assert.Equal(RawReading.Of(0, 0), await ReadAsync(probe));
        wire.PlugOld(One, FakeOneWire.Slave("00 00 00 00 00 00 00 00 00", "00 YES", 0));
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("warm")]
    [InlineData("99999999999999")]
    [InlineData("2\n5")]
    public async Task Text_that_is_no_temperature_is_a_fault(string text)
    {
        wire.Plug(One, 20_000);
        wire.Write(One, text);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(Probe(One))).Missing);
    }

    [Fact]
    public void No_text_makes_it_throw() => Gen.String.Sample(text =>
    {
        foreach (var reading in new[] { Ds18b20Text.ReadSlave(text, null), Ds18b20Text.ReadSlave(text + " YES\n t=" + text, 20), Ds18b20Text.ReadTemperature(text, null) })
        {
            Assert.True(reading.Missing != MissingReason.Unspecified || reading.Celsius is >= -55 and <= 125);
        }
    });

    [Fact]
    public async Task Without_a_serial_the_only_one_is_read_and_of_several_none()
    {
        var probe = Probe("");
        Assert.Equal(MissingReason.Absent, (await ReadAsync(probe)).Missing);
        wire.Plug(One, 20_000);
        Assert.Equal(20, (await ReadAsync(probe)).Value);
        wire.Plug(Two, 21_000);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
        Assert.Contains($"there are several ({One}, {Two})", log.Collector.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_thermometers_of_this_family_are_listed()
    {
        Assert.True(tree.Exists);
        wire.Plug(Two, 1);
        wire.Plug(One, 1);
        wire.Add("w1_bus_master1");
        wire.Add("10-0008012f2d5a");
        wire.Add("28-short");
        Assert.Equal([One, Two], tree.Ids());
        using var none = new OneWireTree(Path.Combine(wire.Sysfs, "nothing"));
        Assert.False(none.Exists);
        Assert.Empty(none.Ids());
    }

    public void Dispose()
    {
        tree.Dispose();
        wire.Dispose();
    }

    private static async Task<RawReading> ReadAsync(Ds18b20Probe probe)
    {
        var into = new RawReading[1];
        await probe.ReadAsync(into, TestContext.Current.CancellationToken);
        return into[0];
    }

    private Ds18b20Probe Probe(string serial) => new(tree, serial, "t", TimeSpan.FromSeconds(1), new Ground(TimeProvider.System, log, new Troubles(), () => { }));
}
