using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

public sealed class DerivedTimeTests
{
    private const long Year = 365L * 86_400 * Second;

    [Fact]
    public async Task A_hub_with_a_wrong_clock_anchored_later_takes_runs_and_agents_with_it_and_keeps_the_order()
    {
        await using DeriveFixture hub = await OpenAsync();
        await hub.DeclareAsync(hub.Clock.HubId, hub.Clock.BootId, BootKind.Hub, hub.Clock.BootNo, default);
        Fact wrong = hub.AnchorHub(Utc0 - (3 * Year), sigmaUs: 600 * Second);
        hub.Tie(Boot, 50 * Second, aheadUs: 7 * Second);
        SeriesId agents = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1), (50 * Second, 2), (90 * Second, 3));
        SeriesId foreign = await hub.RowsAsync(new Id128(0xF), hub.Clock.BootId, "ph", "ph", "[pH]", (20 * Second, 1), (60 * Second, 2));
        Instant started = Instant.AtBoot(hub.Clock.BootId, 40 * Second);
        Derivation before = hub.Book.Current;
        long[] order = [.. Order(hub, before, agents, foreign)];

        hub.HubUs = 100 * Second;
        Fact right = hub.State(new UtcAnchor(hub.Clock.BootId, hub.HubUs, Utc0 + hub.HubUs, 20_000, "ntp"), wrong.FactId);
        Derivation after = hub.Book.Current;

        Assert.Equal([Utc0 + (17 * Second), Utc0 + (57 * Second), Utc0 + (97 * Second)], hub.Read(after, agents).Utc);
        Assert.Equal([Utc0 + (20 * Second), Utc0 + (60 * Second)], hub.Read(after, foreign).Utc);
        Assert.Equal(order, Order(hub, after, agents, foreign));
        Assert.True(after.Instants.TryToUtc(started, out long startUtcUs, out long sigmaUs));
        Assert.Equal(Utc0 + (40 * Second), startUtcUs);
        Assert.InRange(sigmaUs, 20_000, 30_000);
        Assert.InRange(after.Series(agents).Map.SigmaUs(50 * Second), 21_000, 30_000);

        Assert.True(hub.Book.TryChangesSince(before.Version, out var changes));
        Assert.Equal(right.Revision, changes[^1].Revision);
        Assert.Equal([before.Series(foreign).Channel.Name, before.Series(agents).Channel.Name], changes[^1].Spans.Select(span => span.Channel).OrderDescending(StringComparer.Ordinal));
        ChangedSpan moved = changes[^1].Spans.Single(span => span.Channel == before.Series(agents).Channel.Name);
        Assert.True(moved.FromUtcUs <= hub.Read(before, agents).Utc[0]);
        Assert.Equal(Utc0 + (97 * Second) + 1, moved.ToUtcUs);
    }

    [Fact]
    public async Task Without_any_anchor_the_time_is_not_known_and_a_late_anchor_heals_an_earlier_boot_too()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1));
        Assert.Equal(TimeState.Unknown, hub.Book.Current.Series(series).Map.State);
        Id128 next = new(0xB1);
        await hub.DeclareAsync(Agent, next, BootKind.Device, 2, Boot);
        SeriesId later = await hub.RowsAsync(Agent, next, "ph", "ph", "[pH]", (5 * Second, 1));
        hub.Tie(Boot, 10 * Second, aheadUs: 0);
        hub.HubUs = 1000 * Second;
        hub.AnchorHub(Utc0);
        hub.Tie(next, 5 * Second, aheadUs: 900 * Second);

        Assert.Equal((TimeState.Anchored, TimeState.Anchored), (hub.Book.Current.Series(series).Map.State, hub.Book.Current.Series(later).Map.State));
        Assert.True(hub.Read(hub.Book.Current, series).Utc[0] < hub.Read(hub.Book.Current, later).Utc[0]);
        Assert.Equal((1u, 2u), (hub.Book.Current.Series(series).BootNo, hub.Book.Current.Series(later).BootNo));
    }

    [Fact]
    public async Task Rows_that_come_late_for_an_earlier_boot_move_the_boots_after_it_and_watchers_hear_of_it()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 second = new(0xB1);
        Id128 third = new(0xB2);
        hub.AnchorHub(Utc0);
        hub.Tie(Boot, 10 * Second, aheadUs: 0);
        await hub.DeclareAsync(Agent, second, BootKind.Device, 2, Boot);
        await hub.DeclareAsync(Agent, third, BootKind.Device, 3, second);
        hub.Tie(third, 5 * Second, aheadUs: 5000 * Second);

        // As an agent that comes back sends: the newest slice, then the backlog, oldest first.
        SeriesId newest = await hub.RowsAsync(Agent, third, "ph", "ph", "[pH]", (400 * Second, 9));
        SeriesId oldest = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1));
        SeriesId middle = await hub.RowsAsync(Agent, second, "ph", "ph", "[pH]", (5 * Second, 5));
        _ = hub.Book.Current;
        long version = hub.Book.Current.Version;
        await hub.RowsAsync("ph", "ph", "[pH]", (2000 * Second, 2));
        await hub.RowsAsync(Agent, second, "ph", "ph", "[pH]", (2900 * Second, 6));
        await hub.RowsAsync(Agent, third, "ph", "ph", "[pH]", (1 * Second, 8));

        Derivation after = hub.Book.Current;
        long[] end = hub.Read(after, oldest).Utc;
        long[] between = hub.Read(after, middle).Utc;
        Assert.True(end[^1] <= between[0] && between[^1] <= hub.Read(after, newest).Utc[0]);

        // 2,000 s to 5,001 s are left for the 2,895 s of the boot between.
        Assert.Equal(TimeState.Bounded, after.Series(middle).Map.State);
        Assert.InRange(after.Series(middle).Map.SigmaUs(5 * Second), 1, 54 * Second);
        Assert.True(hub.Book.TryChangesSince(version, out var changes));
        Assert.Contains(changes.SelectMany(change => change.Spans), span => span.Channel.StartsWith($"agents/{Agent}", StringComparison.Ordinal));

        // The last boot bounds nobody with its end: rows of it rebuild nothing.
        await hub.RowsAsync(Agent, third, "ph", "ph", "[pH]", (500 * Second, 10));
        Assert.Same(after, hub.Book.Current);
    }

    [Fact]
    public async Task A_boot_nobody_can_place_stays_behind_the_one_before_while_that_ones_backlog_drains()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 next = new(0xB1);
        await hub.DeclareAsync(Agent, next, BootKind.Device, 2, Boot);
        SeriesId later = await hub.RowsAsync(Agent, next, "ph", "ph", "[pH]", (5 * Second, 3));
        SeriesId first = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1));
        _ = hub.Book.Current;

        await hub.RowsAsync("ph", "ph", "[pH]", (1000 * Second, 2));

        Assert.True(hub.Read(hub.Book.Current, first).Utc[^1] <= hub.Read(hub.Book.Current, later).Utc[0]);
    }

    [Fact]
    public async Task A_utc_senders_bound_is_the_one_it_declared()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 boot = new(0xC0);
        await hub.DeclareAsync(Agent, boot, BootKind.Utc, 1, default);
        SeriesId series = await hub.RowsAsync(Agent, boot, "ph", "ph", "[pH]", (Utc0, 1));
        Assert.Equal(TimeState.Unknown, hub.Book.Current.Series(series).Map.State);

        hub.State(new UtcAnchor(boot, 0, 0, 60 * Second, "declared"));

        TimeMap map = hub.Book.Current.Series(series).Map;
        Assert.Equal((TimeState.Anchored, 60 * Second, Utc0), (map.State, map.SigmaUs(Utc0), map.ToUtc(Utc0)));
    }

    [Fact]
    public async Task New_rows_rebuild_nothing_and_a_new_series_leaves_the_others_as_they_are()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId first = await hub.RowsAsync("ph", "ph", "[pH]", (10, 1));
        Derivation before = hub.Book.Current;
        await hub.RowsAsync("ph", "ph", "[pH]", (20, 1));
        Assert.Same(before, hub.Book.Current);

        SeriesId second = await hub.RowsAsync("do", "dissolved_oxygen", "mg/L", (10, 1));
        Derivation after = hub.Book.Current;

        Assert.Same(before.Series(first), after.Series(first));
        Assert.False(before.TryFindSeries(second, out _));
        Assert.Equal(2, after.Channels.Count);
        Assert.True(hub.Book.TryChangesSince(before.Version, out var changes));
        Assert.All(changes, change => Assert.Empty(change.Spans));
    }

    [Fact]
    public async Task A_watcher_hears_which_channel_changed_over_which_time()
    {
        await using DeriveFixture hub = await OpenAsync();
        hub.HubUs = 100 * Second;
        hub.AnchorHub(Utc0);
        hub.Tie(Boot, 50 * Second, aheadUs: 0);
        await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1), (50 * Second, 2), (90 * Second, 3));
        await hub.RowsAsync("do", "dissolved_oxygen", "mg/L", (10 * Second, 1));
        Id128 probe = new(5);
        hub.State(new Deployment(Agent, "ph", probe, "", "", Instant.AtUtc(0)));
        long version = hub.Book.Current.Version;
        Task heard = hub.Book.WaitForChangeAsync(version, TestContext.Current.CancellationToken);
        Assert.False(heard.IsCompleted);

        hub.State(new Calibration(probe, "", "", "", "", 2, 0, Instant.AtBoot(Boot, 50 * Second), ""));
        _ = hub.Book.Current;

        await heard.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(hub.Book.TryChangesSince(version, out var changes));
        ChangedSpan span = Assert.Single(Assert.Single(changes).Spans);
        Assert.Equal(($"agents/{Agent}/channels/ph~ph", Utc0 + (50 * Second), Utc0 + (90 * Second) + 1), (span.Channel, span.FromUtcUs, span.ToUtcUs));
    }

    [Fact]
    public async Task Who_fell_too_far_behind_is_told_so()
    {
        await using DeriveFixture hub = await OpenAsync();
        long version = hub.Book.Current.Version;
        for (int i = 0; i <= DerivationBook.MostChanges; i++)
        {
            hub.State(new Deployment(Agent, "ph", new Id128(5), "", "", Instant.AtUtc(i)));
            _ = hub.Book.Current;
        }

        Assert.False(hub.Book.TryChangesSince(version, out _));
        Assert.True(hub.Book.TryChangesSince(version + 1, out _));
    }

    [Fact]
    public async Task The_same_facts_in_any_order_and_twice_read_the_same()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await Fill(hub);
        Id128 probe = new(5);
        hub.HubUs = 100 * Second;
        hub.AnchorHub(Utc0);
        Fact worse = hub.Tie(Boot, 50 * Second, aheadUs: 2 * Second);
        hub.Tie(Boot, 60 * Second, aheadUs: 1 * Second, sigmaUs: 500);
        hub.Withdraw(worse);
        hub.State(new Deployment(Agent, "ph", probe, "", "", Instant.AtUtc(0)));
        hub.State(new Calibration(probe, "", "", "", "", 2, 0, Instant.AtBoot(hub.Clock.BootId, 52 * Second), ""));
        hub.State(new Calibration(probe, "", "", "", "", 3, 0, Instant.AtBoot(hub.Clock.BootId, 52 * Second), ""));
        (double[] value, byte[] flag, long[] utc) = hub.Read(hub.Book.Current, series);

        for (int seed = 0; seed < 5; seed++)
        {
            await using DeriveFixture other = await OpenAsync();
            Assert.Equal(series, await Fill(other));
            Fact[] facts = [.. hub.Log.Current.All, .. hub.Log.Current.All];
            new Random(seed).Shuffle(facts);
            foreach (Fact fact in facts)
            {
                other.Log.Merge([fact]);
            }

            (double[] otherValue, byte[] otherFlag, long[] otherUtc) = other.Read(other.Book.Current, series);
            Assert.Equal(value, otherValue);
            Assert.Equal(flag, otherFlag);
            Assert.Equal(utc, otherUtc);
        }
    }

    private static Task<SeriesId> Fill(DeriveFixture hub) => hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1), (50 * Second, 2), (90 * Second, 3));

    /// <summary>Rows of both series in the order (utc, boot_no, boot_id, t), named by series and t.</summary>
    private static IEnumerable<long> Order(DeriveFixture hub, Derivation derivation, params SeriesId[] series) => series
        .SelectMany(id => hub.Read(derivation, id).Utc.Select((utc, index) => (utc, key: (id.Value * 10L) + index)))
        .OrderBy(row => row.utc).ThenBy(row => row.key).Select(row => row.key);
}
