using Grpc.Core;
using Grpc.Net.Client;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Startup;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;
using RemovedSpan = StemLab.Hub.Facts.RemovedSpan;

namespace StemLab.Hub.Retention;

public sealed class RemovalTests
{
    private const long Second = 1_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_erasure_says_first_what_it_would_do_then_takes_out_for_ever_and_tells_whoever_asks()
    {
        await using var hub = await RetentionFixture.StartAsync();
        var t = hub.NowUs - RetentionFixture.Day;
        await hub.SendAsync("pond", t, 100);
        await hub.SendAsync("tank", t, 10);
        string[] erase = ["erase", hub.Channel("pond"), "--from", RetentionFixture.Iso(t + (20 * Second)), "--to", RetentionFixture.Iso(t + (50 * Second)), "--reason", "a pupil's name was typed as a value"];

        Assert.Contains("Would erase 30 readings", (await hub.RunAsync(erase)).Output, StringComparison.Ordinal);
        Assert.Equal(100, (await hub.QueryAsync("pond")).Values.Count);
        Assert.StartsWith("Erased 30 readings by fact", (await hub.RunAsync([.. erase, "--yes"])).Output, StringComparison.Ordinal);

        var again = await hub.SendAsync("pond", t + (14 * Second), 20);
        Assert.Equal((6, 14), (again.Duplicate, again.Erased));
        foreach (var _ in (bool[])[false, true])
        {
            var (values, removed) = await hub.QueryAsync("pond");
            Assert.Equal(70, values.Count);
            var told = Assert.Single(removed);
            Assert.Equal((t + (20 * Second), t + (50 * Second), 30, "a pupil's name was typed as a value"), (told.StartTimeUs, told.EndTimeUs, told.Count, told.Reason));
            Assert.Empty((await hub.QueryAsync("pond", t, t + (10 * Second))).Removed);
            Assert.Equal((0, 1), ((await hub.QueryAsync("pond", t + (25 * Second), t + (30 * Second))).Values.Count, (await hub.QueryAsync("pond", t + (25 * Second), t + (30 * Second))).Removed.Count));
            Assert.Equal(10, (await hub.QueryAsync("tank")).Values.Count);
            Assert.Contains("erased 30 readings", (await hub.RunAsync("audit")).Output, StringComparison.Ordinal);
            await hub.ReopenAsync();
        }
    }

