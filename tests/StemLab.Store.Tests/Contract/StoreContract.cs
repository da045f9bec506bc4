namespace StemLab.Store.Contract;

/// <summary>
/// What a store owes, whatever stands behind it. The same class in two conditions: every row in series.db, and every row in InfluxDB alone (headers stay).
/// <see cref="IStoreUnderTest.SettleAsync"/> brings about the condition before each look.
/// </summary>
public abstract class StoreContract
{
    private protected abstract Task<IStoreUnderTest> OpenAsync();

    private static (long T, double V, byte M)[] Ramp(long from, int count, long step = 1000) =>
        [.. Enumerable.Range(0, count).Select(i => (from + (i * step), (i * 0.25) - 3, (byte)(i % 97 == 96 ? 2 : 0)))];

    private static StoredRow[] Stored(IEnumerable<(long T, double V, byte M)> rows) =>
        [.. rows.Select(row => new StoredRow(row.T, row.M == 0 ? row.V : double.NaN, row.M))];

    [Fact]
    public async Task Rows_read_back_bit_exact()
    {
        await using var test = await OpenAsync();
        double[] values = [0.0, -0.0, 1e-300, double.MaxValue, double.MinValue, 9007199254740993, double.Epsilon, 7.1, 1.0 / 3];
        await test.SubmitAsync(TestBlocks.Block(0, (0, [.. values.Select((value, i) => (i * 10L, value, (byte)0))])));
        await test.SettleAsync();
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), test.Rows(0).Select(row => BitConverter.DoubleToInt64Bits(row.Raw)));
    }

    [Fact]
    public async Task The_same_rows_twice_are_there_once()
    {
        await using var test = await OpenAsync();
        var rows = Ramp(0, 5000);
        await test.SubmitAsync(TestBlocks.Block(0, (0, rows)));
        await test.SettleAsync();
        var again = await test.SubmitAsync(TestBlocks.Block(5000, (0, rows)));
        Assert.Equal((0, 5000, 0), (again.Stored, again.Duplicate, again.Conflict));
        await test.SettleAsync();
        Assert.Equal(Stored(rows), test.Rows(0));
    }

    [Fact]
    public async Task Late_rows_and_contradictions_come_out_the_same_in_any_order()
    {
        await using var test = await OpenAsync();
        await test.SubmitAsync(TestBlocks.Block(0, (0, Ramp(0, 9000, 2000))));
        await test.SettleAsync();
        var late = await test.SubmitAsync(TestBlocks.Block(9000, (0, [(1000L, 1.0, (byte)0), (2000L, 99, 0), (4000L, -99, 0), (192_000L, 5.5, 0)])));
        Assert.Equal((1, 0, 3), (late.Stored, late.Duplicate, late.Conflict));
        await test.SettleAsync();
        var rows = test.Rows(0);
        Assert.Equal(9001, rows.Count);
        Assert.Equal(1.0, rows[1].Raw);
        var shown = rows.ToDictionary(row => row.TUs, row => row.Raw);

        // Of two values the one with the smaller bits: positive before negative, small before large; a value beats a reason.
        Assert.Equal((99, -2.5, 5.5), (shown[2000], shown[4000], shown[192_000]));
    }

    [Fact]
    public async Task A_range_is_half_open_to_the_microsecond()
    {
        await using var test = await OpenAsync();
        await test.SubmitAsync(TestBlocks.Block(0, (0, Ramp(0, 9000, 1))));
        await test.SettleAsync();
        Assert.Equal([4096L, 4097, 4098], test.Rows(0, 4096, 4099).Select(row => row.TUs));
        Assert.Empty(test.Rows(0, 5, 5));
        Assert.Empty(test.Rows(0, 100_000, 200_000));
        Assert.Empty(test.Rows(2));
    }

    [Fact]
    public async Task Two_inputs_with_the_same_times_do_not_meet()
    {
        await using var test = await OpenAsync();
        await test.SubmitAsync(TestBlocks.Block(0, (0, Ramp(0, 100)), (1, Ramp(0, 100))));
        await test.SettleAsync();
        Assert.Equal(test.Rows(0), test.Rows(1));
        Assert.Equal(100, test.Rows(1).Count);
    }

    [Fact]
    public async Task Buckets_equal_what_the_rows_say()
    {
        await using var test = await OpenAsync();
        var rows = Ramp(0, 20_000);
        await test.SubmitAsync(TestBlocks.Block(0, (0, rows)));
        await test.SettleAsync();
        long[] edges = [.. Enumerable.Range(0, 101).Select(i => i * 199_999L)];
        var buckets = test.Aggregate(0, edges);
        for (var i = 0; i < buckets.Length; i++)
        {
            var inside = rows.Where(row => row.T >= edges[i] && row.T < edges[i + 1]).ToArray();
            var raw = inside.Where(row => row.M == 0).Select(row => row.V).ToArray();
            Assert.Equal((raw.Length, inside.Length - raw.Length, raw.Min(), raw.Max(), raw[^1]), (buckets[i].Count, buckets[i].Missing, buckets[i].Min, buckets[i].Max, buckets[i].Last));
            Assert.Equal(raw.Sum(), buckets[i].Sum, 1e-6);
        }
    }

    [Fact]
    public async Task The_newest_row_is_told()
    {
        await using var test = await OpenAsync();
        await test.SubmitAsync(TestBlocks.Block(0, (0, Ramp(0, 5000))));
        await test.SettleAsync();
        Assert.Equal(4_999_000, test.Latest(0).TUs);
    }

    [Fact]
    public async Task What_is_erased_stays_away_also_when_it_is_offered_again()
    {
        await using var test = await OpenAsync();
        var rows = Ramp(0, 9000);
        await test.SubmitAsync(TestBlocks.Block(0, (0, rows)));
        await test.SettleAsync();
        await test.EraseAsync(0, 1_000_000, 7_000_000);
        await test.SettleAsync();
        var kept = Stored(rows.Where(row => row.T is < 1_000_000 or >= 7_000_000));
        Assert.Equal(kept, test.Rows(0));
        var again = await test.SubmitAsync(TestBlocks.Block(9000, (0, rows)));
        Assert.Equal((0, 6000, 3000), (again.Stored, again.Erased, again.Duplicate));
        await test.SettleAsync();
        Assert.Equal(kept, test.Rows(0));
    }

    [Fact]
    public async Task Everything_is_there_after_closing_and_opening()
    {
        await using var test = await OpenAsync();
        var rows = Ramp(-50_000, 6000);
        await test.SubmitAsync(TestBlocks.Block(0, (1, rows)));
        await test.SettleAsync();
        await test.ReopenAsync();
        Assert.Equal(Stored(rows), test.Rows(1));
        await test.SubmitAsync(TestBlocks.Block(6000, (1, Ramp(6_000_000, 10))));
        await test.SettleAsync();
        Assert.Equal(6010, test.Rows(1).Count);
    }
}
