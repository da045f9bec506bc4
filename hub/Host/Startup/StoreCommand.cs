using System.CommandLine;
using StemLab.Hub.Intake;
using StemLab.Hub.Operations;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab store verify | dump | backup FILE</c>: looks after a data folder, beside a running hub or without one.</summary>
internal static class StoreCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "data folder; default: the one `stemlab serve` uses", Recursive = true };

    public static Command Build() => new("store", "Check, print or copy what is stored") { Data, Verify(), Dump(), Backup() };

    private static Command Verify()
    {
        var command = new Command("verify", "Read every page, chunk, journal row and ledger and compare checksums, order and sums; exit code 1 when something is wrong");
        command.SetAction(arguments => Guarded(arguments, folder =>
        {
            var report = SeriesFile.Verify(folder, StoredBlock.TryDecode);
            arguments.InvocationConfiguration.Output.WriteLine($"{report.Chunks} chunks with {report.ChunkRows} rows, {report.JournalRows} journal rows, {report.Ledgers} ledgers");
            foreach (var problem in report.Problems)
            {
                arguments.InvocationConfiguration.Output.WriteLine($"  {problem}");
            }

            arguments.InvocationConfiguration.Output.WriteLine(report.IsGood ? "All good" : $"{report.Problems.Length} problems");
            return report.IsGood ? 0 : 1;
        }));
        return command;
    }

    private static Command Dump()
    {
        var withRows = new Option<bool>("--rows") { Description = "also every row in chunks: series, t in µs, value, missing reason" };
        var command = new Command("dump", "Print names, ledgers, chunk headers and the log as text") { withRows };
        command.SetAction(arguments => Guarded(arguments, folder =>
        {
            SeriesFile.Dump(folder, StoredBlock.TryDecode, arguments.InvocationConfiguration.Output, arguments.GetValue(withRows));
            return 0;
        }));
        return command;
    }

    private static Command Backup()
    {
        var file = new Argument<FileInfo>("file") { Description = "the copy to make; must not exist" };
        var command = new Command("backup", "Write a compact copy of every reading committed so far, without stopping the hub") { file };
        command.SetAction(arguments => Guarded(arguments, folder =>
        {
            var copy = arguments.GetRequiredValue(file).FullName;
            SeriesFile.Backup(folder, copy);
            arguments.InvocationConfiguration.Output.WriteLine($"{copy}: {new FileInfo(copy).Length / 1e6:F1} MB. Readings only: copy hub.db (names, tokens, facts) beside it while the hub is stopped");
            return 0;
        }));
        return command;
    }

    private static int Guarded(ParseResult arguments, Func<string, int> work)
    {
        try
        {
            return work(Path.GetFullPath(arguments.GetValue(Data) ?? new HubOptions().DataFolder));
        }
        catch (StoreUnavailableException refused)
        {
            throw new StartRefusedException($"{refused.Message}; give the data folder with --data", refused);
        }
    }
}
