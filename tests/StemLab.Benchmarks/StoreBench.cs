using System.Globalization;
using DuckDB.NET.Data;
using StemLab.Store;

namespace StemLab.Benchmarks;

/// <summary>
/// Figures of the embedded store beside the disk's own limit and DuckDB, each in the same run, on <see cref="ReferenceRows"/>.
/// </summary>
internal static class StoreBench
{
    public static async Task RunAsync(Figures figures, Scale scale)
    {
        await CommitsAsync(50, scale.Of(10, 1500, 4000), figures);
        await CommitsAsync(1000, scale.Of(10, 500, 1500), figures);
        Size(scale.Of(1000, 20_000, 100_000), figures);
        Buckets(figures, scale);
        Paced(scale.Of(1, 8, 30), figures);
        NativeRate(scale.Of(20, 2000, 10_000), figures);
        ForeignRate(scale.Of(2000, 200_000, 1_000_000), figures);
    }

    /// <summary>Commit time and bytes written, raw and store in turns; medians of three rounds. The sender waits for the answer as the hub's front door does: without holding a thread.</summary>
    public static async Task CommitsAsync(int rows, int commits, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        var source = new ReferenceRows();
        List<double> timeRatios = [];
        List<double> byteRatios = [];
        for (var round = 0; round < 4; round++)
        {
            using var raw = new RawAppendBaseline(Path.Combine(folder.Path, "raw"), rows);
            var blocks = Enumerable.Range(0, commits).Select(_ => source.Next(rows)).ToArray();
            var (rawMs, rawBytes) = await MeasureAsync(commits, _ =>
            {
                raw.Commit();
                return ValueTask.CompletedTask;
            });
            var (storeMs, storeBytes) = await MeasureAsync(commits, i => open.CommitAsync(blocks[i]));
            if (round > 0)
            {
                timeRatios.Add(storeMs / rawMs);
                byteRatios.Add(storeBytes / rawBytes);
            }
        }

        // On from here not where the store answers: what follows blocks.
        await Task.Yield();
        figures.AtMost($"store_commit_p50_over_raw_{rows}_rows", Median(timeRatios), 1.0);
        if (rows == 50)
        {
            figures.AtMost("store_bytes_written_over_raw_50_rows", Median(byteRatios), 1.8);
        }
    }

    /// <summary>Bytes of the chunk tables per row, and of the log apart.</summary>
    public static void Size(int rowsPerSeries, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        var source = new ReferenceRows();
        var rows = 0L;
        while (rows < rowsPerSeries * (long)OpenStore.Agents * OpenStore.Inputs)
        {
            open.Submit(source.Next(1000));
            rows += 1000;
        }

        open.Flush();
        figures.AtMost("store_chunk_bytes_per_row", open.ChunkTableBytes(folder.Path) / (double)rows, 2.6);
        figures.AtMost("store_journal_bytes_per_row", open.Store.Stats.JournalBytes / (double)rows, 8);
    }

    /// <summary>One series to 1,000 buckets (count, min, max, sum, first, last), beside DuckDB on the same rows.</summary>
    public static void Buckets(Figures figures, Scale scale)
    {
        var rows = scale.Of(100_000, 10_000_000, 100_000_000);
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        using var duck = new DuckDBConnection($"Data Source={Path.Combine(folder.Path, "duck.db")}");
        duck.Open();
        Execute(duck, "CREATE TABLE r(t BIGINT, v DOUBLE)");
        var end = FillOneSeries(open, duck, rows);
        open.Flush();
        Execute(duck, "CHECKPOINT");
        var edges = Enumerable.Range(0, 1001).Select(i => (long)((Int128)end * i / 1000)).ToArray();
        var series = open.Series(0, 0);
        var into = new BucketAggregate[1000];
        var width = (end + 999) / 1000;
        var sql = string.Create(CultureInfo.InvariantCulture, $"SELECT t // {width} b, count(*), min(v), max(v), sum(v), arg_min(v, t), arg_max(v, t) FROM r GROUP BY b ORDER BY b");
        List<double> store = [];
        List<double> other = [];
        for (var round = 0; round < 9; round++)
        {
            store.Add(Time(() =>
            {
                using var snapshot = open.Store.Snapshot();
                snapshot.Aggregate(series, edges, into);
            }));
            other.Add(Time(() => Query(duck, sql)));
        }

        if (into.Sum(bucket => bucket.Count) != rows)
        {
            throw new InvalidOperationException("BUG: the buckets do not hold every row");
        }

        figures.AtMost("store_buckets_ms", Median(store), scale == Scale.Full ? 40 : 27);
        figures.AtLeast("store_buckets_times_faster_than_duckdb", Median(other) / Median(store), scale == Scale.Full ? 20 : 5);
    }