    [Fact]
    public async Task What_was_erased_cannot_be_withdrawn_and_watchers_are_told_that_it_changed()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - RetentionFixture.Day, 10);
        var before = hub.Get<DerivationBook>().Current;
        var plan = hub.Removals.Plan(derivation => derivation.Channels, 0, long.MaxValue);
        var fact = await hub.Removals.EraseAsync(plan, [], 0, 0, "test", Stop);

        _ = hub.Get<DerivationBook>().Current;
        Assert.True(hub.Get<DerivationBook>().TryChangesSince(before.Version, out var changes));
        Assert.Equal(hub.Channel("pond"), Assert.Single(changes.SelectMany(change => change.Spans).Select(span => span.Channel).Distinct()));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.Hub.GrpcPort}");
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new FactService.FactServiceClient(channel).WithdrawFactAsync(new WithdrawFactRequest { FactId = fact!.FactId.ToString() }, cancellationToken: Stop));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Null(await hub.Removals.EraseAsync(hub.Removals.Plan(derivation => derivation.Channels, 0, long.MaxValue), [], 0, 0, "test", Stop));
    }

    [Fact]
    public async Task Watchers_are_told_once_more_when_the_rows_are_gone_and_not_again_at_each_start()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - RetentionFixture.Day, 10);
        var plan = hub.Removals.Plan(derivation => derivation.Channels, 0, long.MaxValue);
        var before = hub.Get<DerivationBook>().Current.Version;
        hub.Facts.Append(new FactDraft(new Erasure("", [], 0, 0, "a kettle", plan.Spans), hub.Get<HubNow>()(), FactRoles.Admin));

        await hub.Removals.EnforceAllAsync(Stop);

        Assert.True(hub.Get<DerivationBook>().TryChangesSince(before, out var changes));
        Assert.Equal(2, changes.Count(change => change.Spans.Any(span => span.Channel == hub.Channel("pond"))));
        await hub.ReopenAsync();
        var started = hub.Get<DerivationBook>().Current.Version;
        await hub.Removals.EnforceAllAsync(Stop);
        Assert.Equal(started, hub.Get<DerivationBook>().Current.Version);
    }

    [Fact]
    public async Task A_fact_the_store_has_not_followed_yet_is_enforced_after_a_crash_or_a_merge()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - RetentionFixture.Day, 10);
        var plan = hub.Removals.Plan(derivation => derivation.Channels, 0, long.MaxValue);
        var stranger = plan.Spans[0] with { Port = "lake", FromTUs = 0 };
        hub.Facts.Append(new FactDraft(new Erasure("", [], 0, 0, "made before a crash", [plan.Spans[0], stranger]), hub.Get<HubNow>()(), FactRoles.Admin));

        await hub.Removals.EnforceAllAsync(Stop);
        Assert.Empty((await hub.QueryAsync("pond")).Values);

        // A series that comes later than the erasure that names it.
        await hub.SendAsync("lake", hub.NowUs - RetentionFixture.Day, 10);
        await hub.Removals.EnforceAllAsync(Stop);
        Assert.Empty((await hub.QueryAsync("lake")).Values);
    }

    [Fact]
    public async Task A_rule_drops_what_is_older_for_its_channels_and_ends_when_a_person_says_so()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - (400 * RetentionFixture.Day), 20);
        await hub.SendAsync("pond", hub.NowUs - (10 * RetentionFixture.Day), 5);
        await hub.SendAsync("tank", hub.NowUs - (400 * RetentionFixture.Day), 7);
        string[] retain = ["retain", hub.Channel("pond"), "--keep", "365d", "--reason", "the school year is over"];

        Assert.Contains("Would drop 20 readings", (await hub.RunAsync(retain)).Output, StringComparison.Ordinal);
        Assert.Contains("20 readings dropped now", (await hub.RunAsync([.. retain, "--yes"])).Output, StringComparison.Ordinal);
        var (values, removed) = await hub.QueryAsync("pond");
        Assert.Equal((5, 20, ""), (values.Count, Assert.Single(removed).Count, removed[0].Reason));
        Assert.Equal(7, (await hub.QueryAsync("tank")).Values.Count);
        await hub.RunAsync("retain", "--keep", "390d", "--reason", "all others", "--yes");
        Assert.Empty((await hub.QueryAsync("tank")).Values);

        // Retention is no erasure: a stick with old readings may bring them back, until the next sweep.
        Assert.Equal(3, (await hub.SendAsync("pond", hub.NowUs - (401 * RetentionFixture.Day), 3)).Stored);
        Assert.Equal(3, await hub.Removals.SweepAsync(Stop));
        await hub.RunAsync("retain", hub.Channel("pond"), "--keep", "forever", "--reason", "keep them", "--yes");
        await hub.SendAsync("pond", hub.NowUs - (402 * RetentionFixture.Day), 3);
        Assert.Equal(3, await hub.Removals.SweepAsync(Stop));

        var audit = (await hub.RunAsync("audit")).Output;
        Assert.Contains("keep " + hub.Channel("pond") + " for 365 days: the school year is over", audit, StringComparison.Ordinal);
        Assert.Contains("dropped 20 readings before", audit, StringComparison.Ordinal);
        Assert.True(SeriesFile.Verify(hub.Data, Intake.StoredBlock.TryDecode).IsGood);
    }

    [Fact]
    public async Task A_clock_that_runs_ahead_by_years_drops_nothing_until_a_person_states_the_rule_again()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - (400 * RetentionFixture.Day), 20);
        var longAgo = Instant.AtBoot(new Id128(RetentionFixture.Boot.Value), hub.NowUs - (200 * RetentionFixture.Day));
        hub.Facts.Append(new FactDraft(new RetentionRule("", [], 365 * RetentionFixture.Day, "keep a year"), longAgo, FactRoles.Admin));

        Assert.Equal(0, await hub.Removals.SweepAsync(Stop));
        Assert.Contains("state", hub.Removals.HeldReason, StringComparison.Ordinal);
        Assert.Equal(20, (await hub.QueryAsync("pond")).Values.Count);

        Assert.Contains("20 readings dropped now", (await hub.RunAsync("retain", "--keep", "365d", "--reason", "the clock is right", "--yes")).Output, StringComparison.Ordinal);
        await hub.Removals.SweepAsync(Stop);
        Assert.Equal("", hub.Removals.HeldReason);
    }

    [Theory]
    [InlineData("erase", "nobody", "--reason", "x", "No channel is called 'nobody'")]
    [InlineData("retain", "--keep", "soon", "--reason", "'soon' is no length of time")]
    [InlineData("retain", "--keep", "1h", "--reason", "less than a day")]
    [InlineData("replay", "--since", "2999-01-01", "", "not in the past")]
    public async Task What_cannot_be_is_refused_in_one_sentence(string verb, string first, string second, string third, string why)
    {
        await using var hub = await RetentionFixture.StartAsync();
        string[] asked = [.. new[] { verb, first, second, third }.Where(word => word.Length > 0), .. verb == "retain" ? ["because"] : Array.Empty<string>()];

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => hub.RunAsync(asked));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Who looks first what would happen hears at once what the real run would refuse.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task A_reason_that_says_nothing_is_refused_before_and_when_it_is_done(string reason)
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - RetentionFixture.Day, 10);
        foreach (var asked in (string[][])[["erase", hub.Channel("pond")], ["retain", "--keep", "365d"]])
        {
            foreach (var more in (string[][])[[], ["--yes"]])
            {
                var refused = await Assert.ThrowsAsync<StartRefusedException>(() => hub.RunAsync([.. asked, "--reason", reason, .. more]));
                Assert.Contains("say in 1 to 500 characters why", refused.Message, StringComparison.Ordinal);
            }
        }

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.Hub.GrpcPort}");
        var service = new StoreService.StoreServiceClient(channel);
        foreach (var dry in (bool[])[true, false])
        {
            foreach (var asked in (Func<Task>[])[
                async () => await service.EraseReadingsAsync(new EraseReadingsRequest { Channels = { hub.Channel("pond") }, Reason = reason, ValidateOnly = dry }, cancellationToken: Stop),
                async () => await service.SetRetentionAsync(new SetRetentionRequest { KeepUs = 365 * RetentionFixture.Day, Reason = reason, ValidateOnly = dry }, cancellationToken: Stop)])
            {
                var refused = await Assert.ThrowsAsync<RpcException>(asked);
                Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
                Assert.Contains("is empty; say in 1 to 500 why", refused.Status.Detail, StringComparison.Ordinal);
            }
        }

        Assert.Equal(10, (await hub.QueryAsync("pond")).Values.Count);
    }

    /// <summary>Rows that are only in an InfluxDB that is away, as the file has them: chunks without bytes.</summary>
    [Fact]
    public async Task What_a_fact_says_is_hidden_and_told_though_its_rows_cannot_be_had()
    {
        await using var hub = await DeriveFixture.OpenAsync(hasFarStore: true);
        hub.State(new UtcAnchor(DeriveFixture.Boot, 0, DeriveFixture.Utc0, 1000, "gps"));
        SeriesId[] series = [await hub.RowsAsync("far", "ph", "[pH]", (Second, 7), (2 * Second, 7)), await hub.RowsAsync("near", "ph", "[pH]", (Second, 7)), await hub.RowsAsync("asked", "ph", "[pH]", (Second, 7))];
        await hub.Store.FlushAsync(Stop);
        using (var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(hub.Folder, "series.db")};Pooling=False"))
        {
            file.Open();
            using var away = file.CreateCommand();
            away.CommandText = "UPDATE chunk SET data = 0 WHERE series <> " + series[1].Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(2, away.ExecuteNonQuery());
        }

        using var removals = new RemovalBook(hub.Log, hub.Book, hub.Store, hub.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<RemovalBook>.Instance);
        static RemovedSpan Span(string port) => new(DeriveFixture.Boot, DeriveFixture.Agent, port, "ph", "[pH]", 0, Second, 3 * Second, 1);
        hub.State(new Erasure("", [], 0, 0, "a name", [Span("far")]));
        hub.State(new Erasure("", [], 0, 0, "another", [Span("near")]));
        var stated = hub.Book.Current.Version;

        await removals.EnforceAllAsync(Stop);

        Assert.True(hub.Book.TryChangesSince(stated, out var changes));
        Assert.Equal(2, changes.SelectMany(change => change.Spans).Count());
        Assert.NotNull(await removals.EraseAsync(new RemovalPlan([Span("asked")], []), [], 0, 0, "a third", Stop));
        using var snapshot = hub.Store.Snapshot();
        Assert.All(series, id => Assert.False(snapshot.Rows(id, long.MinValue, long.MaxValue).MoveNext()));
    }

    [Fact]
    public async Task A_replay_without_a_consumer_says_so_and_with_one_moves_it_running_or_stopped()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs, 10);
        Assert.Equal(1, (await hub.RunAsync("replay", "--since", "1h")).Code);
        var at = await hub.Store.StartForwardingAsync(Stop);
        await hub.Store.ForwardedAsync(at, hub.Store.Stats.Commit, Stop);

        Assert.Contains("Commits 1 to 1 are offered again", (await hub.RunAsync("replay", "--since", "1h")).Output, StringComparison.Ordinal);
        Assert.Equal(0, hub.Store.ForwardedThrough);
        await hub.Store.ForwardedAsync(0, hub.Store.Stats.Commit, Stop);
        await hub.Hub.DisposeAsync();
        Assert.Contains("Commits 1 to 1 are offered again", (await hub.RunAsync("replay", "--since", RetentionFixture.Iso(hub.NowUs - RetentionFixture.Day))).Output, StringComparison.Ordinal);
        Assert.Equal(0, SeriesFile.Stats(hub.Data).ForwardedThrough);

        // An embedded hub has no consumer: it forgets the one that was, so that nobody holds the log.
        await hub.OpenAsync();
        Assert.Null(hub.Store.ForwardedThrough);
    }

    [Fact]
    public async Task A_flipped_bit_is_data_loss_for_its_range_alone_and_everything_else_is_served()
    {
        await using var hub = await RetentionFixture.StartAsync();
        var t = hub.NowUs - RetentionFixture.Day;
        await hub.SendAsync("pond", t, 5000);
        await hub.Store.FlushAsync(Stop);
        await hub.Hub.DisposeAsync();
        using (var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(hub.Data, "series.db")};Pooling=False"))
        {
            file.Open();
            using var flip = file.CreateCommand();
            flip.CommandText = "UPDATE chunk_data SET data = CAST(substr(data, 1, 10) || x'ff' || substr(data, 12) AS BLOB) WHERE id = 1";
            Assert.Equal(1, flip.ExecuteNonQuery());
        }

        await hub.OpenAsync();

        var loss = await Assert.ThrowsAsync<RpcException>(() => hub.QueryAsync("pond"));
        Assert.Equal(StatusCode.DataLoss, loss.StatusCode);
        Assert.Contains(hub.Channel("pond"), loss.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("4096 readings, chunk 1", loss.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(5000 - 4096, (await hub.QueryAsync("pond", t + (4096 * Second))).Values.Count);
        Assert.Equal(1, (await hub.RunAsync("verify")).Code);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.Hub.GrpcPort}");
        var latest = await new ReadingService.ReadingServiceClient(channel).GetLatestReadingsAsync(new GetLatestReadingsRequest(), cancellationToken: Stop);
        Assert.Equal(t + (4999 * Second), Assert.Single(latest.Readings).TimeUs);
        FaultReport.Line("a flipped bit in a chunk: that chunk named, the rest served", 1, 5000 - 4096);
    }
}
