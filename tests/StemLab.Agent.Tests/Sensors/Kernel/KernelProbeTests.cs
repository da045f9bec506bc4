using CsCheck;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>What the kernel drives is read in the units of its papers, comes and goes, and is never believed where it says nothing.</summary>
public sealed class KernelProbeTests : IDisposable
{
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1.1);
    private readonly FakeKernel kernel = new();
    private readonly FakeTimeProvider time = new();
    private readonly FakeLogger log = new();
    private readonly Troubles troubles = new();
    private int changes;

    /// <summary>Numbers of the datasheets' worked examples, in the form in which the drivers print them.</summary>
    public static TheoryData<string, string[], string[]> Chips => new()
    {
        // Bosch BME280 datasheet, worked example: 25.08 °C, 100653.265625 Pa.
        { "bme280", ["in_temp_input=25080", "in_pressure_input=100.653265625", "in_pressure_raw=1", "in_pressure_scale=1", "in_humidityrelative_input=46041"], ["p:relative_humidity=46.041 %", "p:air_pressure=100.653265625 kPa", "p:air_temperature=25.08 Cel"] },
        { "bme680", ["in_temp_input=25080", "in_humidityrelative_input=46.041000000", "in_pressure_input=1006.530000000", "in_resistance_input=12946.000000000"], ["p:relative_humidity=46.041 %", "p:air_pressure=100.653 kPa", "p:resistance=12946 Ohm", "p:air_temperature=25.08 Cel"] },
        { "ads1015", ["in_voltage0_raw=12000", "in_voltage0_scale=0.125000000", "in_voltage1_raw=-8", "in_voltage1_scale=0.187500000", "in_voltage0_sampling_frequency=860"], ["p/voltage0:voltage=1500 mV", "p/voltage1:voltage=-1.5 mV"] },
        { "scd41", ["in_concentration_co2_raw=812", "in_concentration_co2_scale=0.000100000"], ["p:co2=812 [ppm]"] },
        { "bh1750", ["in_illuminance_raw=360", "in_illuminance_scale=0.833333"], ["p:illuminance=299.99988 lx"] },
        { "mpu6050", ["in_accel_x_raw=16384", "in_accel_scale=0.000598", "in_temp_raw=-1020", "in_temp_offset=12420", "in_temp_scale=2.941176", "in_accel_x_calibbias=3"], ["p/accel_x:acceleration=9.797632 m/s2", "p:chip_temperature=33.5294064 Cel"] },
        { "ms5837-30", ["in_temp_input=19810", "in_pressure_input=399.980000"], ["p:water_pressure=399.98 kPa", "p:water_temperature=19.81 Cel"] },
        { "mcp3008", ["in_voltage0_raw=512", "in_voltage_scale=3.222656250"], ["p/voltage0:voltage=1650 mV"] },
        { "sps30", ["in_massconcentration_pm2p5_input=12.300000000"], ["p:pm2_5=12.3 ug/m3"] },
    };

    [Theory]
    [MemberData(nameof(Chips))]
    public async Task What_the_driver_prints_becomes_the_datasheets_value(string driver, string[] files, string[] expected)
    {
        kernel.PlugIio("1-0076", driver, [.. files.Select(file => (file.Split('=')[0], file.Split('=')[1] + "\n"))]);
        await using var probe = Open("1-0076");
        var readings = await ReadAsync(probe);
        Assert.Equal(expected.Order(), probe.Description.Outputs.Select((output, i) => FormattableString.Invariant($"{output.Port}:{output.Quantity}={Math.Round(readings[i].Value, 9)} {output.UnitUcum}")).Order());
    }

    [Fact]
    public async Task Hwmon_chips_are_read_too_and_what_watches_the_computer_is_not_listed()
    {
        kernel.PlugHwmon("1-0044", "sht4x", ("temp1_input", "21499\n"), ("humidity1_input", "55500\n"), ("update_interval", "2000\n"));
        kernel.PlugHwmon("1-0040", "ina219", ("in0_input", "10\n"), ("in1_input", "5016\n"), ("curr1_input", "100\n"), ("power1_input", "500000\n"));
        kernel.PlugHwmon("thermal_zone0", "cpu_thermal", ("temp1_input", "48000\n"));
        Assert.Equal(["1-0040", "1-0044"], new KernelTree(kernel.Sysfs).Devices().Select(device => device.Id));
        await using var air = Open("1-0044", KernelClass.Hwmon);
        Assert.Equal([55.5, 21.499], (await ReadAsync(air)).Select(reading => reading.Value));
        await using var supply = Open("ina219", KernelClass.Hwmon);
        Assert.Equal(["p", "p/in0", "p/in1", "p"], supply.Description.Outputs.Select(output => output.Port));
        Assert.Equal([100, 10, 5016, 500_000], (await ReadAsync(supply)).Select(reading => reading.Value));
    }

    [Fact]
    public void What_stands_in_two_classes_is_listed_once()
    {
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "1\n"));
        kernel.PlugHwmon("1-0076", "bme280", ("temp1_input", "1\n"));
        kernel.PlugHwmon("w1_bus_master1/28-0000075f1a2b", "w1_slave_temp", ("temp1_input", "1\n"));
        var device = Assert.Single(new KernelTree(kernel.Sysfs).Devices());
        Assert.Equal((KernelClass.Iio, "1-0076"), (device.Class, device.Id));
        kernel.PlugIio("1-006a", "lsm6ds3_accel", ("in_accel_x_raw", "1\n"));
        kernel.PlugIio("1-006a", "lsm6ds3_gyro", ("in_anglvel_x_raw", "1\n"));
        Assert.Equal(["1-006a:lsm6ds3_accel", "1-006a:lsm6ds3_gyro", "1-0076"], new KernelTree(kernel.Sysfs).Devices().Select(found => found.Id));
    }

    [Fact]
    public async Task A_device_that_goes_and_comes_under_another_number_is_read_again()
    {
        var node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        await using var probe = Open("1-0076");
        Assert.Equal(25.08, (await ReadAsync(probe))[0].Value);
        kernel.Unplug(node);
        Assert.Equal(MissingReason.Absent, (await ReadAsync(probe))[0].Missing);
        Assert.Contains("unplugged", Assert.Single(troubles.Now).Words.En, StringComparison.Ordinal);
        time.Advance(ASecond);
        Assert.Equal(MissingReason.Absent, (await ReadAsync(probe))[0].Missing);
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "26000\n"));
        time.Advance(ASecond);
        Assert.Equal(RawReading.Of(0, 26), (await ReadAsync(probe))[0]);
        Assert.Equal(0, changes);
        Assert.Empty(troubles.Now);
    }

    [Fact]
    public async Task A_device_that_was_not_there_is_declared_when_it_comes()
    {
        await using var early = Open("1-0076");
        Assert.Empty(early.Description.Outputs);
        await ReadAsync(early);
        Assert.Contains("overlay", Assert.Single(troubles.Now).Words.En, StringComparison.Ordinal);
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        time.Advance(ASecond);
        await ReadAsync(early);
        time.Advance(ASecond);
        await ReadAsync(early);
        Assert.Equal(1, changes);
        await using var late = Open("1-0076");
        Assert.Equal(25.08, (await ReadAsync(late))[0].Value);
    }

    [Fact]
    public async Task A_scale_changed_by_somebody_is_a_new_declaration_not_another_value()
    {
        var node = kernel.PlugIio("1-0048", "ads1015", ("in_voltage0_raw", "12000\n"), ("in_voltage0_scale", "0.125000000\n"));
        await using var probe = Open("1-0048");
        Assert.Equal("scale 0.125, offset 0", probe.Description.Outputs[0].BoardSettings);
        FakeKernel.Write(node, "in_voltage0_scale", "0.062500000\n");
        time.Advance(ASecond);
        Assert.Equal(MissingReason.NotCollected, (await ReadAsync(probe))[0].Missing);
        Assert.Equal(1, changes);
    }

    [Theory]
    [InlineData("32767", "0.125000000", MissingReason.OutOfRange)]
    [InlineData("-32768", "0.125000000", MissingReason.OutOfRange)]
    [InlineData("2047", "2.000000000", MissingReason.OutOfRange)]
    [InlineData("2047", "0.125000000", MissingReason.Unspecified)]
    [InlineData("32766", "0.125000000", MissingReason.Unspecified)]
    public async Task A_converter_at_the_end_of_its_scale_has_no_value(string raw, string scale, MissingReason missing)
    {
        kernel.PlugIio("1-0048", "ads1015", ("in_voltage0_raw", raw + "\n"), ("in_voltage0_scale", scale + "\n"));
        await using var probe = Open("1-0048");
        Assert.Equal(missing, (await ReadAsync(probe))[0].Missing);
    }

    [Fact]
    public async Task One_file_that_fails_does_not_take_the_others_along()
    {
        var node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"), ("in_humidityrelative_input", "46041\n"));
        await using var probe = Open("1-0076");
        FakeKernel.Break(node, "in_humidityrelative_input");
        var readings = await ReadAsync(probe);
        Assert.Equal((MissingReason.Fault, RawReading.Of(1, 25.08)), (readings[0].Missing, readings[1]));
        Assert.Contains("error 5", Assert.Single(troubles.Now).Words.En, StringComparison.Ordinal);
        Assert.Contains("lỗi 5", Assert.Single(troubles.Now).Words.Vi, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("warm\n")]
    [InlineData("12 13\n")]
    [InlineData("nan\n")]
    public async Task Text_that_is_no_number_is_a_fault(string text)
    {
        var node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
        await using var probe = Open("1-0076");
        FakeKernel.Write(node, "in_temp_input", text);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe))[0].Missing);
    }

    [Fact]
    public async Task Files_that_vanish_at_any_moment_leave_readings_or_absent_ones_and_nothing_else()
    {
        var random = new Random(7);
        string? node = null;
        await using var probe = await OpenWithAsync();
        for (var i = 0; i < 300; i++)
        {
            if (random.Next(4) == 0 && node is not null)
            {
                kernel.Unplug(node);
                node = null;
            }
            else if (random.Next(4) == 0 && node is null)
            {
                node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"), ("in_pressure_input", "100.6\n"));
            }
            else if (random.Next(6) == 0 && node is not null)
            {
                File.Delete(Path.Combine(node, random.Next(2) == 0 ? "in_temp_input" : "in_pressure_input"));
            }

            time.Advance(ASecond);
            foreach (var (reading, expected) in (await ReadAsync(probe)).Zip([100.6, 25.08]))
            {
                Assert.True(reading.Missing is MissingReason.Absent or MissingReason.NotCollected || (reading.Missing == MissingReason.Unspecified && reading.Value == expected), $"seed 7, step {i}: {reading}");
            }
        }

        async Task<KernelProbe> OpenWithAsync()
        {
            node = kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"), ("in_pressure_input", "100.6\n"));
            return await Task.FromResult(Open("1-0076"));
        }
    }

    [Fact]
    public async Task What_is_not_clear_is_asked_for_in_words()
    {
        kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "1\n"));
        kernel.PlugIio("1-0077", "bme280", ("in_temp_input", "1\n"));
        await using var probe = Open("bme280");
        Assert.Contains("1-0076, 1-0077", Assert.Single(troubles.Now).Words.En, StringComparison.Ordinal);
        await using var other = Open("1-0076", channels: ["humidityrelative"]);
        Assert.Contains(troubles.Now, trouble => trouble.Words.En == "bme280 has no humidityrelative; it has temp");
    }

    [Fact]
    public void Any_file_names_are_read_without_a_throw() => Gen.String[Gen.Char["in_tempraw0-input_ scale/"], 1, 24].Where(name => !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..") && name.Trim().Length > 0).Sample(name =>
    {
        using var own = new FakeKernel();
        own.PlugIio("1-0001", "chip", ($"in_{name}_raw", "1\n"), ($"in_{name}_input", "1\n"));
        var device = Assert.Single(new KernelTree(own.Sysfs).Devices());
        Assert.All(KernelChannels.Of(device, out _), channel => Assert.NotEqual("", channel.Name));
    }, iter: 200);

    public void Dispose() => kernel.Dispose();

    private KernelProbe Open(string id, KernelClass kind = KernelClass.Iio, params string[] channels) =>
        KernelProbe.Open(new KernelTree(kernel.Sysfs), new KernelSettings(kind, id, "p", TimeSpan.FromSeconds(1), [.. channels]), new Ground(time, log, troubles, () => changes++));

    private static async Task<RawReading[]> ReadAsync(KernelProbe probe)
    {
        var into = new RawReading[probe.Description.Outputs.Length];
        await probe.ReadAsync(into, TestContext.Current.CancellationToken);
        return into;
    }
}
