using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Access;

/// <summary>A hub that was set up and is open to the network: over this machine's own address where it has one beside 127.0.0.1, by TLS and plain.</summary>
internal sealed class School : IAsyncDisposable
{
    public const string Name = "Trường Hạ Long";
    public const string AdminPassphrase = "con ca bay qua nui";

    private readonly TempFolder _folder;
    private readonly List<IDisposable> _open = [];
    private HubHost _host;

    private School(TempFolder folder, HubHost host) => (_folder, _host) = (folder, host);

    /// <summary>This machine as others see it; 127.0.0.1 where it has no other address.</summary>
    public static IPAddress Outside { get; } = HubCertificate.Addresses().FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;

    public HubHost Host => _host;

    public string Folder => _folder.Path;

    public Uri PlainUrl => new($"http://{Outside}:{_host.Options.HttpPort}/");

    public Uri MachineUrl => new($"http://127.0.0.1:{_host.Options.HttpPort}/");

    public Uri TlsUrl => new($"https://{Outside}:{_host.Options.TlsPort}/");

    public Uri GrpcUrl => new($"http://{Outside}:{_host.Options.GrpcPort}/");

    public static HubOptions OptionsOf(string folder) => new() { DataFolder = folder, HttpPort = 0, GrpcPort = 0, MqttPort = 0, TlsPort = 0, MqttTlsPort = 0 };

    public static async Task<School> OpenAsync(DoorTimes? times = null)
    {
        var folder = new TempFolder();
        await using (var before = await HubHost.StartAsync(OptionsOf(folder.Path), TestContext.Current.CancellationToken))
        {
            Assert.True(before.Services.GetRequiredService<PersonBook>().SetUp(Name, "vi", AdminPassphrase));
        }

        return new School(folder, await HubHost.StartAsync(NetworkOptions(folder.Path), TestContext.Current.CancellationToken, times: times));
    }

    public async Task RestartAsync(Func<HubOptions, HubOptions>? change = null)
    {
        var options = _host.Options;
        await _host.DisposeAsync();
        _host = await HubHost.StartAsync(change is null ? options : change(options), TestContext.Current.CancellationToken);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Somebody out there, without cookies; with that bearer token where one is given.</summary>
    public HttpClient Client(string? bearer = null, Uri? at = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null } }) { BaseAddress = at ?? PlainUrl };
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return Keep(client);
    }

    /// <summary>A browser: keeps cookies.</summary>
    public (HttpClient Client, CookieContainer Cookies) Browser(Uri? at = null)
    {
        var cookies = new CookieContainer();
        return (Keep(new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = at ?? PlainUrl }), cookies);
    }

    public ChannelBase Grpc(Uri? at = null) => Keep(GrpcChannel.ForAddress(at ?? GrpcUrl, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null } },
        DisposeHttpClient = true,
    }));

    /// <summary>The secret of somebody in a role; null for nobody.</summary>
    public string? SecretOf(string role) => role switch
    {
        Roles.Admin => Get<PersonBook>().SignIn(Get<PersonBook>().All.First(person => person.Role == Roles.Admin)),
        Roles.Teacher => Get<CredentialBook>().Add(CredentialKind.SignIn, Roles.Teacher, "teacher:99", "Lan", "", PersonBook.SignInLasts).Secret,
        Roles.Researcher => Get<TokenBook>().Research("thesis", mayExport: false, TimeSpan.FromDays(1)).Secret,
        Roles.Exporter => Get<TokenBook>().Research("thesis", mayExport: true, TimeSpan.FromDays(1)).Secret,
        Roles.Kiosk => Get<TokenBook>().Display("hall", "/", null).Secret,
        Roles.Seat => Get<CredentialBook>().Add(CredentialKind.Seat, Roles.Seat, "seat:octopus-1", "octopus", "1", TimeSpan.FromHours(1)).Secret,
        "nobody" => null,
        _ => throw new ArgumentException(role),
    };

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await BodyAsync(answer));
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await BodyAsync(answer));
    }

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(one => one.Dispose());
        await Soon.IsDoneAsync(_host.DisposeAsync().AsTask(), "the hub has not stopped");
        _folder.Dispose();
    }

    private static HubOptions NetworkOptions(string folder) => OptionsOf(folder) with
    {
        Listen = Outside.ToString(),
        Plain = "pages,grpc,mqtt",
        HttpPort = FixedPort.Choose(),
        GrpcPort = FixedPort.Choose(),
        MqttPort = FixedPort.Choose(),
    };

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.Clone() : default;
    }

    private T Keep<T>(T one)
        where T : IDisposable
    {
        _open.Add(one);
        return one;
    }
}
