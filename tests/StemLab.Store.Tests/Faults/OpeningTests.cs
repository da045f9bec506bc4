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
        Assert.Contains("cannot be made", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_hub_on_the_same_folder_is_refused()
    {
        await using var test = await TestStore.OpenAsync();
        var fault = Assert.Throws<StoreUnavailableException>(() => Open(test.Folder));
        Assert.Contains("in use", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version=99; CREATE TABLE x(a)", "format 99")]
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

        Assert.Throws<StoreUnavailableException>(() => test.Rows(test.Series()));
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

    private static ObservationStore Open(string folder) =>
        ObservationStore.Open(new StoreOptions { Folder = folder, MinFreeBytes = 0 }, TestBlocks.Decode, null, TimeProvider.System);
}
