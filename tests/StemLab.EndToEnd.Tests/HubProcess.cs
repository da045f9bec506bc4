using Grpc.Net.Client;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A hub as a person runs it: the real executable in a process of its own, on free ports of 127.0.0.1.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "stemlab.dll");
    private readonly RealProcess process;
    private readonly GrpcChannel channel;

    private HubProcess(RealProcess process, RunningHub.Entry where, string folder)
    {
        this.process = process;
        Where = where;
        Folder = folder;
        channel = GrpcChannel.ForAddress($"http://127.0.0.1:{where.GrpcPort}");
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{where.HttpPort}/") };
    }

    public RunningHub.Entry Where { get; }

    public string Folder { get; }

    public HttpClient Http { get; }

    public string Output => process.Output;

    public CatalogService.CatalogServiceClient Catalog => new(channel);

    public ReadingService.ReadingServiceClient Readings => new(channel);

    public FleetService.FleetServiceClient Fleet => new(channel);

    public FactService.FactServiceClient Facts => new(channel);

    public static async Task<HubProcess> StartAsync(string folder, string utc = "machine", int mqttPort = 0, params string[] more)
    {
        var process = RealProcess.Start("dotnet", [Program, "serve", "--data", folder, "--http", "0", "--grpc", "0", "--mqtt", $"{mqttPort}", "--utc", utc, .. more]);
        var where = await Eventually.Get(
            () => process.HasExited
                ? throw new InvalidOperationException($"The hub ended: {process.Output}")
                : Task.FromResult(RunningHub.Find(folder) is { } entry && entry.Pid == process.Pid ? entry : null),
            _ => true,
            "hub listening");
        return new HubProcess(process, where, folder);
    }

    /// <summary>kill -9; the folder stays.</summary>
    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        channel.Dispose();
        await process.DisposeAsync();
    }
}
