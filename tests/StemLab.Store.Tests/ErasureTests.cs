namespace StemLab.Store;

public sealed class ErasureTests
{
    [Fact]
    public async Task Erased_rows_are_gone_from_reads_log_and_chunks_and_late_ones_are_counted()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 32 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 200));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await test.SubmitAsync(TestBlocks.Ramp(200, 0, 200_000, 100));
        var series = test.Series();
        await test.Store.EraseAsync([new RowMask(series, 50_000, 260_000)], TestContext.Current.CancellationToken);
        Check(test, series);
        var late = await test.SubmitAsync(TestBlocks.Block(300, (0, [(100_500, 1, 0), (270_500, 2, 0)])));
        Assert.Equal((1, 1), (late.Stored, late.Erased));
        Assert.Equal(1, test.Store.Account(TestBlocks.Agent).Erased);
        await test.ReopenAsync();
        Assert.Equal(91, test.Rows(series).Count);
        Assert.DoesNotContain(test.Rows(series), row => row.TUs is >= 50_000 and < 260_000);
        Assert.Equal(0, StoreFile.Scalar(test.Folder, "SELECT count(*) FROM chunk WHERE t1 >= 50000 AND t0 < 260000"));
        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
    }

    private static void Check(TestStore test, SeriesId series)
    {
        Assert.Equal(90, test.Rows(series).Count);
        using var snapshot = test.Store.Snapshot();
        var buckets = new BucketAggregate[3];
        snapshot.Aggregate(series, [0, 40_000, 240_000, 400_000], buckets);
        Assert.Equal([40L, 10, 40], buckets.Select(bucket => bucket.Count));
        Assert.True(snapshot.TryLatest(series, out var latest));
        Assert.Equal(299_000, latest.TUs);
        var page = test.Store.ReadCommits(CommitPosition.Beginning, 1000);
        Assert.Equal(90, page.Commits.Sum(commit => commit.RowCount));
        Assert.Equal(60, page.Commits[1].Segments[0].FirstIndex);
    }

    [Fact]
    public async Task The_latest_row_is_the_last_one_not_erased()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await test.Store.EraseAsync([new RowMask(test.Series(), 5_000, long.MaxValue)], TestContext.Current.CancellationToken);
        using var snapshot = test.Store.Snapshot();
        Assert.True(snapshot.TryLatest(test.Series(), out var latest));
        Assert.Equal(4000, latest.TUs);
        await test.Store.EraseAsync([new RowMask(test.Series(), long.MinValue, 5_000)], TestContext.Current.CancellationToken);
        using var empty = test.Store.Snapshot();
        Assert.False(empty.TryLatest(test.Series(), out _));
        Assert.False(empty.TryExtent(test.Series(), out _, out _));
    }
}
