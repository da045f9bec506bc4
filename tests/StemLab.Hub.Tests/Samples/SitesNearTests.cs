using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Placement = StemLab.Hub.Facts.Placement;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.Samples;

/// <summary>Where a sample would be taken: by GPS, else where the agent was placed.</summary>
public sealed class SitesNearTests
{
    private static readonly string Temperature = HubFixture.Channel("t", "water_temperature");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_nearest_site_by_the_agents_own_gps_comes_first_and_is_here_within_two_hundred_metres()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("t", "water_temperature", "Cel", 5, HubFixture.Second, _ => 20);
        hub.State(new Site(Id128.New(), "cat-ba", "Cat Ba", "Cát Bà", 20.7, 107.05));
        hub.State(new Site(Id128.New(), "pier", "Bai Chay pier", "Bến Bãi Cháy", 20.95, 107.05));
        hub.State(new Site(Id128.New(), "roof", "Roof", "Mái nhà"));
        Assert.Equal((false, false, 3), Told(await AskAsync(hub)));

        // 100 m north of the pier: a degree of latitude is 111.2 km on the sphere of the formula.
        await FixAsync(hub, HubFixture.Owner, new BootId(HubFixture.Boot.Value), 20.95 + (100 / 111_195.0), 107.05);
        var here = await AskAsync(hub);
        Assert.Equal((true, true, 3), Told(here));
        Assert.Equal(["pier", "cat-ba", "roof"], here.Sites.Select(site => site.Slug));
        Assert.Equal(100, here.Sites[0].DistanceM, 1);
        Assert.Equal(27_898.8, here.Sites[1].DistanceM, 1.0);
        Assert.False(here.Sites[2].HasDistanceM);
        Assert.Equal("Bến Bãi Cháy", here.Sites[0].Name.Vi);

        await FixAsync(hub, HubFixture.Owner, new BootId(HubFixture.Boot.Value), 20.9536, 107.05);
        Assert.Equal((true, false, 3), Told(await AskAsync(hub)));
    }

    [Fact]
    public async Task A_boats_only_gps_serves_its_other_agents_and_neither_one_that_was_placed_nor_a_hub_of_two_boats()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("t", "water_temperature", "Cel", 5, HubFixture.Second, _ => 20);
        var pier = Id128.New();
        hub.State(new Site(pier, "pier", "Bai Chay pier", "Bến Bãi Cháy", 20.95, 107.05));
        var (boat, boatBoot) = await AgentAsync(hub, 0xC);
        await FixAsync(hub, boat, boatBoot, 20.95, 107.05);
        Assert.Equal((true, true, 1), Told(await AskAsync(hub)));

        var (other, otherBoot) = await AgentAsync(hub, 0xD);
        await FixAsync(hub, other, otherBoot, 20.7, 107);
        Assert.Equal((false, false, 1), Told(await AskAsync(hub)));

        hub.State(new Placement(HubFixture.PiKey, pier, hub.Clock.Now));
        var placed = await AskAsync(hub);
        Assert.Equal((false, true, 1), Told(placed));
        Assert.Equal("pier", placed.Sites[0].Slug);
        Assert.Equal(StatusCode.NotFound, (await HubFixture.RefusedAsync(new SampleService.SampleServiceClient(hub.Grpc).SuggestSitesAsync(new SuggestSitesRequest { Channel = "agents/x" }, cancellationToken: Stop))).StatusCode);
    }

    private static (bool HasFix, bool Here, int Sites) Told(SuggestSitesResponse answer) => (answer.HasLatitude, answer.Here, answer.Sites.Count);

    private static async Task<SuggestSitesResponse> AskAsync(HubFixture hub) =>
        await new SampleService.SampleServiceClient(hub.Grpc).SuggestSitesAsync(new SuggestSitesRequest { Channel = Temperature }, cancellationToken: Stop);

    private static async Task<(AgentId Agent, BootId Boot)> AgentAsync(HubFixture hub, ulong number)
    {
        var (agent, boot) = (new Id128(number), new Id128(0xB00 + number));
        await hub.DeclareAsync(agent, boot, 1, default);
        hub.State(new ClockTie(boot, hub.NowUs, hub.Clock.BootId, hub.NowUs, 1_000));
        return (new AgentId(agent.Value), new BootId(boot.Value));
    }

    private static async Task FixAsync(HubFixture hub, AgentId agent, BootId boot, double north, double east)
    {
        var at = hub.NowUs;
        var rows = new ForeignRows(agent, boot, [new ForeignRow(new InputDeclaration("gps", "latitude", "deg", 0), at, north, 0), new ForeignRow(new InputDeclaration("gps", "longitude", "deg", 0), at, east, 0)], null, false);
        await hub.Store.SubmitAsync(rows, Stop);
        await rows.Completion.WaitAsync(TimeSpan.FromSeconds(60), Stop);
    }
}
