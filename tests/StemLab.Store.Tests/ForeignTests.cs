namespace StemLab.Store;

public sealed class ForeignTests
{
    private static readonly AgentId Maker = new(0xF0);
    private static readonly InputDeclaration Ph = new("lab/pond/ph", "ph", "[pH]", 0);
    private static readonly InputDeclaration Temp = new("lab/pond/temp", "water_temperature", "Cel", 0);

    [Fact]
    public async Task Rows_stamped_on_arrival_never_share_a_time()
    {
        await using var test = await TestStore.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var outcome = await test.SubmitAsync(Rows(null, (Ph, 1000, 7.1), (Temp, 1000, 28.4)));
            Assert.Equal(2, outcome.Stored);
        }

        Assert.True(test.Store.Dictionary.TryFind(TestBlocks.Boot, Maker, Ph, out var series));
        Assert.Equal([1000L, 1001, 1002], test.Rows(series).Select(row => row.TUs));
        Assert.Equal((6, 6, 0), (test.Store.Account(Maker).Expected, test.Store.Account(Maker).Stored, test.Store.Account(Maker).Missing));
        await test.ReopenAsync();
        Assert.Equal([1000L, 1001, 1002], test.Rows(series).Select(row => row.TUs));
        Assert.Equal(Maker, test.Store.Dictionary[series].Agent);
    }

    [Fact]
    public async Task A_redelivery_is_suppressed_only_with_dup_within_ten_minutes_also_over_a_restart()
    {
        await using var test = await TestStore.OpenAsync();
        Assert.Equal(Verdict.Stored, (await test.SubmitAsync(Rows(Key(false), (Ph, 1, 7)))).Verdict);
        Assert.Equal(Verdict.Redelivered, (await test.SubmitAsync(Rows(Key(true), (Ph, 1, 7)))).Verdict);
        Assert.Equal(Verdict.Stored, (await test.SubmitAsync(Rows(Key(false), (Ph, 1, 7)))).Verdict);
        await test.ReopenAsync();
        Assert.Equal(Verdict.Redelivered, (await test.SubmitAsync(Rows(Key(true), (Ph, 1, 7)))).Verdict);
        test.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(Verdict.Stored, (await test.SubmitAsync(Rows(Key(true), (Ph, 1, 7)))).Verdict);
    }

    [Fact]
    public async Task Sent_utc_times_that_come_late_are_stored_late_and_again_are_duplicates()
    {
        await using var test = await TestStore.OpenAsync();
        var late = new ForeignRows(Maker, TestBlocks.Boot, [new ForeignRow(Ph, 500, 7, 0), new ForeignRow(Ph, 100, 6, 0), new ForeignRow(Ph, 500, 7, 0), new ForeignRow(Ph, 300, 0, 2)], null, false);
        var outcome = await test.SubmitAsync(late);
        Assert.Equal((3, 1), (outcome.Stored, outcome.Duplicate));
        test.Store.Dictionary.TryFind(TestBlocks.Boot, Maker, Ph, out var series);
        Assert.Equal([new StoredRow(100, 6, 0), new StoredRow(300, double.NaN, 2), new StoredRow(500, 7, 0)], test.Rows(series));
        Assert.Equal(3, test.Committed.Sum(commit => commit.RowCount));
    }

    [Fact]
    public async Task Rows_on_an_undeclared_boot_are_not_taken()
    {
        await using var test = await TestStore.OpenAsync();
        var rows = new ForeignRows(Maker, new BootId(99), [new ForeignRow(Ph, 1, 1, 0)], null, true);
        Assert.Equal(Verdict.UnknownDeclaration, (await test.SubmitAsync(rows)).Verdict);
    }

    private static RedeliveryKey Key(bool isRedelivery) => RedeliveryKey.Of("client", 7, "lab/pond/ph", "7,1"u8, isRedelivery);

    private static ForeignRows Rows(RedeliveryKey? key, params (InputDeclaration Input, long T, double V)[] rows) =>
        new(Maker, TestBlocks.Boot, [.. rows.Select(row => new ForeignRow(row.Input, row.T, row.V, 0))], key, true);
}
