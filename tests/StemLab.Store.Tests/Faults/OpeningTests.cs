using StemLab.Store.Sqlite;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

public sealed class OpeningTests
{
    [Fact]
    public void A_folder_that_cannot_be_written_is_one_clear_sentence()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("file"), "");
        var fault = Assert.Throws<StoreUnavailableException>(() => Open(Path.Combine(folder.File("file"), "store")));
        Assert.Contains("cannot be made: a file stands in its way", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_hub_on_the_same_folder_is_refused()
    {
        await using var test = await TestStore.OpenAsync();
        var fault = Assert.Throws<StoreUnavailableException>(() => Open(test.Folder));
        Assert.Contains("in use", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version=99; CREATE TABLE x(a)", "format 99; this hub knows up to 3. Use the newer hub that wrote it")]
    [InlineData("CREATE TABLE photos(a)", "not a StemLab store")]
    public void A_file_of_somebody_else_or_of_a_newer_hub_is_left_alone(string sql, string expected)
    {
        using var folder = new TempFolder();
        using (var session = new SqliteSession(folder.File(Schema.FileName), readOnly: false))
        {
            session.Run(sql);
        }

        var fault = Assert.Throws<StoreUnavailableException>(() => Open(folder.Path));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_garbage_is_named_and_what_to_do_is_said()
    {
        using var folder = new TempFolder();
        var garbage = new byte[8192];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(folder.File(Schema.FileName), garbage);
        var fault = Assert.Throws<StoreUnavailableException>(() => Open(folder.Path));
        Assert.Contains("restore it from a backup", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_journal_row_opens_and_is_named()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await test.SubmitAsync(TestBlocks.Ramp(10, 0, 100_000, 10));
        await test.Store.DisposeAsync();
        using (var session = new SqliteSession(Path.Combine(test.Folder, Schema.FileName), readOnly: false))
        {
            session.Run("UPDATE journal SET data = CAST(substr(data, 1, 20) || x'ff' || substr(data, 22) AS BLOB) WHERE seq = 1");
        }

        test.Open();
        Assert.Equal([1L], test.Store.Health.Opened.DamagedCommits);
        Assert.False(test.Store.Health.IsGood);
        Assert.Equal(10, test.Rows(test.Series()).Count);
        Assert.Contains("journal row of commit 1: damaged", SeriesFile.Verify(test.Folder, TestBlocks.Decode).Problems);
    }

    [Fact]
    public async Task A_damaged_chunk_is_said_on_reading_and_stops_nobody_writing()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 32 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 64));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        using (var session = new SqliteSession(Path.Combine(test.Folder, Schema.FileName), readOnly: false))
        {
            session.Run("UPDATE chunk_data SET data = CAST(substr(data, 1, 10) || x'ff' || substr(data, 12) AS BLOB) WHERE id = 1");
        }

        Assert.Equal(new DamagedRows(test.Series(), 0, 31_000, 32, 1), Assert.Throws<StoreDamagedException>(() => test.Rows(test.Series())).Rows);
        Assert.Equal(32, test.Rows(test.Series(), 32_000).Count);
        Assert.Contains(SeriesFile.Verify(test.Folder, TestBlocks.Decode).Problems, problem => problem.Contains("damaged", StringComparison.Ordinal));
        var late = await test.SubmitAsync(TestBlocks.Block(64, (0, [(1500, 1, 0)])));
        Assert.Equal(1, late.Stored);
        Assert.Equal(1, test.Store.Health.DamagedChunks);
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(33, test.Rows(test.Series()).Count);
        Assert.Equal(1, StoreFile.Scalar(test.Folder, "SELECT count(*) FROM aside WHERE reason = 'damaged_chunk'"));
    }

    [Fact]
    public async Task A_backup_taken_beside_the_writer_is_whole_and_restored_gets_a_new_identity()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 100));
        using var restored = new TempFolder();
        SeriesFile.Backup(test.Folder, restored.File(Schema.FileName));
        Assert.Throws<StoreUnavailableException>(() => SeriesFile.Backup(test.Folder, restored.File(Schema.FileName)));
        var id = SeriesFile.ReplaceStoreId(restored.Path);
        await using var store = Open(restored.Path);
        Assert.Equal(id, store.StoreId);
        Assert.NotEqual(test.Store.StoreId, store.StoreId);
        Assert.Equal([new SeqRangeValue(0, 100)], store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        Assert.Throws<StoreUnavailableException>(() => SeriesFile.ReplaceStoreId(restored.Path));
    }

    [Fact]
    public async Task Stats_count_what_is_stored_and_compacting_gives_freed_pages_back()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 32 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 20_000));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await test.SubmitAsync(TestBlocks.Ramp(20_000, 0, 100_000_000, 5));
        await test.Store.DropAsync(new Dictionary<SeriesId, long> { [test.Series()] = 19_000_000 }, TestContext.Current.CancellationToken);
        var stats = SeriesFile.Stats(test.Folder);
        Assert.Equal((1000, 2, 1, 1, 1), (stats.ChunkRows, stats.Commit, stats.FlushedThrough, stats.Series, stats.Dropped));
        Assert.Equal(test.Store.StoreId, stats.StoreId);
        Assert.True(stats.FreeBytes > 20_000, $"{stats.FreeBytes} bytes free");
        Assert.Throws<StoreUnavailableException>(() => SeriesFile.Compact(test.Folder));

        await test.Store.DisposeAsync();
        var (before, after) = SeriesFile.Compact(test.Folder);

        Assert.True(after < before - 20_000, $"{before} -> {after}");
        Assert.Equal(0, SeriesFile.Stats(test.Folder).FreeBytes);
        test.Open();
        Assert.Equal(1005, test.Rows(test.Series()).Count);
    }

    [Fact]
    public async Task A_dump_tells_names_ledger_log_and_rows()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 3));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        var text = new StringWriter();
        SeriesFile.Dump(test.Folder, TestBlocks.Decode, text, withRows: true);
        var lines = text.ToString().Split(Environment.NewLine);
        Assert.Contains("series\t1\t1\t1", lines);
        Assert.Contains("row\t1\t2000\t2\t0", lines);
        Assert.Contains(lines, line => line.StartsWith("ledger\t1\t0+3\tstored 3", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("journal\t1\t", StringComparison.Ordinal) && line.EndsWith("whole\t3 rows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_store_refuses_with_its_own_fault()
    {
        await using var test = await TestStore.OpenAsync();
        await test.Store.DisposeAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await test.Store.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1), TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(test.Store.Snapshot);
    }

    [Fact]
    public async Task A_read_that_passes_over_damage_gives_all_other_rows_and_names_what_is_missing()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 32 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 96));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        Flip(test.Folder, chunk: 3);
        using var snapshot = test.Store.Snapshot();
        List<DamagedRows> damaged = [];
        snapshot.OnDamage = damaged.Add;

        Assert.Equal(64, TestStore.Rows(snapshot, test.Series()).Count);
        Assert.True(snapshot.TryLatest(test.Series(), out var latest));
        Assert.True(snapshot.TryExtent(test.Series(), out var first, out _));
        var buckets = new BucketAggregate[2];
        snapshot.Aggregate(test.Series(), [0, 64_000, 200_000], buckets);
        var cut = new BucketAggregate[2];
        snapshot.Aggregate(test.Series(), [0, 70_000, 200_000], cut);


        // The newest row stands in the chunk's header, which is whole.
        Assert.Equal((95_000, 95.0, 0), (latest.TUs, latest.Raw, first));
        Assert.Equal([64L, 32], buckets.Select(bucket => bucket.Count));
        Assert.Equal([64L, 0], cut.Select(bucket => bucket.Count));
        Assert.Equal([new DamagedRows(test.Series(), 64_000, 95_000, 32, 3)], damaged.Distinct());
        Assert.Throws<StoreDamagedException>(() => test.Rows(test.Series()));
    }

    [Fact]
    public async Task A_file_of_format_1_is_brought_up_and_keeps_every_row()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 100));
        await test.Store.DisposeAsync();
        using (var session = new SqliteSession(Path.Combine(test.Folder, Schema.FileName), readOnly: false))
        {
            session.Run("DROP TABLE dropped; ALTER TABLE stream DROP COLUMN complete; PRAGMA user_version=1");
        }

        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
        test.Open();
        Assert.Equal(100, test.Rows(test.Series()).Count);
        Assert.Equal(50, await test.Store.DropAsync(new Dictionary<SeriesId, long> { [test.Series()] = 50_000 }, TestContext.Current.CancellationToken));
        Assert.Equal(Schema.Version, StoreFile.Scalar(test.Folder, "PRAGMA user_version"));
    }

    [Fact]
    public async Task A_file_of_format_2_is_brought_up_and_takes_the_end_of_a_stream_it_held()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 100));
        StreamDeclaration ended = new(TestBlocks.Stream, TestBlocks.Boot, 100);
        await test.Store.DeclareAsync(TestBlocks.Declarations with { Streams = [ended] }, TestContext.Current.CancellationToken);
        await test.Store.DisposeAsync();
        using (var session = new SqliteSession(Path.Combine(test.Folder, Schema.FileName), readOnly: false))
        {
            session.Run("ALTER TABLE stream DROP COLUMN complete; PRAGMA user_version=2");
        }

        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
        var dump = new StringWriter();
        SeriesFile.Dump(test.Folder, TestBlocks.Decode, dump, withRows: false);
        Assert.Contains("\t100\t0", dump.ToString(), StringComparison.Ordinal);
        test.Open();
        Assert.Equal((1, 1), (test.Store.Account(TestBlocks.Agent).TailUnknownStreams, test.Store.Account(TestBlocks.Agent).OpenStreams));
        await test.Store.DeclareAsync(TestBlocks.Declarations with { Streams = [ended with { IsComplete = true }] }, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (test.Store.Account(TestBlocks.Agent).TailUnknownStreams, test.Store.Account(TestBlocks.Agent).OpenStreams));
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_years_either_way_changes_nothing()
    {
        await using var test = await TestStore.OpenAsync();
        for (var i = 0; i < 8; i++)
        {
            test.Time.AdjustTime(new DateTimeOffset(i % 2 == 0 ? 2076 : 1970, 1, 2, 0, 0, 0, TimeSpan.Zero));
            for (var commit = 0; commit < 50; commit++)
            {
                await test.SubmitAsync(TestBlocks.Ramp((ulong)((i * 50) + commit), 0, ((i * 50) + commit) * 1000L, 1));
            }
        }

        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(400, test.Rows(test.Series()).Count);
        Assert.Equal(1, StoreFile.Scalar(test.Folder, "SELECT min(seq) FROM journal"));
        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
        FaultReport.Line("the machine's clock jumps to 2076 and 1970 while it writes", 8, 400);
    }

    internal static void Flip(string folder, long chunk)
    {
        using var session = new SqliteSession(Path.Combine(folder, Schema.FileName), readOnly: false);
        session.Run(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"UPDATE chunk_data SET data = CAST(substr(data, 1, 10) || x'ff' || substr(data, 12) AS BLOB) WHERE id = {chunk}"));
    }

    private static ObservationStore Open(string folder) =>
        ObservationStore.Open(new StoreOptions { Folder = folder, MinFreeBytes = 0 }, TestBlocks.Decode, null, TimeProvider.System);
}
