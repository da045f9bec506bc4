using System.Threading.Channels;
using StemLab.Hub.Api;
using StemLab.Hub.History;
using StemLab.Store;
using StemLab.V1;
using Channel = System.Threading.Channels.Channel;

namespace StemLab.Hub.Live;

/// <summary>Where a watcher joins the shared messages, and who is woken when.</summary>
public sealed class SharedFramesTests
{
    private static readonly CommitPosition One = CommitPosition.After(1);
    private static readonly CommitPosition Two = CommitPosition.After(2);

    [Fact]
    public void Who_joins_gets_no_message_of_before_but_learns_through_which_change_they_told()
    {
        var frames = new SharedFrames(One);
        frames.Add(Of(One, One, 5, 6));
        frames.Add(Of(One, One, 6, 9));
        Assert.Equal((true, 2, 9), Join(frames, One));
        frames.Add(Of(One, Two, 9, 12));
        frames.Add(Of(Two, Two, 12, 12));
        Assert.Equal((true, 2, 9), Join(frames, One));
        Assert.Equal((true, 4, 12), Join(frames, Two));
        Assert.False(Join(frames, CommitPosition.After(3)).Joins);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_next_message_by_leaving_and_when_no_more_come()
    {
        var frames = new SharedFrames(One);
        var bell = new FrameBell(inPool: false);
        var first = frames.WaitAsync(bell, 0).AsTask();
        Assert.False(first.IsCompleted);
        frames.Add(Of(One, Two, 1, 1));
        Assert.True(first.IsCompletedSuccessfully);
        await frames.WaitAsync(bell, 0);

        var other = new FrameBell(inPool: false);
        var leaving = frames.WaitAsync(other, 1).AsTask();
        var ending = frames.WaitAsync(bell, 1).AsTask();
        frames.Leave(other);
        Assert.True(leaving.IsCompletedSuccessfully && !ending.IsCompleted);
        Assert.True(frames.WaitAsync(other, 1).AsTask().IsCompletedSuccessfully);

        frames.End();
        Assert.True(ending.IsCompletedSuccessfully);
        Assert.Null(frames.At(1, out var isGone));
        Assert.True(isGone && frames.Aligned is null && !Join(frames, Two).Joins);
        Assert.NotNull(frames.At(0, out _));
    }

    [Fact]
    public async Task A_watcher_whose_shared_messages_end_reads_on_alone_every_reading_once()
    {
        await using var hub = await HubFixture.StartAsync();
        var feed = hub.Get<LiveFeed>();
        var frames = new SharedFrames(feed.Stream.Newest);
        ChannelSelection all = ChannelSelection.Parse(["agents/-/channels/-"], out _);
        var pump = new FramePump(feed, frames, feed.Stream.Newest, all, new FrameBuilder(feed.Store, feed.Quality, all, feed.Refs, withRaw: false, maxRateHz: 0));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var values = Channel.CreateUnbounded<double>();
        var watching = new Watcher(
            feed,
            new WatchReadingsRequest { Channels = { "agents/-/channels/-" } },
            all,
            frames,
            async (message, token) =>
            {
                foreach (var value in message.Blocks.SelectMany(block => block.Value))
                {
                    await values.Writer.WriteAsync(value, token);
                }
            },
            sendsBytes: false).RunAsync(null, stop.Token);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var shared = pump.RunAsync(ends.Token);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.1));
        Assert.Equal(7.1, await NextAsync(values));

        // However a pump ends, it says so to who waits for it; what comes later is nobody's to share.
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shared);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.2));
        Assert.Equal(7.2, await NextAsync(values));
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.3));
        Assert.Equal(7.3, await NextAsync(values));
        await stop.CancelAsync();
        await watching;
    }

    private static Task<double> NextAsync(Channel<double> values) => values.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private static Frame Of(CommitPosition from, CommitPosition to, long before, long told) => new(from, to, before, told, null!, null);

    private static (bool Joins, long Number, long Told) Join(SharedFrames frames, CommitPosition at) => (frames.TryJoin(at, out var number, out var told), number, told);
}
