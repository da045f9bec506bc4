using System.CommandLine;
using Microsoft.Data.Sqlite;
using StemLab.Agent.Machine;

namespace StemLab.Agent.Operations;

/// <summary>Commands for whoever sets a Pi up or stands beside it: <c>doctor</c> and <c>watch</c>.</summary>
internal static class CareCommands
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Both commands.</summary>
    public static IEnumerable<Command> All()
    {
        var config = new Option<FileInfo?>("--config") { Description = "agent.json: only what it needs is asked for" };
        var fix = new Option<bool>("--fix") { Description = "Mends what can be mended; config.txt is kept as it was beside it" };
        var root = new Option<DirectoryInfo?>("--root") { Description = "Another system's root, for example a card in a reader; default /" };
        var doctor = new Command("doctor", "Says what this Pi lacks for measuring") { config, fix, root };
        doctor.SetAction(async (parsed, cancellationToken) =>
        {
            string? text = null;
            try
            {
                text = parsed.GetValue(config) is { } file ? await File.ReadAllTextAsync(file.FullName, cancellationToken) : null;
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(FileWords.Line(unreadable));
                return Detection.Unusable;
            }

            return await DoctorAsync(text, parsed.GetValue(fix), parsed.GetValue(root)?.FullName ?? "/", Language(), Environment.GetEnvironmentVariable("SUDO_USER") ?? Environment.UserName, Console.Out);
        });
        var data = new Option<DirectoryInfo>("--data") { Description = "The agent's data folder", DefaultValueFactory = _ => new DirectoryInfo("/var/lib/stemlab-agent") };
        var minutes = new Option<double>("--minutes") { Description = "How far back, 0.1 to 1440, like 5", DefaultValueFactory = _ => 5 };
        var once = new Option<bool>("--once") { Description = "Draw once and end" };
        var watch = new Command("watch", "Shows the last minutes in the terminal, without any hub; Ctrl-C ends it") { data, minutes, once };
        watch.SetAction((parsed, cancellationToken) =>
            WatchAsync(parsed.GetRequiredValue(data).FullName, parsed.GetValue(minutes), parsed.GetValue(once), TimeProvider.System, Console.Out, cancellationToken));
        return [doctor, watch];
    }

    /// <summary>Looks, says and mends; 0 = nothing is missing, 1 = something is, 2 = the configuration or a file cannot be used.</summary>
    internal static async Task<int> DoctorAsync(string? config, bool fixes, string root, string language, string user, TextWriter output)
    {
        var options = AgentConfiguration.Read(config, null, out var problems, asksToJoin: true);
        foreach (var problem in problems)
        {
            await output.WriteLineAsync($"  ! {problem}");
        }

        if (problems.Count > 0)
        {
            return Detection.Unusable;
        }

        var doctor = new Doctor(new MachineTree(root), Path.Combine(root, "var/lib"));
        var wanted = options.Sources.IsEmpty
            ? new Wanted([1], true, IsGuess: true)
            : new Wanted([.. options.Sources.Where(source => SourceKinds.Find(source.Kind) is { FactoryAddress: > 0 }).Select(source => source.Bus).Distinct().Order()], options.Sources.Any(source => source.Kind == SourceKinds.Ds18b20), IsGuess: false);
        var findings = doctor.Look(wanted, user);
        foreach (var finding in findings)
        {
            var mark = finding.Grade switch { Grade.Good => "✓", Grade.Note => "·", Grade.Missing => "✗", _ => "?" };
            await output.WriteLineAsync($"  {mark} {(language == "vi" ? finding.Vi : finding.En)}");
        }

        if (!fixes)
        {
            if (findings.Any(finding => finding.CanBeMended))
            {
                await output.WriteLineAsync(language == "vi" ? "Để sửa: sudo stemlab-agent doctor --fix" : "To mend: sudo stemlab-agent doctor --fix");
            }

            return findings.Any(finding => finding.Grade == Grade.Missing) ? 1 : 0;
        }

        try
        {
            var (done, needsRestart) = doctor.Mend(findings);
            foreach (var line in done)
            {
                await output.WriteLineAsync($"  + {line}");
            }

            await output.WriteLineAsync(needsRestart
                ? language == "vi" ? "Đã sửa. Khởi động lại Pi một lần: sudo reboot" : "Mended. Start the Pi again once: sudo reboot"
                : language == "vi" ? "Không có gì để sửa" : "Nothing to mend");
            return 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            var path = FileWords.PathOf(refused) is { } named ? $" {named}" : "";
            await output.WriteLineAsync(language == "vi" ? $"Không ghi được{path}: {FileWords.Why(refused).Vi} (cần sudo)" : $"Cannot write{path}: {FileWords.Why(refused).En} (needs sudo)");
            return Detection.Unusable;
        }
    }

    /// <summary>Draws once a second until cancelled.</summary>
    internal static async Task<int> WatchAsync(string dataFolder, double minutes, bool once, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        if (!(minutes is >= 0.1 and <= 1440))
        {
            await output.WriteLineAsync($"--minutes: {minutes} is not 0.1 to 1440");
            return Detection.Unusable;
        }

        var view = new WatchView(dataFolder, minutes);
        try
        {
            while (true)
            {
                view.AskToSave();
                if (view.Draw() is not { } picture)
                {
                    await output.WriteLineAsync($"{dataFolder}: no outbox.db there; give the agent's data folder with --data, and perhaps sudo");
                    return Detection.Unusable;
                }

                await output.WriteAsync(once ? picture : $"\u001b[H\u001b[2J{picture}");
                if (once)
                {
                    return 0;
                }

                await Task.Delay(Second, time, cancellationToken);
            }
        }
        catch (SqliteException unreadable)
        {
            await output.WriteLineAsync($"{dataFolder}: {FileWords.Why(unreadable).En} · {FileWords.Why(unreadable).Vi}");
            return Detection.Unusable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static string Language() => (Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG") ?? "").StartsWith("vi", StringComparison.Ordinal) ? "vi" : "en";
}
