using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using StemLab.TestKit;

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

    /// <summary>Its pid.</summary>
    public int Id => _process.Id;

    /// <summary>Resident memory now, the most there was, and the share of it that is this process's alone (with its part of what it shares), MB (2²⁰ bytes).</summary>
    public (double ResidentMb, double PeakMb, double ShareMb) Memory()
    {
        var status = File.ReadAllLines($"/proc/{_process.Id}/status");
        return (Kilobytes(status, "VmRSS:") / 1024.0, Kilobytes(status, "VmHWM:") / 1024.0, Kilobytes(File.ReadAllLines($"/proc/{_process.Id}/smaps_rollup"), "Pss:") / 1024.0);
    }

    /// <summary>As the SDK builds it, compiled as it runs.</summary>
    public static (string Program, string[] Before) AsBuilt => ("dotnet", [Path.Combine(Clone.Root, "device-agent", "bin", "Release", "net10.0", "stemlab-agent.dll")]);

    /// <summary>The program and what comes before its own arguments; published natively before any clock runs, in a smoke run as built.</summary>
    public static async Task<(string Program, string[] Before)> PublishedAsync(Scale scale)
    {
        if (scale == Scale.Smoke)
        {
            return AsBuilt;
        }

        var output = Path.Combine(AppContext.BaseDirectory, "published-agent");
        var rid = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier.Contains("arm64", StringComparison.Ordinal) ? "linux-arm64" : "linux-x64";
        await Console.Error.WriteLineAsync($"publishing the agent to {output}");
        using var publishing = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(Clone.Root, "device-agent", "StemLab.Agent.csproj"), "-c", "Release", "-r", rid, "-p:PublishAot=true", "-p:DebugType=none", "-o", output, "-v", "quiet", "-nologo"]))
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
        foreach (var (name, value) in UnitEnvironment())
        {
            start.Environment[name] = value;
        }

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

    /// <summary>What the unit of the package puts into the environment.</summary>
    private static IEnumerable<(string Name, string Value)> UnitEnvironment()
    {
        const string Key = "Environment=";
        return File.ReadLines(Path.Combine(Clone.Root, "device-agent", "packaging", "stemlab-agent.service"))
            .Where(line => line.StartsWith(Key, StringComparison.Ordinal)).SelectMany(line => line[Key.Length..].Split(' '))
            .Select(pair => (pair.Split('=')[0], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]));
    }

    private static long Kilobytes(string[] lines, string key) =>
        long.Parse(lines.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), System.Globalization.CultureInfo.InvariantCulture);

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
