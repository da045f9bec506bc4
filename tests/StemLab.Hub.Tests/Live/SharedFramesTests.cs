using StemLab.Store;

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

    private static Frame Of(CommitPosition from, CommitPosition to, long before, long told) => new(from, to, before, told, null!, null);

    private static (bool Joins, long Number, long Told) Join(SharedFrames frames, CommitPosition at) => (frames.TryJoin(at, out var number, out var told), number, told);
}
