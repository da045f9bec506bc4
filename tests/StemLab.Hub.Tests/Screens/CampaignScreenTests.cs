using StemLab.Hub.Api;
using StemLab.Hub.Export;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;
using Placement = StemLab.Hub.Facts.Placement;
using Run = StemLab.Hub.Facts.Run;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.Screens;

/// <summary>The public sees the campaigns somebody chose, their real readings by place, and no agent, group, run or person.</summary>
public sealed class CampaignScreenTests
{
    private const int Rows = 400;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chosen_campaign_is_shown_with_its_means_by_place_and_one_that_was_not_chosen_is_not_there()
    {
        await using var hub = await HubFixture.StartAsync();
        var first = hub.NowUs - (Rows * HubFixture.Second);
        await hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second), i < 200 ? 7.0 : 8.0))]);
        await hub.SteadyAsync("roof7", "air_temperature", "Cel", 50, HubFixture.Second, _ => 20);
        var (pier, island) = (Id128.New(), Id128.New());
        hub.State(new Site(pier, "pier", "Bai Chay pier", "Bến Bãi Cháy", 20.954321, 107.05));
        hub.State(new Site(island, "island", "Cat Ba", "Cát Bà", 20.7, 107.0));
        hub.State(new Placement(HubFixture.PiKey, pier, Instant.AtUtc(1)));
        hub.State(new Placement(HubFixture.PiKey, island, Instant.AtUtc(HubFixture.Utc0 + first + (199 * HubFixture.Second) + (HubFixture.Second / 2))));
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection { Channels = { HubFixture.Channel("ph", "ph") } }));
        var client = new ScreenService.ScreenServiceClient(hub.Grpc);
        Assert.Equal(Grpc.Core.StatusCode.NotFound, (await HubFixture.RefusedAsync(client.GetPublicCampaignAsync(new GetPublicCampaignRequest { Name = "campaigns/trip" }, cancellationToken: Stop))).StatusCode);

        await client.SetScreenSettingsAsync(new SetScreenSettingsRequest { Settings = new V1.ScreenSettings { CityName = "Hạ Long", Campaigns = { "campaigns/trip" } } }, cancellationToken: Stop);

        Assert.Equal("Spring trip", Assert.Single((await client.GetPublicBoardAsync(new GetPublicBoardRequest(), cancellationToken: Stop)).Campaigns).Title);
        var told = await client.GetPublicCampaignAsync(new GetPublicCampaignRequest { Name = "campaigns/trip" }, cancellationToken: Stop);
        Assert.Equal([("Cát Bà", 8.0, 200L), ("Bến Bãi Cháy", 7.0, 200L)], told.Series.Select(series => (series.Place.Vi, Math.Round(series.Mean, 6), series.Count)));
        Assert.Equal((20.95, 107.05), (told.Series[1].Latitude, told.Series[1].Longitude));
        Assert.True(Math.Abs(told.StartTimeUs - (HubFixture.Utc0 + first)) <= told.StepUs && told.StepCount is > 100 and <= CampaignSteps.Most, $"{told.StepCount} steps of {told.StepUs} from {told.StartTimeUs}");
        Assert.All(told.Series, series => Assert.Equal(told.StepCount, series.StepMean.Count));

        var text = await hub.Http.GetStringAsync("v1/public/campaigns/trip", Stop) + await hub.Http.GetStringAsync("public/campaigns/trip", Stop);
        Assert.DoesNotContain(HubFixture.PiKey.ToString(), text, StringComparison.Ordinal);
        Assert.DoesNotContain("roof7", text, StringComparison.Ordinal);
        Assert.DoesNotContain("20.954", text, StringComparison.Ordinal);
        using var none = await hub.Http.GetAsync("public/campaigns/other", Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Practice_failed_readings_and_flags_the_campaign_leaves_out_are_in_no_number()
    {
        await using var hub = await HubFixture.StartAsync();
        var first = hub.NowUs - (Rows * HubFixture.Second);
        var channel = HubFixture.Channel("ph", "ph");
        await hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second), i < 100 ? 5.0 : i == 300 ? 99.0 : 7.0))]);
        // Half a second before a row: where it stands by the anchor may differ from the sum by some µs.
        long Utc(int row) => HubFixture.Utc0 + first + (row * HubFixture.Second) - (HubFixture.Second / 2);
        hub.State(new Run(Id128.New(), "try", [channel], Instant.AtUtc(Utc(0)), Instant.AtUtc(Utc(100)), Run.Practice));
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection { Channels = { channel }, EndTimeUs = Utc(350) }));
        hub.Get<ScreenBook>().Change(before => before with { Campaigns = ["campaigns/trip"] });

        var series = Assert.Single((await hub.Get<PublicCampaigns>().ReadAsync("campaigns/trip", Stop))!.Series);

        // The outlier fails, and the steps into and out of it may.
        Assert.Equal((7, 7), (series.Least, series.Most));
        Assert.InRange(series.Count, 247, 249);

        // Only what is doubtful counts: at most the steps into and out of the outlier.
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection { Channels = { channel }, Flags = { QcFlag.Suspect } }));
        Assert.InRange((await hub.Get<PublicCampaigns>().ReadAsync("campaigns/trip", Stop))!.Series.Sum(one => one.Count), 0, 2);
    }

    [Fact]
    public async Task No_track_of_a_gps_is_public_and_a_campaign_of_a_run_that_was_taken_back_shows_nothing()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 7);
        await hub.SteadyAsync("gps", "latitude", "deg", 50, HubFixture.Second, i => 20.954321 + (i / 1e5));
        hub.Get<ScreenBook>().Change(before => before with { Campaigns = ["campaigns/trip"] });
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection()));
        Assert.Equal("pH", Assert.Single((await hub.Get<PublicCampaigns>().ReadAsync("campaigns/trip", Stop))!.Series).Property.En);

        var run = Id128.New();
        var stated = hub.State(new Run(run, "all", [HubFixture.Channel("ph", "ph")], Instant.AtUtc(HubFixture.Utc0 + hub.NowUs - (20 * HubFixture.Second)), Instant.AtUtc(HubFixture.Utc0 + hub.NowUs)));
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection { Runs = { run.ToString() } }));
        Assert.InRange(Assert.Single((await hub.Get<PublicCampaigns>().ReadAsync("campaigns/trip", Stop))!.Series).Count, 15, 21);
        hub.Facts.Append(new Facts.FactDraft(new Facts.Withdrawal("a mistake"), hub.Clock.Now, Facts.FactRoles.Teacher) { Supersedes = [stated.FactId] });
        hub.Get<CampaignBook>().Describe(new Campaign(Trip(new DatasetSelection { Runs = { run.ToString() } })) { Description = "Asked for anew." });
        Assert.Empty((await hub.Get<PublicCampaigns>().ReadAsync("campaigns/trip", Stop))!.Series);
    }

    [Fact]
    public async Task A_campaign_without_a_reading_says_so_and_a_name_that_is_none_is_refused()
    {
        await using var hub = await HubFixture.StartAsync();
        hub.Get<CampaignBook>().Describe(Trip(new DatasetSelection { StartTimeUs = 1, EndTimeUs = 2 }));
        var client = new ScreenService.ScreenServiceClient(hub.Grpc);
        var refused = await HubFixture.RefusedAsync(client.SetScreenSettingsAsync(new SetScreenSettingsRequest { Settings = new V1.ScreenSettings { Campaigns = { "campaigns/moon" } } }, cancellationToken: Stop));
        Assert.Contains("'campaigns/moon' is no campaign of this hub", refused.Status.Detail, StringComparison.Ordinal);
        await client.SetScreenSettingsAsync(new SetScreenSettingsRequest { Settings = new V1.ScreenSettings { Campaigns = { "campaigns/trip" } } }, cancellationToken: Stop);

        var told = await client.GetPublicCampaignAsync(new GetPublicCampaignRequest { Name = "campaigns/trip" }, cancellationToken: Stop);

        Assert.Equal((0, false, 0), (told.Series.Count, told.HasStartTimeUs, told.StepCount));
        Assert.Contains("Nothing has been measured in it yet.", await hub.Http.GetStringAsync("public/campaigns/trip?lang=en", Stop), StringComparison.Ordinal);
        Assert.Equal(["campaigns/trip"], (await client.GetScreenSettingsAsync(new GetScreenSettingsRequest(), cancellationToken: Stop)).Settings.Campaigns);
    }

    private static Campaign Trip(DatasetSelection selection) => new()
    {
        Name = "campaigns/trip",
        Title = "Spring trip",
        Description = "From the pier to the island.",
        Licence = "CC-BY-4.0",
        Creator = "Trường Hạ Long",
        PlaceDecimals = 2,
        Selection = selection,
    };
}
