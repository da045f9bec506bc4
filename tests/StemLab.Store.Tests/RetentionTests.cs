using StemLab.Store.Sqlite;

namespace StemLab.Store;

public sealed class RetentionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dropped_rows_leave_chunks_memory_and_log_also_over_a_restart_and_the_ledger_stays()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 32 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 200));
        await test.Store.FlushAsync(Stop);
        await test.SubmitAsync(TestBlocks.Ramp(200, 0, 200_000, 100));
        var series = test.Series();

        Assert.Equal(150, await test.Store.DropAsync(new Dictionary<SeriesId, long> { [series] = 150_000 }, Stop));
        Assert.Equal(100, await test.Store.DropAsync(new Dictionary<SeriesId, long> { [series] = 250_000 }, Stop));

        foreach (var _ in (bool[])[false, true])
        {
            Assert.Equal(50, test.Rows(series).Count);
            Assert.Equal(50, test.Store.ReadCommits(CommitPosition.Beginning, 1000).Commits.Sum(commit => commit.RowCount));
            Assert.Equal([new SeqRangeValue(0, 300)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
            Assert.Equal(Verdict.Duplicate, (await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 200))).Verdict);
            await test.ReopenAsync();
        }

        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
    }

    [Fact]
    public async Task Rows_of_a_dropped_time_that_come_later_are_stored_like_any_others()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await test.Store.DropAsync(new Dictionary<SeriesId, long> { [test.Series()] = 5_000 }, Stop);

        var late = await test.SubmitAsync(TestBlocks.Block(10, (0, [(1_500, 1, 0)])));

        Assert.Equal(1, late.Stored);
        Assert.Equal(6, test.Rows(test.Series()).Count);
        await test.ReopenAsync();
        Assert.Equal(6, test.Rows(test.Series()).Count);
        Assert.Equal(6, test.Store.ReadCommits(CommitPosition.Beginning, 1000).Commits.Sum(commit => commit.RowCount));
    }

    [Fact]
    public async Task A_removal_larger_than_a_slice_leaves_the_writer_free_between_and_ends_whole()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 4 });
        const int Rows = 12_000;
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, Rows));
        await test.Store.FlushAsync(Stop);
        var removing = test.Store.EraseAsync([new RowMask(test.Series(), 2_000, (Rows - 2) * 1000L)], Stop);
        var beside = await test.SubmitAsync(TestBlocks.Ramp(Rows, 1, 0, 10));

        Assert.Equal(10, beside.Stored);
        Assert.Equal(Rows - 4, await removing);
        Assert.Equal([0L, 1000, (Rows - 2) * 1000L, (Rows - 1) * 1000L], test.Rows(test.Series()).Select(row => row.TUs));
        Assert.Equal(0, await test.Store.EraseAsync([new RowMask(test.Series(), 2_000, (Rows - 2) * 1000L)], Stop));
        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
    }

    [Fact]
    public async Task Erased_values_leave_no_trace_in_chunk_pages_the_log_alone_keeps_them_until_it_is_purged()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 64 });
        var secret = Math.PI * 1e5;
        await test.SubmitAsync(TestBlocks.Block(0, (0, [.. Enumerable.Range(0, 64).Select(i => (i * 1000L, secret + (i * 0.1234567891), (byte)0))])));
        await test.ReopenAsync();
        await test.Store.FlushAsync(Stop);
        await test.ReopenAsync();
        Assert.Equal(2, Copies(test.Folder, secret));

        await test.Store.EraseAsync([new RowMask(test.Series(), long.MinValue, long.MaxValue)], Stop);

        await test.ReopenAsync();
        Assert.Equal(1, Copies(test.Folder, secret));
    }

    private static int Copies(string folder, double value)
    {
        using var file = new FileStream(Path.Combine(folder, Schema.FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var needle = BitConverter.GetBytes(value);
        var copies = 0;
        for (var at = bytes.AsSpan().IndexOf(needle); at >= 0; at = bytes.AsSpan(at + 1).IndexOf(needle) is var next and >= 0 ? at + 1 + next : -1)
        {
            copies++;
        }

        return copies;
    }
}
