using System.Globalization;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>
/// What a store costs over the years: dropping old rows, opening again, wear of a card, memory of many series. Wear: ten agents of five inputs at 1 Hz, a block an agent and
/// second, spread over the second, as ten Raspberry Pi send them.
/// </summary>
internal static class KeepingBench
{
    private const int RowsOfABlock = 10_000;
    private static readonly AgentId Agent = new(1);
    private static readonly BootId Boot = new(100);
    private static readonly StreamId Stream = new(1);

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        await RetainAndReopenAsync(scale.Of(100_000, 3_000_000, 30_000_000), figures);
        if (scale == Scale.Full)
        {
            await ReopenAsync(100_000_000, figures);
        }

        await CardAsync(scale.Of(1, 10, 60), figures);
        await MemoryAsync(scale.Of(100, 10_000, 10_000), scale.Of(20, 2000, 2000), figures);
    }

    /// <summary>The oldest 30 % of one series dropped, in ms; then the store closed and opened.</summary>
    private static async Task RetainAndReopenAsync(int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        var store = await FilledAsync(folder.Path, rows);
        var series = Series(store);
        var before = new Dictionary<SeriesId, long> { [series] = (long)(rows * 0.3) * 100_000 };
        var started = TimeProvider.System.GetTimestamp();
        var dropped = await store.DropAsync(before);
        figures.AtMost($"store_retention_of_30_percent_of_{rows / 1_000_000.0:0.#}M_rows_ms", Ms(started), 100);
        if (Math.Abs(dropped - (rows * 0.3)) > 1)
        {
            throw new InvalidOperationException($"BUG: {dropped} rows dropped");
        }

        await store.DisposeAsync();
        await MeasureReopenAsync(folder.Path, (int)(rows * 0.7), figures);
    }

    private static async Task ReopenAsync(int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        await (await FilledAsync(folder.Path, rows)).DisposeAsync();
        await MeasureReopenAsync(folder.Path, rows, figures);
    }

    private static async Task MeasureReopenAsync(string folder, int rows, Figures figures)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var store = Open(folder, TimeSpan.Zero);
        using (var snapshot = store.Snapshot())
        {
            snapshot.TryLatest(Series(store), out _);
        }

        figures.AtMost($"store_reopen_of_{rows / 1_000_000.0:0.#}M_rows_ms", Ms(started), 1000);
    }

    /// <summary>Bytes the disk is written per reading at 50 readings a second, and how long a reading takes to be durable; the default beside.</summary>
    private static async Task CardAsync(int seconds, Figures figures)
    {
        var (cardBytes, cardP95) = await WearAsync(seconds, TimeSpan.FromMilliseconds(500));
        var (bytes, p95) = await WearAsync(seconds, TimeSpan.Zero);
        figures.AtMost("store_sd_card_bytes_written_per_reading", cardBytes, 500);
        figures.AtMost("store_sd_card_live_p95_ms", cardP95, 700);
        figures.AtMost("store_default_bytes_written_per_reading", bytes, 5000);
        figures.AtMost("store_default_live_p95_ms", p95, 700);
    }

    private static async Task<(double BytesPerRow, double P95Ms)> WearAsync(int seconds, TimeSpan interval)
    {
        const int Agents = 10;
        const int Inputs = 5;
        using var folder = new BenchFolder();
        await using var store = Open(folder.Path, interval);
        for (var agent = 0; agent < Agents; agent++)
        {
            await DeclareAsync(store, agent, Inputs);
        }

        var written = WrittenBytes();
        List<double> waited = [];
        List<Task> waits = [];
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < seconds * Agents; i++)
        {
            var due = TimeSpan.FromMilliseconds(100 * i) - TimeProvider.System.GetElapsedTime(started);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, TimeProvider.System);
            }

            waits.Add(WaitAsync(store, Sealed(i % Agents, i / Agents, Inputs), waited));
        }

        await Task.WhenAll(waits);
        waited.Sort();
        return ((WrittenBytes() - written) / (double)(seconds * Agents * Inputs), waited[(int)(waited.Count * 0.95)]);
    }

    private static async Task WaitAsync(ObservationStore store, NativeBlock block, List<double> waited)
    {
        var sent = TimeProvider.System.GetTimestamp();
        await store.SubmitAsync(block);
        await block.Completion;
        lock (waited)
        {
            waited.Add(Ms(sent));
        }
    }

    /// <summary>Bytes of memory a series costs besides its rows: slow ones with one row, fast ones with 60 of a quarter second.</summary>
    private static async Task MemoryAsync(int slow, int fast, Figures figures)
    {
        using var folder = new BenchFolder();
        await using var store = Open(folder.Path, TimeSpan.Zero);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await DeclareAsync(store, 0, slow + fast);
        var seq = 0UL;
        for (var (first, count) = (0, 100); first < slow + fast; first += count)
        {
            var rows = first < slow ? 1 : 60;
            var size = Math.Min(count, slow + fast - first);
            var block = new BlockRows { TUs = new long[size * rows], Raw = new double[size * rows], Missing = new byte[size * rows], Columns = new BlockColumn[size] };
            for (var input = 0; input < size; input++)
            {
                block.Columns[input] = new BlockColumn(first + input, input * rows, rows);
                for (var row = 0; row < rows; row++)
                {
                    (block.TUs[(input * rows) + row], block.Raw[(input * rows) + row]) = (row * 250_000, row);
                }
            }

            var submission = new NativeBlock(AgentOf(0), StreamOf(0), BootOf(0), CatalogOf(slow + fast), seq, block.Count, new byte[16], block);
            seq += (ulong)block.Count;
            await store.SubmitAsync(submission);
            await submission.Completion;
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before - (store.Stats.MemtableRows * 16);
        figures.AtMost("store_memory_bytes_per_series", bytes / (double)(slow + fast), 2500);
    }

    private static async Task<ObservationStore> FilledAsync(string folder, int rows)
    {
        var store = Open(folder, TimeSpan.Zero);
        await DeclareAsync(store, 0, 1);
        var random = new Random(7);
        List<Task> waits = [];
        for (var first = 0; first < rows; first += RowsOfABlock)
        {
            var block = new BlockRows { TUs = new long[RowsOfABlock], Raw = new double[RowsOfABlock], Missing = new byte[RowsOfABlock], Columns = [new BlockColumn(0, 0, RowsOfABlock)] };
            for (var i = 0; i < RowsOfABlock; i++)
            {
                (block.TUs[i], block.Raw[i]) = ((first + i) * 100_000L, Math.Round(20 + (5 * Math.Sin((first + i) / 3000.0)) + (random.Next(40) / 100.0), 2));
            }

            var submission = new NativeBlock(Agent, Stream, Boot, CatalogOf(1), (ulong)first, RowsOfABlock, new byte[16], block);
            await store.SubmitAsync(submission);
            waits.Add(submission.Completion);
        }

        await Task.WhenAll(waits);
        await store.FlushAsync();
        return store;
    }

    private static NativeBlock Sealed(int agent, int second, int inputs)
    {
        var draft = new BlockDraft(StreamOf(agent).Value, new Id128(BootOf(agent).Value), CatalogOf(inputs));
        for (var input = 0; input < inputs; input++)
        {
            draft.Add(input, second * 1_000_000L, Math.Round(20 + Math.Sin(second / 60.0) + (input * 0.01), 2));
        }

        var seq = (ulong)(second * inputs);
        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, seq));
        return Decode(payload, out var rows)
            ? new NativeBlock(AgentOf(agent), StreamOf(agent), BootOf(agent), CatalogOf(inputs), seq, rows.Count, payload, rows)
            : throw new InvalidOperationException("BUG: our own block cannot be decoded");
    }

    private static bool Decode(ReadOnlySpan<byte> payload, out BlockRows rows)
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

    private static ObservationStore Open(string folder, TimeSpan interval) =>
        ObservationStore.Open(new StoreOptions { Folder = folder, CommitInterval = interval }, Decode, null, TimeProvider.System);

    private static async Task DeclareAsync(ObservationStore store, int agent, int inputs) => await store.DeclareAsync(new Declarations(
        AgentOf(agent),
        [new BootDeclaration(BootOf(agent), AgentOf(agent), BootKind.Device, 1, null)],
        [new CatalogDeclaration(CatalogOf(inputs), [.. Enumerable.Range(0, inputs).Select(Input)])],
        [new StreamDeclaration(StreamOf(agent), BootOf(agent), null)]));

    private static InputDeclaration Input(int i) => new($"p{i}", "ph", "[pH]", 0);

    private static SeriesId Series(ObservationStore store) => store.Dictionary.TryFind(Boot, Agent, Input(0), out var series) ? series : default;

    private static ulong CatalogOf(int inputs) => 0xBE00 + (ulong)inputs;

    private static AgentId AgentOf(int i) => new(Agent.Value + (UInt128)i);

    private static BootId BootOf(int i) => new(Boot.Value + (UInt128)i);

    private static StreamId StreamOf(int i) => new(Stream.Value + (ulong)i);

    private static double Ms(long since) => TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;

    /// <summary>Bytes this process caused to be written to the disk; 0 where the system does not tell.</summary>
    private static long WrittenBytes() => !File.Exists("/proc/self/io") ? 0 : File.ReadLines("/proc/self/io")
        .Where(line => line.StartsWith("write_bytes:", StringComparison.Ordinal))
        .Select(line => long.Parse(line["write_bytes:".Length..], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
