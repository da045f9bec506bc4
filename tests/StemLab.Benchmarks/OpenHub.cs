using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Store;

namespace StemLab.Benchmarks;

/// <summary>A whole hub in this process, with a folder of its own.</summary>
internal sealed class OpenHub : IAsyncDisposable
{
    private readonly BenchFolder _folder;
    private readonly HubHost _host;

    private OpenHub(BenchFolder folder, HubHost host) => (_folder, _host) = (folder, host);

    public static async Task<OpenHub> StartAsync()
    {
        var folder = new BenchFolder();
        return new OpenHub(folder, await HubHost.StartAsync(new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" }, CancellationToken.None));
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Rows of one agent with five inputs at 1 Hz, as probes give them.</summary>
    public async Task FillAsync(int agent, int rowsPerInput)
    {
        const int Piece = 50_000;
        var store = Get<ObservationStore>();
        var (id, boot) = (new AgentId((UInt128)(0xA000 + agent)), new BootId((UInt128)(0xB000 + agent)));
        await store.DeclareAsync(new Declarations(id, [new BootDeclaration(boot, id, BootKind.Device, 1, null)], [], []));
        var random = new Random(agent);
        for (var input = 0; input < 5; input++)
        {
            for (var first = 0; first < rowsPerInput; first += Piece)
            {
                var count = Math.Min(Piece, rowsPerInput - first);
                var (tUs, raw) = (new long[count], new double[count]);
                for (var i = 0; i < count; i++)
                {
                    // A second as a board keeps it, not as a ruler does.
                    tUs[i] = ((first + i) * 1_000_000L) + random.Next(200);
                    raw[i] = Math.Round(20 + (5 * Math.Sin((first + i) / 3000.0)) + (random.Next(40) / 100.0), 2);
                }

                var rows = new ColumnRows(id, boot, new InputDeclaration($"p{input}", "water_temperature", "Cel", 0), tUs, raw, new byte[count], isCounted: true);
                await store.SubmitAsync(rows);
                await rows.Completion;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
