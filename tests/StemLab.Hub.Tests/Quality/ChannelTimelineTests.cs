using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Quality;
using StemLab.Store;
using static StemLab.Hub.Derive.DeriveFixture;

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

    [Fact]
    public async Task What_a_recheck_saw_of_rows_not_yet_taken_does_not_stand_beside_what_is_said_when_they_are()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        (ChannelTimeline timeline, Derivation derivation, SeriesId series) = await FollowingAsync(hub);
        Follow(timeline, series, 1, 2, 3);
        timeline.MarkDirty(new UtcSpan(3 * Second, (3 * Second) + 1));
        timeline.BeginRecheck();

        // Its snapshot ends with a row of doubtful input whose spike only the row after it can show.
        var ahead = new FlagRuns();
        ahead.Add(5 * Second, 4, FlagReasons.InputFlagged);
        timeline.Settle(
            new UtcSpan(3 * Second, (3 * Second) + 1), new RangeVerdicts(new Dictionary<SeriesId, FlagRuns> { [series] = ahead }, 3 * Second, 5 * Second, 3), derivation);
        Follow(timeline, series, 4, 5, 6);

        Assert.Equal([new FlagRun(5 * Second, 5 * Second, 4, FlagReasons.InputFlagged | FlagReasons.Spike)], timeline.Runs(series, long.MinValue, long.MaxValue));
    }

    [Fact]
    public async Task A_recheck_of_an_open_stretch_leaves_alone_what_was_judged_since_it_began()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        (ChannelTimeline timeline, Derivation derivation, SeriesId series) = await FollowingAsync(hub);
        Follow(timeline, series, 1, 2, 3);
        timeline.MarkDirty(new UtcSpan(0, 1_000 * Second));
        timeline.BeginRecheck();
        Follow(timeline, series, 4, 5, 6);
        ImmutableArray<FlagRun> live = timeline.Runs(series, long.MinValue, long.MaxValue);

        timeline.Settle(new UtcSpan(0, 1_000 * Second), new RangeVerdicts([], Second, 3 * Second, 3), derivation);

        Assert.Single(live);
        Assert.Equal(live, timeline.Runs(series, long.MinValue, long.MaxValue));
    }

    [Fact]
    public async Task A_row_judged_from_the_store_between_two_of_one_flag_keeps_its_own()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        (ChannelTimeline timeline, Derivation derivation, SeriesId series) = await FollowingAsync(hub);
        LiveRow Row(int second, byte derived) => new(series, second * Second, second * Second, 1, 7, derived, derived == 4 ? FlagReasons.InputFlagged : FlagReasons.None);
        Assert.True(timeline.TryFollow(Row(2, 4), out _));

        // The verdict on something else changed just now; before the next pass is made, a good row is taken, and judged from the store.
        timeline.ForgetPass();
        Assert.False(timeline.TryFollow(Row(3, 2), out _));
        timeline.BeginRecheck();
        timeline.Settle(new UtcSpan(3 * Second, (3 * Second) + 1), new RangeVerdicts([], 3 * Second, 3 * Second, 1), derivation);
        timeline.Continue(new QcPass(timeline.Rules[^1].Rules.Rules), timeline.Rules.Length - 1, 3 * Second);
        Assert.True(timeline.TryFollow(Row(4, 4), out _));

        Assert.DoesNotContain(timeline.Runs(series, long.MinValue, long.MaxValue), run => run.FromT <= 3 * Second && 3 * Second <= run.LastT);
    }

    [Fact]
    public async Task A_late_row_in_a_hole_is_known_to_the_tests_of_the_rows_after_it()
    {
        await using DeriveFixture hub = await DeriveFixture.OpenAsync();
        (ChannelTimeline timeline, _, SeriesId series) = await FollowingAsync(hub);
        Follow(timeline, series, 1, 2, 3, 500);

        Assert.False(timeline.TryFollow(new LiveRow(series, 300 * Second, 300 * Second, 1, 9, 2, default), out _));
        Assert.False(timeline.IsFollowing);

        (timeline, _, _) = await FollowingAsync(hub);
        Follow(timeline, series, [.. Enumerable.Range(100, 50)]);
        Assert.False(timeline.TryFollow(new LiveRow(series, 50 * Second, 50 * Second, 1, 9, 2, default), out _));
        Assert.True(timeline.IsFollowing);
    }

    /// <summary>A pH once a second that is looked at for spikes; its boot is UTC.</summary>
    private static async Task<(ChannelTimeline Timeline, Derivation Derivation, SeriesId Series)> FollowingAsync(DeriveFixture hub)
    {
        hub.State(new UtcAnchor(Boot, 0, 0, 1_000, "gps"));
        hub.State(new QualityRules("ph", "", null, "[pH]", ["rate_of_change", "flat_line", "attenuated_signal"], new RangeLimits(0, 14, 0, 14), new ChangeLimits(1.5, 1.8)));
        var input = new Wire.V1.Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = Second };
        Assert.True(hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { new Wire.V1.Catalog { Inputs = { input } } } }));
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (Second, 7));
        Derivation derivation = hub.Book.Current;
        ImmutableArray<RuleSpan> rules = new RuleBook(derivation).Of(derivation.Channels[0]);
        var timeline = new ChannelTimeline(derivation.Channels[0], rules);
        timeline.Continue(new QcPass(rules[^1].Rules.Rules), rules.Length - 1, long.MinValue);
        return (timeline, derivation, series);
    }

    /// <summary>Rows as they come; the one at 5 s jumps and was made with a flagged input.</summary>
    private static void Follow(ChannelTimeline timeline, SeriesId series, params int[] seconds)
    {
        foreach (int second in seconds)
        {
            bool isOdd = second == 5;
            Assert.True(timeline.TryFollow(
                new LiveRow(series, second * Second, second * Second, 1, isOdd ? 9 : 7, (byte)(isOdd ? 4 : 2), isOdd ? FlagReasons.InputFlagged : FlagReasons.None), out _));
        }
    }
}
