using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>What is set on a circuit is looked at again and again, and set again where the circuit has lost it.</summary>
public sealed class EzoDriftTests : IDisposable
{
    private readonly EzoBench bench = new();

    [Fact]
    public async Task Compensation_is_read_back_and_set_again_after_a_power_cut()
    {
        var oxygen = bench.Plug("ezo-do");
        await using var probe = await bench.OpenAsync("ezo-do");
        Assert.Equal((25, 0, 101.3), (oxygen.Celsius, oxygen.Salinity, oxygen.Kilopascal));
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        oxygen.LosePower();
        Assert.Equal(20, oxygen.Celsius);
        var readings = await ReadForAsync(probe, TimeSpan.FromMinutes(3));
        Assert.Equal(25, oxygen.Celsius);
        Assert.Equal(1, Fact(probe, "compensation_resets"));
        Assert.Single(readings, reading => reading.Missing == MissingReason.NotCollected);
        Assert.Equal(5.038, Fact(probe, "supply_voltage"));
        Assert.Equal(0, bench.Changes);
    }

    [Fact]
    public async Task A_calibration_made_while_the_agent_runs_is_found_within_minutes()
    {
        var ph = bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        Assert.Equal(99.7, Fact(probe, "electrode_slope_acid"));
        ph.Slope = "?Slope,91.0,92.0,3.00";
        var readings = await ReadForAsync(probe, TimeSpan.FromMinutes(6));
        Assert.Equal(1, bench.Changes);
        Assert.Equal(MissingReason.NotCollected, readings[^1].Missing);
        Assert.Equal(91, Fact(probe, "electrode_slope_acid"));
        Assert.Equal(3, Fact(probe, "electrode_zero"));
    }

    [Fact]
    public async Task Orp_is_read_in_millivolts_and_its_ends_are_no_values()
    {
        var orp = bench.Plug("ezo-orp");
        orp.Values = [-209.6];
        await using var probe = await bench.OpenAsync("ezo-orp");
        Assert.Equal(("oxidation_reduction_potential", "mV", "?Cal,2"), (probe.Description.Outputs[0].Quantity, probe.Description.Outputs[0].UnitUcum, probe.Description.Outputs[0].BoardSettings!.TrimStart(';', ' ')));
        Assert.Equal(RawReading.Of(0, -209.6), (await bench.ReadAsync(probe))[0]);
        orp.Values = [1019.9];
        Assert.Equal(MissingReason.OutOfRange, (await bench.ReadAsync(probe))[0].Missing);
    }

    [Fact]
    public async Task A_circuit_that_does_not_keep_what_it_is_told_is_refused()
    {
        var oxygen = bench.Plug("ezo-do");
        oxygen.Deaf = true;
        await using var probe = await bench.OpenAsync("ezo-do");
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Contains(bench.Ground.Troubles.Now, trouble => trouble.Words.En.Contains("was told 'T,25' and says '?T,20.0'", StringComparison.Ordinal) && trouble.Words.Vi.Length > 0);
    }

    public void Dispose() => bench.Dispose();

    private static double? Fact(EzoProbe probe, string quantity) => probe.Health.Single(fact => fact.Quantity == quantity).Read();

    private async Task<List<RawReading>> ReadForAsync(EzoProbe probe, TimeSpan span)
    {
        var readings = new List<RawReading>();
        for (var until = bench.Time.GetUtcNow() + span; bench.Time.GetUtcNow() < until;)
        {
            readings.Add((await bench.ReadAsync(probe))[0]);
        }

        return readings;
    }
}
