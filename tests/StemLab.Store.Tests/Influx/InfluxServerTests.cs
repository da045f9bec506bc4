using StemLab.TestKit;

namespace StemLab.Store.Influx;

/// <summary>Against a real influxd: what is committed arrives there once, whatever happens to it, and comes back.</summary>
public sealed class InfluxServerTests
{
    [ServerFact("influxd")]
    public async Task Rows_arrive_and_read_back_bit_exact_after_their_bodies_left_the_hub()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        double[] values = [0.0, -0.0, 1e-300, double.MaxValue, double.MinValue, 9007199254740993, double.Epsilon, 7.1, -273.15];
        var rows = values.Select((value, i) => (T: (long)i * 1000, value, (byte)0)).Append((T: 9000, double.NaN, (byte)2)).ToArray();
        await bench.SubmitAsync(TestBlocks.Block(0, (0, rows)));
        await bench.SubmitAsync(TestBlocks.Ramp(10, 1, 5, 20_000));
        var before = bench.Rows(bench.Series(0));
        var ramp = bench.Rows(bench.Series(1));
        var status = await bench.ForwardedAsync();
        Assert.StartsWith("1.", status.Version, StringComparison.Ordinal);
        await bench.AssertSameOnBothSidesAsync();

        await bench.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.InRange(await bench.Influx.EvictAsync(1000, TestContext.Current.CancellationToken), 6, 8);
        Assert.Equal(0, await bench.Influx.EvictAsync(1000, TestContext.Current.CancellationToken));
        Assert.InRange(bench.Influx.Status.RemoteChunks, 6, 8);
        Assert.Equal(ramp, bench.Rows(bench.Series(1)));
        Assert.Equal(before.Select(row => BitConverter.DoubleToInt64Bits(row.Raw)), bench.Rows(bench.Series(0)).Select(row => BitConverter.DoubleToInt64Bits(row.Raw)));
        Assert.Equal(before.Select(row => (row.TUs, row.Missing)), bench.Rows(bench.Series(0)).Select(row => (row.TUs, row.Missing)));
    }

    [ServerFact("influxd")]
    public async Task A_server_that_starts_late_and_dies_in_between_gets_everything_once()
    {
        await using var server = InfluxServer.NotStarted();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 3000));
        await bench.UntilAsync(status => status.State == FarState.Unreachable);
        Assert.True(bench.Influx.Status.WaitingRows == 3000, bench.Influx.Status.ToString());
        await server.StartAgainAsync();
        await bench.ForwardedAsync();
        for (var i = 1; i <= 4; i++)
        {
            await server.KillAsync();
            await bench.SubmitAsync(TestBlocks.Ramp((ulong)i * 3000, 0, i * 3_000_000, 3000));
            await server.StartAgainAsync();
            bench.Influx.Retry();
        }

        await bench.ForwardedAsync();
        await bench.AssertSameOnBothSidesAsync();
        Assert.Contains("15000", await server.AskAsync("SELECT count(raw) FROM reading", "lab"), StringComparison.Ordinal);
    }

    [ServerFact("influxd")]
    public async Task Bad_lines_are_named_kept_aside_and_sent_again_on_demand()
    {
        await using var server = await InfluxServer.StartAsync();
        await server.AskAsync("CREATE DATABASE lab");
        await using var bench = await InfluxBench.OpenAsync(server.Url);

        // The server will not take rows older than its retention: 1970 and the like.
        await server.AskAsync("ALTER RETENTION POLICY autogen ON lab DURATION 3650d");
        bench.Offsets[TestBlocks.Boot] = 0;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        (long T, double V, byte M)[] rows = [.. Enumerable.Range(0, 500).Select(i => (i % 100 == 7 ? 1000L + i : now + i, (double)i, (byte)0)).OrderBy(row => row.Item1)];
        await bench.SubmitAsync(TestBlocks.Block(0, (0, rows)));
        var status = await bench.UntilAsync(status => status is { WaitingRows: 0, QuarantinedRows: 5 });
        Assert.Contains("retention", status.QuarantineReason, StringComparison.Ordinal);
        Assert.Contains("495", await server.AskAsync("SELECT count(raw) FROM reading", "lab"), StringComparison.Ordinal);
        Assert.Equal(500, bench.Rows(bench.Series()).Count);

        await server.AskAsync("ALTER RETENTION POLICY autogen ON lab DURATION INF");
        await bench.Influx.RequeueAsync(TestContext.Current.CancellationToken);
        await bench.UntilAsync(status => status is { WaitingRows: 0, QuarantinedRows: 0 });
        await bench.AssertSameOnBothSidesAsync();
    }

    [ServerFact("influxd")]
    public async Task A_boot_without_a_time_is_held_and_shown_and_sent_once_it_has_one()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        bench.Offsets.Clear();
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1000));
        var held = await bench.UntilAsync(status => status is { HeldBoots: 1, HeldRows: 1000, WaitingRows: 0 });
        Assert.Equal(FarState.Good, held.State);
        await bench.ReopenAsync();
        bench.Offsets[TestBlocks.Boot] = 1_790_000_000_000_000;
        bench.Influx.Retry();
        await bench.SubmitAsync(TestBlocks.Ramp(1000, 0, 1_000_000, 10));
        await bench.UntilAsync(status => status is { HeldBoots: 0, WaitingRows: 0, SentRows: > 1000 });
        await bench.AssertSameOnBothSidesAsync();
    }

    [ServerFact("influxd")]
    public async Task A_database_dropped_or_put_back_from_an_old_backup_is_healed_by_counting()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 2000));
        await bench.ForwardedAsync();
        await server.AskAsync("DROP DATABASE lab");
        await bench.SubmitAsync(TestBlocks.Ramp(2000, 0, 2_000_000, 100));
        bench.Influx.Retry();
        await bench.UntilAsync(status => status is { State: FarState.Good, WaitingRows: 0, SentRows: >= 4100 });
        await bench.AssertSameOnBothSidesAsync();
    }

    [ServerFact("influxd")]
    public async Task A_hub_that_lost_its_disk_lands_on_the_same_points()
    {
        await using var server = await InfluxServer.StartAsync();
        await using (var lost = await InfluxBench.OpenAsync(server.Url))
        {
            await lost.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1000));
            await lost.ForwardedAsync();
        }

        // The new hub knows the boot's time a little otherwise; the agent offers everything again.
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        bench.Offsets[TestBlocks.Boot] += 12_345;
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1000));
        await bench.ForwardedAsync();
        await bench.AssertSameOnBothSidesAsync();
        Assert.Contains(",1000]", await server.AskAsync("SELECT count(raw) FROM reading", "lab"), StringComparison.Ordinal);
    }

    [ServerFact("influxd")]
    public async Task Late_rows_meet_rows_that_only_InfluxDB_has()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10_000));
        await bench.ForwardedAsync();
        Assert.Equal(3, await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken));

        // Half of them there already, one contradicts, half new between them.
        var late = TestBlocks.Block(10_000, (0, [.. Enumerable.Range(0, 20).Select(i => (i * 500L, i % 2 == 1 ? 1 : i == 4 ? 77 : i / 2.0, (byte)0))]));
        var outcome = await bench.SubmitAsync(late);
        Assert.Equal((10, 9, 1), (outcome.Stored, outcome.Duplicate, outcome.Conflict));
        await bench.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10_010, bench.Rows(bench.Series()).Count);
        await bench.ForwardedAsync();
        await bench.AssertSameOnBothSidesAsync();
    }

    [ServerFact("influxd")]
    public async Task Rows_that_leave_for_InfluxDB_between_the_look_and_the_commit_are_brought_back_and_the_submission_goes_on()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10_000));
        await bench.ForwardedAsync();
        var look = bench.Store.BeforeSubmit!;
        var evicted = 0;
        bench.Store.BeforeSubmit = (submission, token) =>
        {
            var first = look(submission, token);
            return evicted > 0 ? first : EvictAsync();
        };
        async Task EvictAsync() => evicted = await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken);

        var outcome = await bench.SubmitAsync(TestBlocks.Block(10_000, (0, [(500L, 0.5, 0), (1000L, 0.5, 0)])));
        Assert.Equal((3, 1, 1), (evicted, outcome.Stored, outcome.Duplicate + outcome.Conflict));
        Assert.True(bench.Store.Health.IsWritable);
        await bench.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10_001, bench.Rows(bench.Series()).Count);
    }

    [ServerFact("influxd")]
    public async Task What_is_erased_here_is_deleted_there()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10_000));
        await bench.ForwardedAsync();
        Assert.Equal(1, await bench.Influx.EvictAsync(1, TestContext.Current.CancellationToken));
        await bench.Store.EraseAsync([new RowMask(bench.Series(), 1_000_000, 9_000_000)], TestContext.Current.CancellationToken);
        Assert.Equal(2000, bench.Rows(bench.Series()).Count);
        await bench.UntilAsync(_ => server.AskAsync("SELECT count(raw) FROM reading", "lab").Result.Contains(",2000]", StringComparison.Ordinal));
        Assert.Equal(2000, bench.Rows(bench.Series()).Count);
        await bench.ReopenAsync();
        Assert.Equal(2000, bench.Rows(bench.Series()).Count);
    }

    [ServerFact("influxd")]
    public async Task An_embedded_start_on_rows_that_only_InfluxDB_has_is_refused_until_they_are_back()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10_000));
        await bench.ForwardedAsync();
        Assert.Equal(3, await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken));
        await bench.CloseAsync();
        var refusal = Assert.Throws<StoreUnavailableException>(() => ObservationStore.Open(new StoreOptions { Folder = bench.Folder }, TestBlocks.Decode, null, TimeProvider.System));
        Assert.Contains("stemlab store move --to embedded", refusal.Message, StringComparison.Ordinal);

        await bench.OpenAsync();
        await bench.UntilAsync(status => status.State == FarState.Good);
        await bench.Influx.BringBackAsync(cancellationToken: TestContext.Current.CancellationToken);
        await bench.CloseAsync();
        await using (var store = ObservationStore.Open(new StoreOptions { Folder = bench.Folder }, TestBlocks.Decode, null, TimeProvider.System))
        {
            using var snapshot = store.Snapshot();
            Assert.Equal(10_000, TestStore.Rows(snapshot, new SeriesId(1)).Count);
        }

        await bench.OpenAsync();
    }
}
