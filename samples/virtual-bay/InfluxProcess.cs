using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StemLab.Hub.Startup;

namespace StemLab.VirtualBay;

/// <summary>An <c>influxd</c> (1.x) of the demo's own: found on PATH, started on a free port with its folder in the demo's data folder, ended with the demo.</summary>
internal sealed class InfluxProcess : IAsyncDisposable
{
    private readonly Process _process;

    private InfluxProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <summary>Starts one and waits until it answers.</summary>
    /// <exception cref="StartRefusedException">None is installed, or it does not start; what to do.</exception>
    public static async Task<InfluxProcess> StartAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var version = VersionOnPath() ?? throw new StartRefusedException(
            "There is no influxd on this machine: install it (Debian: apt install influxdb), or give the address of a running InfluxDB with --influx-url, or leave out --store influx");
        if (!version.Contains(" v1.", StringComparison.Ordinal) && !version.Contains(" 1.", StringComparison.Ordinal))
        {
            throw new StartRefusedException($"The influxd on this machine ({version.Trim()}) wants to be set up by a person first: start it, then run `stemlab serve` with \"Store\": \"influx\", InfluxUrl and InfluxTokenFile");
        }

        var port = FreePort();
        var folder = Path.Combine(Path.GetFullPath(dataFolder), "influxd");
        var start = new ProcessStartInfo("influxd", ["run", "-config", OperatingSystem.IsWindows() ? "NUL" : "/dev/null"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["HTTP_BIND_ADDRESS"] = $"127.0.0.1:{port}",
            ["BIND_ADDRESS"] = "127.0.0.1:0",
            ["REPORTING_DISABLED"] = "true",
            ["META_DIR"] = Path.Combine(folder, "meta"),
            ["DATA_DIR"] = Path.Combine(folder, "data"),
            ["DATA_WAL_DIR"] = Path.Combine(folder, "wal"),
            ["HTTP_LOG_ENABLED"] = "false",
            ["MONITOR_STORE_ENABLED"] = "false",
        })
        {
            start.Environment["INFLUXDB_" + key] = value;
        }

        var process = Process.Start(start) ?? throw new StartRefusedException("influxd does not start");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var influx = new InfluxProcess(process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await influx.AnswersAsync(cancellationToken);
            return influx;
        }
        catch
        {
            await influx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(Url, "ping"), cancellationToken);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
            catch (HttpRequestException gone)
            {
                throw new StartRefusedException($"influxd ended at once with code {_process.ExitCode}: run `influxd` by hand to see why", gone);
            }
        }

        throw new StartRefusedException("influxd did not answer within 30 s");
    }

    private static string? VersionOnPath()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("influxd", ["version"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var text = process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return text;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
