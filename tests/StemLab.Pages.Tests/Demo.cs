using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.VirtualBay;

namespace StemLab.Pages;

/// <summary>The demo as a person starts it: a hub and the eight agents of the virtual bay, once for the whole run.</summary>
public sealed class Demo : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private HubHost? hub;
    private Crew? crew;
    private Task? running;

    public string Url => hub!.PageUrl;

    /// <summary>Path of the page of the first channel of a property.</summary>
    public async Task<string> ChannelAsync(string property)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url) };
        using var channels = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync(new Uri("v1/channels", UriKind.Relative), TestContext.Current.CancellationToken));
        return "/" + channels.RootElement.GetProperty("channels").EnumerateArray().First(channel => channel.GetProperty("observedProperty").GetString() == property).GetProperty("name").GetString();
    }

    public async ValueTask InitializeAsync()
    {
        hub = await HubHost.StartAsync(new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, Demo = true }, stop.Token);
        crew = Crew.Enrol(hub, Stations.OfTheBay(1));
        FirstFacts.State(hub);
        running = crew.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await (running ?? Task.CompletedTask).ContinueWith(_ => { }, TaskScheduler.Default);
        if (crew is not null)
        {
            await crew.DisposeAsync();
        }

        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        stop.Dispose();
        folder.Dispose();
    }
}
