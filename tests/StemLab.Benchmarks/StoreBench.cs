using System.Collections.Immutable;
using System.Globalization;
using DuckDB.NET.Data;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>
/// Figures of the embedded store beside the disk's own limit and DuckDB, each in the same run. Reference data: 100 series at 10 Hz, times in µs with 0 … 500 µs
/// jitter, a sine with noise of 40 levels rounded to 0.01, one row in a thousand missing; 20 agents of 5 inputs, so that a block sealed after a second has 50 rows.
/// </summary>
internal static class StoreBench
{
    private const ulong Catalog = 0xBE;
    private const int Agents = 20;
    private const int Inputs = 5;

    public static Task RunAsync(Figures figures, Scale scale)
    {
        Commits(50, scale.Of(10, 1500, 4000), figures);
        Commits(1000, scale.Of(10, 500, 1500), figures);
        Size(scale.Of(1000, 20_000, 100_000), figures);
        Buckets(scale.Of(100_000, 10_000_000, 100_000_000), figures);
        Paced(scale.Of(1, 8, 30), figures);
        NativeRate(scale.Of(20, 2000, 10_000), figures);
        ForeignRate(scale.Of(2000, 200_000, 1_000_000), figures);
        return Task.CompletedTask;
    }

    /// <summary>Commit time and bytes written, raw and store in turns; medians of three rounds.</summary>
    public static void Commits(int rows, int commits, Figures figures)
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
            var (rawMs, rawBytes) = Measure(commits, _ => raw.Commit());
            var (storeMs, storeBytes) = Measure(commits, i => open.Commit(blocks[i]));
            if (round > 0)
            {
                timeRatios.Add(storeMs / rawMs);
                byteRatios.Add(storeBytes / rawBytes);
            }
        }

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
        while (rows < rowsPerSeries * (long)Agents * Inputs)
        {
            open.Submit(source.Next(1000));
            rows += 1000;
        }

        open.Flush();
        figures.AtMost("store_chunk_bytes_per_row", open.ChunkTableBytes(folder.Path) / (double)rows, 2.6);
        figures.AtMost("store_journal_bytes_per_row", open.Store.Stats.JournalBytes / (double)rows, 8);
    }

    /// <summary>One series to 1,000 buckets (count, min, max, sum, first, last), beside DuckDB on the same rows.</summary>
    public static void Buckets(int rows, Figures figures)
    {
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

        figures.AtMost("store_buckets_ms", Median(store), Math.Max(27, rows / 1e6 * 2.7));
        figures.AtLeast("store_buckets_times_faster_than_duckdb", Median(other) / Median(store), 5);
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

            open.Submit(new NativeBlock(OpenStore.Agent(0), OpenStore.Stream(0), OpenStore.Boot(0), Catalog, (ulong)first, 10_000, new byte[16], block));
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

    private static (double P50Ms, double Bytes) Measure(int commits, Action<int> commit)
    {
        var bytes = WrittenBytes();
        var times = new List<double>(commits);
        for (var i = 0; i < commits; i++)
        {
            times.Add(Time(() => commit(i)));
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

    /// <summary>The reference data as sealed blocks, the agents in turns.</summary>
    private sealed class ReferenceRows
    {
        private readonly Random _random = new(42);
        private readonly long[] _samples = new long[Agents];
        private readonly ulong[] _seqs = new ulong[Agents];
        private int _next;

        public static double Value(long sample, int series, Random random) =>
            Math.Round(20 + (5 * Math.Sin((sample / 3000.0) + series)) + (random.Next(40) / 100.0), 2);

        public NativeBlock Next(int rows)
        {
            var agent = _next++ % Agents;
            var draft = new BlockDraft(OpenStore.Stream(agent).Value, new Id128(OpenStore.Boot(agent).Value), Catalog);
            for (var i = 0; i < rows / Inputs; i++)
            {
                var sample = _samples[agent]++;
                for (var input = 0; input < Inputs; input++)
                {
                    Add(draft, input, (sample * 100_000) + _random.Next(500), Value(sample, (agent * Inputs) + input, _random));
                }
            }

            var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, _seqs[agent]));
            if (!OpenStore.Decode(payload, out var decoded))
            {
                throw new InvalidOperationException("BUG: our own block cannot be decoded");
            }

            var block = new NativeBlock(OpenStore.Agent(agent), OpenStore.Stream(agent), OpenStore.Boot(agent), Catalog, _seqs[agent], decoded.Count, payload, decoded);
            _seqs[agent] += (ulong)block.Count;
            return block;
        }

        private void Add(BlockDraft draft, int input, long tUs, double value)
        {
            if (_random.Next(1000) == 0)
            {
                draft.AddMissing(input, tUs, Wire.V1.MissingReason.Fault);
                return;
            }

            draft.Add(input, tUs, value);
        }
    }

    /// <summary>A real store with its agents declared.</summary>
    private sealed class OpenStore : IDisposable
    {
        private readonly List<Submission> _inFlight = [];

        public OpenStore(string folder, Func<StoreOptions, StoreOptions>? change = null)
        {
            var options = new StoreOptions { Folder = folder };
            Store = ObservationStore.Open(change?.Invoke(options) ?? options, Decode, null, TimeProvider.System);
            for (var agent = 0; agent < Agents; agent++)
            {
                var inputs = Enumerable.Range(0, Inputs).Select(input => new InputDeclaration($"p{input}", "ph", "[pH]", 0)).ToImmutableArray();
                Store.DeclareAsync(new Declarations(
                    Agent(agent),
                    [new BootDeclaration(Boot(agent), Agent(agent), BootKind.Device, 1, null)],
                    [new CatalogDeclaration(Catalog, inputs)],
                    [new StreamDeclaration(Stream(agent), Boot(agent), null)])).AsTask().GetAwaiter().GetResult();
            }
        }

        public ObservationStore Store { get; }

        public static AgentId Agent(int i) => new((UInt128)(1 + i));

        public static BootId Boot(int i) => new((UInt128)(100 + i));

        public static StreamId Stream(int i) => new((ulong)(1 + i));

        public SeriesId Series(int agent, int input) =>
            Store.Dictionary.TryFind(Boot(agent), Agent(agent), new InputDeclaration($"p{input}", "ph", "[pH]", 0), out var series) ? series : default;

        public static bool Decode(ReadOnlySpan<byte> payload, out BlockRows rows)
        {
            var isBlock = UpDecoder.Decode(payload, out var block, out _, out _) == UpVerdict.Block;
            rows = !isBlock ? null! : new BlockRows
            {
                TUs = block!.TUs,
                Raw = block.Raw,
                Missing = block.Missing,
                Columns = Array.ConvertAll(block.Columns, column => new BlockColumn(column.Input, column.Start, column.Length)),
            };
            return isBlock;
        }

        /// <summary>Submits and waits for the fsync.</summary>
        public void Commit(Submission submission)
        {
            Store.SubmitAsync(submission).AsTask().GetAwaiter().GetResult();
            submission.Completion.GetAwaiter().GetResult();
        }

        /// <summary>Submits; waits only for room.</summary>
        public void Submit(Submission submission)
        {
            Store.SubmitAsync(submission).AsTask().GetAwaiter().GetResult();
            _inFlight.Add(submission);
            if (_inFlight.Count == 1000)
            {
                Settle();
            }
        }

        public void Settle()
        {
            Task.WhenAll(_inFlight.Select(submission => submission.Completion)).GetAwaiter().GetResult();
            _inFlight.Clear();
        }

        public void SubmitAll(IEnumerable<Submission> submissions)
        {
            foreach (var submission in submissions)
            {
                Submit(submission);
            }

            Settle();
        }

        public void Flush()
        {
            Settle();
            Store.FlushAsync().AsTask().GetAwaiter().GetResult();
        }

        /// <summary>Size of a copy that holds the chunk tables alone.</summary>
        public long ChunkTableBytes(string folder)
        {
            var copy = Path.Combine(folder, "chunks.db");
            using var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "series.db")};Pooling=False");
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = $"VACUUM INTO '{copy}'";
            command.ExecuteNonQuery();
            using var alone = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=False");
            alone.Open();
            using var trim = alone.CreateCommand();
            trim.CommandText = "DELETE FROM journal; VACUUM";
            trim.ExecuteNonQuery();
            return new FileInfo(copy).Length;
        }

        public void Dispose() => Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
