using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>What pages, wall and public screen call the place of a channel.</summary>
public sealed class PlaceNamesTests
{
    [Fact]
    public async Task A_channel_is_named_by_the_site_its_agent_came_to_last_in_both_languages()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 5, HubFixture.Second, _ => 8.1);
        var before = Named(hub);
        Assert.Equal(before.En, before.Vi);

        var (pier, river) = (Id128.New(), Id128.New());
        hub.State(new Site(pier, "pier", "Pier", "Bến tàu"));
        hub.State(new Site(river, "river", "River channel", "Luồng nước sông"));
        hub.State(new Placement(HubFixture.PiKey, pier, Instant.AtUtc(HubFixture.Utc0 + HubFixture.Second)));

        // Told later, begun earlier: where it is, does not change.
        hub.State(new Placement(HubFixture.PiKey, river, Instant.AtUtc(HubFixture.Utc0)));

        Assert.Equal(new PlaceName("Pier", "Bến tàu"), Named(hub));
    }

    [Fact]
    public async Task Two_agents_at_one_site_are_told_apart_by_their_labels()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 5, HubFixture.Second, _ => 8.1);
        var (pier, other) = (Id128.New(), Id128.New());
        hub.State(new Site(pier, "pier", "", "Bến tàu"));
        hub.State(new Placement(HubFixture.PiKey, pier, Instant.AtUtc(HubFixture.Utc0)));
        hub.State(new Placement(other, pier, Instant.AtUtc(HubFixture.Utc0)));
        var slug = Channel(hub).AgentSlug;
        Assert.Equal(new PlaceName($"Bến tàu · {slug}", $"Bến tàu · {slug}"), Named(hub));

        hub.State(new Placement(other, null, Instant.AtUtc(HubFixture.Utc0 + HubFixture.Second)));
        Assert.Equal(new PlaceName("Bến tàu", "Bến tàu"), Named(hub));
    }

    [Fact]
    public async Task Where_agents_are_is_counted_once_under_the_same_facts_however_many_channels_a_page_names()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 5, HubFixture.Second, _ => 8.1);
        var (pier, nobodys) = (Id128.New(), Id128.New());
        hub.State(new Site(pier, "pier", "Jetty", ""));
        hub.State(new Site(pier, "pier", "Pier", "Bến tàu"));
        hub.State(new Placement(HubFixture.PiKey, pier, Instant.AtUtc(HubFixture.Utc0)));
        hub.State(new Placement(Id128.New(), nobodys, Instant.AtUtc(HubFixture.Utc0)));

        var derivation = hub.Get<DerivationBook>().Current;
        var counted = derivation.Sites;
        Assert.Equal(new PlaceName("Pier", "Bến tàu"), PlaceNames.Of(derivation, derivation.Channels.Single()));
        Assert.Equal("pier", PlaceNames.SiteOf(derivation, derivation.Channels.Single().Agent)?.Slug);
        Assert.Same(counted, derivation.Sites);

        // New facts, new places.
        hub.State(new Placement(HubFixture.PiKey, null, Instant.AtUtc(HubFixture.Utc0 + HubFixture.Second)));
        Assert.Null(PlaceNames.SiteOf(hub.Get<DerivationBook>().Current, derivation.Channels.Single().Agent));
        Assert.NotSame(counted, hub.Get<DerivationBook>().Current.Sites);
    }

    private static ChannelView Channel(HubFixture hub) => hub.Get<DerivationBook>().Current.Channels.Single();

    private static PlaceName Named(HubFixture hub) => PlaceNames.Of(hub.Get<DerivationBook>().Current, Channel(hub));
}
