using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A hub on a machine of a <see cref="World"/>, without UTC: the whole hub on real ports, only its boot clock is the world's.</summary>
internal sealed class ClocklessHub : IAsyncDisposable
{
    private readonly HubHost host;

    private ClocklessHub(HubHost host)
    {
        this.host = host;
        Api = new HubClient(host.GrpcPort);
    }

    public HubClient Api { get; }

    public int MqttPort => host.MqttPort;

    public static async Task<ClocklessHub> StartAsync(World world, string folder, string boot, double ppm = 0) => new(await HubHost.StartAsync(
        new HubOptions { DataFolder = folder, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" }, TestContext.Current.CancellationToken, world.HubBoot(boot, ppm)));

    public async Task<EnrolAgentResponse> EnrolAsync(string slug) =>
        await Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = slug }, cancellationToken: TestContext.Current.CancellationToken);

    public async Task<Fact> StateAsync(Fact fact) =>
        (await Api.Facts.StateFactAsync(new StateFactRequest { Fact = fact }, cancellationToken: TestContext.Current.CancellationToken)).Fact;

    /// <summary>Somebody tells the hub what time it is now.</summary>
    /// <param name="world">True time.</param>
    /// <param name="errorUs">How wrong they are.</param>
    /// <param name="sigmaUs">How wrong they say they may be.</param>
    /// <param name="source">Who.</param>
    /// <param name="supersedes">Facts taken back by it.</param>
    public Task<Fact> AnchorAsync(World world, long errorUs, long sigmaUs, string source, params string[] supersedes)
    {
        var fact = new Fact { UtcAnchor = new UtcAnchorFact { UtcUs = World.BeginningUtcUs + world.NowUs + errorUs, SigmaUs = sigmaUs, Source = source } };
        fact.Supersedes.AddRange(supersedes);
        return StateAsync(fact);
    }

    /// <summary>One agent's account as soon as nothing of it is missing and at least so many rows are stored.</summary>
    public Task<V1.Agent> DrainedAsync(EnrolAgentResponse enrolled, long rows) => Eventually.Get(
        async () => (await Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: TestContext.Current.CancellationToken)).Agent,
        agent => agent.Account.Stored >= rows && agent.Account.Missing == 0,
        $"{enrolled.Agent.Slug}: {rows} rows stored, none missing");

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await host.DisposeAsync();
    }
}
