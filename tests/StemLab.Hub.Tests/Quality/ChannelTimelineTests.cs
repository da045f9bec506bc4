using StemLab.Hub.Derive;

namespace StemLab.Hub.Quality;

public sealed class ChannelTimelineTests
{
    [Fact]
    public async Task What_is_marked_while_a_recheck_is_at_work_is_not_done_by_it()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        await hub.RowsAsync("ph", "ph", "[pH]", (10, 7));
        Derivation derivation = hub.Book.Current;
        var timeline = new ChannelTimeline(derivation.Channels[0], new RuleBook(derivation).Of(derivation.Channels[0]));
        timeline.MarkDirty(new UtcSpan(0, 100));
        timeline.BeginRecheck();
        timeline.MarkDirty(new UtcSpan(50, 60));
        timeline.MarkDirty(new UtcSpan(60, 61));

        timeline.Settle(new UtcSpan(0, 100), new RangeVerdicts([], long.MaxValue, long.MinValue, 0), derivation);

        Assert.Equal([new UtcSpan(50, 61)], timeline.Dirty);
        timeline.BeginRecheck();
        timeline.Settle(new UtcSpan(50, 61), new RangeVerdicts([], long.MaxValue, long.MinValue, 0), derivation);
        Assert.Empty(timeline.Dirty);
    }

    [Fact]
    public async Task Rows_out_of_turn_wait_as_one_stretch_not_each_alone()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        await hub.RowsAsync("ph", "ph", "[pH]", (10, 7));
        Derivation derivation = hub.Book.Current;
        ChannelView channel = derivation.Channels[0];
        var timeline = new ChannelTimeline(channel, new RuleBook(derivation).Of(channel));
        const long Quarter = 15 * 60 * DeriveFixture.Second;

        // No pass was begun, as after facts that moved the past: every row is judged from the store.
        for (int i = 0; i < 10_000; i++)
        {
            Assert.False(timeline.TryFollow(new LiveRow(channel.Series[0], i * Quarter, i * Quarter, 1, 7, 2, default), out _));
        }

        Assert.Equal([new UtcSpan(0, (9_999 * Quarter) + 1)], timeline.Dirty);
    }
}
