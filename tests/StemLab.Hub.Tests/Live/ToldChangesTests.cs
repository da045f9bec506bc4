using System.Collections.Immutable;
using StemLab.Hub.Api;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Quality;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>What changed is told to every watcher once, whoever shares messages with whom.</summary>
public sealed class ToldChangesTests
{
    private const string All = "agents/-/channels/-";
    private static readonly string Ph = HubFixture.Channel("ph", "ph");
    private static readonly string Temperature = HubFixture.Channel("temp", "water_temperature");

    [Fact]
    public async Task A_watcher_that_joins_while_a_change_waits_hears_every_later_one_once_as_the_others_do()
    {
        await using var hub = await BayAsync();
        using var first = new Listener(hub, All);
        await first.Greeted;
        await FlagAsync(hub, Ph, 1);
        await first.Heard(Ph, 1);

        // Told at the earliest two seconds later: the second watcher joins before, and knows it.
        await FlagAsync(hub, Ph, 3);
        using var second = new Listener(hub, All);
        await second.Greeted;
        await FlagAsync(hub, Temperature, 5);
        await Task.WhenAll(first.Heard(Ph, 3), first.Heard(Temperature, 5), second.Heard(Temperature, 5));
        await FlagAsync(hub, Temperature, 7);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.7));
        await Task.WhenAll(first.Heard(Temperature, 7), second.Heard(Temperature, 7), first.ReadingOf(7.7), second.ReadingOf(7.7));
        Assert.Equal([(Ph, 1), (Ph, 3), (Temperature, 5), (Temperature, 7)], first.Flags);
        Assert.Equal([(Temperature, 5), (Temperature, 7)], second.Flags);
        Assert.Equal(1, first.ReadingsOf(7.7));
        Assert.Equal(1, second.ReadingsOf(7.7));
    }

    [Fact]
    public async Task A_change_is_told_when_it_can_be_read_and_with_the_rows_that_come_then()
    {
        await using var hub = await BayAsync();
        List<string> early = [];
        using var watching = new Listener(
            hub,
            All,
            message =>
            {
                early.AddRange(message.Changed.Where(changed => changed.Revision > hub.Get<QualityBook>().Derivation.Revision || changed.Revision != message.Revision).Select(changed => changed.Channel));
                return Task.CompletedTask;
            });
        await watching.Greeted;
        for (var at = 1; at < 5; at++)
        {
            await FlagAsync(hub, Ph, at);
            await hub.RowsAsync("temp", "water_temperature", "Cel", (hub.NowUs, 30 + at));
            await watching.ReadingOf(30 + at);
        }

        await watching.Heard(Ph, 4);
        Assert.Empty(early);
        Assert.Equal([31.0, 32, 33, 34], watching.Readings.Where(value => value > 30));
        Assert.Equal(Ph, Assert.Single(watching.Flags.Select(flag => flag.Channel).Distinct()));
    }

    [Fact]
    public async Task A_watcher_of_one_channel_hears_of_that_one_only_and_of_every_change_when_another_leaves()
    {
        await using var hub = await BayAsync();
        using var temperature = new Listener(hub, Temperature);
        var gone = new Listener(hub, Temperature);
        await Task.WhenAll(temperature.Greeted, gone.Greeted);
        await FlagAsync(hub, Ph, 1);
        await FlagAsync(hub, Temperature, 2);
        await Task.WhenAll(temperature.Heard(Temperature, 2), gone.Heard(Temperature, 2));
        await FlagAsync(hub, Temperature, 4);
        gone.Dispose();
        await FlagAsync(hub, Temperature, 6);
        await temperature.Heard(Temperature, 6);
        Assert.All(temperature.Flags, flag => Assert.Equal(Temperature, flag.Channel));
        Assert.Contains((Temperature, 4), temperature.Flags);
    }

    [Fact]
    public async Task Who_comes_back_is_told_what_changed_while_it_was_away_and_what_it_had_not_heard_when_it_left()
    {
        await using var hub = await BayAsync();
        (string Cursor, (string Channel, int Second)[] Flags) left;
        using (var before = new Listener(hub, All))
        {
            await before.Greeted;
            await FlagAsync(hub, Ph, 1);
            await before.Heard(Ph, 1);

            // Told two seconds later, most likely; the readings in between are read by what was said already.
            await FlagAsync(hub, Ph, 3);
            await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.7));
            await before.ReadingOf(7.7);
            left = before.Seen;
        }

        await FlagAsync(hub, Temperature, 5);

        // Judged otherwise without a fact, as when the next reading makes a spike of one.
        var (book, current) = (hub.Get<QualityBook>(), hub.Get<DerivationBook>().Current);
        book.Follow(current.Again(current.Version + 1), [new ChangedSpan(Temperature, HubFixture.Utc0 + (7 * HubFixture.Second), HubFixture.Utc0 + (8 * HubFixture.Second))]);
        book.Follow(current, []);
        using var after = new Listener(hub, new WatchReadingsRequest { Channels = { All }, Cursor = left.Cursor });
        await Task.WhenAll(after.Heard(Temperature, 5), after.Heard(Temperature, 7));
        Assert.Contains((Ph, 3), left.Flags.Concat(after.Flags));
        Assert.DoesNotContain((Ph, 1), after.Flags);
        Assert.False(after.ToldOfEverything.IsCompleted);
        Assert.Equal(0, after.ReadingsOf(7.7));
    }

    [Fact]
    public void A_cursor_is_read_as_it_was_written_and_one_of_an_older_hub_without_what_it_did_not_say()
    {
        var cursor = new WatchCursor(new StoreId(5), new CommitPosition(7, 9), 11, new ToldVersion(13, 15));
        Assert.True(WatchCursor.TryParse(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(cursor.ToString());
        Assert.True(WatchCursor.TryParse(System.Buffers.Text.Base64Url.EncodeToString(bytes.AsSpan(0, 36)), out var old));
        Assert.Equal(cursor with { Told = default }, old);
        Assert.False(WatchCursor.TryParse(System.Buffers.Text.Base64Url.EncodeToString(bytes.AsSpan(0, 44)), out _));
        Assert.False(WatchCursor.TryParse(new string('A', 200), out _));
    }

    [Fact]
    public async Task A_watcher_behind_the_changes_that_are_kept_is_told_that_everything_may_have_changed()
    {
        await using var hub = await BayAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var quick = new Listener(hub, All);
        using var slow = new Listener(hub, All, whileWritten: message => message.Blocks.Count > 0 ? hold.Task : Task.CompletedTask);
        await Task.WhenAll(quick.Greeted, slow.Greeted);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.5));
        await Task.WhenAll(quick.ReadingOf(7.5), slow.ReadingOf(7.5));
        var book = hub.Get<QualityBook>();
        ImmutableArray<ChangedSpan> span = [new ChangedSpan(Ph, HubFixture.Utc0, HubFixture.Utc0 + 1)];
        var (one, other) = (hub.Get<DerivationBook>().At(0), hub.Get<DerivationBook>().Current);
        for (var i = 0; i <= QualityBook.MostChanges / 2; i++)
        {
            book.Follow(one, span);
            book.Follow(other, span);
        }

        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.6));
        await quick.ReadingOf(7.6);
        hold.SetResult();
        await slow.ToldOfEverything;
        await slow.ReadingOf(7.6);
        Assert.Equal(1, slow.ReadingsOf(7.6));
    }

    private static async Task<HubFixture> BayAsync()
    {
        var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 10, HubFixture.Second, i => 7 + (i * 0.01));
        await hub.SteadyAsync("temp", "water_temperature", "Cel", 10, HubFixture.Second, i => 20 + (i * 0.01));
        await hub.Get<QualityBook>().WaitThroughAsync(hub.Store.Stats.Commit, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        return hub;
    }

    /// <summary>Somebody says something of one second of a channel, so long after the hub's beginning; the quality book knows it then.</summary>
    private static async Task FlagAsync(HubFixture hub, string channel, int second)
    {
        var book = hub.Get<QualityBook>();
        var from = HubFixture.Utc0 + (second * HubFixture.Second);
        var stated = hub.State(new HumanFlag(channel, Facts.Instant.AtUtc(from), Facts.Instant.AtUtc(from + HubFixture.Second), 3, "looked at"));
        while (book.Derivation.Revision < stated.Revision)
        {
            await book.WaitForChangeAsync(book.Version, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
