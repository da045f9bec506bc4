using System.Collections.Immutable;
using System.Diagnostics;
using StemLab.Store;
using StemLab.Store.Influx;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>
/// The embedded store beside a real InfluxDB 1.x on the same points in the same run, and what it costs the hub to feed one. InfluxDB is given its best: lines made
/// beforehand, 10,000 a request, four requests at once, one field, indexes and files compacted before their size is taken.
/// </summary>
internal static class FarBench
{
    private const long OffsetUs = 1_790_000_000_000_000;
    private const int LinesOfARequest = 10_000;
    private const int Requests = 4;
    private const int Channels = 300;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        if (Servers.Find("influxd") is null)
        {
            throw new InvalidOperationException("influxd is not installed: tests/install-servers installs it");
        }

        await WriteAndSizeAsync(scale.Of(20_000, 500_000, 2_000_000), figures);
        await ReadAsync(scale.Of(20_000, 1_000_000, 10_000_000), figures);
        await LatestAsync(scale.Of(10, 1000, 10_000), figures);
        await ForwardAsync(scale.Of(20_000, 1_000_000, 3_000_000), figures);
    }

    /// <summary>From the bytes of the network to durable, three rounds in turns; then bytes on disk, log and all.</summary>
    private static async Task WriteAndSizeAsync(int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        await using var far = await Far.StartAsync();
        var source = new ReferenceRows();
        List<double> ratios = [];
        for (var round = 0; round < 3; round++)
        {
            var blocks = Enumerable.Range(0, rows / 1000).Select(_ => source.Next(1000)).ToArray();
            var lines = Lines(blocks);
            var embedded = Ms(() => open.SubmitAll(blocks.Select(Arrived)));
            var influx = await MsAsync(() => far.WriteAllAsync(lines));
            ratios.Add(influx / embedded);
        }

        figures.AtLeast("influx_durable_write_times_faster", Median(ratios), 3);
        open.Flush();
        var there = await far.CompactedBytesAsync();
        figures.AtMost("influx_chunk_bytes_over_influxdb", open.ChunkTableBytes(folder.Path) / there, 1);
        figures.AtMost("influx_bytes_with_the_log_over_influxdb", open.FileBytes(folder.Path) / there, 1);
    }

    /// <summary>One series to 1,000 buckets (min, max, mean, count), and every row of it.</summary>
    private static async Task ReadAsync(int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        await using var far = await Far.StartAsync();
        foreach (var blocks in OneSeries(rows).Chunk(100))
        {
            open.SubmitAll(blocks);
            await far.WriteAllAsync(Lines(blocks));
        }

        open.Flush();
        await far.CompactedBytesAsync();
        var series = open.Series(0, 0);
        var widthUs = Width(rows);
        var edges = Enumerable.Range(0, 1001).Select(i => i * widthUs).ToArray();
        var into = new BucketAggregate[1000];
        var agent = OpenStore.Agent(0).ToString();
        var offsetNs = OffsetUs * 1000;
        var buckets = FormattableString.Invariant(
            $"SELECT min(raw), max(raw), mean(raw), count(raw) FROM reading WHERE agent = '{agent}' AND time >= {offsetNs} AND time < {offsetNs + (widthUs * 1_000_000)} GROUP BY time({widthUs}u, {OffsetUs % widthUs}u)");
        List<double> bucketRatios = [];
        List<double> rawRatios = [];
        for (var round = 0; round < 5; round++)
        {
            var (here, there) = (0L, 0L);
            var mine = Ms(() =>
            {
                using var snapshot = open.Store.Snapshot();
                snapshot.Aggregate(series, edges, into);
                here = into.Sum(bucket => (long)bucket.Count);
            });
            var its = await MsAsync(() => far.Connection.QueryAsync(buckets, (_, cells) => there += cells[4].Whole, default));
            Same(rows, here, there);
            bucketRatios.Add(its / mine);

            (here, there) = (0, 0);
            mine = Ms(() => here = Read(open.Store, series));
            its = await MsAsync(() => far.Connection.QueryAsync($"SELECT raw FROM reading WHERE agent = '{agent}'", (_, _) => there++, default));
            Same(rows, here, there);
            rawRatios.Add(its / mine);
        }

        figures.AtLeast("influx_buckets_times_faster", Median(bucketRatios), 50);
        figures.AtLeast("influx_raw_read_times_faster", Median(rawRatios), 10);
    }

    /// <summary>The newest reading of 300 channels.</summary>
    private static async Task LatestAsync(int rowsOfAChannel, Figures figures)
    {
        const ulong Wide = 0x300;
        using var folder = new BenchFolder();
        using var open = new OpenStore(folder.Path);
        await using var far = await Far.StartAsync();
        var inputs = Enumerable.Range(0, Channels).Select(i => new InputDeclaration($"c{i}", "ph", "[pH]", 0)).ToImmutableArray();
        await open.Store.DeclareAsync(new Declarations(OpenStore.Agent(0), [], [new CatalogDeclaration(Wide, inputs)], []));
        var seq = 0UL;
        for (var first = 0; first < rowsOfAChannel; first += 10)
        {
            var block = Columns(Enumerable.Range(0, Channels).Select(input => (input, first, 10)));
            var submission = new NativeBlock(OpenStore.Agent(0), OpenStore.Stream(0), OpenStore.Boot(0), Wide, seq, block.Count, new byte[16], block);
            seq += (ulong)block.Count;
            open.Commit(submission);
            await far.WriteAllAsync(Lines([submission]));
        }

        open.Flush();
        await far.CompactedBytesAsync();
        var ids = inputs.Select(input => open.Store.Dictionary.TryFind(OpenStore.Boot(0), OpenStore.Agent(0), input, out var id) ? id : default).ToArray();
        List<double> ratios = [];
        for (var round = 0; round < 21; round++)
        {
            var (here, there) = (0L, 0L);
            var mine = Ms(() =>
            {
                using var snapshot = open.Store.Snapshot();
                here = ids.Count(id => snapshot.TryLatest(id, out var row) && row.TUs == (rowsOfAChannel - 1) * 100_000L);
            });
            var its = await MsAsync(() => far.Connection.QueryAsync("SELECT last(raw) FROM reading GROUP BY agent, input", (_, _) => there++, default));
            Same(Channels, here, there);
            ratios.Add(its / mine);
        }

        figures.AtLeast("influx_latest_of_300_times_faster", Median(ratios), 10);
    }

    /// <summary>What a hub pays to feed an InfluxDB, how fast rows that only InfluxDB has come back, and whether questions feel it.</summary>
    private static async Task ForwardAsync(int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        using var plainFolder = new BenchFolder();
        using var plain = new OpenStore(plainFolder.Path);
        await using var far = await Far.StartAsync();
        var options = new InfluxOptions { Url = far.Url, Database = Far.Database };
        OpenStore Opened() => new(folder.Path, store => store with { HasFarStore = true });
        async Task<InfluxStore> AttachedAsync(ObservationStore store)
        {
            var influx = await InfluxStore.AttachAsync(store, options, new FarProjection(_ => OffsetUs, Same), null, TimeProvider.System);
            while (influx.Status is not { State: FarState.Good, WaitingRows: 0 })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            return influx;
        }

        using (var open = Opened())
        {
            // Joined before there are rows: what follows goes by the log, as in a lesson.
            await (await AttachedAsync(open.Store)).DisposeAsync();
            open.SubmitAll(OneSeries(rows));
        }

        plain.SubmitAll(OneSeries(rows));
        plain.Flush();
        using var store = Opened();
        store.Flush();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await using var influx = await AttachedAsync(store.Store);
        process.Refresh();
        if (influx.Status.SentRows < rows)
        {
            throw new InvalidOperationException($"BUG: {influx.Status}");
        }

        figures.AtMost("influx_hub_cpu_s_per_million_forwarded", (process.TotalProcessorTime - before).TotalSeconds / influx.Status.SentRows * 1e6, 2);
        Cached(store, plain, rows, figures);

        while (await influx.EvictAsync(1000) > 0)
        {
        }

        var back = 0L;
        var ms = Ms(() => back = Read(store.Store, store.Series(0, 0)));
        Same(rows, back, back);
        figures.AtLeast("influx_hydrated_rows_per_s", back / ms * 1000, 300_000);
    }

    /// <summary>The same questions to a store with an InfluxDB behind it and to one without, in turns.</summary>
    private static void Cached(OpenStore store, OpenStore plain, int rows, Figures figures)
    {
        var edges = Enumerable.Range(0, 1001).Select(i => i * Width(rows)).ToArray();
        var into = new BucketAggregate[1000];
        List<double> ratios = [];
        for (var round = 0; round < 31; round++)
        {
            double Asked(OpenStore of) => Ms(() =>
            {
                using var snapshot = of.Store.Snapshot();
                snapshot.Aggregate(of.Series(0, 0), edges, into);
                Read(of.Store, of.Series(0, 0));
            });
            ratios.Add(Asked(store) / Asked(plain));
        }

        figures.AtMost("influx_cached_query_time_over_embedded", Median(ratios), 1.1);
    }

    private static void Same(SeriesId series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, Span<double> value, Span<byte> flag)
    {
        raw.CopyTo(value);
        flag.Fill(1);
    }

    private static void Same(long rows, long here, long there)
    {
        if (here != rows || there != rows)
        {
            throw new InvalidOperationException($"BUG: {rows} rows were written, {here} are here and {there} there");
        }
    }

    private static long Width(int rows) => rows * 100_000L / 1000;

    private static long Read(ObservationStore store, SeriesId series)
    {
        var count = 0L;
        using var snapshot = store.Snapshot();
        foreach (var run in snapshot.Rows(series, long.MinValue, long.MaxValue))
        {
            count += run.Length;
        }

        return count;
    }

    /// <summary>A block as it comes off the wire: its rows are taken from its bytes.</summary>
    private static NativeBlock Arrived(NativeBlock block) => OpenStore.Decode(block.Payload.Span, out var rows)
        ? new NativeBlock(block.Agent, block.Stream, block.Boot, block.CatalogHash, block.FirstSeq, block.Count, block.Payload, rows)
        : throw new InvalidOperationException("BUG: our own block cannot be decoded");

    private static IEnumerable<NativeBlock> OneSeries(int count) => Enumerable.Range(0, count / 1000).Select(i =>
    {
        var rows = Columns([(0, i * 1000, 1000)]);
        var draft = new BlockDraft(OpenStore.Stream(0).Value, new Id128(OpenStore.Boot(0).Value), OpenStore.Catalog);
        for (var row = 0; row < rows.Count; row++)
        {
            draft.Add(0, rows.TUs[row], rows.Raw[row]);
        }

        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, (ulong)i * 1000));
        return new NativeBlock(OpenStore.Agent(0), OpenStore.Stream(0), OpenStore.Boot(0), OpenStore.Catalog, (ulong)i * 1000, 1000, payload, rows);
    });

    private static BlockRows Columns(IEnumerable<(int Input, int First, int Count)> columns)
    {
        var all = columns.ToArray();
        var count = all.Sum(column => column.Count);
        var block = new BlockRows { TUs = new long[count], Raw = new double[count], Missing = new byte[count], Columns = new BlockColumn[all.Length] };
        var at = 0;
        for (var i = 0; i < all.Length; i++)
        {
            block.Columns[i] = new BlockColumn(all[i].Input, at, all[i].Count);
            var random = new Random(all[i].First + all[i].Input);
            for (var sample = all[i].First; sample < all[i].First + all[i].Count; sample++, at++)
            {
                (block.TUs[at], block.Raw[at]) = (sample * 100_000L, ReferenceRows.Value(sample, all[i].Input, random));
            }
        }

        return block;
    }

    /// <summary>The same rows as lines, one field each.</summary>
    private static List<ReadOnlyMemory<byte>> Lines(IEnumerable<NativeBlock> blocks)
    {
        List<ReadOnlyMemory<byte>> requests = [];
        var (lines, count) = (new LineProtocol(), 0);
        foreach (var block in blocks)
        {
            foreach (var column in block.Rows.Columns)
            {
                var head = LineProtocol.Head("reading", ("agent", block.Agent.ToString()), ("input", column.Input.ToString("x16", System.Globalization.CultureInfo.InvariantCulture)));
                for (var i = column.Start; i < column.Start + column.Length; i++)
                {
                    lines.Begin(head);
                    _ = block.Rows.Missing[i] == 0 ? lines.Number("raw"u8, block.Rows.Raw[i]) : lines.Whole("reason"u8, block.Rows.Missing[i]);
                    lines.End((OffsetUs + block.Rows.TUs[i]) * 1000);
                    if (++count == LinesOfARequest)
                    {
                        requests.Add(lines.Written);
                        (lines, count) = (new LineProtocol(), 0);
                    }
                }
            }
        }

        if (count > 0)
        {
            requests.Add(lines.Written);
        }

        return requests;
    }

    private static double Ms(Action action)
    {
        var started = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<double> MsAsync(Func<Task> action)
    {
        var started = TimeProvider.System.GetTimestamp();
        await action();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>An influxd of this run's own.</summary>
    private sealed class Far : IAsyncDisposable
    {
        public const string Database = "lab";
        private readonly InfluxServer _server;

        private Far(InfluxServer server)
        {
            _server = server;
            Connection = new InfluxConnection(new InfluxOptions { Url = server.Url, Database = Database }, TimeProvider.System);
        }

        public InfluxConnection Connection { get; }

        public Uri Url => _server.Url;

        public static async Task<Far> StartAsync()
        {
            var far = new Far(await InfluxServer.StartAsync(compactsAtOnce: true));
            var reply = await far.Connection.PrepareAsync();
            return reply.Kind == ReplyKind.Stored ? far : throw new InvalidOperationException(reply.Text);
        }

        public async Task WriteAllAsync(List<ReadOnlyMemory<byte>> requests) => await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = Requests },
            async (lines, token) =>
            {
                var reply = await Connection.WriteAsideAsync(lines, token);
                if (reply.Kind != ReplyKind.Stored)
                {
                    throw new InvalidOperationException(reply.Text);
                }
            });

        /// <summary>Bytes of its points, once its log is empty and its files stay as they are. Not counted: its index of series, 32 MB whatever there is.</summary>
        public async Task<double> CompactedBytesAsync()
        {
            var (bytes, same) = (-1L, 0);
            while (same < 4)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
                var now = Sum("data", "*.tsm");
                same = now == bytes && Sum("wal", "*.wal") < 4096 ? same + 1 : 0;
                bytes = now;
            }

            return bytes;
        }

        public async ValueTask DisposeAsync()
        {
            Connection.Dispose();
            await _server.DisposeAsync();
        }

        private long Sum(string folder, string files) =>
            new DirectoryInfo(Path.Combine(_server.DataFolder, folder)).EnumerateFiles(files, SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
    }
}
