using StemLab.Store.Influx;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

/// <summary>What can happen to an InfluxDB behind a store, done to a real one: whatever was receipted is on both sides in the end, once, with its exact sum.</summary>
public sealed class InfluxFaultTests
{
    [ServerFact("influxd")]
    public async Task Its_folder_put_back_from_an_old_backup_is_healed_by_itself()
    {
        var rounds = FaultReport.Rounds(2);
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        var rows = 0;
        for (var round = 0; round < rounds; round++)
        {
            rows = await SubmitAsync(bench, rows, 1000);
            await bench.ForwardedAsync();
            await server.KillAsync();
            using var backup = new TempFolder();
            Copy(server.DataFolder, backup.Path);
            await server.StartAgainAsync();
            bench.Influx.Retry();
            rows = await SubmitAsync(bench, rows, 1000);
            await bench.ForwardedAsync();

            // Somebody puts the old folder back, while the hub runs or while it is stopped.
            await server.KillAsync();
            if (round % 2 == 1)
            {
                await bench.CloseAsync();
            }

            Directory.Delete(server.DataFolder, recursive: true);
            Copy(backup.Path, server.DataFolder);
            await server.StartAgainAsync();
            if (round % 2 == 1)
            {
                await bench.OpenAsync();
            }
            else
            {
                await BrokenAsync(bench, rows);
                rows += 1;
            }

            await SameAsync(bench, server, rows);
        }

        FaultReport.Line("influxd's folder put back from an old backup", rounds, rows);
    }

    [ServerFact("influxd")]
    public async Task What_was_sent_before_its_mark_and_lost_with_an_old_backup_is_sent_again_too()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await SubmitAsync(bench, 0, 10);
        await bench.ForwardedAsync();
        await server.KillAsync();
        using var backup = new TempFolder();
        Copy(server.DataFolder, backup.Path);
        await server.StartAgainAsync();

        // A replay moves no mark: only the doubt after the break tells that these rows are to be sent once more.
        await server.AskAsync("DELETE FROM reading", "lab");
        bench.Influx.Retry();
        await bench.Influx.ReplayAsync(long.MinValue, TestContext.Current.CancellationToken);
        await bench.ForwardedAsync();
        await server.KillAsync();
        Directory.Delete(server.DataFolder, recursive: true);
        Copy(backup.Path, server.DataFolder);
        await server.StartAgainAsync();
        await server.AskAsync("DELETE FROM reading", "lab");
        await BrokenAsync(bench, 10);
        await SameAsync(bench, server, 11);
    }

    [ServerFact("influxd")]
    public async Task Rows_erased_while_it_is_down_are_deleted_there_when_it_is_back_and_no_replay_brings_them_back()
    {
        var rounds = FaultReport.Rounds(2);
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        var (rows, erased) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var first = rows;
            rows = await SubmitAsync(bench, rows, 1000);
            await bench.ForwardedAsync();
            await server.KillAsync();
            await bench.Store.EraseAsync([new RowMask(bench.Series(), (first + 100) * 1000L, (first + 300) * 1000L)], TestContext.Current.CancellationToken);
            erased += 200;
            if (round % 2 == 1)
            {
                await bench.ReopenAsync();
            }

            await server.StartAgainAsync();
            bench.Influx.Retry();
            await bench.ForwardedAsync();

            // The sender offers them again under new numbers, and the hub is asked to send everything again.
            var again = await bench.SubmitAsync(TestBlocks.Ramp((ulong)(1_000_000 + first), 0, first * 1000L, 1000));
            Assert.Equal((0, 800, 200), (again.Stored, again.Duplicate, again.Erased));
            await bench.Influx.ReplayAsync(long.MinValue, TestContext.Current.CancellationToken);
            await SameAsync(bench, server, rows - erased);
        }

        FaultReport.Line("readings erased while influxd is down, then everything offered and sent again", rounds, rows - erased);
    }

    [ServerFact("influxd")]
    public async Task Erased_rows_that_an_old_backup_brings_back_are_deleted_again()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await SubmitAsync(bench, 0, 1000);
        await bench.ForwardedAsync();
        await server.KillAsync();
        using var backup = new TempFolder();
        Copy(server.DataFolder, backup.Path);
        await server.StartAgainAsync();
        bench.Influx.Retry();
        await bench.Store.EraseAsync([new RowMask(bench.Series(), 900_000, long.MaxValue)], TestContext.Current.CancellationToken);
        Assert.Equal(10, (await bench.SubmitAsync(TestBlocks.Ramp(1000, 0, 2_000_000, 10))).Erased);
        await SameAsync(bench, server, 900);
        await server.KillAsync();
        Directory.Delete(server.DataFolder, recursive: true);
        Copy(backup.Path, server.DataFolder);
        await server.StartAgainAsync();
        bench.Influx.Retry();
        await bench.Influx.ReplayAsync(long.MinValue, TestContext.Current.CancellationToken);
        await SameAsync(bench, server, 900);
    }

    [ServerFact("influxd")]
    public async Task A_boot_that_gets_its_time_while_its_rows_stream_has_its_earlier_rows_sent_too()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        bench.Offsets.Clear();
        await SubmitAsync(bench, 0, 1000);
        await bench.UntilAsync(status => status is { HeldBoots: 1, HeldRows: 1000, WaitingRows: 0 });
        bench.Offsets[TestBlocks.Boot] = 1_790_000_000_000_000;

        // Between two looks at held boots, a new row finds that the time is known.
        await SubmitAsync(bench, 1000, 10);
        await bench.UntilAsync(status => status is { HeldBoots: 0, SentRows: > 1000 });
        await SameAsync(bench, server, 1010);
    }

    private static async Task<int> SubmitAsync(InfluxBench bench, int first, int count)
    {
        var outcome = await bench.SubmitAsync(TestBlocks.Ramp((ulong)first, 0, first * 1000L, count));
        Assert.Equal(count, outcome.Stored);
        return first + count;
    }

    /// <summary>One row more shows the hub that the server broke.</summary>
    private static async Task BrokenAsync(InfluxBench bench, int first)
    {
        await SubmitAsync(bench, first, 1);
        bench.Influx.Retry();
        await bench.ForwardedAsync();
    }

    private static async Task SameAsync(InfluxBench bench, InfluxServer server, int rows)
    {
        await bench.UntilAsync(status => status is { State: FarState.Good, WaitingRows: 0, GoneRows: 0 });
        var expected = $",{rows}]";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!(await server.AskAsync("SELECT count(raw) FROM reading", "lab")).Contains(expected, StringComparison.Ordinal) && !limit.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.True(!limit.IsCancellationRequested, await server.AskAsync("SELECT count(raw) FROM reading; SELECT * FROM hub", "lab") + $" and not {rows}; {bench.Influx.Status}");
        await bench.AssertSameOnBothSidesAsync();
        Assert.Equal(rows, bench.Rows(bench.Series()).Count);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
        }
    }
}
