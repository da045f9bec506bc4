using StemLab.TestKit;

namespace StemLab.Store.Influx;

/// <summary>What the forwarder does with each answer, over replies recorded from InfluxDB 1.8, 2 and 3.</summary>
public sealed class RecordedInfluxTests
{
    public static TheoryData<string> Versions => ["1.8.10", "2.7.1", "3.2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exactly_the_bad_lines_are_kept_aside(string version)
    {
        await using var server = await RecordedInflux.StartAsync(version);
        server.IsBad = line => line.Contains("raw=13,", StringComparison.Ordinal) || line.Contains("raw=777,", StringComparison.Ordinal);
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1000));
        var status = await bench.UntilAsync(status => status is { WaitingRows: 0, QuarantinedRows: 2 });
        Assert.Equal(998, server.Count("reading"));
        Assert.Equal(version[0] != '3', status.Deletes);
        Assert.True(server.Writes < 70, $"{server.Writes} requests");
        server.IsBad = null;
        await bench.Influx.RequeueAsync(TestContext.Current.CancellationToken);
        await bench.UntilAsync(status => status is { WaitingRows: 0, QuarantinedRows: 0 });
        Assert.Equal(1000, server.Count("reading"));
        await bench.AssertSameOnBothSidesAsync();
    }

    [Theory]
    [InlineData("1.8.10", 503, "Service unavailable", FarState.Busy)]
    [InlineData("2.7.1", 401, "", FarState.WrongCredentials)]
    [InlineData("3.2.0", 403, "", FarState.WrongCredentials)]
    [InlineData("1.8.10", 200, "<html><body>Please log in</body></html>", FarState.NotInflux)]
    [InlineData("1.8.10", 500, "{\"error\":\"retention policy not found: week\"}", FarState.Misconfigured)]
    public async Task Each_trouble_has_its_state_and_nothing_is_lost(string version, int status, string body, FarState state)
    {
        await using var server = await RecordedInflux.StartAsync(version);
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.UntilAsync(status => status.State == FarState.Good);
        server.AnswerNextWrite(status, body, retryAfter: "60");
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 100));
        var held = await bench.UntilAsync(now => now.State == state);
        Assert.Equal(100, held.WaitingRows);
        bench.Influx.Retry();
        await bench.ForwardedAsync();
        Assert.Equal(100, server.Count("reading"));
    }

    [Fact]
    public async Task A_token_that_is_wrong_is_said_and_read_again_from_its_file()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("token"), "wrong\n", TestContext.Current.CancellationToken);
        await using var server = await RecordedInflux.StartAsync("3.2.0");
        server.Authorization = "Token right";
        await using var bench = await InfluxBench.OpenAsync(server.Url, options => options with { TokenFile = folder.File("token") });
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await bench.UntilAsync(status => status is { State: FarState.WrongCredentials, WaitingRows: 10 });
        await File.WriteAllTextAsync(folder.File("token"), "right\n", TestContext.Current.CancellationToken);
        bench.Influx.Retry();
        await bench.ForwardedAsync();
    }

    [Fact]
    public async Task An_answer_that_stalls_in_its_middle_is_given_up_and_readings_come_when_it_answers_again()
    {
        await using var server = await RecordedInflux.StartAsync("1.8.10");
        await using var bench = await InfluxBench.OpenAsync(server.Url, options => options with { Timeout = TimeSpan.FromSeconds(2) });
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 9000));
        await bench.ForwardedAsync();
        Assert.True(await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken) > 0);
        server.Stalls = true;
        var told = Assert.Throws<StoreUnavailableException>(() => bench.Rows(bench.Series()));
        Assert.Contains("no answer in time", told.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.Influx.CompareAsync(TestContext.Current.CancellationToken));
        server.Stalls = false;
        Assert.Equal(9000, bench.Rows(bench.Series()).Count);
    }

    [Fact]
    public async Task A_request_that_is_too_big_is_halved_and_the_size_remembered()
    {
        await using var server = await RecordedInflux.StartAsync("2.7.1");
        server.MostLines = 300;
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 5000));
        await bench.ForwardedAsync();
        Assert.Equal(5000, server.Count("reading"));
        var before = server.Writes;
        await bench.SubmitAsync(TestBlocks.Ramp(5000, 0, 5_000_000, 2000));
        await bench.ForwardedAsync();
        Assert.InRange(server.Writes - before, 1, 30);
        await bench.AssertSameOnBothSidesAsync();
    }

    [Fact]
    public async Task Where_a_server_cannot_delete_erased_rows_stay_hidden_here()
    {
        await using var server = await RecordedInflux.StartAsync("3.2.0");
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 9000));
        await bench.ForwardedAsync();
        Assert.True(await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken) > 0);
        await bench.Store.EraseAsync([new RowMask(bench.Series(), 1_000_000, 2_000_000)], TestContext.Current.CancellationToken);
        Assert.Equal(8000, bench.Rows(bench.Series()).Count);
        Assert.Equal(9000, server.Count("reading"));
    }

    [Fact]
    public async Task What_answers_is_no_InfluxDB_and_is_told_so()
    {
        await using var server = await RecordedInflux.StartAsync("no server");
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        var status = await bench.UntilAsync(status => status.State == FarState.NotInflux);
        Assert.Contains("no InfluxDB", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_only_InfluxDB_had_and_has_no_more_are_told_never_guessed()
    {
        await using var server = await RecordedInflux.StartAsync("1.8.10");
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 9000));
        await bench.ForwardedAsync();
        Assert.True(await bench.Influx.EvictAsync(100, TestContext.Current.CancellationToken) > 0);
        await using var emptied = await RecordedInflux.StartAsync("1.8.10");
        await bench.ReopenAsync(emptied.Url);
        var status = await bench.UntilAsync(status => status.State == FarState.RowsGone);
        Assert.Equal(9000, status.GoneRows);
        Assert.Throws<StoreDamagedException>(() => bench.Rows(bench.Series()));
    }
}
