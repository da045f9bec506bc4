using System.CommandLine;
using System.Globalization;
using StemLab.Hub.Intake;
using StemLab.Hub.Operations;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab store …</c>: looks after a data folder, beside a running hub or without one. What changes facts asks the running hub (<see cref="KeepingCommand"/>).</summary>
internal static class StoreCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "data folder; default: the one `stemlab serve` uses", Recursive = true };

    public static Command Build() => new("store", "Check, print, count, copy, restore or prune what is stored")
    {
        Data, Verify(), Dump(), Stats(), Backup(), Restore(), Compact(), KeepingCommand.Erase(), KeepingCommand.Retain(), KeepingCommand.Audit(), KeepingCommand.Replay(), FarCommand.Move(), FarCommand.Compare(), FarCommand.Requeue(),
    };

    /// <summary>The data folder a command line means, as a full path.</summary>
    public static string FolderOf(ParseResult arguments) => Path.GetFullPath(arguments.GetValue(Data) ?? new HubOptions().DataFolder);

    private static Command Verify()
    {
        var command = new Command("verify", "Read every page, chunk, journal row and ledger and compare checksums, order and sums; exit code 1 when something is wrong");
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            var report = SeriesFile.Verify(folder, StoredBlock.TryDecode, Progress(arguments, "chunks", 1));
            output.WriteLine($"{report.Chunks} chunks with {report.ChunkRows} rows, {report.JournalRows} journal rows, {report.Ledgers} ledgers");
            return Tell(report, output);
        }));
        return command;
    }

    private static Command Dump()
    {
        var withRows = new Option<bool>("--rows") { Description = "also every row in chunks: series, t in µs, value, missing reason" };
        var command = new Command("dump", "Print names, ledgers, chunk headers and the log as text") { withRows };
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            SeriesFile.Dump(folder, StoredBlock.TryDecode, output, arguments.GetValue(withRows));
            return 0;
        }));
        return command;
    }

    private static Command Stats()
    {
        var command = new Command("stats", "Count what is stored: rows, bytes, log, what was erased or kept aside");
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            foreach (var line in StatsLines(SeriesFile.Stats(folder)))
            {
                output.WriteLine(line);
            }

            return 0;
        }));
        return command;
    }

    private static IEnumerable<string> StatsLines(SeriesFileStats stats)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"store       {stats.StoreId}, format {stats.Format}, {stats.FileBytes / 1e6:F1} MB ({stats.FreeBytes / 1e6:F1} MB free inside for what comes next; `stemlab store compact` gives it back)");
        yield return $"agents      {stats.Agents}, series {stats.Series}";
        yield return string.Create(CultureInfo.InvariantCulture, $"rows        {stats.ChunkRows} in {stats.Chunks} chunks, {stats.MissingRows} of them without a value, {(stats.ChunkRows == 0 ? 0 : stats.ChunkBytes / (double)stats.ChunkRows):F2} bytes each");
        yield return string.Create(CultureInfo.InvariantCulture, $"log         commits {stats.OldestCommit} to {stats.Commit}, {stats.JournalBytes / 1e6:F1} MB; in chunks up to commit {stats.FlushedThrough}");
        yield return stats.ForwardedThrough is { } through ? $"forwarded   up to commit {through}, {stats.Commit - through} waiting" : "forwarded   nothing consumes the log";
        yield return $"conflicts   {stats.Conflicts} sides kept";
        yield return $"erased      {stats.Erasures} spans; old rows dropped in {stats.Dropped} series";
        yield return stats.Aside.Count == 0 ? "kept aside  nothing" : $"kept aside  {string.Join(", ", stats.Aside.Select(reason => $"{reason.Value} {reason.Key}"))}";
    }

    private static Command Backup()
    {
        var file = new Argument<FileInfo>("file") { Description = "the backup to make; must not exist" };
        var command = new Command("backup", "Write everything committed so far into one file (registry, readings, keys), without stopping the hub") { file };
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            var path = arguments.GetRequiredValue(file).FullName;
            var contents = HubBackup.Write(folder, path, TimeProvider.System, Progress(arguments, "MB", 1e6));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length / 1e6:F1} MB, {string.Join(", ", contents.Names)}"));
            output.WriteLine("Read back: every byte is what was written");
            output.WriteLine(contents.HasRegistry ? "Keep it on another disk; whoever has it may read everything" : "Readings only: there is no hub.db here (names, tokens, facts)");
            return 0;
        }));
        return command;
    }

    private static Command Restore()
    {
        var file = new Argument<FileInfo>("file") { Description = "a backup made by `stemlab store backup`" };
        var replace = new Option<bool>("--replace") { Description = "the folder holds data: move it aside inside the folder and restore in its place" };
        var command = new Command("restore", "Put a backup's data into an empty data folder; the hub must not run there") { file, replace };
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            var restored = HubBackup.Restore(arguments.GetRequiredValue(file).FullName, folder, arguments.GetValue(replace), Progress(arguments, "chunks checked", 1));
            if (restored.HadPart)
            {
                output.WriteLine($"What an earlier restore had left in {HubBackup.UnderWay} was removed");
            }

            output.WriteLine($"Restored the backup of {restored.Contents.MadeAt}: {restored.Report.ChunkRows} rows in chunks, {restored.Report.JournalRows} commits in the log");
            output.WriteLine($"Store {restored.Store}: a new identity, so that agents offer again what they still hold. Readings made after the backup that no agent holds any more are not here");
            if (restored.Aside is { } aside)
            {
                output.WriteLine($"What was here before is in {aside}");
            }

            output.WriteLine($"Start it: stemlab serve --data {folder}");
            return Tell(restored.Report, output);
        }));
        return command;
    }

    private static Command Compact()
    {
        var command = new Command("compact", "Give room that erasures, retention and the log have freed back to the disk; the hub must not run");
        command.SetAction(arguments => Guarded(arguments, (folder, output) =>
        {
            var (before, after) = SeriesFile.Compact(folder);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"series.db: {before / 1e6:F1} MB before, {after / 1e6:F1} MB now"));
            return 0;
        }));
        return command;
    }

    private static int Tell(VerifyReport report, TextWriter output)
    {
        foreach (var problem in report.Problems)
        {
            output.WriteLine($"  {problem}");
        }

        output.WriteLine(report.IsGood ? "All good" : $"{report.Problems.Length} problems; hub/Store/RECOVERY.md says what to do");
        return report.IsGood ? 0 : 1;
    }

    /// <summary>A line on the errors every two seconds, so that long work is seen to go on.</summary>
    private static Action<StoreProgress> Progress(ParseResult arguments, string unit, double per)
    {
        var told = TimeProvider.System.GetTimestamp();
        return progress =>
        {
            if (TimeProvider.System.GetElapsedTime(told) >= TimeSpan.FromSeconds(2) && progress.Total > 0)
            {
                told = TimeProvider.System.GetTimestamp();
                arguments.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {100.0 * progress.Done / progress.Total:F0} % ({progress.Done / per:F0} of {progress.Total / per:F0} {unit})"));
            }
        };
    }

    private static int Guarded(ParseResult arguments, Func<string, TextWriter, int> work)
    {
        try
        {
            return work(FolderOf(arguments), arguments.InvocationConfiguration.Output);
        }
        catch (StoreUnavailableException refused)
        {
            throw new StartRefusedException($"{refused.Message}; give the data folder with --data", refused);
        }
    }
}
