using System.CommandLine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Operations;
using StemLab.Agent.Provisioning;
using StemLab.Agent.Updating;

namespace StemLab.Agent;

/// <summary>The command line: <c>stemlab-agent run</c>, <c>join</c>, <c>label</c>, <c>detect</c>, <c>doctor</c>, <c>watch</c> and <c>version</c>.</summary>
internal static class RunCommand
{
    /// <summary>Exit code for a configuration or data folder that cannot be used.</summary>
    public const int Unusable = Detection.Unusable;

    private static readonly Option<FileInfo?> Config = new("--config") { Description = "agent.json: what is measured and where it is kept" };
    private static readonly Option<FileInfo?> Join = new("--join") { Description = "The file the hub wrote for this agent, or for a whole kit; default: stemlab-join.json on the boot partition" };

    private static readonly Option<DirectoryInfo?> Elsewhere = new("--root") { Description = "A folder of a machine's shape (sys/…) to measure instead of this one, to try things out; default /" };

    /// <summary>The whole command line.</summary>
    public static RootCommand Root()
    {
        var run = new Command("run", "Measures until stopped; without an identity it first asks the hub it finds to let it in") { Config, Join, Elsewhere };
        run.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(Config), parsed.GetValue(Join), Console.Error, parsed.GetValue(Elsewhere) is { } root ? ProbeShelf.Of(root) : ProbeShelf.OfThisMachine, cancellationToken));
        var code = new Argument<string>("code") { Description = "The eight characters the hub's page shows" };
        var page = new Option<string?>("--hub") { Description = "Address of the hub's page, http://host:port; default: looked for on the network" };
        var find = new Option<bool>("--find") { Description = "Also asks the I2C buses which EZO circuits are there, and tells the hub" };
        var join = new Command("join", "Joins a hub with a code from its page; `run` measures afterwards") { code, page, find, Config };
        join.SetAction((parsed, cancellationToken) => JoinAsync(parsed.GetRequiredValue(code), parsed.GetValue(page), parsed.GetValue(find), parsed.GetValue(Config), Console.Out, ProbeShelf.OfThisMachine, cancellationToken));
        var label = new Command("label", "Says the code of this board, which the hub's page shows while it waits") { Config };
        label.SetAction((parsed, cancellationToken) => LabelAsync(parsed.GetValue(Config), Console.Out, cancellationToken));
        var bus = new Option<int?>("--bus") { Description = "Only this I2C bus, like 1; default all there are" };
        var address = new Option<int[]>("--address") { Description = "Also ask this I2C address, 3 to 119, like 99; may be repeated" };
        var detect = new Command("detect", "Lists the probes plugged in, with the lines for agent.json; not while an agent runs") { bus, address };
        detect.SetAction(async (parsed, cancellationToken) =>
        {
            using var shelf = ProbeShelf.OfThisMachine(NullLoggerFactory.Instance);
            return await Detection.RunAsync(shelf, parsed.GetValue(bus), parsed.GetValue(address) ?? [], TimeProvider.System, Console.Out, cancellationToken);
        });
        var version = new Command("version", "Says which version this is");
        version.SetAction(_ => Console.Out.WriteLine(AgentRuntime.Version));
        var root = new RootCommand("StemLab agent: measures, keeps what it measured, and hands it to its hub") { run, join, label, detect, version };
        foreach (var care in CareCommands.All())
        {
            root.Add(care);
        }

        return root;
    }

    /// <summary>Runs an agent; returns the exit code.</summary>
    internal static async Task<int> RunAsync(FileInfo? config, FileInfo? join, TextWriter errors, Func<ILoggerFactory, ProbeShelf> openShelf, CancellationToken cancellationToken)
    {
        try
        {
            join ??= KitFile.Places.Where(File.Exists).Select(place => new FileInfo(place)).FirstOrDefault();
            var joinText = await TextAsync(join, cancellationToken);
            var kit = joinText is null ? null : KitFile.Read(joinText);
            if (await ReadAsync(config, kit is null ? joinText : null, join, errors, cancellationToken) is not { } told)
            {
                return Unusable;
            }

            Directory.CreateDirectory(told.DataFolder);
            using var loggers = AgentLogging.Open(told.DataFolder);
            return await LiveAsync(told, kit, openShelf, loggers, cancellationToken);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await errors.WriteLineAsync(FileWords.Line(unusable));
            return Unusable;
        }
        catch (SqliteException refused)
        {
            await errors.WriteLineAsync($"the data folder cannot be used: {FileWords.Why(refused).En} · Không dùng được thư mục dữ liệu: {FileWords.Why(refused).Vi}");
            return Unusable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>Joins with a typed code; returns the exit code.</summary>
    internal static async Task<int> JoinAsync(string typed, string? page, bool asksBuses, FileInfo? config, TextWriter output, Func<ILoggerFactory, ProbeShelf> openShelf, CancellationToken cancellationToken)
    {
        var words = JoinWords.OfThisMachine();
        if (StemLab.Wire.LabelCode.Normalise(typed, JoinWords.CodeCharacters) is not { } code)
        {
            await output.WriteLineAsync(words.NoCode);
            return Unusable;
        }

        try
        {
            if (await ReadAsync(config, null, null, output, cancellationToken) is not { } told)
            {
                return Unusable;
            }

            if (page is not null)
            {
                told = told with { HubPage = page.Contains("://", StringComparison.Ordinal) ? page : $"http://{page}" };
                if (told.Problems(asksToJoin: true) is { Count: > 0 } problems)
                {
                    await output.WriteLineAsync(problems[0]);
                    return Unusable;
                }
            }

            Directory.CreateDirectory(told.DataFolder);
            var home = HomeOf(told);
            if (home.Open(null) is { } already)
            {
                await output.WriteLineAsync(string.Format(System.Globalization.CultureInfo.CurrentCulture, words.Already, already.Slug, already.HubName.Length > 0 ? already.HubName : already.HubAddress, told.DataFolder));
                return Unusable;
            }

            using var caller = new HubCaller();
            using var shelf = openShelf(NullLoggerFactory.Instance);
            var plugged = await ProbeScan.PluggedAsync(shelf, cancellationToken);
            var probes = asksBuses ? plugged.AddRange(await ProbeScan.AskAsync(shelf, [], shelf.Time, cancellationToken)) : plugged;
            var joiner = new Joiner(home, told, null, caller, Light(), AgentRuntime.Version, TimeProvider.System, NullLogger.Instance);
            joiner.Probes = probes;
            var (joined, trouble) = await joiner.JoinWithAsync(code, cancellationToken);
            await output.WriteLineAsync(joined is null
                ? words.Of(trouble)
                : string.Format(System.Globalization.CultureInfo.CurrentCulture, words.Joined, joined.Slug, joined.HubName.Length > 0 ? joined.HubName : joined.HubAddress));
            return joined is null ? 1 : 0;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await output.WriteLineAsync(FileWords.Line(unusable));
            return Unusable;
        }
    }

    private static async Task<int> LabelAsync(FileInfo? config, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            if (await ReadAsync(config, null, null, output, cancellationToken) is not { } told)
            {
                return Unusable;
            }

            Directory.CreateDirectory(told.DataFolder);
            using var key = HomeOf(told).Key();
            await output.WriteLineAsync(StemLab.Wire.LabelCode.Of(key.PublicKey));
            return 0;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await output.WriteLineAsync(FileWords.Line(unusable));
            return Unusable;
        }
    }

    private static async Task<AgentOptions?> ReadAsync(FileInfo? config, string? joinText, FileInfo? join, TextWriter errors, CancellationToken cancellationToken)
    {
        var told = AgentConfiguration.Read(await TextAsync(config, cancellationToken), joinText, out var problems, asksToJoin: joinText is null);
        if (problems.Count == 0)
        {
            return told;
        }

        await errors.WriteLineAsync($"{string.Join(" and ", new[] { config, joinText is null ? null : join }.OfType<FileInfo>().Select(file => file.Name))}: {problems.Count} problem(s)");
        foreach (var problem in problems)
        {
            await errors.WriteLineAsync("  " + problem);
            await errors.WriteLineAsync("    " + ProblemWords.Plain(problem, told));
        }

        return null;
    }

    /// <summary>Joins where it has to, then measures; what is measured and who one is are declared once a run, so that a change begins another.</summary>
    private static async Task<int> LiveAsync(AgentOptions told, KitFile? kit, Func<ILoggerFactory, ProbeShelf> openShelf, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<AgentRuntime>();
        using var caller = new HubCaller();
        var home = HomeOf(told);
        var settings = new SettingsKeeper(told.DataFolder, logger);
        var programs = Environment.GetEnvironmentVariable(ProgramFolder.Variable) is { Length: > 0 } folder ? new ProgramFolder(folder) : null;
        using var restart = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (!restart.IsCancellationRequested)
            {
                using var shelf = openShelf(loggers);
                var joiner = new Joiner(home, told, kit, caller, Light(), AgentRuntime.Version, shelf.Time, loggers.CreateLogger<Joiner>())
                {
                    FindProbesAsync = async stop => (await ProbeScan.PluggedAsync(shelf, stop)).AddRange(await ProbeScan.AskAsync(shelf, [], shelf.Time, stop)),
                };
                if (home.Open(told.HasIdentity() ? told : null) is not { } joined)
                {
                    joiner.Probes = await ProbeScan.PluggedAsync(shelf, cancellationToken);
                    joined = await joiner.JoinAsync(cancellationToken);
                }

                await RunOnceAsync(joined, joiner, home, told, new Desks(settings, programs, () => restart.CancelAfter(TimeSpan.Zero)), shelf, loggers, restart.Token);
            }

            return 0;
        }
        catch (OperationCanceledException) when (restart.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The script `start` begins the new program.
            return 0;
        }
        catch (Exception bug) when (bug is not (IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException or SqliteException))
        {
            AgentLog.Stopped(logger, bug);
            return 1;
        }
    }

    private static async Task RunOnceAsync(Membership joined, Joiner joiner, Home home, AgentOptions told, Desks desks, ProbeShelf shelf, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var options = desks.Settings.Over(joined.Over(told));
        try
        {
            // Cancelled from a timer, not by the loop that found the change: that loop is one of those being stopped.
            void EndRun() => stop.CancelAfter(TimeSpan.Zero);
            var measured = options.Measuring ? options.Sources : [];
            var (probes, sources) = await shelf.OpenAsync(measured, TimeSpan.FromSeconds(options.HealthIntervalSeconds), EndRun, cancellationToken);
            var keeper = new MembershipKeeper(joined, joiner, home, Light(), EndRun);
            await using var agent = AgentRuntime.Create(options, probes, sources, shelf.Time, loggers, keeper.Home())
                .On(shelf.Machine).Telling(() => shelf.Troubles.Now).SetBy(desks.Settings, desks.Of(joined, options, shelf, loggers, EndRun));
            await agent.RunAsync(stop.Token);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException && desks.Settings.GiveUp(unusable.Message))
        {
            // The next run measures as before.
        }
    }

    private static Home HomeOf(AgentOptions told) => new(told.DataFolder, Board.Read("/", told.Board));

    private static StatusLight Light() => new(ProbeShelf.Sysfs, TimeProvider.System);

    private static async Task<string?> TextAsync(FileInfo? file, CancellationToken cancellationToken) =>
        file is null ? null : await File.ReadAllTextAsync(file.FullName, cancellationToken);
}
