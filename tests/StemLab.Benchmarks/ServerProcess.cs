using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using StemLab.Hub.Operations;

namespace StemLab.Benchmarks;

/// <summary>A server under test in a process of its own, on 127.0.0.1, so that the generator's cost (threads of this process) is never counted as the server's. Ended by its pid.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public int MqttPort { get; private init; }

    /// <summary>0 where the server has none.</summary>
    public int HttpPort { get; private init; }

    /// <summary>0 where the server has none.</summary>
    public int GrpcPort { get; private init; }

    /// <summary>CPU seconds the process has used, user and system.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Resident memory now, MB (2²⁰ bytes).</summary>
    public double ResidentMb
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Most resident memory since its start, MB (2²⁰ bytes).</summary>
    public double PeakMb
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts a hub and returns when it has told its ports.</summary>
    public static async Task<ServerProcess> StartHubAsync(HubBuild build, string folder, params string[] more)
    {
        var process = Start(build.Program, [.. build.Arguments, "serve", "--data", folder, "--http", "0", "--grpc", "0", "--mqtt", "0", .. more]);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (RunningHub.Find(folder) is { } where && where.Pid == process.Id)
            {
                return new ServerProcess(process) { MqttPort = where.MqttPort, HttpPort = where.HttpPort, GrpcPort = where.GrpcPort };
            }

            await PauseAsync(process, started);
        }
    }

    /// <summary>Starts mosquitto as the peer stack does: nothing but a listener and persistence; null when it is not installed.</summary>
    public static async Task<ServerProcess?> StartMosquittoAsync(string folder)
    {
        var program = new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        var port = FreePort();
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(configuration, $"""
            listener {port} 127.0.0.1
            allow_anonymous true
            set_tcp_nodelay true
            log_dest none
            persistence true
            persistence_location {folder}/
            user {Environment.UserName}

            """);
        var process = Start(program, ["-c", configuration]);
        var started = TimeProvider.System.GetTimestamp();
        while (!Answers(port))
        {
            await PauseAsync(process, started);
        }

        return new ServerProcess(process) { MqttPort = port };
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{program} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                Console.Error.WriteLine(text);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task PauseAsync(Process process, long started)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{process.StartInfo.FileName} ended with exit code {process.ExitCode}"));
        }

        if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
        {
            throw new TimeoutException($"{process.StartInfo.FileName} does not answer");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
