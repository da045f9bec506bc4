namespace StemLab.Store;

public sealed class ForwardingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_consumer_has_not_stays_in_the_log_whatever_its_age_and_size()
    {
        await using var test = await TestStore.OpenAsync(options => options with { JournalCapBytes = 1, MemtableRows = 1 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        Assert.Null(test.Store.ForwardedThrough);
        Assert.Equal(0, await test.Store.StartForwardingAsync(Stop));
        await CommitsAsync(test, 10, 200);
        Assert.Equal(1, StoreFile.Scalar(test.Folder, "SELECT min(seq) FROM journal"));

        Assert.Equal(100, await test.Store.ForwardedAsync(0, 100, Stop));
        await CommitsAsync(test, 210, 200);
        Assert.Equal(101, StoreFile.Scalar(test.Folder, "SELECT min(seq) FROM journal"));

        await test.Store.StopForwardingAsync(Stop);
        await CommitsAsync(test, 410, 200);
        Assert.True(StoreFile.Scalar(test.Folder, "SELECT min(seq) FROM journal") > 400);
    }

    [Fact]
    public async Task A_replay_sets_the_cursor_back_over_a_restart_and_beats_what_was_under_way()
    {
        await using var test = await TestStore.OpenAsync();
        Assert.Null(await test.Store.ReplayAsync(TimeSpan.FromHours(1), Stop));
        for (var hour = 0; hour < 10; hour++)
        {
            await CommitsAsync(test, hour, 1);
            test.Time.Advance(TimeSpan.FromHours(1));
        }

        var at = await test.Store.StartForwardingAsync(Stop);
        Assert.Equal(10, await test.Store.ForwardedAsync(at, 10, Stop));
        Assert.Equal(new ReplayedCommits(8, 10), await test.Store.ReplayAsync(TimeSpan.FromHours(3.5), Stop));
        Assert.Equal(7, await test.Store.ForwardedAsync(10, 11, Stop));
        await test.ReopenAsync();
        Assert.Equal(7, test.Store.ForwardedThrough);
        Assert.Equal(new ReplayedCommits(1, 7), await test.Store.ReplayAsync(TimeSpan.FromDays(365), Stop));
        Assert.Equal(0, test.Store.ForwardedThrough);
    }

    private static async Task CommitsAsync(TestStore test, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            await test.SubmitAsync(TestBlocks.Ramp((ulong)(i == 0 ? 0 : i + 1000), 1, i * 1000L, 1));
        }
    }
}
