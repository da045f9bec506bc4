using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace StemLab.Benchmarks;

/// <summary>The agent as a Pi gets it, compiled ahead of time for this machine, in a process of its own. Ended by its pid.</summary>
internal sealed class AgentProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private AgentProgram(Process process, double readyMs) => (_process, ReadyMs) = (process, readyMs);

    /// <summary>From starting the process until it told systemd's socket that it is ready, ms.</summary>
    public double ReadyMs { get; }

    /// <summary>CPU seconds so far, user and system.</summary>
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

    /// <summary>The program and what comes before its own arguments; published natively before any clock runs, in a smoke run as built.</summary>
    public static async Task<(string Program, string[] Before)> PublishedAsync(Scale scale)
    {
        if (scale == Scale.Smoke)
        {
            return ("dotnet", [Path.Combine(HubBuild.Root, "device-agent", "bin", "Release", "net10.0", "stemlab-agent.dll")]);
        }

        var output = Path.Combine(AppContext.BaseDirectory, "published-agent");
        var rid = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier.Contains("arm64", StringComparison.Ordinal) ? "linux-arm64" : "linux-x64";
        await Console.Error.WriteLineAsync($"publishing the agent to {output}");
        using var publishing = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(HubBuild.Root, "device-agent", "StemLab.Agent.csproj"), "-c", "Release", "-r", rid, "-p:PublishAot=true", "-p:DebugType=none", "-o", output, "-v", "quiet", "-nologo"]))
            ?? throw new InvalidOperationException("dotnet did not start");
        await publishing.WaitForExitAsync();
        return publishing.ExitCode == 0 ? (Path.Combine(output, "stemlab-agent"), []) : throw new InvalidOperationException("the agent could not be published (it needs clang); see above");
    }

    /// <summary>Starts it and returns when it is ready.</summary>
    public static async Task<AgentProgram> StartAsync((string Program, string[] Before) program, string folder, params string[] arguments)
    {
        var path = Path.Combine(folder, "notify");
        File.Delete(path);
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        var start = new ProcessStartInfo(program.Program, [.. program.Before, "run", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["NOTIFY_SOCKET"] = path;
        var started = TimeProvider.System.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program.Program} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var buffer = new byte[4096];
        var heard = systemd.ReceiveAsync(buffer, SocketFlags.None, limit.Token).AsTask();
        if (await Task.WhenAny(heard, process.WaitForExitAsync(limit.Token)) != heard)
        {
            throw new InvalidOperationException($"the agent ended with exit code {process.ExitCode} before it was ready; see above");
        }

        var read = await heard;
        return Encoding.UTF8.GetString(buffer, 0, read).StartsWith("READY=1", StringComparison.Ordinal)
            ? new AgentProgram(process, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds)
            : throw new InvalidOperationException("BUG: the agent's first word to systemd is not READY");
    }

    /// <summary>Asks it to end; all it has is on disk then.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
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
}
