using StemLab.Hub.Api;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>A number that stands for a channel is told on every stream before it is used there, whatever appears while a watcher starts.</summary>
public sealed class WatchNamesTests
{
    private const string All = "agents/-/channels/-";

    [Theory]
    [InlineData("in the span that is replayed", 0)]
    [InlineData("before the span that is replayed", 10)]
    public async Task A_channel_that_appears_while_a_watcher_is_greeted_is_told_with_its_first_reading(string when, int ageS)
    {
        _ = when;
        await using var hub = await HubFixture.StartAsync();
        using var first = new Listener(hub, All);
        await first.Greeted;
        var isFirst = true;
        using var second = new Listener(
            hub,
            new WatchReadingsRequest { Channels = { All }, LookbackUs = 5 * HubFixture.Second },
            async _ =>
            {
                if (!isFirst)
                {
                    return;
                }

                isFirst = false;
                await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs - (ageS * HubFixture.Second), 7));
                await first.Named(1);
            });
        await second.Greeted;
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.1));
        Assert.Equal(HubFixture.Channel("ph", "ph"), await second.ReadingOf(7.1));
    }

    [Fact]
    public async Task Channels_that_appear_later_are_told_once_to_everybody()
    {
        await using var hub = await HubFixture.StartAsync();
        using var first = new Listener(hub, All);
        using var alone = new Listener(hub, new WatchReadingsRequest { Channels = { All }, MaxRateHz = 1000 });
        await Task.WhenAll(first.Greeted, alone.Greeted);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.1));
        await hub.RowsAsync("temp", "water_temperature", "Cel", (hub.NowUs, 21));
        foreach (var watched in new[] { first, alone })
        {
            Assert.Equal(HubFixture.Channel("ph", "ph"), await watched.ReadingOf(7.1));
            Assert.Equal(HubFixture.Channel("temp", "water_temperature"), await watched.ReadingOf(21));
            Assert.Equal(2, watched.NamesTold);
        }
    }
}
