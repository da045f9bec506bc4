using Grpc.Core;
using Microsoft.AspNetCore.Http;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Api;

public sealed class FleetRpcTests
{
    [Fact]
    public async Task An_agent_is_shown_with_its_account_its_age_and_how_well_its_time_is_known()
    {
        await using DeriveFixture hub = await OpenAsync();
        FleetRpc service = Service(hub, out _);
        await hub.RowsAsync("ph", "ph", "[pH]", (10, 1), (20, 2));
        hub.Fleet.Connected(Owner);
        hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { SoftwareVersion = "1.2", Boots = { new Wire.V1.Boot { BootId = Boot.ToByteString() } }, Health = new Wire.V1.Health { OldestUnreceiptedUs = 9 } });

        V1.Agent before = await Get(service);
        hub.HubUs = 100 * Second;
        hub.AnchorHub(Utc0);
        hub.Tie(Boot, 90 * Second, aheadUs: 5 * Second);
        V1.Agent after = await Get(service);

        Assert.Equal((V1.Agent.Types.State.Online, "ag-1", "1.2", 9), (before.State, before.Slug, before.SoftwareVersion, before.OldestUnreceiptedUs));
        Assert.Equal((V1.TimeState.Unknown, false), (before.TimeState, before.HasSigmaUs));
        Assert.Equal((0, 99 * Second), (before.LastSeenAgeUs, after.LastSeenAgeUs));
        Assert.Equal(V1.TimeState.Anchored, after.TimeState);
        Assert.InRange(after.SigmaUs, 20_000, 25_000);
        Assert.Equal(2, after.Account.Stored);
        Assert.Equal(after.Account.Expected, after.Account.Stored + after.Account.Conflict + after.Account.Erased + after.Account.Rejected + after.Account.Lost + after.Account.Missing);
    }

    [Fact]
    public async Task An_unclaimed_device_is_adopted_under_a_label_of_ones_own()
    {
        await using DeriveFixture hub = await OpenAsync();
        FleetRpc service = Service(hub, out _);
        AgentId pond = hub.Fleet.EnsureForeign("lab/pond")!.Value;

        ListAgentsResponse listed = await service.ListAgents(new ListAgentsRequest(), new NoCall());
        AdoptAgentResponse adopted = await service.AdoptAgent(new AdoptAgentRequest { Name = $"agents/{pond}", Slug = "ao" }, new NoCall());

        Assert.Equal([V1.Agent.Types.State.Offline, V1.Agent.Types.State.Unclaimed], listed.Agents.Select(agent => agent.State));
        Assert.Equal(("ao", V1.Agent.Types.State.Offline, true), (adopted.Agent.Slug, adopted.Agent.State, adopted.Agent.Foreign));
    }

    [Fact]
    public async Task An_enrolled_agent_gets_a_token_that_lets_it_in()
    {
        await using DeriveFixture hub = await OpenAsync();
        EnrolAgentResponse enrolled = await Service(hub, out _).EnrolAgent(new EnrolAgentRequest { Slug = "ag-2" }, new NoCall());

        Assert.True(hub.Fleet.TryAuthenticate(enrolled.Token, out AgentId id));
        Assert.Equal($"agents/{id}", enrolled.Agent.Name);
    }

    [Fact]
    public async Task Refusals_say_what_is_wrong()
    {
        await using DeriveFixture hub = await OpenAsync();
        FleetRpc service = Service(hub, out _);
        string known = $"agents/{Owner}";

        Assert.Equal(StatusCode.InvalidArgument, await Status(() => service.GetAgent(new GetAgentRequest { Name = "ag-1" }, new NoCall())));
        Assert.Equal(StatusCode.NotFound, await Status(() => service.GetAgent(new GetAgentRequest { Name = $"agents/{new Id128(99)}" }, new NoCall())));
        Assert.Equal(StatusCode.InvalidArgument, await Status(() => service.EnrolAgent(new EnrolAgentRequest { Slug = "A b" }, new NoCall())));
        Assert.Equal(StatusCode.AlreadyExists, await Status(() => service.EnrolAgent(new EnrolAgentRequest { Slug = "ag-1" }, new NoCall())));
        Assert.Equal(StatusCode.FailedPrecondition, await Status(() => service.AdoptAgent(new AdoptAgentRequest { Name = known, Slug = "x" }, new NoCall())));
    }

    [Fact]
    public async Task Identifying_reaches_the_agent_or_says_that_it_is_not_there()
    {
        await using DeriveFixture hub = await OpenAsync();
        FleetRpc service = Service(hub, out AgentCommandDoor door);
        var request = new IdentifyAgentRequest { Name = $"agents/{Owner}" };
        Assert.Equal(StatusCode.FailedPrecondition, await Status(() => service.IdentifyAgent(request, new NoCall())));

        var sent = new List<(AgentId, Wire.V1.Command)>();
        door.Open((agent, command, _) =>
        {
            sent.Add((agent, command));
            return ValueTask.FromResult(true);
        });
        Assert.Equal(StatusCode.FailedPrecondition, await Status(() => service.IdentifyAgent(request, new NoCall())));
        hub.Fleet.Connected(Owner);
        Assert.Equal(StatusCode.OK, await Status(() => service.IdentifyAgent(request, new NoCall())));

        (AgentId to, Wire.V1.Command what) = Assert.Single(sent);
        Assert.Equal((Owner, 16, Wire.V1.Command.BodyOneofCase.Identify), (to, what.Id.Length, what.BodyCase));
    }

    private static FleetRpc Service(DeriveFixture hub, out AgentCommandDoor door)
    {
        door = new AgentCommandDoor();
        // Nothing here asks about updates.
        var audit = new AuditLog(hub.Database, new AccessClock(hub.Clock, new HubUtc(hub.Clock, hub.Log)));
        return new FleetRpc(hub.Fleet, new AgentWire(hub.Fleet, hub.Store, hub.Book, hub.Clock), audit, hub.Clock, door,
            new SettingsBook(hub.Database, door, hub.Clock, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SettingsBook>.Instance), null!, null!);
    }

    private static async Task<V1.Agent> Get(FleetRpc service) => (await service.GetAgent(new GetAgentRequest { Name = $"agents/{Owner}" }, new NoCall())).Agent;

    private static async Task<StatusCode> Status<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    /// <summary>A call of nobody, that nobody cancels.</summary>
    private sealed class NoCall : ServerCallContext
    {
        protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object> { ["__HttpContext"] = new DefaultHttpContext() };

        protected override string MethodCore => "";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore => [];

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore => [];

        protected override Grpc.Core.Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => new("", []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
