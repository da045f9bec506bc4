using System.CommandLine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StemLab.Agent.Operations;

/// <summary>The command line: <c>stemlab-agent run --config FILE --join FILE</c>, <c>stemlab-agent detect</c> and <c>stemlab-agent version</c>.</summary>
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
        run.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), parsed.GetValue(join), Console.Error, ProbeShelf.OfThisMachine, cancellationToken));
        var bus = new Option<int?>("--bus") { Description = "Only this I2C bus; default all there are" };
        var address = new Option<int[]>("--address") { Description = "Also ask this I2C address, 3 to 119; may be repeated" };
        var detect = new Command("detect", "Lists the probes plugged in, with the lines for agent.json; not while an agent runs") { bus, address };
        detect.SetAction(async (parsed, cancellationToken) =>
        {
            using var shelf = ProbeShelf.OfThisMachine(NullLoggerFactory.Instance);
            return await Detection.RunAsync(shelf, parsed.GetValue(bus), parsed.GetValue(address) ?? [], TimeProvider.System, Console.Out, cancellationToken);
        });
        var version = new Command("version", "Says which version this is");
        version.SetAction(_ => Console.Out.WriteLine(AgentRuntime.Version));
        return new RootCommand("StemLab agent: measures, keeps what it measured, and hands it to its hub") { run, detect, version };
    }

    /// <summary>Runs an agent; returns the exit code.</summary>
    internal static async Task<int> RunAsync(FileInfo? config, FileInfo? join, TextWriter errors, Func<ILoggerFactory, ProbeShelf> openShelf, CancellationToken cancellationToken)
    {
        if (config is null && join is null)
        {
            await errors.WriteLineAsync("Nothing to run: give --config FILE, --join FILE or both");
            return Unusable;
        }

        try
        {
            var options = AgentConfiguration.Read(await TextAsync(config, cancellationToken), await TextAsync(join, cancellationToken), out var problems);
            if (problems.Count > 0)
            {
                await errors.WriteLineAsync($"{string.Join(" and ", new[] { config, join }.OfType<FileInfo>().Select(file => file.Name))}: {problems.Count} problem(s)");
                foreach (var problem in problems)
                {
                    await errors.WriteLineAsync("  " + problem);
                }

                return Unusable;
            }

            return await RunAsync(options, openShelf, cancellationToken);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await errors.WriteLineAsync(unusable.Message);
            return Unusable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<int> RunAsync(AgentOptions options, Func<ILoggerFactory, ProbeShelf> openShelf, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataFolder);
        using var loggers = AgentLogging.Open(options.DataFolder);
        var logger = loggers.CreateLogger<AgentRuntime>();
        try
        {
            // What is measured is declared once a run: a board that is set otherwise than declared begins another.
            while (!cancellationToken.IsCancellationRequested)
            {
                await RunOnceAsync(options, openShelf, loggers, cancellationToken);
            }

            return 0;
        }
        catch (Exception bug) when (bug is not (IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException))
        {
            AgentLog.Stopped(logger, bug);
            return 1;
        }
    }

    private static async Task RunOnceAsync(AgentOptions options, Func<ILoggerFactory, ProbeShelf> openShelf, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var shelf = openShelf(loggers);

        // Cancelled from a timer, not by the sampling loop that found the change: that loop is one of those being stopped.
        var (probes, sources) = await shelf.OpenAsync(options.Sources, TimeSpan.FromSeconds(options.HealthIntervalSeconds), () => stop.CancelAfter(TimeSpan.Zero), cancellationToken);
        await using var agent = AgentRuntime.Create(options, probes, sources, shelf.Time, loggers);
        await agent.RunAsync(stop.Token);
    }

    private static async Task<string?> TextAsync(FileInfo? file, CancellationToken cancellationToken) =>
        file is null ? null : await File.ReadAllTextAsync(file.FullName, cancellationToken);
}
