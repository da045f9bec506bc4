using System.Diagnostics;

namespace StemLab.TestKit;

/// <summary>A real <c>influxd</c> (1.x) on 127.0.0.1 with a port and folders of its own, started, killed and started again by its test; ended by its process id.</summary>
public sealed class InfluxServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();
    private readonly bool _withAuth;
    private readonly bool _compactsAtOnce;
    private Process? _process;

    private InfluxServer(bool withAuth, bool compactsAtOnce = false)
    {
        (_withAuth, _compactsAtOnce) = (withAuth, compactsAtOnce);
        Port = FixedPort.Choose();
    }

    /// <summary>Port it listens on, the same after every start.</summary>
    public int Port { get; }

    /// <summary>Its address.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Folder of its data, to be copied and put back while it is stopped.</summary>
    public string DataFolder => _folder.File("influx");

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="withAuth">True: it asks for user and password (make an admin first).</param>
    /// <param name="compactsAtOnce">True: a second after the last write its log goes to its final files, so that their size can be taken.</param>
    public static async Task<InfluxServer> StartAsync(bool withAuth = false, bool compactsAtOnce = false)
    {
        var server = new InfluxServer(withAuth, compactsAtOnce);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A server that is not started yet: its port is known.</summary>
    public static InfluxServer NotStarted() => new(withAuth: false);

    /// <summary>Starts it on the data it has.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Servers.PathOf("influxd"), ["run", "-config", "/dev/null"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["HTTP_BIND_ADDRESS"] = $"127.0.0.1:{Port}",
            ["BIND_ADDRESS"] = "127.0.0.1:0",
            ["REPORTING_DISABLED"] = "true",
            ["META_DIR"] = Path.Combine(DataFolder, "meta"),
            ["DATA_DIR"] = Path.Combine(DataFolder, "data"),
            ["DATA_WAL_DIR"] = Path.Combine(DataFolder, "wal"),
            ["DATA_QUERY_LOG_ENABLED"] = "false",
            ["HTTP_LOG_ENABLED"] = "false",
            ["HTTP_AUTH_ENABLED"] = _withAuth ? "true" : "false",
            ["MONITOR_STORE_ENABLED"] = "false",
            ["DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION"] = _compactsAtOnce ? "1s" : "10m",
            ["DATA_COMPACT_FULL_WRITE_COLD_DURATION"] = _compactsAtOnce ? "1s" : "4h",
        })
        {
            start.Environment["INFLUXDB_" + key] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await AnswersAsync();
    }

    /// <summary>Power off: no chance to write anything.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Asks something with all rights, as a person at its console would; the answer as it came.</summary>
    public async Task<string> AskAsync(string question, string database = "")
    {
        using var form = new FormUrlEncodedContent([new("q", question), new("db", database), new("epoch", "ns")]);
        using var answer = await _client.PostAsync(new Uri(Url, "query"), form);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (true)
        {
            try
            {
                using var answer = await _client.GetAsync(new Uri(Url, "ping"), limit.Token);
                return;
            }
            catch (HttpRequestException) when (_process is { HasExited: false })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }
}