    /// <summary>20,000 rows/s, a commit every 20 ms, while one reader downsamples in a loop.</summary>
    public static void Paced(int seconds, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path, options => options with { MemtableRows = 60_000 });
        var source = new ReferenceRows();
        var blocks = Enumerable.Range(0, seconds * 50).Select(_ => source.Next(400)).ToArray();
        using var stop = new CancellationTokenSource();
        var reads = 0;
        var reader = new Thread(() =>
        {
            var into = new BucketAggregate[300];
            var edges = Enumerable.Range(0, 301).Select(i => i * 1_000_000L).ToArray();
            while (!stop.IsCancellationRequested)
            {
                using var snapshot = open.Store.Snapshot();
                if (open.Store.Dictionary.SeriesCount > 0)
                {
                    snapshot.Aggregate(new SeriesId(1), edges, into);
                }

                reads++;
            }
        });
        reader.Start();
        List<double> times = [];
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < blocks.Length; i++)
        {
            var due = TimeSpan.FromMilliseconds(20 * i);
            while (TimeProvider.System.GetElapsedTime(started) is var now && now < due)
            {
                stop.Token.WaitHandle.WaitOne(due - now);
            }

            times.Add(Time(() => open.Commit(blocks[i])));
        }

        stop.Cancel();
        reader.Join();
        times.Sort();
        figures.AtMost("store_commit_p99_ms_at_20000_rows_per_s_with_reader", times[times.Count * 99 / 100], 10);
        figures.AtLeast("store_reads_per_s_beside", reads / (double)seconds, 1000);
    }

    /// <summary>Native blocks of 1,000 rows, many in flight.</summary>
    public static void NativeRate(int count, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        var source = new ReferenceRows();
        var blocks = Enumerable.Range(0, count).Select(_ => source.Next(1000)).ToArray();
        var ms = Time(() => open.SubmitAll(blocks));
        figures.AtLeast("store_native_rows_per_s", count * 1000 / ms * 1000, 500_000);
    }

    /// <summary>Foreign rows, one a submission, 1,000 in flight.</summary>
    public static void ForeignRate(int count, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        var input = new InputDeclaration("lab/pond/ph", "ph", "[pH]", 0);
        var rows = Enumerable.Range(0, count).Select(i => new ForeignRows(
            new AgentId((UInt128)(1000 + (i % 50))),
            OpenStore.Boot(0),
            [new ForeignRow(input, i, i % 14, 0)],
            null,
            BumpIfNotLater: true)).ToArray();
        var ms = Time(() => open.SubmitAll(rows));
        figures.AtLeast("store_foreign_submissions_per_s", count / ms * 1000, 60_000);
    }

    private static long FillOneSeries(OpenStore open, DuckDBConnection duck, int rows)
    {
        var random = new Random(7);
        var t = 0L;
        using var appender = duck.CreateAppender("r");
        for (var first = 0; first < rows; first += 10_000)
        {
            var block = new BlockRows { TUs = new long[10_000], Raw = new double[10_000], Missing = new byte[10_000], Columns = [new BlockColumn(0, 0, 10_000)] };
            for (var i = 0; i < 10_000; i++)
            {
                block.TUs[i] = t + random.Next(500);
                block.Raw[i] = ReferenceRows.Value(first + i, 0, random);
                appender.CreateRow().AppendValue(block.TUs[i]).AppendValue(block.Raw[i]).EndRow();
                t += 100_000;
            }

            open.Submit(new NativeBlock(OpenStore.Agent(0), OpenStore.Stream(0), OpenStore.Boot(0), OpenStore.Catalog, (ulong)first, 10_000, new byte[16], block));
        }

        open.Settle();
        return t;
    }

    private static void Execute(DuckDBConnection duck, string sql)
    {
        using var command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Query(DuckDBConnection duck, string sql)
    {
        using var command = duck.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
        }
    }

    private static async Task<(double P50Ms, double Bytes)> MeasureAsync(int commits, Func<int, ValueTask> commit)
    {
        var bytes = WrittenBytes();
        var times = new List<double>(commits);
        for (var i = 0; i < commits; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await commit(i);
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        return (Median(times), WrittenBytes() - bytes);
    }

    private static double Time(Action action)
    {
        var started = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Bytes this process caused to be written to the disk; 0 where the system does not tell.</summary>
    private static long WrittenBytes() => !File.Exists("/proc/self/io") ? 0 : File.ReadLines("/proc/self/io")
        .Where(line => line.StartsWith("write_bytes:", StringComparison.Ordinal))
        .Select(line => long.Parse(line["write_bytes:".Length..], CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
