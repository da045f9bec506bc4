using StemLab.Hub.Api;
using StemLab.Hub.Classroom;
using StemLab.Hub.Web;
using StemLab.V1;

namespace StemLab.Hub.Derive;

/// <summary>In which order people meet the channels of an agent.</summary>
public sealed class ChannelOrderTests
{
    [Fact]
    public async Task What_is_measured_comes_before_where_it_was_measured_on_boards_in_lists_and_in_groups()
    {
        await using var hub = await HubFixture.StartAsync();
        foreach (var (port, quantity, unit) in ((string, string, string)[])[("gps", "latitude", "deg"), ("gps", "longitude", "deg"), ("gps", "altitude", "m"), ("ph", "ph", "[pH]"), ("t", "water_temperature", "Cel")])
        {
            await hub.SteadyAsync(port, quantity, unit, 3, HubFixture.Second, _ => 7);
        }

        string[] ordered = ["ph", "water_temperature", "altitude", "latitude", "longitude"];
        Assert.Equal(ordered, Assert.Single(hub.Get<PageModel>().Cards()).Channels.Select(card => card.Channel.PropertyId));
        Assert.Equal(ordered, hub.Get<PageModel>().Channels().Select(channel => channel.PropertyId));
        var listed = await new CatalogService.CatalogServiceClient(hub.Grpc).ListChannelsAsync(new ListChannelsRequest(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ordered, listed.Channels.Select(channel => channel.ObservedProperty));
        Assert.Equal(ordered, GroupPlan.Deal(hub.Get<PageModel>().Channels(), [], 1, false)[0].Channels.Select(name => name[(name.IndexOf('~', StringComparison.Ordinal) + 1)..]));
    }
}
