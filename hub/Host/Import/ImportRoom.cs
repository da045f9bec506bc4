using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Hub.Uploads;
using StemLab.Store;

namespace StemLab.Hub.Import;

/// <summary>Proposes how a file is read, and reads it. Two imports at a time at most; safe from any thread.</summary>
internal sealed class ImportRoom(ObservationStore store, FactLog facts, FleetBook fleet, DerivationBook derivations, HubClock clock, ILogger<ImportRoom> logger) : IDisposable
{
    /// <summary>What stands as software of a station that came from files.</summary>
    public const string Software = "import";

    private readonly SemaphoreSlim _runs = new(2);

    /// <exception cref="RefusedException">It cannot be read as a table.</exception>
    public ImportProposal Propose(string path, ImportHints hints, CancellationToken cancellationToken)
    {
        hints.Check();
        ImportFile.RequireWhole(path, cancellationToken);
        using var file = ImportFile.Open(path);
        var head = FileHead.Read(file);
        if (OwnExport.IsHeader(head.Names))
        {
            return new ImportProposal
            {
                IsOwnExport = true,
                Confidence = 1,
                Mapping = new ImportMapping { Time = new TimeMapping([0], "ymd", "UTC", 1), Fields = head.Fields },
                Notes = [new("An export of a StemLab hub: every reading comes back as what it was", "Tệp xuất của trạm StemLab: mỗi số đo trở lại đúng như cũ")],
                Sample = [.. head.Rows.Take(5).Select(row => (System.Collections.Immutable.ImmutableArray<string>)[.. row])],
            };
        }

        var proposal = Proposer.Propose(head, hints.Start.Length > 0 ? hints : hints with { Start = ImportFile.StartOf(path) ?? "" });

        // A station a person names, and that came from files before, goes on.
        if (hints.Station.Length > 0 && fleet.Current.TryFindBySlug(proposal.Mapping.Station, out var known) && known.Software == Software)
        {
            proposal = proposal with
            {
                Mapping = proposal.Mapping with { SourceId = known.Id.ToString() },
                Notes = [.. proposal.Notes, new($"The station {known.Slug} is here already: these readings are added to it", $"Trạm đo {known.Slug} đã có: các số đo này được thêm vào đó")],
            };
        }

        return proposal;
    }

    /// <summary>Imports a file; a null mapping is for an export of a StemLab hub.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileName">As people call it.</param>
    /// <param name="mapping">As accepted.</param>
    /// <param name="role">Of who imports: stands in the facts.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Gives up; what was stored stays, the same import goes on.</param>
    public async Task<ImportReport> RunAsync(string path, string fileName, ImportMapping? mapping, string role, Func<ImportReport, Task> progress, CancellationToken cancellationToken)
    {
        if (mapping is not null)
        {
            MappingCheck.Require(mapping);
        }

        if (!await _runs.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            throw new RefusedException("Two imports run already: wait until one is done", "Đang nhập hai tệp: hãy đợi một tệp xong", StatusCodes.Status409Conflict);
        }

        try
        {
            var started = TimeProvider.System.GetTimestamp();
            await Task.Run(() => ImportFile.RequireWhole(path, cancellationToken), cancellationToken);
            using var file = ImportFile.Open(path);
            var size = (double)Math.Max(1, new FileInfo(path).Length);
            double Share() => Math.Min(1, ImportFile.PackedPosition(file) / size);
            var report = mapping is null
                ? await Task.Run(() => OwnAsync(path, file, Share, progress, role, cancellationToken), cancellationToken)
                : await Task.Run(() => new ImportRun(store, facts, fleet, clock.Now, role).RunAsync(file, mapping, fileName, Share, progress, cancellationToken), cancellationToken);
            ImportLog.Imported(logger, report.Records, report.New, report.Duplicate, report.WrongCount, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            return report;
        }
        finally
        {
            _runs.Release();
        }
    }

    /// <summary>Takes in a table that comes with the hub. Beside the two imports of people; the same table again is no more than duplicates.</summary>
    public async Task<ImportReport> TakeShippedAsync(System.IO.Stream table, ImportMapping mapping, string name, ShippedStation station, string role)
    {
        MappingCheck.Require(mapping);
        return await new ImportRun(store, facts, fleet, clock.Now, role) { Shipped = station }.RunAsync(table, mapping, name, static () => 0, static _ => Task.CompletedTask, CancellationToken.None);
    }

    public void Dispose() => _runs.Dispose();

    private async Task<ImportReport> OwnAsync(string path, System.IO.Stream file, Func<double> share, Func<ImportReport, Task> progress, string role, CancellationToken cancellationToken)
    {
        using (var head = ImportFile.Open(path))
        {
            if (!OwnExport.IsHeader(FileHead.Read(head).Names))
            {
                throw new RefusedException("A file that is no export of a StemLab hub is imported with a mapping: ask for a proposal first", "Tệp không phải do trạm StemLab xuất cần có ánh xạ: hãy xem đề xuất trước");
            }
        }

        return await new OwnExport(store, facts, fleet, derivations, clock.Now, role).RunAsync(file, share, progress, cancellationToken);
    }
}
