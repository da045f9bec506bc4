using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Ds18b20;
using StemLab.Agent.Sensors.Kernel;
using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Operations;

/// <summary>From agent.json over circuits and thermometers to blocks in the outbox.</summary>
public sealed class DrawersTests : IDisposable
{
    private const string Sources = """
        { "Kind": "ds18b20", "Port": "t" }, { "Kind": "ezo-ph", "Port": "ph", "TemperatureFrom": "t" }, { "Kind": "ezo-ec", "Outputs": "EC,S" }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly EzoBench bench = new();
    private readonly FakeOneWire wire = new();
    private readonly TempFolder folder = new();
    private int shelves;

    [Fact]
    public async Task Readings_reach_the_outbox_under_the_right_inputs_units_and_catalogue()
    {
        var ph = bench.Plug("ezo-ph");
        ph.Values = [8.125];
        var ec = bench.Plug("ezo-ec");
        ec.Values = [48_200, 0, 31.5, 0];
        wire.Plug("28-0000075f1a2b", 27_812);
        await RunUntilAsync(() => ph.Readings > 5 && ec.Readings > 5);

        using var outbox = Open();
        var catalog = Assert.Single(outbox.Manifest().Catalogs);
        Assert.Equal(["t/water_temperature/Cel", "ph/ph/[pH]", "ezo-ec-i2c1-100/electrical_conductivity/uS/cm", "ezo-ec-i2c1-100/practical_salinity/1"],
            catalog.Inputs.Select(input => $"{input.Port}/{input.Quantity}/{input.UnitUcum}"));
        Assert.Equal(CatalogHash.Of(catalog.Inputs), catalog.Hash);
        var raw = Rows(outbox, catalog.Hash).Where(row => row.Missing == MissingReason.Unspecified).ToList();
        Assert.Equal([27.812, 8.125, 48_200, 31.5], Enumerable.Range(0, 4).Select(input => Assert.Single(raw.Where(row => row.Input == input).Select(row => row.Value).Distinct())));
        Assert.Contains("RT,27.81", ph.Commands);
    }

    [Fact]
    public async Task A_board_plugged_in_later_is_measured_without_a_hand_on_the_agent()
    {
        wire.Plug("28-0000075f1a2b", 27_812);
        var ec = bench.Plug("ezo-ec");
        SimulatedEzo? ph = null;
        await RunUntilAsync(
            () => ec.Readings > 3,
            () =>
            {
                ph ??= bench.Plug("ezo-ph");
                return ph.Readings > 3;
            });
        using var outbox = Open();
        var (streams, catalogs) = outbox.Manifest();
        Assert.Equal([1u, 2u], catalogs.Select(catalog => catalog.Inputs[1].ConfigRev).Order());
        Assert.Equal(2, streams.Count);
        var before = Rows(outbox, catalogs.Single(catalog => catalog.Inputs[1].ConfigRev == 1).Hash).Where(row => row.Input == 1).ToList();
        var after = Rows(outbox, catalogs.Single(catalog => catalog.Inputs[1].ConfigRev == 2).Hash).Where(row => row.Input == 1).ToList();
        Assert.NotEmpty(before);
        Assert.All(before, row => Assert.NotEqual(MissingReason.Unspecified, row.Missing));
        Assert.Contains(after, row => row.Missing == MissingReason.Unspecified && row.Value == 7);
    }

    [Fact]
    public async Task A_circuit_calibrated_again_gets_a_config_rev_of_its_own_and_the_others_keep_theirs()
    {
        wire.Plug("28-0000075f1a2b", 27_812);
        bench.Plug("ezo-ec");
        var ph = bench.Plug("ezo-ph");
        foreach (var slope in new[] { ph.Slope, "?Slope,91.0,92.0,3.00", "?Slope,91.0,92.0,3.00" })
        {
            ph.Slope = slope;
            var before = ph.Readings;
            await RunUntilAsync(() => ph.Readings > before + 2);
        }

        using var outbox = Open();
        Assert.Equal(["1,1,1,1", "1,2,1,1"], outbox.Manifest().Catalogs.Select(catalog => string.Join(',', catalog.Inputs.Select(input => input.ConfigRev))).Order());
    }

    [Fact]
    public async Task A_device_of_the_kernel_is_declared_when_it_comes_and_figures_about_it_are_measured()
    {
        using var kernel = new FakeKernel(wire.Sysfs);
        var rtd = bench.Plug("ezo-rtd");
        var before = 0;
        await RunUntilAsync(
            """{ "Kind": "iio", "Serial": "1-0076", "Port": "air" }, { "Kind": "ezo-rtd" }""",
            60,
            () => rtd.Readings > 130,
            () =>
            {
                if (before == 0)
                {
                    kernel.PlugIio("1-0076", "bme280", ("in_temp_input", "25080\n"));
                }

                // Counted from when the agent has looked again: until then it goes on measuring as before.
                before = shelves < 2 ? rtd.Readings : before;
                return rtd.Readings > before + 10;
            });
        Assert.Equal(2, shelves);
        using var outbox = Open();
        var catalogs = outbox.Manifest().Catalogs.OrderBy(catalog => catalog.Inputs.Count).ToList();
        const string Others = "ezo-rtd-i2c1-102 water_temperature, air/health probe_in_trouble, ezo-rtd-i2c1-102/health probe_in_trouble, ezo-rtd-i2c1-102/health supply_voltage, ezo-rtd-i2c1-102/health masked_bits, ezo-rtd-i2c1-102/health compensation_resets, i2c-1/health bus_nacks, i2c-1/health bus_stuck, ports/health not_used";
        Assert.Equal([Others, "air air_temperature, " + Others], catalogs.Select(catalog => string.Join(", ", catalog.Inputs.Where(input => input.Port != "agent").Select(input => $"{input.Port} {input.Quantity}"))));
        Assert.Contains(Rows(outbox, catalogs[0].Hash), row => row is { Input: 1, Value: 1 });
        Assert.Contains(Rows(outbox, catalogs[0].Hash), row => row is { Input: 2, Value: 0 });
        Assert.Contains(Rows(outbox, catalogs[1].Hash), row => row is { Input: 0, Value: 25.08 });
    }

    [Fact]
    public async Task Ports_that_only_the_files_tell_clash_with_one_sentence()
    {
        var config = await ConfigAsync("""{ "Kind": "replay", "Path": "FILE" }, { "Kind": "replay", "Path": "FILE" }""".Replace("FILE", await FileAsync(), StringComparison.Ordinal));
        var errors = new StringWriter();
        Assert.Equal(2, await RunCommand.RunAsync(config, null, errors, Shelf, TestContext.Current.CancellationToken));
        Assert.Contains("twice", errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        bench.Dispose();
        wire.Dispose();
        folder.Dispose();
    }

    private Outbox.Outbox Open() => Outbox.Outbox.Open(new OutboxOptions { Path = folder.File("outbox.db") }, bench.Time, new NullLogger<Outbox.Outbox>());

    private ProbeShelf Shelf(ILoggerFactory loggers)
    {
        shelves++;
        return new ProbeShelf(bench.Wire.Open, wire.Sysfs, bench.Time, loggers);
    }

    private async Task<FileInfo> ConfigAsync(string sources, int health = 0)
    {
        var config = folder.File("agent.json");
        await File.WriteAllTextAsync(config, $$"""
            { "AgentId": "0123456789abcdef0123456789abcdef", "Token": "x", "HubAddress": "127.0.0.1:1", "DataFolder": "{{folder.Path}}", "HealthIntervalSeconds": {{health}}, "Sources": [ {{sources}} ] }
            """, TestContext.Current.CancellationToken);
        return new FileInfo(config);
    }

    private async Task<string> FileAsync()
    {
        var path = folder.File("station.csv");
        await File.WriteAllTextAsync(path, "DateTime,Temp\n2024-01-01 00:00,20.5\n", TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Runs the agent on the test's clock, with nobody at the hub's address, until each condition in turn has come true. The disk is real: how far the clock runs meanwhile is nobody's business.</summary>
    private Task RunUntilAsync(params Func<bool>[] conditions) => RunUntilAsync(Sources, 0, conditions);

    private async Task RunUntilAsync(string sources, int health, params Func<bool>[] conditions)
    {
        var config = await ConfigAsync(sources, health);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var errors = new StringWriter();
        var running = RunCommand.RunAsync(config, null, errors, Shelf, stop.Token);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var met = 0;
        foreach (var condition in conditions)
        {
            while (!condition() && !running.IsCompleted && !limit.IsCancellationRequested)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(10));
                for (var i = 0; i < 20; i++)
                {
                    await Task.Yield();
                }
            }

            met += condition() ? 1 : 0;
        }

        Assert.True(met == conditions.Length, $"{met} of {conditions.Length} conditions came true; sensors were opened {shelves} times, the clock stands at {bench.Time.GetUtcNow():O}{errors}");
        await stop.CancelAsync();
        Assert.Equal(0, await running.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("", errors.ToString());
    }

    private static List<Row> Rows(Outbox.Outbox outbox, ulong catalog)
    {
        var rows = new List<Row>();
        var after = 0L;
        for (var page = outbox.Waiting(after, long.MaxValue); page.Count > 0; page = outbox.Waiting(after = page[^1].Id, long.MaxValue))
        {
            foreach (var held in page)
            {
                Assert.Equal(UpVerdict.Block, UpDecoder.Decode(held.Payload, out var block, out _, out _));
                if (block!.CatalogHash == catalog)
                {
                    rows.AddRange(block.Columns.SelectMany(column => Enumerable.Range(column.Start, column.Length).Select(i => new Row(column.Input, block.TUs[i], block.Raw[i], (MissingReason)block.Missing[i]))));
                }
            }
        }

        return rows;
    }
}
