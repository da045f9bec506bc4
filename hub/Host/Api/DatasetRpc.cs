using System.Collections.Immutable;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Export;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.DatasetService: checks the question, hands it to Export.</summary>
[Authorize(Policies.Export)]
internal sealed class DatasetRpc(DatasetBook book, CampaignBook campaigns, DatasetExports exports, Freezer freezer, DerivationBook derivations, HubOptions options, AuditLog audit) : DatasetService.DatasetServiceBase
{
    private static readonly DatasetFormat[] Usual = [DatasetFormat.Csv, DatasetFormat.Netcdf, DatasetFormat.Parquet];

    public override Task<DescribeDatasetResponse> DescribeDataset(DescribeDatasetRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        Dataset dataset = request.Dataset ?? new Dataset();
        dataset = campaigns.Named(dataset.Campaign, "dataset.campaign", wrong) is { } campaign ? CampaignBook.Described(dataset, campaign) : dataset;
        SelectionCheck.Check(dataset, wrong);
        Refuse(wrong);
        book.Describe(dataset);
        audit.Add(AuditLog.Who(context.GetHttpContext().User), "dataset.describe", dataset.Name);
        return Task.FromResult(new DescribeDatasetResponse { Dataset = dataset });
    }

    public override Task<DescribeCampaignResponse> DescribeCampaign(DescribeCampaignRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        Campaign campaign = request.Campaign ?? new Campaign();
        SelectionCheck.Check(campaign, derivations.Current, options.Demo, wrong);
        Refuse(wrong);
        campaigns.Describe(campaign);
        audit.Add(AuditLog.Who(context.GetHttpContext().User), "campaign.describe", campaign.Name);
        return Task.FromResult(new DescribeCampaignResponse { Campaign = campaign });
    }

    public override Task<ListCampaignsResponse> ListCampaigns(ListCampaignsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListCampaignsResponse { Campaigns = { campaigns.Campaigns() } });

    public override Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListDatasetsResponse { Datasets = { book.Datasets() } });

    public override Task<PreviewSelectionResponse> PreviewSelection(PreviewSelectionRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        FreezeRequest asked = SelectionCheck.Read(Meant(request.Selection, "", wrong), derivations.Current, options.Demo, null, wrong);
        Refuse(wrong);
        (long rows, int channels, long revision, FrozenPractice? practice) = freezer.Count(asked);
        return Task.FromResult(new PreviewSelectionResponse { RowCount = rows, ChannelCount = channels, Revision = revision, Practice = DatasetWords.Practice(practice) });
    }

    public override Task<CreateDatasetVersionResponse> CreateDatasetVersion(CreateDatasetVersionRequest request, ServerCallContext context)
    {
        Dataset dataset = book.Find(DatasetBook.SlugOf(request.Parent))
            ?? throw Rpc.FailedPrecondition("NOT_DESCRIBED", request.Parent, $"'{request.Parent}' has not been described: say its title, licence and organisation first (DescribeDataset)");
        var wrong = new List<(string, string)>();
        DatasetSelection selection = Meant(request.Selection, dataset.Campaign, wrong);
        FreezeRequest asked = SelectionCheck.Read(selection, derivations.Current, options.Demo, dataset.HasPlaceDecimals ? dataset.PlaceDecimals : null, wrong);
        wrong.AddRange(request.Formats.Where(format => !Enum.IsDefined(format) || format == DatasetFormat.Unspecified).Select(format => ("formats", $"{(int)format} is not a format")));
        Refuse(wrong);
        ImmutableArray<DatasetFormat> formats = request.Formats.Count == 0 ? [.. Usual] : [.. request.Formats.Distinct()];
        DatasetVersion version = exports.TryStart(dataset, selection, asked, formats)
            ?? throw Rpc.ResourceExhausted("datasets", $"{DatasetExports.MostWaiting} versions wait already; try again when some are ready", TimeSpan.FromSeconds(10));
        audit.Add(AuditLog.Who(context.GetHttpContext().User), "dataset.freeze", version.Name);
        return Task.FromResult(new CreateDatasetVersionResponse { Version = version });
    }

    public override Task<ListDatasetVersionsResponse> ListDatasetVersions(ListDatasetVersionsRequest request, ServerCallContext context)
    {
        string slug = DatasetBook.SlugOf(request.Parent);
        return slug.Length == 0 || (slug != "-" && book.Find(slug) is null)
            ? throw Rpc.NotFound("dataset", request.Parent)
            : Task.FromResult(new ListDatasetVersionsResponse { Versions = { book.Versions(slug) } });
    }

    public override Task<GetDatasetVersionResponse> GetDatasetVersion(GetDatasetVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetDatasetVersionResponse { Version = Find(request.Name).Version });

    public override async Task WatchDatasetVersion(WatchDatasetVersionRequest request, IServerStreamWriter<WatchDatasetVersionResponse> responseStream, ServerCallContext context)
    {
        DatasetVersion? sent = null;
        while (true)
        {
            (DatasetVersion version, Task moved) = Find(request.Name);
            if (!version.Equals(sent))
            {
                await responseStream.WriteAsync(new WatchDatasetVersionResponse { Version = version }, context.CancellationToken);
                sent = version;
            }

            if (version.State != DatasetVersion.Types.State.Running)
            {
                return;
            }

            await moved.WaitAsync(context.CancellationToken);
        }
    }

    public override Task<CompareDatasetVersionsResponse> CompareDatasetVersions(CompareDatasetVersionsRequest request, ServerCallContext context)
    {
        DatasetVersion one = Ready(request.Name);
        DatasetVersion other = Ready(request.With);
        var answer = new CompareDatasetVersionsResponse { SameRows = one.RowsSha256 == other.RowsSha256 };
        foreach (Science.Texts.Sentence sentence in VersionDifference.Of(one, exports.TablesOf(one), other, exports.TablesOf(other)))
        {
            answer.SentencesEn.Add(sentence.En);
            answer.SentencesVi.Add(sentence.Vi);
        }

        return Task.FromResult(answer);
    }

    /// <summary>The selection with what its campaign, or else the dataset's, says where it is empty.</summary>
    private DatasetSelection Meant(DatasetSelection? asked, string otherwise, List<(string, string)> wrong)
    {
        DatasetSelection selection = asked ?? new DatasetSelection();
        string name = selection.Campaign.Length > 0 ? selection.Campaign : otherwise;
        return campaigns.Named(name, "selection.campaign", wrong) is { } campaign ? CampaignBook.Within(selection, campaign) : selection;
    }

    private static void Refuse(List<(string, string)> wrong)
    {
        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }
    }

    private (DatasetVersion Version, Task Moved) Find(string name)
    {
        (DatasetVersion? version, Task moved) = book.State(name);
        return (version ?? throw Rpc.NotFound("dataset version", name), moved);
    }

    private DatasetVersion Ready(string name)
    {
        DatasetVersion version = Find(name).Version;
        return version.State == DatasetVersion.Types.State.Ready
            ? version
            : throw Rpc.FailedPrecondition("NOT_READY", name, version.State == DatasetVersion.Types.State.Running ? $"'{name}' is still being frozen" : $"'{name}' has no rows any more: {version.ReasonEn}");
    }
}
