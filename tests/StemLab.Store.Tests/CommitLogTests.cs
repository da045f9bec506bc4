namespace StemLab.Store;

public sealed class CommitLogTests
{
    [Fact]
    public async Task The_log_is_kept_72_hours_then_goes_and_says_expired()
    {
        await using var test = await TestStore.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await test.SubmitAsync(TestBlocks.Ramp((ulong)i * 10, 0, i * 10_000, 10));
        }

        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        test.Time.Advance(TimeSpan.FromHours(71));
        await CommitsAsync(test, 100, 70);
        Assert.False(test.Store.ReadCommits(CommitPosition.Beginning, 5).IsExpired);
        test.Time.Advance(TimeSpan.FromHours(2));
        await CommitsAsync(test, 170, 70);
        Assert.True(test.Store.ReadCommits(CommitPosition.Beginning, 5).IsExpired);
        Assert.False(test.Store.ReadCommits(CommitPosition.After(10), 5).IsExpired);
        var start = test.Store.ReadCommits(CommitPosition.Beginning, 5).Next;
        Assert.Equal(CommitPosition.After(10), start);
    }

    [Fact]
    public async Task What_is_not_in_chunks_never_leaves_the_log()
    {
        await using var test = await TestStore.OpenAsync();
        await CommitsAsync(test, 0, 10);
        test.Time.Advance(TimeSpan.FromHours(1000));
        await CommitsAsync(test, 10, 70);
        Assert.False(test.Store.ReadCommits(CommitPosition.Beginning, 5).IsExpired);
        await test.ReopenAsync();
        Assert.Equal(80, test.Rows(test.Series()).Count);
    }

    [Fact]
    public async Task The_cap_drops_the_oldest_commits_early()
    {
        await using var test = await TestStore.OpenAsync(options => options with { JournalCapBytes = 4000 });
        await CommitsAsync(test, 0, 200);
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await CommitsAsync(test, 200, 130);
        Assert.True(test.Store.ReadCommits(CommitPosition.Beginning, 5).IsExpired);
        Assert.Equal(330, test.Rows(test.Series()).Count);
    }

    [Fact]
    public async Task A_commit_number_is_never_used_again_after_purge_and_restart()
    {
        await using var test = await TestStore.OpenAsync(options => options with { JournalCapBytes = 1 });
        await CommitsAsync(test, 0, 10);
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await CommitsAsync(test, 10, 130);
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await test.ReopenAsync();
        Assert.Equal(141, (await test.SubmitAsync(TestBlocks.Ramp(140, 0, 10_000_000, 1))).Commit);
    }

    [Fact]
    public async Task A_cursor_can_stop_inside_a_commit_and_one_from_the_future_is_expired()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Block(0, (0, [(1, 1, 0), (2, 2, 0), (3, 3, 0)]), (1, [(1, 10, 0), (2, 20, 0)])));
        var page = test.Store.ReadCommits(CommitPosition.Beginning, 4);
        Assert.Equal(new CommitPosition(1, 3), page.Next);
        Assert.False(page.IsAtEnd);
        var rest = test.Store.ReadCommits(page.Next, 100);
        Assert.Equal(4, Assert.Single(Assert.Single(rest.Commits).Segments).FirstIndex);
        Assert.True(rest.IsAtEnd);
        Assert.True(test.Store.ReadCommits(CommitPosition.After(7), 1).IsExpired);
        Assert.Empty(test.Store.ReadCommits(CommitPosition.After(1), 1).Commits);
    }

    private static async Task CommitsAsync(TestStore test, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            await test.SubmitAsync(TestBlocks.Ramp(Seq(test), 0, 1_000_000 + (i * 1000L), 1));
        }
    }

    private static ulong Seq(TestStore test)
    {
        var covered = test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream);
        return covered.IsEmpty ? 0 : covered[^1].First + covered[^1].Count;
    }
}
