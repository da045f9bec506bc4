using StemLab.Hub.Facts;
using StemLab.Hub.Uploads;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Bundles;

public sealed class BundleMergeTests
{
    private const int Rows = 300;

    [Fact]
    public async Task Twelve_hubs_merged_in_three_random_orders_with_repetitions_are_one_and_the_same()
    {
        List<byte[]> bundles = [];
        for (var i = 0; i < 12; i++)
        {
            await using var school = new BundleHub();
            await FillAsync(school, i);
            bundles.Add(school.Bundle());
        }

        List<string> hashes = [];
        foreach (var seed in (int[])[1, 2, 3])
        {
            var random = new Random(seed);
            await using var city = new BundleHub();
            var stored = 0L;
            byte[][] order = [.. bundles, .. bundles.Where(_ => random.Next(2) == 0)];
            random.Shuffle(order);
            foreach (var bundle in order)
            {
                var report = await city.MergeAsync(bundle);
                Assert.True(report.IsWhole);
                stored += report.New;
            }

            Assert.Equal(12 * 2 * Rows, stored);
            hashes.Add(city.Hash);
            Assert.StartsWith("0 new, 600 duplicate; 0 new facts", (await city.MergeAsync(bundles[0])).Sentence.En, StringComparison.Ordinal);
            Assert.Equal(hashes[0], city.Hash);

            // What was merged is passed on: a bundle of the city makes the same city elsewhere.
            await using var copy = new BundleHub();
            await copy.MergeAsync(city.Bundle());
            Assert.Equal(hashes[0], copy.Hash);
        }

        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task An_agent_that_was_at_two_schools_is_one_agent_and_what_contradicts_is_kept_on_both_sides()
    {
        await using var one = new BundleHub();
        await using var two = new BundleHub();
        await one.DeclareAsync(1);
        await two.DeclareAsync(1);
        await one.SendAsync(1, 0, 0, 100, i => i);
        await two.SendAsync(1, 0, 50, 100, i => i == 3 ? -1 : i + 50);

        var (ofOne, ofTwo) = (one.Bundle(), two.Bundle());
        var toOne = await one.MergeAsync(ofTwo);
        var toTwo = await two.MergeAsync(ofOne);

        Assert.Equal(one.Hash, two.Hash);
        Assert.Equal((50, 1), (toOne.New, toOne.Conflict));
        Assert.Equal(toOne.Conflict, toTwo.Conflict);
        Assert.Equal([new SeqRangeValue(0, 150)], one.Store.Covered(BundleHub.Agent(1), BundleHub.Stream(1)));
        await using var three = new BundleHub();
        await three.MergeAsync(two.Bundle());
        await three.MergeAsync(one.Bundle());
        Assert.Equal(one.Hash, three.Hash);
    }

    [Fact]
    public async Task An_agent_that_comes_home_with_what_it_still_holds_adds_nothing()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        await using var school = new BundleHub();
        Assert.Equal(1, (await school.MergeAsync(boat.Bundle())).Ledgers);
        await school.DeclareAsync(1);

        var again = await school.SendAsync(1, 0, 0, Rows, i => i);

        Assert.Equal(Verdict.Duplicate, again.Verdict);
        var account = school.Store.Account(BundleHub.Agent(1));
        Assert.Equal((2L * Rows, 2L * Rows, 0L), (account.Expected, account.Stored, account.Missing));
    }

