using System.Globalization;
using CsCheck;
using DuckDB.NET.Data;

namespace StemLab.Store;

/// <summary>Aggregates beside another engine on the same rows.</summary>
public sealed class DuckDbTests
{
    [Fact]
    public async Task Buckets_equal_those_of_duckdb_for_random_rows_late_and_missing_ones_among_them()
    {
        await Gen.Int.SampleAsync(CompareAsync, iter: 8, threads: 1);
    }

    private static async Task CompareAsync(int seed)
    {
        var random = new Random(seed);
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 256, MemtableRows = 3000, FlushSliceRows = 700 });
        using var duck = new DuckDBConnection("Data Source=:memory:");
        duck.Open();
        Run(duck, "CREATE TABLE r(t BIGINT, v DOUBLE)");
        var seq = 0UL;
        foreach (var late in Enumerable.Range(0, 30).OrderBy(i => i + random.Next(6)))
        {
            var rows = Enumerable.Range(0, 300)
                .Select(i => ((late * 100_000L) + (i * 300) + random.Next(300), Math.Round(random.NextDouble() * 40, 2), (byte)(random.Next(50) == 0 ? 1 : 0)))
                .ToArray();
            await test.SubmitAsync(TestBlocks.Block(seq, (0, rows)));
            seq += 300;
            using var appender = duck.CreateAppender("r");
            foreach (var (t, v, m) in rows)
            {
                var row = appender.CreateRow().AppendValue(t);
                _ = m == 0 ? row.AppendValue(v) : row.AppendNullValue();
                row.EndRow();
            }
        }

        Compare(test, duck, width: random.Next(3000, 400_000));
    }

    private static void Compare(TestStore test, DuckDBConnection duck, int width)
    {
        var count = (3_100_000 / width) + 1;
        var edges = Enumerable.Range(0, count + 1).Select(i => (long)i * width).ToArray();
        var ours = new BucketAggregate[count];
        using var snapshot = test.Store.Snapshot();
        snapshot.Aggregate(test.Series(), edges, ours);
        using var command = duck.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT t // {width} b, count(v), count(*) - count(v), min(v), max(v), fsum(v), arg_min(v, t) FILTER (v IS NOT NULL), arg_max(v, t) FILTER (v IS NOT NULL) FROM r GROUP BY b ORDER BY b");
        using var theirs = command.ExecuteReader();
        var rows = 0L;
        while (theirs.Read())
        {
            var bucket = ours[theirs.GetInt64(0)];
            Assert.Equal((theirs.GetInt64(1), theirs.GetInt64(2)), (bucket.Count, bucket.Missing));
            rows += bucket.Count + bucket.Missing;
            if (bucket.Count > 0)
            {
                Assert.Equal((theirs.GetDouble(3), theirs.GetDouble(4)), (bucket.Min, bucket.Max));
                Assert.Equal(1.0, bucket.Sum / theirs.GetDouble(5), 1e-12);
                Assert.Equal((theirs.GetDouble(6), theirs.GetDouble(7)), (bucket.First, bucket.Last));
            }
        }

        Assert.Equal(rows, ours.Sum(bucket => bucket.Count + bucket.Missing));
        Assert.Equal(9000, rows);
    }

    private static void Run(DuckDBConnection duck, string sql)
    {
        using var command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
