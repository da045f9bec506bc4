using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Operations;

/// <summary>The command line: <c>stemlab-agent run --config FILE --join FILE</c> and <c>stemlab-agent version</c>.</summary>
internal static class RunCommand
{
    /// <summary>Exit code for a configuration or data folder that cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>The whole command line.</summary>
    public static RootCommand Root()
    {
        var config = new Option<FileInfo?>("--config") { Description = "agent.json: what is measured and where it is kept" };
        var join = new Option<FileInfo?>("--join") { Description = "The file the hub wrote when it enrolled this agent" };
        var run = new Command("run", "Measures until stopped") { config, join };
        run.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), parsed.GetValue(join), Console.Error, cancellationToken));
        var version = new Command("version", "Says which version this is");
        version.SetAction(_ => Console.Out.WriteLine(AgentRuntime.Version));
        return new RootCommand("StemLab agent: measures, keeps what it measured, and hands it to its hub") { run, version };
    }

    /// <summary>Runs an agent; returns the exit code.</summary>
    internal static async Task<int> RunAsync(FileInfo? config, FileInfo? join, TextWriter errors, CancellationToken cancellationToken)
    {
        if (config is null && join is null)
        {
            await errors.WriteLineAsync("Nothing to run: give --config FILE, --join FILE or both");
            return Unusable;
        }

        try
        {
            var options = AgentConfiguration.Read(await TextAsync(config, cancellationToken), await TextAsync(join, cancellationToken), out var problems);
            if (problems.Count == 0)
            {
                problems = ProbeShelf.Problems(options.Sources);
            }

            if (problems.Count > 0)
            {
                await errors.WriteLineAsync($"{string.Join(" and ", new[] { config, join }.OfType<FileInfo>().Select(file => file.Name))}: {problems.Count} problem(s)");
                foreach (var problem in problems)
                {
                    await errors.WriteLineAsync("  " + problem);
                }

                return Unusable;
            }

            return await RunAsync(options, cancellationToken);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await errors.WriteLineAsync(unusable.Message);
            return Unusable;
        }
    }

    private static async Task<int> RunAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataFolder);
        using var loggers = AgentLogging.Open(options.DataFolder);
        var logger = loggers.CreateLogger<AgentRuntime>();
        var (probes, sources) = ProbeShelf.Open(options.Sources, TimeProvider.System);
        await using var agent = AgentRuntime.Create(options, probes, sources, TimeProvider.System, loggers);
        try
        {
            await agent.RunAsync(cancellationToken);
            return 0;
        }
        catch (Exception bug) when (bug is not (IOException or UnauthorizedAccessException or InvalidDataException))
        {
            AgentLog.Stopped(logger, bug);
            return 1;
        }
    }

    private static async Task<string?> TextAsync(FileInfo? file, CancellationToken cancellationToken) =>
        file is null ? null : await File.ReadAllTextAsync(file.FullName, cancellationToken);
}
