using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>A hub as a person runs it: the real executable in a process of its own, on free ports of 127.0.0.1.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private static readonly string[] FreePorts = ["--http", "0", "--grpc", "0", "--mqtt", "0"];
    private readonly RealProcess process;

    private HubProcess(RealProcess process, RunningHub.Entry where, string folder)
    {
        this.process = process;
        Where = where;
        Folder = folder;
        Api = new HubClient(where.GrpcPort);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{where.HttpPort}/") };
    }

    public RunningHub.Entry Where { get; }

    public string Folder { get; }

    public HttpClient Http { get; }

    public string Output => process.Output;

    /// <summary>Asks it as an app does.</summary>
    public HubClient Api { get; }

    public int Pid => process.Pid;

    /// <summary><c>stemlab serve</c>.</summary>
    public static Task<HubProcess> StartAsync(string folder, string utc = "machine", int mqttPort = 0, params string[] more) =>
        ListeningAsync(RealProcess.StartOurs("stemlab", ["serve", "--data", folder, .. more.Contains("--http") ? (string[])[] : ["--http", "0", "--grpc", "0"], "--mqtt", $"{mqttPort}", "--utc", utc, .. more]), folder);

    /// <summary>The same in an environment of its own.</summary>
    public static Task<HubProcess> StartInAsync(IReadOnlyDictionary<string, string> environment, string folder, string utc = "machine", int mqttPort = 0) =>
        ListeningAsync(RealProcess.StartOurs("stemlab", ["serve", "--data", folder, "--http", "0", "--grpc", "0", "--mqtt", $"{mqttPort}", "--utc", utc], environment), folder);

    /// <summary>The README's first command: hub, agents and page.</summary>
    public static Task<HubProcess> StartBayAsync(string folder, params string[] more) =>
        ListeningAsync(RealProcess.StartOurs("virtual-bay", ["--data", folder, "--no-browser", .. more.Contains("--http") ? more : [.. FreePorts, .. more]]), folder);

    /// <summary>Runs <c>stemlab</c> with a command line that ends by itself.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RealProcess.RunOursAsync("stemlab", arguments);

    /// <summary>Runs the demo with a command line that ends by itself.</summary>
    public static Task<(int Code, string Output, string Errors)> RunBayAsync(params string[] arguments) => RealProcess.RunOursAsync("virtual-bay", arguments);

    private static async Task<HubProcess> ListeningAsync(RealProcess process, string folder)
    {
        var where = await Eventually.Get(
            () => process.HasExited
                ? throw new InvalidOperationException($"The hub ended: {process.Output}")
                : Task.FromResult(RunningHub.Find(folder) is { } entry && entry.Pid == process.Pid ? entry : null),
            _ => true,
            "hub listening");
        return new HubProcess(process, where, folder);
    }

    /// <summary>Ctrl+C; gives the exit code.</summary>
    public Task<int> StopAsync() => process.StopAsync(RealProcess.Patience);

    /// <summary>It says nothing more from now on (<see cref="RealProcess.FreezeAsync"/>).</summary>
    public Task FreezeAsync() => process.FreezeAsync();

    /// <summary>kill -9; the folder stays.</summary>
    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Api.Dispose();
        await process.DisposeAsync();
    }
}
