using Microsoft.Extensions.Logging;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>What a circuit gives becomes a reading; what goes wrong becomes a missing one with its reason; and it heals by itself.</summary>
public sealed class EzoProbeTests : IDisposable
{
    private readonly EzoBench bench = new();

    [Theory]
    [InlineData("ezo-ph", "ph", "[pH]", 7.123)]
    [InlineData("ezo-ec", "electrical_conductivity", "uS/cm", 48_200)]
    [InlineData("ezo-do", "dissolved_oxygen", "mg/L", 6.85)]
    [InlineData("ezo-rtd", "water_temperature", "Cel", 27.815)]
    public async Task Every_kind_of_circuit_is_read_in_its_own_unit_and_never_asked_too_early(string kind, string quantity, string unit, double value)
    {
        var chip = bench.Plug(kind);
        chip.Values = [value, 0, 0, 1];
        await using var probe = await bench.OpenAsync(kind);
        var output = Assert.Single(probe.Description.Outputs);
        Assert.Equal((quantity, unit, kind), (output.Quantity, output.UnitUcum, output.Port));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(RawReading.Of(0, value), Assert.Single(await bench.ReadAsync(probe)));
        }

        Assert.Equal((0, 0), (chip.Early, chip.LostAtWork));
        Assert.Equal(3, chip.Commands.Count(command => command == "R"));
    }

    [Fact]
    public async Task Four_boards_on_one_bus_wait_side_by_side_a_cycle_takes_at_most_one_point_seven_seconds()
    {
        string[] kinds = ["ezo-ph", "ezo-ec", "ezo-do", "ezo-rtd"];
        var probes = new List<EzoProbe>();
        foreach (var kind in kinds)
        {
            bench.Plug(kind);
            probes.Add(await bench.OpenAsync(kind));
        }

        var started = bench.Time.GetTimestamp();
        var readings = await Task.WhenAll(probes.Select(bench.ReadAsync));
        Assert.InRange(bench.Time.GetElapsedTime(started), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.7));
        Assert.All(readings, reading => Assert.Equal(ReadStatus.Raw, reading[0].Status));
    }

    [Fact]
    public async Task The_circuits_own_compensation_is_pinned_before_the_first_reading()
    {
        var oxygen = bench.Plug("ezo-do");
        var ph = bench.Plug("ezo-ph");
        await using var first = await bench.OpenAsync("ezo-do");
        await using var second = await bench.OpenAsync("ezo-ph");
        Assert.Equal((25, 25), (oxygen.Celsius, ph.Celsius));
        Assert.Contains("S,0", oxygen.Commands);
        Assert.Contains("P,101.3", oxygen.Commands);
        Assert.Equal("T,25; ?Cal,2; ?Slope,99.7,100.3,-0.89", second.Description.Outputs[0].BoardSettings);
    }

    [Theory]
    [InlineData("EC,TDS,S,SG", new[] { 1413.0, 763, 0.71, 1.0 })]
    [InlineData("S,EC", new[] { 1413.0, 0.71 })]
    [InlineData("SG", new[] { 1.0 })]
    public async Task A_conductivity_circuit_is_told_what_to_send_and_its_values_are_told_apart(string outputs, double[] expected)
    {
        var chip = bench.Plug("ezo-ec");
        chip.SwitchOn("TDS");
        chip.Values = [1413, 763, 0.71, 1];
        await using var probe = await bench.OpenAsync("ezo-ec", outputs);
        Assert.Equal(outputs.Split(',').Order(), chip.Sends.Order());
        Assert.Equal(expected, (await bench.ReadAsync(probe)).Select(reading => reading.Value));
        Assert.All(probe.Description.Outputs, output => Assert.Equal("ezo-ec", output.Port));
    }

    [Fact]
    public async Task A_temperature_goes_along_with_the_reading_and_the_declaration_says_so()
    {
        var chip = bench.Plug("ezo-ec");
        var temperature = new LatestReading(TimeSpan.FromSeconds(5), bench.Time);
        await using var probe = await bench.OpenAsync("ezo-ec", "EC", temperature);
        temperature.Tell(28.437);
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        Assert.Equal("RT,28.44", chip.Commands[^1]);
        Assert.Equal((0, 28.44), (chip.Early, chip.Celsius));
        Assert.Equal("specific_conductance_25", probe.Description.Outputs[0].Quantity);
        Assert.StartsWith("T from t", probe.Description.Outputs[0].BoardSettings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_temperature_of_now_nothing_is_collected_rather_than_compensated_wrongly()
    {
        bench.Plug("ezo-ph");
        var temperature = new LatestReading(TimeSpan.FromSeconds(5), bench.Time);
        await using var probe = await bench.OpenAsync("ezo-ph", temperature: temperature);
        Assert.Equal(MissingReason.NotCollected, (await bench.ReadAsync(probe))[0].Missing);
        temperature.Tell(20);
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(MissingReason.NotCollected, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Equal(2, bench.Lines().Count(line => line.Text.Contains("no temperature from t", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pulled_board_is_absent_and_comes_back_by_itself()
    {
        var chip = bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        await bench.ReadAsync(probe);
        bench.Lines();
        bench.Unplug("ezo-ph");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(RawReading.Without(0, MissingReason.Absent), (await bench.ReadAsync(probe))[0]);
        }

        bench.Wire.Chips[0x63] = chip;
        Assert.Equal(RawReading.Of(0, 7), (await bench.ReadAsync(probe))[0]);
        Assert.Equal(0, bench.Changes);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], bench.Lines().Select(line => line.Level));
    }

    [Fact]
    public async Task A_circuit_of_another_type_is_named_with_what_to_do_and_gives_no_reading()
    {
        var right = bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        bench.Unplug("ezo-ph");
        await bench.ReadAsync(probe);
        bench.Lines();
        bench.Wire.Chips[0x63] = new SimulatedEzo("EC", bench.Time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        }

        var line = Assert.Single(bench.Lines()).Text;
        Assert.Contains("address 99 (0x63) on i2c-1 is an EZO EC circuit, not pH; set Kind to ezo-ec, or plug in the pH circuit", line, StringComparison.Ordinal);
        bench.Wire.Chips[0x63] = right;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
    }

    [Fact]
    public async Task A_board_that_sleeps_is_woken_and_asked_again()
    {
        var chip = bench.Plug("ezo-do");
        await using var probe = await bench.OpenAsync("ezo-do");
        chip.Sleep();
        Assert.Equal(RawReading.Of(0, 7), (await bench.ReadAsync(probe))[0]);
    }

    [Fact]
    public async Task A_slow_board_is_waited_for_and_one_that_never_ends_is_a_fault()
    {
        var chip = bench.Plug("ezo-rtd");
        await using var probe = await bench.OpenAsync("ezo-rtd");
        chip.Slowness = 1.5;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        Assert.InRange(chip.Early, 1, 10);
        chip.Slowness = 20;
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Contains("does not come to an end", bench.Lines()[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_probe_in_the_circuit_is_absent_and_the_end_of_the_scale_is_out_of_range()
    {
        var temperature = bench.Plug("ezo-rtd");
        var acid = bench.Plug("ezo-ph");
        await using var rtd = await bench.OpenAsync("ezo-rtd");
        await using var ph = await bench.OpenAsync("ezo-ph");
        temperature.Values = [-1023];
        acid.Values = [0];
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(rtd))[0].Missing);
        Assert.Equal(MissingReason.OutOfRange, (await bench.ReadAsync(ph))[0].Missing);
    }

    [Fact]
    public async Task A_board_calibrated_elsewhere_is_declared_anew_before_its_readings_count()
    {
        var chip = bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        bench.Unplug("ezo-ph");
        await bench.ReadAsync(probe);
        chip.Slope = "?Slope,95.0,96.0,2.10";
        bench.Wire.Chips[0x63] = chip;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(MissingReason.NotCollected, (await bench.ReadAsync(probe))[0].Missing);
        }

        Assert.Equal(1, bench.Changes);
    }

    [Fact]
    public async Task A_board_that_was_not_there_at_the_start_is_declared_once_it_is()
    {
        await using var probe = await bench.OpenAsync("ezo-ph");
        Assert.Null(probe.Description.Outputs[0].BoardSettings);
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
        bench.Plug("ezo-ph");
        Assert.Equal(MissingReason.NotCollected, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Equal(1, bench.Changes);
    }

    [Fact]
    public async Task An_address_that_belongs_to_the_kernel_is_never_touched()
    {
        bench.Plug("ezo-ph");
        Directory.CreateDirectory(Path.Combine(bench.Sysfs, "bus/i2c/devices/1-0063/driver"));
        await using var probe = await bench.OpenAsync("ezo-ph");
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Equal(0, bench.Wire.Transfers);
        Assert.Contains("belongs to the kernel driver", Assert.Single(bench.Lines()).Text, StringComparison.Ordinal);
    }

    public void Dispose() => bench.Dispose();
}
