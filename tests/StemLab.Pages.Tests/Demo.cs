using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>The demo as a person starts it: the program with a hub and the eight agents of the virtual bay, once for the whole run.</summary>
public sealed class Demo : IAsyncLifetime
{
    private const int Agents = 8;

    private readonly TempFolder folder = new();
    private RealProcess? program;

    public string Url { get; private set; } = "";

    /// <summary>Path of the page of the first channel of a property.</summary>
    public async Task<string> ChannelAsync(string property)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url) };
        using var channels = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync(new Uri("v1/channels", UriKind.Relative), TestContext.Current.CancellationToken));
        return "/" + channels.RootElement.GetProperty("channels").EnumerateArray().First(channel => channel.GetProperty("observedProperty").GetString() == property).GetProperty("name").GetString();
    }

    public async ValueTask InitializeAsync()
    {
        program = RealProcess.StartOurs("virtual-bay", ["--data", folder.Path, "--no-browser", "--http", "0", "--grpc", "0", "--mqtt", "0", "--language", "en"]);
        var where = await Eventually.Get(
            () => program.HasExited ? throw new InvalidOperationException($"The demo ended: {program.Output}") : Task.FromResult(RunningHub.Find(folder.Path)), _ => true, "demo listening");
        Url = $"http://127.0.0.1:{where.HttpPort}/";
        using var bay = new Bay(Url);
        await Eventually.Get(
            async () => (await bay.GetAsync("v1/channels")).TryGetProperty("channels", out var channels) ? channels.EnumerateArray().Select(channel => channel.GetProperty("agent").GetString()).Distinct().Count() : 0,
            agents => agents >= Agents, "all agents of the bay have channels");
    }

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
        {
            Assert.Equal(0, await program.StopAsync(RealProcess.Patience));
            await program.DisposeAsync();
        }

        folder.Dispose();
    }
}
