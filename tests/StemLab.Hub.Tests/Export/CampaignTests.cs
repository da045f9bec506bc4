using System.CommandLine;
using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>A field trip is said once: which readings, whose, under which licence; its datasets need no more.</summary>
public sealed class CampaignTests
{
    private static readonly string Ph = HubFixture.Channel("ph", "ph");
    private static readonly string Temperature = HubFixture.Channel("t1", "water_temperature");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_of_a_campaign_needs_a_name_only_and_holds_the_campaigns_readings_unless_it_says_which()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        long end = Utc(pond, 100);
        await DescribeAsync(pond, end);

        Dataset dataset = (await pond.Datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/pond", Campaign = "campaigns/trip" } }, cancellationToken: Token)).Dataset;
        Assert.Equal(("Hạ Long trip", "CC0-1.0", "Trường Hạ Long", "Hạ Long trip", 2), (dataset.Title, dataset.Licence, dataset.Creator, dataset.Project, dataset.PlaceDecimals));

        DatasetVersion whole = await pond.FreezeAsync(null, DatasetFormat.Codap);
        Assert.Equal((200, "campaigns/trip", end), (whole.RowCount, whole.Selection.Campaign, whole.Selection.EndTimeUs));
        Assert.Equal([Ph, Temperature], whole.Selection.Channels);
        Assert.Equal(("CC0-1.0", "Hạ Long trip"), (whole.Dataset.Licence, whole.Dataset.Project));

        // A part of it; what lies outside the campaign's time is not its.
        DatasetVersion part = await pond.FreezeAsync(new DatasetSelection { Channels = { Ph }, StartTimeUs = Utc(pond, 50), EndTimeUs = Utc(pond, 400) }, DatasetFormat.Codap);
        Assert.Equal((50, end), (part.RowCount, part.Selection.EndTimeUs));
        var counted = await pond.Datasets.PreviewSelectionAsync(new PreviewSelectionRequest { Selection = new DatasetSelection { Campaign = "campaigns/trip" } }, cancellationToken: Token);
        Assert.Equal((200, 2), (counted.RowCount, counted.ChannelCount));

        // The campaign grows: what was frozen stays, and the difference is said.
        await DescribeAsync(pond, Utc(pond, 150));
        DatasetVersion later = await pond.FreezeAsync(null, DatasetFormat.Codap);
        Assert.Equal((300, 200), (later.RowCount, (await pond.Datasets.GetDatasetVersionAsync(new GetDatasetVersionRequest { Name = whole.Name }, cancellationToken: Token)).Version.RowCount));
        var compared = await pond.Datasets.CompareDatasetVersionsAsync(new CompareDatasetVersionsRequest { Name = later.Name, With = whole.Name }, cancellationToken: Token);
        Assert.Contains("Not the same readings were asked for.", compared.SentencesEn);
        Assert.Equal("campaigns/trip", Assert.Single((await pond.Datasets.ListCampaignsAsync(new ListCampaignsRequest(), cancellationToken: Token)).Campaigns).Name);
    }

    [Fact]
    public async Task The_command_freezes_a_campaign_without_asking_for_licence_and_organisation_again()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await DescribeAsync(pond, Utc(pond, 100));
        using var folder = new TempFolder();
        var output = new StringWriter();
        string[] args = ["trip-ph", Ph, "--campaign", "trip", "--format", "codap", "--data", pond.Hub.Get<HubOptions>().DataFolder, "--out", folder.Path];

        int code = await ExportCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Token);

        Assert.Equal(0, code);
        Assert.Contains("datasets/trip-ph/versions/1: 100 readings", output.ToString(), StringComparison.Ordinal);
        DatasetVersion version = pond.Hub.Get<DatasetBook>().State("datasets/trip-ph/versions/1").Version!;
        Assert.Equal(("CC0-1.0", "Trường Hạ Long", "campaigns/trip"), (version.Dataset.Licence, version.Dataset.Creator, version.Dataset.Campaign));
        var unknown = await Assert.ThrowsAsync<StartRefusedException>(() => ExportCommand.Build().Parse(["new", "--campaign", "none", "--data", args[7]]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Token));
        Assert.Contains("no campaign of this hub; there are: campaigns/trip", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_a_campaign_is_said_all_at_once()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        var campaign = new Campaign { Name = "campaigns/Big Trip", Licence = "mine", Selection = new DatasetSelection { Sites = { "moon" }, AsOfRevision = 1, StartTimeUs = 2, EndTimeUs = 1 } };

        string said = (await Assert.ThrowsAsync<RpcException>(async () => await pond.Datasets.DescribeCampaignAsync(new DescribeCampaignRequest { Campaign = campaign }, cancellationToken: Token))).Status.Detail;

        foreach (string part in (string[])["campaign.name", "campaign.licence", "campaign.creator", "campaign.selection.sites", "campaign.selection.end_time_us", "a version as of when"])
        {
            Assert.Contains(part, said, StringComparison.Ordinal);
        }

        var unknown = await Assert.ThrowsAsync<RpcException>(async () => await pond.Datasets.PreviewSelectionAsync(new PreviewSelectionRequest { Selection = new DatasetSelection { Campaign = "campaigns/none" } }, cancellationToken: Token));
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);
        Assert.Contains("none yet", unknown.Status.Detail, StringComparison.Ordinal);
    }

    private static long Utc(ExportFixture pond, int row) => HubFixture.Utc0 + pond.FirstTUs + (row * HubFixture.Second);

    /// <summary>pH and temperature until a row.</summary>
    private static async Task DescribeAsync(ExportFixture pond, long endUs) => await pond.Datasets.DescribeCampaignAsync(
        new DescribeCampaignRequest
        {
            Campaign = new Campaign
            {
                Name = "campaigns/trip",
                Title = "Hạ Long trip",
                Licence = "CC0-1.0",
                Creator = "Trường Hạ Long",
                Keywords = { "bay" },
                PlaceDecimals = 2,
                Selection = new DatasetSelection { Channels = { Ph, Temperature }, EndTimeUs = endUs },
            },
        },
        cancellationToken: Token);
}
