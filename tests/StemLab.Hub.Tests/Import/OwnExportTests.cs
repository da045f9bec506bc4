using System.IO.Compression;
using StemLab.Hub.Api;
using StemLab.Hub.Bundles;
using StemLab.Hub.Export;
using StemLab.Hub.Facts;
using StemLab.Hub.Retention;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Import;

/// <summary>What a hub exported comes back as what it was.</summary>
public sealed class OwnExportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_imported_into_the_hub_it_came_from_adds_nothing()
    {
        await using var pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        var path = await FrozenAsync(pond, folder);
        var before = SetHash.Of(pond.Hub.Store, pond.Hub.Facts);

        var report = await pond.Hub.Get<ImportRoom>().RunAsync(path, "pond.zip", null, FactRoles.Teacher, _ => Task.CompletedTask, Stop);

        Assert.Equal((0L, 3L * ExportFixture.Rows, 0L, 0L), (report.New, report.Duplicate, report.Conflict, report.WrongCount));
        Assert.Equal(before, SetHash.Of(pond.Hub.Store, pond.Hub.Facts));
    }

    [Fact]
    public async Task An_export_imported_into_another_hub_gives_the_same_observations_times_and_flags_of_people()
    {
        await using var pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        pond.Hub.State(new HumanFlag(HubFixture.Channel("ph", "ph"), Facts.Instant.AtBoot(HubFixture.Boot, pond.FirstTUs), Facts.Instant.AtBoot(HubFixture.Boot, pond.FirstTUs + (5 * HubFixture.Second)), 4, "a fish"));
        var path = await FrozenAsync(pond, folder);
        await using var far = await RetentionFixture.StartAsync();
        var room = far.Get<ImportRoom>();
        Assert.True(room.Propose(path, new ImportHints("pond.zip", "", ""), Stop).IsOwnExport);

        var report = await room.RunAsync(path, "pond.zip", null, FactRoles.Teacher, _ => Task.CompletedTask, Stop);

        Assert.Equal((3L * ExportFixture.Rows, 0L, 1L), (report.New, report.WrongCount, report.FlagStretches));
        Assert.Equal(Observations(pond.Hub.Store), Observations(far.Store));
        var flag = Assert.Single(far.Facts.Current.Of<HumanFlag>()).Body;
        Assert.Equal((4, pond.FirstTUs), (flag.Flag, flag.From.Us));
        var (here, there) = (pond.Hub.Get<Derive.DerivationBook>().Current.MapOf(new BootId(HubFixture.Boot.Value)), far.Get<Derive.DerivationBook>().Current.MapOf(new BootId(HubFixture.Boot.Value)));
        for (var i = 0; i < ExportFixture.Rows; i += 50)
        {
            var t = pond.FirstTUs + (i * HubFixture.Second);
            Assert.Equal(here.ToUtc(t), there.ToUtc(t));
        }

        // Again, and from the hub that has it now: nothing more.
        Assert.Equal(0, (await room.RunAsync(path, "pond.zip", null, FactRoles.Teacher, _ => Task.CompletedTask, Stop)).New);
    }

    private static async Task<string> FrozenAsync(ExportFixture pond, TempFolder folder)
    {
        var version = await pond.FreezeAsync(null, DatasetFormat.Csv);
        var path = folder.File("pond.zip");
        await File.WriteAllBytesAsync(path, await pond.FetchAsync(version.Files.Single()), Stop);
        using var zip = ZipFile.OpenRead(path);
        Assert.NotNull(zip.GetEntry("data.csv"));
        return path;
    }

    private static string[] Observations(ObservationStore store)
    {
        List<string> rows = [];
        using var snapshot = store.Snapshot();
        foreach (var series in snapshot.Dictionary.Series.ToArray().Where(series => series.Boot == new BootId(HubFixture.Boot.Value)))
        {
            foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
            {
                for (var i = 0; i < run.Length; i++)
                {
                    rows.Add($"{series.Agent} {series.Boot} {series.Input} {run.TUs.Span[i]} {BitConverter.DoubleToInt64Bits(run.Raw.Span[i])} {run.Missing.Span[i]}");
                }
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return [.. rows];
    }
}
