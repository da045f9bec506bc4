using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>A trip on which no clock was met, and what people say about it afterwards.</summary>
public sealed class BootBoundTests
{
    private static readonly Id128 Middle = new(0xB1);
    private static readonly Id128 Third = new(0xB2);

    [Fact]
    public async Task A_teachers_word_bounds_a_boot_that_met_no_clock_and_taking_it_back_gives_the_state_before()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1), (610 * Second, 2));
        Derivation before = hub.Book.Current;
        Assert.Equal(TimeState.Unknown, before.Series(series).Map.State);

        // The ship left at 09:30, and was back within the hour.
        Fact word = hub.State(new BootBound(Boot, Utc0, Utc0 + (3600 * Second), "teacher"));

        TimeMap map = hub.Book.Current.Series(series).Map;
        Assert.Equal(TimeState.Bounded, map.State);
        Assert.True(map.ToUtc(10 * Second) >= Utc0 && map.ToUtc(610 * Second) <= Utc0 + (3600 * Second));
        Assert.InRange(map.SigmaUs(10 * Second), 1490 * Second, 1510 * Second);
        Assert.True(hub.Book.TryChangesSince(before.Version, out var changes));
        Assert.Single(changes[^1].Spans);

        hub.Withdraw(word);
        Assert.Equal(before.Series(series).Map, hub.Book.Current.Series(series).Map);
        Assert.Equal(hub.Read(before, series).Utc, hub.Read(hub.Book.Current, series).Utc);
    }

    [Fact]
    public async Task A_bound_reaches_the_boots_beside_it_and_keeps_their_order()
    {
        await using DeriveFixture hub = await OpenAsync();
        (SeriesId first, SeriesId second, SeriesId third) = await ThreeBoots(hub);
        hub.State(new BootBound(Boot, Utc0, null, "teacher"));
        hub.State(new BootBound(Third, null, Utc0 + (3600 * Second), "teacher"));

        Derivation derivation = hub.Book.Current;

        Assert.All(new[] { first, second, third }, series => Assert.Equal(TimeState.Bounded, derivation.Series(series).Map.State));
        long[] order = [.. hub.Read(derivation, first).Utc, .. hub.Read(derivation, second).Utc, .. hub.Read(derivation, third).Utc];
        Assert.Equal(order.Order(), order);
        Assert.InRange(order[0], Utc0, Utc0 + (3600 * Second));
    }

    [Fact]
    public async Task A_word_that_clocks_rule_out_is_named_and_not_followed()
    {
        await using DeriveFixture hub = await OpenAsync();
        (SeriesId first, _, SeriesId third) = await ThreeBoots(hub);
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new UtcAnchor(Third, 0, Utc0 + (3600 * Second), 1000, "gps"));
        TimeMap map = hub.Book.Current.Series(first).Map;

        Fact againstClock = hub.State(new BootBound(Boot, Utc0 + (7200 * Second), null, "teacher"));
        Fact againstOrder = hub.State(new BootBound(Middle, Utc0 + (7200 * Second), null, "teacher"));

        Assert.Equal(map, hub.Book.Current.Series(first).Map);
        Assert.Equal(
            new[] { againstClock, againstOrder }.Select(fact => fact.FactId.Value).Order(),
            hub.Book.Current.Outliers.Select(outlier => outlier.FactId).Order());
        Assert.All(hub.Book.Current.Outliers, outlier => Assert.Equal(OutlierReason.Disagrees, outlier.Reason));
        Assert.Equal(TimeState.Anchored, hub.Book.Current.Series(third).Map.State);
    }

    [Fact]
    public async Task Anchors_and_words_in_any_order_end_in_the_same_times()
    {
        FactBody[] facts =
        [
            new UtcAnchor(Boot, 5 * Second, Utc0 + (5 * Second), 50_000, "phones"),
            new UtcAnchor(Boot, 90 * Second, Utc0 + (90 * Second) + 1000, 30_000, "gps"),
            new UtcAnchor(Third, 0, Utc0 + (900 * Second), 20_000, "ntp"),
            new BootBound(Middle, Utc0 + (300 * Second), Utc0 + (800 * Second), "teacher"),
            new UtcAnchor(Third, 50 * Second, Utc0 - (86_400 * Second), 20_000, "teacher"),
        ];
        (long[] Utc, long[] Sigma)? expected = null;
        for (int seed = 0; seed < 6; seed++)
        {
            await using DeriveFixture hub = await OpenAsync();
            (SeriesId first, SeriesId second, SeriesId third) = await ThreeBoots(hub);
            FactBody[] shuffled = [.. facts];
            new Random(seed).Shuffle(shuffled);
            foreach (FactBody body in shuffled)
            {
                hub.State(body);
                Derivation step = hub.Book.Current;
                long[] order = [.. hub.Read(step, first).Utc, .. hub.Read(step, second).Utc, .. hub.Read(step, third).Utc];
                Assert.Equal(order.Order(), order);
            }

            SeriesId[] all = [first, second, third];
            Derivation derivation = hub.Book.Current;
            (long[] Utc, long[] Sigma) found = ([.. all.SelectMany(id => hub.Read(derivation, id).Utc)], [.. all.Select(id => derivation.Series(id).Map.SigmaUs(20 * Second))]);
            expected ??= found;
            Assert.Equal(expected.Value.Utc, found.Utc);
            Assert.Equal(expected.Value.Sigma, found.Sigma);
        }
    }

    private static async Task<(SeriesId First, SeriesId Second, SeriesId Third)> ThreeBoots(DeriveFixture hub)
    {
        await hub.DeclareAsync(Agent, Middle, BootKind.Device, 2, Boot);
        await hub.DeclareAsync(Agent, Third, BootKind.Device, 3, Middle);
        (long, double)[] rows = [(10 * Second, 1), (60 * Second, 2), (100 * Second, 3)];
        return (
            await hub.RowsAsync(Agent, Boot, "ph", "ph", "[pH]", rows),
            await hub.RowsAsync(Agent, Middle, "ph", "ph", "[pH]", rows),
            await hub.RowsAsync(Agent, Third, "ph", "ph", "[pH]", rows));
    }
}
