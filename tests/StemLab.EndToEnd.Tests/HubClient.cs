using Grpc.Core;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A hub as an app sees it: the services over native gRPC, and the questions tests ask most.</summary>
internal sealed class HubClient(int grpcPort) : IDisposable
{
    /// <summary>Everything, from before the first boot to beyond the last.</summary>
    public const long Beginning = long.MinValue / 4;

    /// <inheritdoc cref="Beginning"/>
    public const long End = long.MaxValue / 4;

    private readonly GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");

    public CatalogService.CatalogServiceClient Catalog => new(channel);

    public ReadingService.ReadingServiceClient Readings => new(channel);

    public FleetService.FleetServiceClient Fleet => new(channel);

    public EnrolmentService.EnrolmentServiceClient Enrolment => new(channel);

    public TimeService.TimeServiceClient Time => new(channel);

    public RunService.RunServiceClient Runs => new(channel);

    public FactService.FactServiceClient Facts => new(channel);

    public async Task<GetHubResponse> StateAsync() => await Catalog.GetHubAsync(new GetHubRequest(), cancellationToken: TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<Channel>> ChannelsAsync() =>
        (await Catalog.ListChannelsAsync(new ListChannelsRequest { PageSize = 5000 }, cancellationToken: TestContext.Current.CancellationToken)).Channels;

    public async Task<IReadOnlyList<V1.Agent>> AgentsAsync() =>
        (await Fleet.ListAgentsAsync(new ListAgentsRequest(), cancellationToken: TestContext.Current.CancellationToken)).Agents;

    /// <summary>Every stored row of channels, wildcards allowed, as raw values; by channel name, in the order the hub gives them.</summary>
    public async Task<IReadOnlyDictionary<string, ChannelRows>> RowsAsync(string channels, long start = Beginning, long end = End)
    {
        var rows = new Dictionary<string, ChannelRows>();
        var names = new Dictionary<uint, string>();
        using var call = Readings.QueryReadings(
            new QueryReadingsRequest { Channels = { channels }, WithRaw = true, StartTimeUs = start, EndTimeUs = end }, cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            foreach (var (number, name) in answer.ChannelNames)
            {
                names[number] = name;
                rows.TryAdd(name, new ChannelRows([], [], []));
            }

            foreach (var block in answer.Blocks)
            {
                rows[names[block.ChannelRef]].Add(block);
            }
        }

        return rows;
    }

    public void Dispose() => channel.Dispose();
}
