using System.Collections.Immutable;

namespace StemLab.Store;

public sealed class ManySeriesTests
{
    /// <summary>Bytes of memory a series may cost besides its rows: names, the last time, and its run in the table.</summary>
    public const int MostBytesPerSeries = 2500;

    [Fact]
    public async Task Ten_thousand_slow_series_and_two_thousand_fast_ones_stay_bounded_in_memory()
    {
        const int Slow = 10_000;
        const int Fast = 2000;
        await using var test = await TestStore.OpenAsync(options => options with { MemtableRows = 200_000 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var inputs = Enumerable.Range(0, Slow + Fast).Select(i => new InputDeclaration($"p{i}", "ph", "[pH]", 1)).ToImmutableArray();
        await test.Store.DeclareAsync(
            new Declarations(TestBlocks.Agent, [], [new CatalogDeclaration(0x10, inputs)], [new StreamDeclaration(new StreamId(0x52), TestBlocks.Boot, null)]),
            TestContext.Current.CancellationToken);
        var seq = 0UL;
        async Task SendAsync(int from, int count, long t, int rows)
        {
            for (var first = from; first < from + count; first += 500)
            {
                var columns = Enumerable.Range(first, Math.Min(500, from + count - first)).Select(input => (input, Enumerable.Range(0, rows).Select(i => (t + (i * 10_000L), (double)(input + i), (byte)0)).ToArray())).ToArray();
                var block = TestBlocks.Block(TestBlocks.Agent, new StreamId(0x52), TestBlocks.Boot, 0x10, seq, columns);
                seq += (ulong)block.Count;
                await test.SubmitAsync(block);
            }
        }

        // A minute of readings: the slow ones once, the fast ones at 4 Hz.
        await SendAsync(0, Slow, 0, 1);
        for (var second = 0; second < 60; second++)
        {
            await SendAsync(Slow, Fast, second * 1_000_000L, 4);
        }

        test.Committed.Clear();
        var rowBytes = test.Store.Stats.MemtableRows * 2 * 17;
        var perSeries = (GC.GetTotalMemory(forceFullCollection: true) - before - rowBytes) / (double)(Slow + Fast);
        TestContext.Current.SendDiagnosticMessage($"{perSeries:F0} bytes of memory per series");
        Assert.Equal(Slow + Fast, test.Store.Dictionary.SeriesCount);

        // Less than none where tests beside this one have freed theirs meanwhile.
        Assert.InRange(perSeries, double.MinValue, MostBytesPerSeries);
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Slow + (60 * 4 * Fast), StoreFile.Scalar(test.Folder, "SELECT sum(n) FROM chunk"));
        Assert.Equal(0, test.Store.Stats.MemtableRows);
    }
}
