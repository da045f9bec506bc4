using CsCheck;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>Bad wires: nothing throws, nothing false is believed, one line an episode.</summary>
public sealed class EzoFaultTests : IDisposable
{
    private readonly EzoBench bench = new();

    [Fact]
    public async Task A_noisy_bus_costs_retries_not_readings()
    {
        bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        bench.Wire.NakRate = 0.2;
        var readings = new List<RawReading>();
        for (var i = 0; i < 50; i++)
        {
            readings.Add((await bench.ReadAsync(probe))[0]);
        }

        Assert.All(readings, reading => Assert.True(reading == RawReading.Of(0, 7) || reading.Missing == MissingReason.Absent));
        Assert.InRange(readings.Count(reading => reading.Status == ReadStatus.Raw), 44, 50);
        Assert.Equal(0, bench.Changes);
    }

    /// <summary>An agent that declares anew, or is ended and started, in the middle of a reading: the circuit loses the question and says what it measured before.</summary>
    [Fact]
    public async Task A_circuit_at_work_for_somebody_before_is_known_all_the_same()
    {
        var ph = bench.Plug("ezo-ph");
        ph.Write("R"u8);
        await using var probe = await bench.OpenAsync("ezo-ph");
        Assert.Equal(1, ph.LostAtWork);
        Assert.Equal(RawReading.Of(0, 7), (await bench.ReadAsync(probe))[0]);
        Assert.Equal(0, bench.Changes);
        Assert.DoesNotContain(bench.Lines(), line => line.Level >= LogLevel.Warning);

        // Nor is it a stranger to a scan while an agent measures.
        ph.Write("R"u8);
        var found = await bench.RunAsync(EzoScan.FindAsync(bench.Bus, [99], bench.Time, TestContext.Current.CancellationToken));
        Assert.Equal("pH", Assert.Single(found).Type);
    }

