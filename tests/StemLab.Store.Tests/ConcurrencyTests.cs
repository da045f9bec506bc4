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

    [Fact]
    public async Task What_one_batch_brings_is_one_commit_unless_it_is_enough_before()
    {
        var queue = new Writing.SubmissionQueue(100_000, TimeSpan.Zero, new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        List<Submission> taken = [];
        queue.BeginBatch();
        await AddAsync(3);
        Assert.True(queue.Take(ref taken, mayWait: false));
        Assert.Empty(taken);

        // Another batch began meanwhile: both have to end.
        queue.BeginBatch();
        queue.EndBatch();
        var taking = Task.Run(() => queue.Take(ref taken, mayWait: true), TestContext.Current.CancellationToken);
        await AddAsync(2);
        queue.EndBatch();
        Assert.True(await taking.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(5, taken.Count);

        taken.Clear();
        queue.BeginBatch();
        await AddAsync(64);
        Assert.True(queue.Take(ref taken, mayWait: false));
        Assert.Equal(64, taken.Count);

        async Task AddAsync(int submissions)
        {
            for (var i = 0; i < submissions; i++)
            {
                await queue.AddAsync(TestBlocks.Ramp(0, 0, 0, 1), TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_batch_that_does_not_end_holds_the_writer_for_a_moment_only()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var queue = new Writing.SubmissionQueue(100_000, TimeSpan.Zero, time);
        List<Submission> taken = [];
        queue.BeginBatch();
        await queue.AddAsync(TestBlocks.Ramp(0, 0, 0, 1), TestContext.Current.CancellationToken);
        var taking = Task.Run(() => queue.Take(ref taken, mayWait: true), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await taking.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken));
        Assert.Single(taken);
    }

    [Fact]
    public async Task Readings_that_trickle_share_a_commit_and_a_lone_sender_is_not_held_back()
    {
        var queue = new Writing.SubmissionQueue(100_000, TimeSpan.Zero, new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        List<Submission> taken = [];

        // The first commit waits for nothing; the next one follows at once and waits a moment, in vain.
        Assert.Equal(1, await TakenOfAsync(1));
        Assert.Equal(0, await TakenOfAsync(1));
        Assert.Equal(1, await TakenOfAsync(0));

        // So the next ones do not wait, until it is tried again.
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(1, await TakenOfAsync(1));
        }

        Assert.Equal(0, await TakenOfAsync(1));
        Assert.Equal(11, await TakenOfAsync(10));

        // It was worth it; and what is enough for a commit does not wait.
        Assert.Equal(0, await TakenOfAsync(1));
        Assert.Equal(2, await TakenOfAsync(1));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(1, await TakenOfAsync(1));
        }

        Assert.Equal(64, await TakenOfAsync(64));

        // Many trickle again: now the writer waits out the time and hears of nobody who comes first, and still has what came.
        Assert.Equal(0, await TakenOfAsync(1));
        Assert.Equal(11, await TakenOfAsync(10));
        taken.Clear();
        var taking = Task.Run(() => queue.Take(ref taken, mayWait: true), TestContext.Current.CancellationToken);
        await queue.AddAsync(TestBlocks.Ramp(0, 0, 0, 1), TestContext.Current.CancellationToken);
        Assert.True(await taking.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken));
        Assert.Single(taken);

        async Task<int> TakenOfAsync(int submissions)
        {
            for (var i = 0; i < submissions; i++)
            {
                await queue.AddAsync(TestBlocks.Ramp(0, 0, 0, 1), TestContext.Current.CancellationToken);
            }

            taken.Clear();
            Assert.True(queue.Take(ref taken, mayWait: false));
            return taken.Count;
        }
    }
}
