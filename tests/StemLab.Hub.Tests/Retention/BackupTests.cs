using System.IO.Compression;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Retention;

public sealed class BackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_under_load_restores_to_a_consistent_hub_with_a_new_identity()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", 1_000_000, 100);
        using var enough = new CancellationTokenSource();
        var load = LoadAsync(hub, enough.Token);

        var (code, told) = await hub.RunAsync("backup", folder.File("school.zip"));
        await enough.CancelAsync();
        var sent = await load;

        Assert.Equal(0, code);
        Assert.Contains("hub.db, series.db", told, StringComparison.Ordinal);
        var old = hub.Store.StoreId;
        var restored = Path.Combine(folder.Path, "new");
        Assert.Contains("All good", (await RunAsync("restore", folder.File("school.zip"), "--data", restored)).Output, StringComparison.Ordinal);
        await using var second = await StartAsync(restored);
        var store = (ObservationStore)second.Services.GetService(typeof(ObservationStore))!;
        Assert.NotEqual(old, store.StoreId);
        var rows = SeriesRows(store);
        Assert.InRange(rows, 100, 100 + sent);
        Assert.Equal(hub.Get<Facts.HubIdentity>().HubId, ((Facts.HubIdentity)second.Services.GetService(typeof(Facts.HubIdentity))!).HubId);
        Assert.Equal(rows, store.Account(new AgentId(7)).Stored);
    }

    [Fact]
    public async Task A_restored_backup_older_than_what_agents_hold_takes_in_what_they_offer_again_exactly_once()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", 1_000_000, 100);
        await hub.RunAsync("backup", folder.File("school.zip"));
        await hub.SendAsync("pond", 101_000_000, 50);
        await hub.Hub.DisposeAsync();

        var (_, told) = await hub.RunAsync("restore", folder.File("school.zip"), "--replace");
        Assert.Contains("replaced-1", told, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(hub.Data, "replaced-1", "series.db")));
        await hub.OpenAsync();
        Assert.Equal(100, (await hub.QueryAsync("pond")).Values.Count);

        // The agent offers all it holds, old and new.
        var again = await hub.SendAsync("pond", 50_000_000, 101);
        Assert.Equal((51, 50), (again.Duplicate, again.Stored));
        Assert.Equal(150, (await hub.QueryAsync("pond")).Values.Count);
        FaultReport.Line("a backup restored that is older than what agents hold", 1, 150);
    }

    [Fact]
    public async Task A_restore_never_writes_over_data_and_takes_no_damaged_or_strange_file()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", 1_000_000, 100);
        var zip = folder.File("school.zip");
        await hub.RunAsync("backup", zip);

        await RefusedAsync("exists already", "backup", zip, "--data", hub.Data);
        await RefusedAsync("A hub is running", "restore", zip, "--data", hub.Data, "--replace");
        await hub.Hub.DisposeAsync();
        await RefusedAsync("holds data", "restore", zip, "--data", hub.Data);
        await RefusedAsync("not a backup", "restore", Path.Combine(hub.Data, "series.db"), "--data", folder.File("a"));
        await RefusedAsync("there is no such file", "restore", folder.File("nothing.zip"), "--data", folder.File("a"));
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
        {
            archive.GetEntry("hub.db")!.Delete();
            await using var writer = new StreamWriter(await archive.CreateEntry("hub.db").OpenAsync(Stop));
            await writer.WriteAsync("not what it was");
        }

        await RefusedAsync("hub.db is not what was backed up", "restore", zip, "--data", folder.File("b"));
        Assert.False(Directory.Exists(Path.Combine(folder.File("b"), "restore.part")));
        Directory.CreateDirectory(Path.Combine(hub.Data, "restore.part"));
        var start = await Assert.ThrowsAsync<StartRefusedException>(hub.OpenAsync);
        Assert.Contains("cut short", start.Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(hub.Data, "restore.part"));
        await hub.OpenAsync();
    }

    [Theory]
    [InlineData("""{"Format":1,"MadeAt":"2026-11-24T18:05:00Z"}""")]
    [InlineData("""{"Format":1,"MadeAt":"2026-11-24T18:05:00Z","Files":null}""")]
    [InlineData("""{"Format":1,"MadeAt":"2026-11-24T18:05:00Z","Files":[null]}""")]
    [InlineData("""{"Format":1,"MadeAt":"2026-11-24T18:05:00Z","Files":[{"Bytes":1,"Sha256":"ab"}]}""")]
    [InlineData("""{"Format":1,"MadeAt":"2026-11-24T18:05:00Z","Files":[{"Name":"a\u0000","Bytes":1,"Sha256":"ab"}]}""")]
    [InlineData("""{"MadeAt":"2026-11-24T18:05:00Z","Files":[]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_backup_whose_list_lacks_something_is_refused_in_one_sentence_and_writes_nothing(string list)
    {
        using var folder = new TempFolder();
        var (code, told) = await RestoreAsync(folder, list);

        Assert.Equal(2, code);
        Assert.Contains("is not a backup of a hub: ", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.TrimEnd());
        Assert.False(Directory.Exists(folder.File("new")));
    }

    [Theory]
    [InlineData("series.db", "series.db is not in it")]
    [InlineData("hub.db", "hub.db is not in it")]
    public async Task A_restore_from_a_backup_that_lacks_a_file_leaves_nothing_and_the_next_one_works(string lost, string told)
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", 1_000_000, 100);
        await hub.RunAsync("backup", folder.File("whole.zip"));
        File.Copy(folder.File("whole.zip"), folder.File("lacking.zip"));
        using (var archive = ZipFile.Open(folder.File("lacking.zip"), ZipArchiveMode.Update))
        {
            archive.GetEntry(lost)!.Delete();
        }

        var data = folder.File("new");
        await RefusedAsync(told, "restore", folder.File("lacking.zip"), "--data", data);

        Assert.False(Directory.Exists(Path.Combine(data, HubBackup.UnderWay)));
        Directory.CreateDirectory(Path.Combine(data, HubBackup.UnderWay));
        var (code, said) = await RunAsync("restore", folder.File("whole.zip"), "--data", data);
        Assert.Equal(0, code);
        Assert.Contains("What an earlier restore had left in restore.part was removed", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_onto_a_disk_that_is_full_leaves_it_as_it_was()
    {
        await using var disk = await SmallDisk.TryMountAsync("96k");
        Assert.SkipUnless(disk is not null, "needs root and Linux");
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", 1_000_000, 100);
        await hub.RunAsync("backup", folder.File("school.zip"));
        var data = Path.Combine(disk.Path, "new");

        await RefusedAsync("could not be restored", "restore", folder.File("school.zip"), "--data", data);

        Assert.False(Directory.Exists(Path.Combine(data, HubBackup.UnderWay)));
        await disk.ResizeAsync("32m");
        Assert.Equal(0, (await RunAsync("restore", folder.File("school.zip"), "--data", data)).Code);
    }

    [Fact]
    public async Task A_backup_of_a_newer_hub_is_called_so_whatever_its_list_holds()
    {
        using var folder = new TempFolder();
        var (code, told) = await RestoreAsync(folder, """{"Format":2}""");

        Assert.Equal(2, code);
        Assert.Contains("made by a newer hub (backup format 2", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_verify_dump_and_compact_tell_what_is_stored()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", 1_000_000, 100);
        await hub.Store.FlushAsync(Stop);

        var stats = (await hub.RunAsync("stats")).Output;
        Assert.Contains("rows        100 in 1 chunks", stats, StringComparison.Ordinal);
        Assert.Contains("nothing consumes the log", stats, StringComparison.Ordinal);
        Assert.EndsWith("All good\n", (await hub.RunAsync("verify")).Output, StringComparison.Ordinal);
        Assert.Contains("pond", (await hub.RunAsync("dump")).Output, StringComparison.Ordinal);
        var busy = await Assert.ThrowsAsync<StartRefusedException>(() => hub.RunAsync("compact"));
        Assert.Contains("in use", busy.Message, StringComparison.Ordinal);
        await hub.Hub.DisposeAsync();
        Assert.Contains("MB now", (await hub.RunAsync("compact")).Output, StringComparison.Ordinal);
        await hub.OpenAsync();
    }

    [Fact]
    public async Task A_hub_whose_readings_file_was_lost_says_so_and_takes_what_comes()
    {
        await using var hub = await RetentionFixture.StartAsync();
        hub.Get<FleetBook>().Enrol("pond");
        await hub.Hub.DisposeAsync();
        foreach (var file in Directory.EnumerateFiles(hub.Data, "series.db*"))
        {
            File.Delete(file);
        }

        await hub.OpenAsync();

        Assert.Contains(StartLines.Of(hub.Hub), line => line.Contains("series.db was lost or moved", StringComparison.Ordinal));
    }

    private static long SeriesRows(ObservationStore store)
    {
        using var snapshot = store.Snapshot();
        var rows = 0L;
        foreach (var series in snapshot.Dictionary.Series.Span)
        {
            foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
            {
                rows += run.Length;
            }
        }

        return rows;
    }

    private static async Task<long> LoadAsync(RetentionFixture hub, CancellationToken enough)
    {
        var sent = 0L;
        while (!enough.IsCancellationRequested)
        {
            sent += (await hub.SendAsync("pond", 1_000_000_000 + (sent * 1_000_000), 20)).Stored;
        }

        return sent;
    }

    private static Task<HubHost> StartAsync(string folder) => HubHost.StartAsync(new HubOptions { DataFolder = folder, HttpPort = 0, GrpcPort = 0, MqttPort = 0 }, Stop);

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var code = await StoreCommand.Build().Parse(args).InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Stop);
        return (code, output.ToString());
    }

    /// <summary>As typed on a command line, from an archive that holds this list alone.</summary>
    private static async Task<(int Code, string Told)> RestoreAsync(TempFolder folder, string list)
    {
        var zip = folder.File("school.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            await using var writer = new StreamWriter(await archive.CreateEntry("stemlab-backup.json").OpenAsync(Stop));
            await writer.WriteAsync(list);
        }

        try
        {
            return await RunAsync("restore", zip, "--data", folder.File("new"));
        }
        catch (StartRefusedException refused)
        {
            // CommandLine says just this and ends with 2.
            return (2, refused.Message);
        }
    }

    private static async Task RefusedAsync(string why, params string[] args)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(args));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