    [Fact]
    public async Task The_highest_bit_set_by_the_clock_stretching_fault_does_not_change_a_reading()
    {
        bench.Wire.GlitchRate = 0.3;
        bench.Plug("ezo-ph").Values = [8.125];
        await using var probe = await bench.OpenAsync("ezo-ph");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(RawReading.Of(0, 8.125), (await bench.ReadAsync(probe))[0]);
        }
    }

    [Fact]
    public async Task A_stuck_bus_is_said_once_left_alone_for_a_while_and_taken_up_again()
    {
        bench.Plug("ezo-ph");
        bench.Plug("ezo-ec");
        await using var ph = await bench.OpenAsync("ezo-ph");
        await using var ec = await bench.OpenAsync("ezo-ec");
        bench.Lines();
        bench.Wire.IsStuck = true;
        var before = bench.Wire.Transfers;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(ph))[0].Missing);
            Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(ec))[0].Missing);
            bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(bench.Wire.Transfers - before, 1, 4);
        Assert.Single(bench.Lines(), line => line.Text.StartsWith("Bus i2c-1 is stuck", StringComparison.Ordinal));
        bench.Wire.IsStuck = false;
        bench.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(ph))[0].Status);
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(ec))[0].Status);
        Assert.Equal(3, bench.Lines().Count(line => line.Level == LogLevel.Information));
    }

    [Fact]
    public async Task A_bus_that_is_switched_off_and_on_is_opened_anew()
    {
        bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        bench.Wire.IsGone = true;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
        }

        Assert.Single(bench.Lines(), line => line.Text.Contains("cannot be opened", StringComparison.Ordinal));
        bench.Wire.IsGone = false;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
    }

    [Fact]
    public async Task Circuits_on_one_bus_work_side_by_side_and_no_two_transfers_at_once()
    {
        string[] kinds = ["ezo-ph", "ezo-ec", "ezo-do", "ezo-rtd"];
        var chips = kinds.Select(bench.Plug).ToList();
        var probes = new List<IProbe>();
        foreach (var kind in kinds)
        {
            probes.Add(await bench.OpenAsync(kind));
        }

        var before = bench.Time.GetUtcNow();
        var into = kinds.Select(_ => new RawReading[1]).ToList();
        await bench.RunAsync(Task.WhenAll(probes.Select((probe, i) => One(probe, into[i]))));
        Assert.All(into, reading => Assert.Equal(ReadStatus.Raw, reading[0].Status));
        Assert.InRange((bench.Time.GetUtcNow() - before).TotalSeconds, 0.9, 1.5);
        Assert.Equal(0, bench.Wire.TwoAtOnce);
        Assert.All(chips, chip => Assert.Equal(0, chip.LostAtWork));

        static async Task<bool> One(IProbe probe, RawReading[] into)
        {
            await probe.ReadAsync(into, TestContext.Current.CancellationToken);
            return true;
        }
    }

    [Fact]
    public void Whatever_bytes_a_board_sends_nothing_throws_and_nothing_is_believed_but_a_number_in_range() =>
        Gen.Byte.Array[0, 45].Sample(nonsense =>
        {
            using var own = new EzoBench();
            var chip = own.Plug("ezo-ph");
            var probe = own.OpenAsync("ezo-ph").GetAwaiter().GetResult();
            chip.Nonsense = nonsense;
            var reading = own.ReadAsync(probe).GetAwaiter().GetResult()[0];
            Assert.True(reading.Status == ReadStatus.Missing || reading.Value is >= 0.001 and <= 14);
        }, iter: 200, threads: 1);

    [Theory]
    [InlineData(2, "does not understand", "không hiểu lệnh")]
    [InlineData(255, "has no answer", "không có câu trả lời")]
    [InlineData(7, "no answer; is the cable short", "những byte vô nghĩa")]
    public async Task Each_code_that_is_no_reading_is_a_fault_in_words_and_over_with_the_next_reading(byte code, string english, string vietnamese)
    {
        var chip = bench.Plug("ezo-ph");
        await using var probe = await bench.OpenAsync("ezo-ph");
        await bench.ReadAsync(probe);
        chip.Nonsense = [code];
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        var words = Assert.Single(bench.Ground.Troubles.Now).Words;
        Assert.Contains(english, words.En, StringComparison.Ordinal);
        Assert.Contains(vietnamese, words.Vi, StringComparison.Ordinal);
        chip.Nonsense = null;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        Assert.Empty(bench.Ground.Troubles.Now);
    }

    [Fact]
    public async Task A_chip_that_is_no_circuit_is_a_fault_with_its_words()
    {
        var chip = bench.Plug("ezo-ph");
        chip.Nonsense = [1, .. "hello"u8];
        await using var probe = await bench.OpenAsync("ezo-ph");
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Contains("answers 'hello', as no EZO circuit does", Assert.Single(bench.Lines()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_circuits_own_words_are_believed_by_a_scan()
    {
        bench.Plug("ezo-ph");
        bench.Plug("ezo-do");
        bench.Wire.Chips[0x62] = new Thermometer();
        Directory.CreateDirectory(Path.Combine(bench.Sysfs, "bus/i2c/devices/1-0066/driver"));
        var found = await bench.RunAsync(EzoScan.FindAsync(bench.Bus, EzoScan.FactoryAddresses, bench.Time, TestContext.Current.CancellationToken));
        Assert.Equal([new(0x61, "DO", "2.15", ""), new(0x62, "", "", ""), new(0x63, "pH", "2.15", ""), new EzoFound(0x66, "", "", "driver")], found);
    }

    public void Dispose() => bench.Dispose();

    /// <summary>A chip of another maker that acknowledges everything.</summary>
    private sealed class Thermometer : SimulatedChip
    {
        public override void Write(ReadOnlySpan<byte> bytes)
        {
            // It takes it for a register.
        }

        public override void Read(Span<byte> into) => into.Fill(0x5A);
    }
}
