using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Quality;
using StemLab.Hub.Sockets;
using StemLab.Hub.Stream;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Intake;

/// <summary>A hub with its front door on free ports: real Kestrel, MQTTnet, hub.db and series.db; time stands still unless a test moves it.</summary>
internal sealed class DoorFixture : IAsyncDisposable
{
    /// <summary>2026-06-01, about: the hub's UTC in these tests.</summary>
    public const long UtcNowUs = 1_780_000_000_000_000;

    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    private DoorFixture()
    {
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddMicroseconds(UtcNowUs));

    /// <summary>While set, the store's writer stands still after its next commit, before anybody hears of it.</summary>
    public Gate Commits { get; } = new();

    public int MqttPort { get; private set; }

    public int HttpPort { get; private set; }

    public IntakeCounters Counters => Get<IntakeCounters>();

    public ObservationStore Store => Get<ObservationStore>();

    public FleetBook Fleet => Get<FleetBook>();

    public HubClock Clock => Get<HubClock>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="options">Bounds of the door; null = the shipped ones.</param>
    /// <param name="hubSigmaUs">How well the hub knows UTC; null = not at all.</param>
    /// <param name="store">Changes the store's options.</param>
    public static async Task<DoorFixture> OpenAsync(IntakeOptions? options = null, long? hubSigmaUs = 20_000, Func<StoreOptions, StoreOptions>? store = null)
    {
        var hub = new DoorFixture();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(new GatheredEndPoint(IPAddress.Loopback, 0), port => port.UseMqttDoor());
        });
        var utc = hubSigmaUs is { } sigma ? UtcSource.Fixed(() => UtcNowUs, sigma) : UtcSource.None;
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(hub.Time);
        builder.Services.AddAccess(new AccessOptions(hub._folder.Path, false, []));
        builder.Services.AddFacts(hub._folder.File("hub.db"));
        builder.Services.AddTimeKeeping(utc);
        builder.Services.AddSingleton(BootSource.From(hub.Time, "kernel"));
        builder.Services.AddFleet();
        builder.Services.AddSingleton<CommittedStream>();
        builder.Services.AddSingleton(provider => hub.OpenStore(provider, store));
        builder.Services.AddDerive();
        builder.Services.AddQuality();
        builder.Services.AddIntake(options);
        hub._app = builder.Build();
        hub._app.UseRouting();
        hub._app.UseAuthentication();
        hub._app.UseAuthorization();
        hub._app.MapIntake();
        await hub._app.StartAsync(TestContext.Current.CancellationToken);
        var ports = hub._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port).ToArray();
        (hub.HttpPort, hub.MqttPort) = (ports[0], ports[1]);
        return hub;
    }

    public Task<RawClient> ConnectAsync(string clientId = "tester", bool v5 = false, ushort keepAlive = 0) => RawClient.ConnectAsync(MqttPort, new RawConnect { ClientId = clientId, IsV5 = v5, KeepAlive = keepAlive });

    /// <summary>An enrolled agent with one catalogue, connected and listening for its receipts and commands.</summary>
    public Task<NativeAgent> AgentAsync(string slug = "ag-1") => NativeAgent.EnrolAsync(this, slug);

    /// <summary>Rows of an input now, by its port; empty when there is none.</summary>
    public IReadOnlyList<(long TUs, double Raw)> Rows(string port)
    {
        using var snapshot = Store.Snapshot();
        var rows = new List<(long, double)>();
        foreach (var series in snapshot.Dictionary.Series.ToArray().Where(series => series.Input.Port == port))
        {
            foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
            {
                for (var i = 0; i < run.TUs.Length; i++)
                {
                    rows.Add((run.TUs.Span[i], run.Raw.Span[i]));
                }
            }
        }

        return rows;
    }

    /// <summary>received = stored + duplicate + conflict + erased + rejected(by reason).</summary>
    public void AssertEveryReadingIsCounted()
    {
        var counted = Counters.Snapshot();
        var sum = counted.Where(entry => entry.Key is "stored" or "duplicate" or "conflict" or "erased" || entry.Key.StartsWith("rejected.", StringComparison.Ordinal)).Sum(entry => entry.Value);
        Assert.Equal(counted.GetValueOrDefault("received"), sum);
    }

    public async ValueTask DisposeAsync()
    {
        Commits.Open();
        await Soon.IsDoneAsync(_app.StopAsync(), "the hub has not stopped");
        await Soon.IsDoneAsync(_app.DisposeAsync().AsTask(), "the stopped hub is not given back");
        Commits.Dispose();
        _folder.Dispose();
    }

    private ObservationStore OpenStore(IServiceProvider provider, Func<StoreOptions, StoreOptions>? change)
    {
        var stream = provider.GetRequiredService<CommittedStream>();
        var options = new StoreOptions { Folder = _folder.Path };
        var store = ObservationStore.Open(
            change?.Invoke(options) ?? options,
            StoredBlock.TryDecode,
            rows =>
            {
                stream.Publish(rows);
                Commits.Pass();
            },
            Time);
        stream.Attach(store, store.Stats.Commit);
        return store;
    }
}

/// <summary>Lets a test hold another thread at a known place.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    public void Close() => _open.Reset();

    public void Open() => _open.Set();

    public void Dispose() => _open.Dispose();

    /// <summary>The other thread comes by; never held longer than a test may take.</summary>
    public void Pass() => _open.Wait(TimeSpan.FromSeconds(60));
}
