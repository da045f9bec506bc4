using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>A whole hub on free ports with no clock but its own, called over loopback gRPC and JSON; rows are put in at the store's door.</summary>
internal sealed class HubFixture : IAsyncDisposable
{
    public const long Second = 1_000_000;

    /// <summary>2026-06-01, about: what tests say UTC is when the hub's clock shows 0.</summary>
    public const long Utc0 = 1_780_000_000 * Second;

    private readonly TempFolder _folder;
    private readonly HubHost _host;
    private readonly GrpcChannel _channel;

    private HubFixture(TempFolder folder, HubHost host)
    {
        (_folder, _host) = (folder, host);
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{host.GrpcPort}");
        Http = new HttpClient { BaseAddress = new Uri(host.PageUrl) };
    }

    public static Id128 PiKey { get; } = new(0xA);

    public static Id128 Boot { get; } = new(0xB0);

    public static AgentId Owner => new(PiKey.Value);

    public ChannelBase Grpc => _channel;

    /// <summary>The JSON face.</summary>
    public HttpClient Http { get; }

    public FactLog Facts => Get<FactLog>();

    public HubClock Clock => Get<HubClock>();

    public ObservationStore Store => Get<ObservationStore>();

    /// <summary>Hub's clock now, µs.</summary>
    public long NowUs => Clock.NowUs();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Starts a hub with one agent, "ag-1", whose clock is tied to the hub's: both show the same.</summary>
    /// <param name="anchored">Whether it knows UTC.</param>
    /// <param name="clock">The hub's boot clock; null = this machine's.</param>
    /// <param name="data">Its data folder; null = one of its own.</param>
    public static async Task<HubFixture> StartAsync(bool anchored = true, BootSource? clock = null, string? data = null)
    {
        var folder = new TempFolder();
        var options = new HubOptions { DataFolder = data ?? folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" };
        var hub = new HubFixture(folder, await HubHost.StartAsync(options, TestContext.Current.CancellationToken, clock));
        hub.Get<FleetBook>().Enrol("ag-1", Owner);
        await hub.DeclareAsync(PiKey, Boot, 1, default);
        var now = hub.NowUs;
        hub.State(new ClockTie(Boot, now, hub.Clock.BootId, now, 1_000));
        if (anchored)
        {
            hub.State(new UtcAnchor(hub.Clock.BootId, now, Utc0 + now, 20_000, "gps"));
        }

        return hub;
    }

    public static string Channel(string port, string property) => $"agents/{PiKey}/channels/{port}~{property}";

    public async Task DeclareAsync(Id128 agent, Id128 boot, uint bootNo, Id128 previous)
    {
        BootId? before = previous.IsEmpty ? null : new BootId(previous.Value);
        var outcome = await Store.DeclareAsync(new Declarations(new AgentId(agent.Value), [new BootDeclaration(new BootId(boot.Value), new AgentId(agent.Value), BootKind.Device, bootNo, before)], [], []));
        Assert.Empty(outcome.Refused);
    }

    public Facts.Fact State(FactBody body) => Facts.Append(new FactDraft(body, Clock.Now, FactRoles.Teacher)).Stated[0];

    /// <summary>Rows at even steps whose last is at the hub's now, or so much later.</summary>
    public Task SteadyAsync(string port, string quantity, string unit, int count, long stepUs, Func<int, double> value, long laterUs = 0)
    {
        var last = NowUs + laterUs;
        return RowsAsync(port, quantity, unit, [.. Enumerable.Range(0, count).Select(i => (last - ((count - 1 - i) * stepUs), value(i)))]);
    }

    /// <summary>Rows on the agent's clock; NaN = missing.</summary>
    public async Task RowsAsync(string port, string quantity, string unit, params (long TUs, double Raw)[] rows)
    {
        var input = new InputDeclaration(port, quantity, unit, 0);
        var submission = new ForeignRows(
            Owner, new BootId(Boot.Value), [.. rows.Select(row => new ForeignRow(input, row.TUs, double.IsNaN(row.Raw) ? 0 : row.Raw, (byte)(double.IsNaN(row.Raw) ? 1 : 0)))], null, false);
        await Store.SubmitAsync(submission);
        await submission.Completion.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The refusal of a call, or a failed test.</summary>
    public static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call) => await Assert.ThrowsAsync<RpcException>(async () => await call);

    /// <summary>Fields an argument refusal names.</summary>
    public static string[] Fields(RpcException refused)
    {
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        return [.. refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal)];
    }

    /// <summary>The sentence of a refusal in one language; empty where it has none.</summary>
    public static string Said(RpcException refused, string locale) => refused.GetRpcStatus()?.Details
        .Where(detail => detail.Is(LocalizedMessage.Descriptor)).Select(detail => detail.Unpack<LocalizedMessage>())
        .FirstOrDefault(message => message.Locale == locale)?.Message ?? "";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await Soon.IsDoneAsync(_host.DisposeAsync().AsTask(), "the hub has not stopped");
        _folder.Dispose();
    }
}
