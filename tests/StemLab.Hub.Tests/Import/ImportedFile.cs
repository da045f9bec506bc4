using System.Globalization;
using System.Text;
using StemLab.Hub.Facts;
using StemLab.Hub.Retention;
using StemLab.TestKit;

namespace StemLab.Hub.Import;

/// <summary>A file that was brought to a hub of its own, looked at and taken as proposed, and what the hub then holds of it.</summary>
internal sealed record ImportedFile(ImportProposal Proposal, ImportReport Report, Dictionary<string, string[]> ByInput)
{
    public ImportMapping Mapping => Proposal.Mapping;

    public string[] Meanings => [.. Mapping.Columns.Select(column => $"{column.Property} {column.Unit}")];

    public static Task<ImportedFile> ReadAsync(string text, string zone = "", string start = "") => ReadAsync(Encoding.UTF8.GetBytes(text), zone, start);

    public static async Task<ImportedFile> ReadAsync(byte[] bytes, string zone = "", string start = "")
    {
        var stop = TestContext.Current.CancellationToken;
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        var path = folder.File("odd.csv");
        await File.WriteAllBytesAsync(path, bytes, stop);
        var room = hub.Get<ImportRoom>();
        var proposal = room.Propose(path, new ImportHints("odd.csv", "", zone, start), stop);
        var report = await room.RunAsync(path, "odd.csv", proposal.Mapping, FactRoles.Teacher, _ => Task.CompletedTask, stop);
        var rows = new Dictionary<string, string[]>(StringComparer.Ordinal);
        using var snapshot = hub.Store.Snapshot();
        foreach (var series in snapshot.Dictionary.Series.ToArray().Where(series => series.Boot != RetentionFixture.Boot))
        {
            List<string> lines = [];
            foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
            {
                for (var i = 0; i < run.Length; i++)
                {
                    lines.Add($"{DateTime.UnixEpoch.AddMicroseconds(run.TUs.Span[i]):yyyy-MM-ddTHH:mm:ss} {(run.Missing.Span[i] == 0 ? run.Raw.Span[i].ToString("R", CultureInfo.InvariantCulture) : "missing")}");
                }
            }

            rows[$"{series.Input.Port} {series.Input.UnitUcum} {series.Agent}"] = [.. lines];
        }

        return new ImportedFile(proposal, report, rows);
    }

    /// <summary>How a file would be read; nothing is imported.</summary>
    public static ImportProposal Look(string text, string zone = "", string start = "") =>
        Proposer.Propose(FileHead.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))), new ImportHints("odd.csv", "", zone, start));

    /// <summary>What is stored of a column, in order of time.</summary>
    public string[] Rows(int column) => ByInput.First(pair => pair.Key.StartsWith($"{Mapping.Columns[column].Port} {Mapping.Columns[column].Unit} ", StringComparison.Ordinal)).Value;
}
