namespace StemLab.Store;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Every_snapshot_beside_a_busy_writer_holds_exactly_its_commits()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 16, MemtableRows = 120, FlushSliceRows = 30 });
        const int Blocks = 600;
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Blocks; i++)
                {
                    // Every third block comes late, into the middle of what is there.
                    var t = i % 3 == 2 ? ((i - 2) * 10_000L) + 5 : i * 10_000L;
                    await test.SubmitAsync(TestBlocks.Ramp((ulong)i * 10, 0, t, 10, stepUs: 10));
                }
            },
            TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                var seen = 0L;
                while (seen < Blocks)
                {
                    using var snapshot = test.Store.Snapshot();
                    Assert.True(snapshot.Commit >= seen);
                    seen = snapshot.Commit;
                    Assert.Equal(seen * 10, TestStore.Rows(snapshot, new SeriesId(1)).Count);
                    var buckets = new BucketAggregate[1];
                    snapshot.Aggregate(new SeriesId(1), [0, long.MaxValue], buckets);
                    Assert.Equal(seen * 10, buckets[0].Count);
                }
            },
            TestContext.Current.CancellationToken)).ToArray();
        await Task.WhenAll([writing, .. readers]).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
    }

    [Fact]
    public async Task A_full_queue_makes_senders_wait_and_one_who_gives_up_has_submitted_nothing()
    {
        var queue = new Writing.SubmissionQueue(10, TimeSpan.Zero, TimeProvider.System);
        await queue.AddAsync(TestBlocks.Ramp(0, 0, 0, 10), TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource();
        var given = queue.AddAsync(TestBlocks.Ramp(10, 0, 0, 1), patience.Token).AsTask();
        var kept = queue.AddAsync(TestBlocks.Ramp(20, 0, 0, 2), TestContext.Current.CancellationToken).AsTask();
        Assert.False(given.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        List<Submission> taken = [];
        Assert.True(queue.Take(ref taken, mayWait: true));
        Assert.Single(taken);
        await kept.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
        taken.Clear();
        Assert.True(queue.Take(ref taken, mayWait: true));
        Assert.Equal(20UL, Assert.IsType<NativeBlock>(Assert.Single(taken)).FirstSeq);
    }
}
