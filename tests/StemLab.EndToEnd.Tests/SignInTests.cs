using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>People and the program they were given: set-up, a passphrase, a cookie that a restart still knows.</summary>
public sealed class SignInTests
{
    private const string Passphrase = "con ca bay qua nui";

    [Fact]
    public async Task Who_has_signed_in_is_still_known_after_a_restart_and_a_stranger_is_asked_to()
    {
        using var folder = new TempFolder();
        var (http, grpc) = (FixedPort.Choose(), FixedPort.Choose());
        using var first = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}/") };
        using var admin = new HttpClient { BaseAddress = first.BaseAddress };
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = first.BaseAddress, DefaultRequestHeaders = { { "accept", "text/html" } } };
        string[] ports = ["--http", $"{http}", "--grpc", $"{grpc}"];
        await using (var hub = await HubProcess.StartAsync(folder.Path, "machine", 0, ports))
        {
            await PostAsync(first, "v1/access:setUp", new { schoolName = "Hạ Long", passphrase = Passphrase });
            Assert.False((await admin.PostAsJsonAsync("v1/access:signIn", new { name = "admin", passphrase = "not this one" }, Cancelled)).IsSuccessStatusCode);
            await PostAsync(admin, "v1/access:signIn", new { name = "admin", passphrase = Passphrase });
            Assert.Equal(0, await hub.StopAsync());
        }

        await using var again = await HubProcess.StartAsync(folder.Path, "machine", 0, ports);
        Assert.Equal("admin", (await admin.GetFromJsonAsync<JsonElement>("v1/access", Cancelled)).GetProperty("role").GetString());
        using var people = await admin.GetAsync("people", Cancelled);
        Assert.Equal((HttpStatusCode.OK, "/people"), (people.StatusCode, people.RequestMessage?.RequestUri?.AbsolutePath));
        using var asked = await stranger.GetAsync("people", Cancelled);
        Assert.Equal((HttpStatusCode.Redirect, "/signin?then=%2Fpeople"), (asked.StatusCode, asked.Headers.Location?.OriginalString));
        Refused.InOneSentence(await HubProcess.RunAsync("audit", "--data", folder.Path, "--out", folder.File("no/such/folder.csv")), "folder.csv");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }
}
