using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Access;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>An agent and a hub that speak nothing but TLS: a real agent program, a hub open to the network with an authority of its own.</summary>
public sealed class TlsAgentTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_board_with_a_kits_file_joins_and_sends_over_tls_alone_and_finds_its_hub_again_after_that_has_a_new_authority()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        HubOptions options;
        await using (var hub = await OpenHub.StartAsync(folder.Path))
        {
            options = hub.Options;
            var file = await KitAsync(hub, card);

            // By the page of the network, as on another machine.
            await using var agent = KnockingAgent.Start(card.Path, "board-1", $"https://{OpenHub.Outside}:{options.TlsPort}/", file);
            await StoredAsync(hub, 50);

            using var joined = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(card.Path, "data", "joined.json"), Cancelled));
            Assert.True(joined.RootElement.GetProperty("Tls").GetBoolean());
            Assert.Equal($"{OpenHub.Outside}:{options.MqttTlsPort}", joined.RootElement.GetProperty("HubAddress").GetString());
            Assert.True(IPAddress.IsLoopback(OpenHub.Outside) || !await IsOpenAsync(options.MqttPort), "plain MQTT is open to the network");
        }

        // Another authority, as after a restore without the old keys: the agent knows the hub by its own key, and learns the new one.
        Directory.Delete(Path.Combine(folder.Path, HubCertificate.Folder), recursive: true);
        await using var again = await HubHost.StartAsync(options, Cancelled);
        await using var still = KnockingAgent.Start(card.Path, "board-1", "");
        await StoredAsync(again, again.Services.GetRequiredService<ObservationStore>().StoredTotal + 50);
    }

    [Fact]
    public async Task An_agent_on_the_hubs_own_machine_joins_over_it_though_the_hub_speaks_tls_to_others()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await OpenHub.StartAsync(folder.Path);
        await using var agent = KnockingAgent.Start(card.Path, "board-1", hub.PageUrl, await KitAsync(hub, card));
        await StoredAsync(hub, 50);
    }

    private static async Task<string> KitAsync(HubHost hub, TempFolder card)
    {
        var (kit, key) = hub.Services.GetRequiredService<KitBook>().Make(1, TimeSpan.FromHours(1));
        var file = card.File("stemlab-join.json");
        await File.WriteAllTextAsync(file, hub.Services.GetRequiredService<HubDoors>().KitFile(kit, key), Cancelled);
        return file;
    }

    private static Task StoredAsync(HubHost hub, long rows) => Eventually.True(
        () => Task.FromResult(hub.Services.GetRequiredService<FleetBook>().Current.Agents.Any(one => hub.Services.GetRequiredService<ObservationStore>().Account(one.Id).Stored >= rows)),
        $"{rows} readings stored");

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(OpenHub.Outside, port, Cancelled);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
