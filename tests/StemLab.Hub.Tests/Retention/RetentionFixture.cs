using System.CommandLine;
using System.Globalization;
using Grpc.Net.Client;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Retention;

/// <summary>A real hub with one sender whose clock is UTC, known to a millisecond.</summary>
internal sealed class RetentionFixture : IAsyncDisposable
{
    public const long Day = 86_400_000_000;
    public static readonly BootId Boot = new(0x77);
    private static readonly AgentId Agent = new(7);
    private readonly TempFolder _folder = new();

    public HubHost Hub { get; private set; } = null!;

    public string Data => Path.Combine(_folder.Path, "hub");

    public long NowUs { get; } = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;

    public ObservationStore Store => Get<ObservationStore>();

    public RemovalBook Removals => Get<RemovalBook>();

    public FactLog Facts => Get<FactLog>();

    public string Channel(string port) => ChannelView.NameOf(Agent, port, "water_temperature");

    public T Get<T>()
        where T : notnull => (T)Hub.Services.GetService(typeof(T))!;

    public static async Task<RetentionFixture> StartAsync()
    {
        var fixture = new RetentionFixture();
        await fixture.OpenAsync();
        await fixture.Store.DeclareAsync(new Declarations(Agent, [new BootDeclaration(Boot, Agent, BootKind.Utc, 1, null)], [], []), TestContext.Current.CancellationToken);
        fixture.Facts.Append(new FactDraft(new UtcAnchor(new Id128(Boot.Value), 0, 0, 1000, "test"), fixture.Get<HubNow>()(), FactRoles.Hub));
        return fixture;
    }

    public async Task OpenAsync() => Hub = await HubHost.StartAsync(new HubOptions { DataFolder = Data, HttpPort = 0, GrpcPort = 0, MqttPort = 0 }, TestContext.Current.CancellationToken);

    public async Task ReopenAsync()
    {
        await Hub.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>Rows at UTC t, t + step ….</summary>
    public async Task<Outcome> SendAsync(string port, long utcUs, int count, long stepUs = 1_000_000)
    {
        var input = new InputDeclaration(port, "water_temperature", "Cel", 0);
        var rows = new ForeignRows(Agent, Boot, [.. Enumerable.Range(0, count).Select(i => new ForeignRow(input, utcUs + (i * stepUs), 20 + (i % 7 * 0.01), 0))], null, false);
        await Store.SubmitAsync(rows, TestContext.Current.CancellationToken);
        return await rows.Completion.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public async Task<(List<double> Values, List<RemovedReadings> Removed)> QueryAsync(string port, long startUs = 0, long endUs = 0)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Hub.GrpcPort}");
        using var call = new ReadingService.ReadingServiceClient(channel).QueryReadings(
            new QueryReadingsRequest { Channels = { Channel(port) }, StartTimeUs = startUs, EndTimeUs = endUs }, cancellationToken: TestContext.Current.CancellationToken);
        var (values, removed) = (new List<double>(), new List<RemovedReadings>());
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            values.AddRange(call.ResponseStream.Current.Blocks.SelectMany(block => block.Value));
            removed.AddRange(call.ResponseStream.Current.Removed);
        }

        return (values, removed);
    }

    public async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var code = await StoreCommand.Build().Parse([.. args, "--data", Data]).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    public static string Iso(long us) => DateTimeOffset.UnixEpoch.AddMicroseconds(us).ToString("O", CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _folder.Dispose();
    }
}
