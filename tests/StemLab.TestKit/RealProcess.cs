using System.Diagnostics;
using System.Text;
using Xunit;

namespace StemLab.TestKit;

/// <summary>A program started by a test, ended by its pid. What it printed is kept for the failure message.</summary>
public sealed class RealProcess : IAsyncDisposable
{
    /// <summary>How long any program may take that should just do its work; far more than it needs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private RealProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Everything it has printed, errors last.</summary>
    public string Output => Said(output) + Said(errors);

    /// <summary>One of this project's programs, by name.</summary>
    public static RealProcess StartOurs(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (program, before) = Programs.Of(name);
        return Start(program, [.. before, .. arguments], environment);
    }

    /// <summary>One of this project's programs to its end.</summary>
    public static Task<(int Code, string Output, string Errors)> RunOursAsync(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (program, before) = Programs.Of(name);
        return RunAsync(program, [.. before, .. arguments], environment);
    }

    public static RealProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = false,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new RealProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// Stops it where it is (SIGSTOP) and waits until no thread of it runs: each is stopped, or in a call of the kernel's that it will not see the answer of once it is killed. Linux only.
    /// </summary>
    public async Task FreezeAsync()
    {
        using var kill = Process.Start("kill", ["-STOP", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => Task.FromResult(Directory.GetDirectories($"/proc/{process.Id}/task").All(IsAtRest)), "every thread is stopped");
    }

    /// <summary>Stopped, waiting for a disk, or gone: the letter behind the program's name in brackets (proc_pid_stat(5)).</summary>
    private static bool IsAtRest(string thread)
    {
        try
        {
            var told = File.ReadAllText(Path.Combine(thread, "stat"));
            return told[told.LastIndexOf(')') + 2] is 'T' or 'D' or 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Asks it to end, as Ctrl+C or systemd do, and gives the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan within)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await ExitAsync(within);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        await using var run = Start(program, arguments, environment, folder);
        var code = await run.ExitAsync(Patience);
        return (code, Said(run.output), Said(run.errors));
    }

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(within);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static void Keep(StringBuilder into, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (into)
        {
            into.AppendLine(line);
        }
    }

    private static string Said(StringBuilder what)
    {
        lock (what)
        {
            return what.ToString();
        }
    }
}