    [Fact]
    public async Task That_a_stream_ended_in_order_goes_everywhere_and_no_older_stick_takes_it_back()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        StreamDeclaration stream = new(BundleHub.Stream(1), BundleHub.Boot(1), 2 * Rows);
        ValueTask<DeclareOutcome> SayAsync(StreamDeclaration ended) => boat.Store.DeclareAsync(new Declarations(BundleHub.Agent(1), [], [], [ended]));
        await SayAsync(stream with { DurableNextSeq = 2 * Rows - 1 });
        var older = boat.Bundle();
        await SayAsync(stream with { IsComplete = true });
        var newer = boat.Bundle();
        foreach (byte[][] order in (byte[][][])[[older, newer], [newer, older]])
        {
            await using var school = new BundleHub();
            foreach (var bundle in order)
            {
                Assert.Empty((await school.MergeAsync(bundle)).Contradictions);
            }

            var account = school.Store.Account(BundleHub.Agent(1));
            Assert.Equal((2L * Rows, 2L * Rows, 0L, 0, 0), (account.Expected, account.Stored, account.Missing, account.TailUnknownStreams, account.OpenStreams));
        }
    }

    [Fact]
    public async Task A_damaged_part_is_named_by_its_hash_the_rest_is_taken_and_a_fresh_copy_makes_it_whole()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        var whole = boat.Bundle();
        var parts = Parts(whole);
        var (hash, at) = parts.First(part => part.Kind == PartKind.Rows).Where;
        var torn = (byte[])whole.Clone();
        torn[at + BundleFormat.PartHeadBytes + 60] ^= 0x10;

        await using var school = new BundleHub();
        var report = await school.MergeAsync(torn);

        Assert.False(report.IsWhole);
        Assert.Equal(hash, Assert.Single(report.Damaged).Hash);
        Assert.Equal((Rows, 0), (report.New, report.Ledgers));
        Assert.Contains("1 parts cannot be read", report.Sentence.En, StringComparison.Ordinal);
        Assert.Empty(school.Store.Covered(BundleHub.Agent(1), BundleHub.Stream(1)));
        Assert.Equal(Rows, (await school.MergeAsync(whole)).New);
        Assert.Equal(boat.Hash, school.Hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_happens_to_the_bytes_is_a_named_loss_and_never_a_wrong_reading(int seed)
    {
        var random = new Random(seed);
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        var whole = boat.Bundle();
        await using var clean = new BundleHub();
        await clean.MergeAsync(whole);
        await using var school = new BundleHub();
        for (var i = 0; i < 25; i++)
        {
            var torn = Torn(whole, random);
            try
            {
                var report = await school.MergeAsync(torn);
                Assert.False(report.IsWhole);
                Assert.True(report.DamagedCount > 0 || report.Unplaced > 0);
            }
            catch (RefusedException refused)
            {
                Assert.NotEmpty(refused.Sentence.Vi);
            }
        }

        Assert.True((await school.MergeAsync(whole)).IsWhole);
        Assert.Equal(clean.Hash, school.Hash);
    }

    [Fact]
    public async Task A_bundle_of_a_newer_version_and_a_file_that_is_none_are_refused_with_a_sentence()
    {
        await using var hub = new BundleHub();
        var before = hub.Hash;
        var newer = BundleFormat.Head();
        newer[15] = 2;
        System.Security.Cryptography.SHA256.HashData(newer.AsSpan(0, 17)).AsSpan(0, 4).CopyTo(newer.AsSpan(17));

        Assert.Contains("newer StemLab (format 2", (await Assert.ThrowsAsync<RefusedException>(() => hub.MergeAsync(newer))).Message, StringComparison.Ordinal);
        Assert.Contains("no StemLab bundle", (await Assert.ThrowsAsync<RefusedException>(() => hub.MergeAsync([1, 2, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("no StemLab bundle", (await Assert.ThrowsAsync<RefusedException>(() => hub.MergeAsync([]))).Message, StringComparison.Ordinal);
        Assert.Equal(before, hub.Hash);
    }

    [Fact]
    public async Task What_was_erased_anywhere_goes_everywhere_and_no_old_stick_brings_it_back()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        var old = boat.Bundle();
        await using var school = new BundleHub();
        await school.MergeAsync(old);
        var input = BundleHub.Input(0);
        var span = new RemovedSpan(new Id128(BundleHub.Boot(1).Value), new Id128(BundleHub.Agent(1).Value), input.Port, input.Quantity, input.UnitUcum, input.ConfigRev, 10 * BundleHub.Second, 20 * BundleHub.Second, 10);
        boat.State(new Erasure("", [], 0, 0, "a name was in it", [span]));
        await boat.Removals.EnforceAllAsync(TestContext.Current.CancellationToken);

        await school.MergeAsync(boat.Bundle());
        Assert.Equal(boat.Hash, school.Hash);
        var again = await school.MergeAsync(old);
        Assert.Equal((0, 10), (again.New, again.Erased));

        // A hub that hears of the erasure first never stores the rows at all.
        await using var city = new BundleHub();
        await city.MergeAsync(boat.Bundle());
        var early = await city.MergeAsync(old);
        Assert.Equal((0, 10), (early.New, early.Erased));
    }

    [Fact]
    public async Task How_long_another_hub_keeps_readings_is_not_this_hubs_rule()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        boat.State(new UtcAnchor(boat.Clock.BootId, boat.Clock.NowUs(), 1_780_000_000_000_000, 1000, "gps"));
        boat.State(new RetentionRule("", [], RetentionRule.LeastKeepUs, "small card"));
        await using var school = new BundleHub();
        await school.MergeAsync(boat.Bundle());
        school.State(new UtcAnchor(school.Clock.BootId, school.Clock.NowUs(), 1_790_000_000_000_000, 1000, "gps"));
        school.State(new UtcAnchor(new Id128(BundleHub.Boot(1).Value), 0, 1_780_000_000_000_000, 1000, "gps"));

        Assert.Equal(0, await school.Removals.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2 * Rows, (await school.MergeAsync(boat.Bundle())).Duplicate);
    }

    [Fact]
    public async Task A_bundle_since_a_time_holds_what_came_then_and_promises_nothing_of_before()
    {
        await using var boat = new BundleHub();
        await FillAsync(boat, 1);
        const long Utc0 = 1_780_000_000_000_000;
        boat.State(new UtcAnchor(new Id128(BundleHub.Boot(1).Value), 0, Utc0, 1000, "gps"));
        await using var school = new BundleHub();

        var report = await school.MergeAsync(boat.Bundle(out var contents, Utc0 + (500 * BundleHub.Second)));

        Assert.Equal(100, contents.Rows);
        Assert.Equal((100, 0, true), (report.New, report.Ledgers, report.IsWhole));
        Assert.Equal(500, (await school.MergeAsync(boat.Bundle())).New);
    }

    private static async Task FillAsync(BundleHub hub, int agent)
    {
        await hub.DeclareAsync(agent);
        var random = new Random(agent);
        await hub.SendAsync(agent, 0, 0, Rows, _ => Math.Round(7 + random.NextDouble(), 2));
        await hub.SendAsync(agent, 1, Rows, Rows, i => agent + (i / 3.0));
        hub.State(new ClockTie(new Id128(BundleHub.Boot(agent).Value), 1, hub.Clock.BootId, 1, 1000));
        hub.State(new HumanFlag($"agents/{new Id128(BundleHub.Agent(agent).Value)}/channels/ph~ph", Instant.AtBoot(new Id128(BundleHub.Boot(agent).Value), 5), Instant.AtBoot(new Id128(BundleHub.Boot(agent).Value), 9), 4, "a fish bit it"));
    }

    private static byte[] Torn(byte[] whole, Random random)
    {
        var torn = (byte[])whole.Clone();
        switch (random.Next(4))
        {
            case 0:
                return torn[..random.Next(torn.Length)];
            case 1:
                random.NextBytes(torn.AsSpan(random.Next(torn.Length - 600), random.Next(1, 600)));
                return torn;
            case 2:
                // A sector that came back twice moves all that follows.
                var at = random.Next(torn.Length - 512);
                return [.. torn[..at], .. torn[at..(at + 1 + random.Next(500))].Reverse(), .. torn[at..]];
            default:
                torn[random.Next(torn.Length)] ^= (byte)(1 << random.Next(8));
                return torn;
        }
    }

    private static List<(PartKind Kind, (string Hash, int At) Where)> Parts(byte[] bundle)
    {
        List<(PartKind, (string, int))> parts = [];
        for (var at = BundleFormat.HeadBytes; at < bundle.Length;)
        {
            Assert.True(BundleFormat.TryPartHead(bundle.AsSpan(at), out var kind, out var length, out var hash));
            parts.Add((kind, (Convert.ToHexStringLower(hash), at)));
            at += BundleFormat.PartHeadBytes + length;
        }

        return parts;
    }
}
