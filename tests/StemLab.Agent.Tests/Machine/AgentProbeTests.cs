using StemLab.Agent.Sensors;
using StemLab.Wire.V1;

namespace StemLab.Agent.Machine;

/// <summary>The agent measures itself.</summary>
public sealed class AgentProbeTests : IDisposable
{
    private readonly FakeMachine pi = new();

    [Fact]
    public async Task What_the_board_tells_and_what_the_agent_counts_are_readings()
    {
        pi.Write("sys/class/thermal/thermal_zone0/temp", "48312\n");
        pi.Write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
        pi.Write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        pi.Write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
        var readings = await ReadAsync(new Health { OldestUnreceiptedUs = 1_500_000, OutboxBlocks = 3, MissedDeadlines = 4, RowsLost = 5 }, 0.25);
        Assert.Equal(48.312, readings["processor_temperature"]);
        Assert.Equal(0, readings["undervoltage"]);
        Assert.True(readings["disk_free"] > 0);
        Assert.Equal(1.5, readings["backlog_age"]);
        Assert.Equal(3, readings["backlog_blocks"]);
        Assert.Equal(4, readings["missed_deadlines"]);
        Assert.Equal(5, readings["rows_lost"]);
        Assert.Equal(0.25, readings["clock_bound"]);
    }

    [Fact]
    public async Task What_a_board_does_not_tell_is_not_declared_and_a_clock_nobody_set_is_missing()
    {
        var readings = await ReadAsync(new Health(), null);
        Assert.DoesNotContain("undervoltage", readings.Keys);
        Assert.DoesNotContain("processor_temperature", readings.Keys);
        Assert.Null(readings["clock_bound"]);
    }

    public void Dispose() => pi.Dispose();

    private async Task<Dictionary<string, double?>> ReadAsync(Health health, double? bound)
    {
        await using var probe = AgentProbe.Of(new MachineFacts(pi.Tree, pi.Root), () => health, () => bound, TimeSpan.FromSeconds(60));
        var readings = new RawReading[probe.Description.Outputs.Length];
        await probe.ReadAsync(readings, TestContext.Current.CancellationToken);
        return readings.ToDictionary(reading => probe.Description.Outputs[reading.Output].Quantity, reading => reading.Status == ReadStatus.Raw ? (double?)reading.Value : null);
    }
}
