using System.Collections.Immutable;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>A real store with its agents declared.</summary>
internal sealed class OpenStore : IDisposable
{
    public const ulong Catalog = 0xBE;
    public const int Agents = 20;
    public const int Inputs = 5;
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
    public void Commit(Submission submission) => CommitAsync(submission).AsTask().GetAwaiter().GetResult();

    /// <summary>Submits and waits for the fsync; goes on where the store answers, as the hub's senders do.</summary>
    public async ValueTask CommitAsync(Submission submission)
    {
        await Store.SubmitAsync(submission);
        await submission.Completion;
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

    /// <summary>Size of series.db with everything in it, the log too.</summary>
    public long FileBytes(string folder)
    {
        var copy = Path.Combine(folder, "all.db");
        SeriesFile.Backup(folder, copy);
        return new FileInfo(copy).Length;
    }

    public void Dispose() => Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
