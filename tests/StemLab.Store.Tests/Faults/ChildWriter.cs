using System.Diagnostics;
using System.Globalization;

namespace StemLab.Store.Faults;

/// <summary>This test program once more as a process of its own, writing blocks until it is done or killed. Says each receipted commit in a file, one line a block.</summary>
public sealed class ChildWriter
{
    public const string AckFile = "acks";
    private const string FolderVariable = "STEMLAB_STORE_CHILD_FOLDER";
    private const string BlocksVariable = "STEMLAB_STORE_CHILD_BLOCKS";
    public const int RowsPerBlock = 20;

    /// <summary>The child's side; started by name only.</summary>
    [Fact(Explicit = true)]
    public async Task Writes_until_done_or_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "runs as the child of other tests only");
        await WriteAsync(folder, int.Parse(Environment.GetEnvironmentVariable(BlocksVariable)!, CultureInfo.InvariantCulture));
    }

    internal static Process Start(string folder, int blocks, params string[] before)
    {
        string[] command =
        [
            .. before,
            Path.ChangeExtension(typeof(ChildWriter).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null)!,
            "-method", $"{typeof(ChildWriter).FullName}.{nameof(Writes_until_done_or_killed)}", "-explicit", "only",
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[FolderVariable] = folder;
        start.Environment[BlocksVariable] = blocks.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>Small tables, so that flushes and checkpoints fall between the commits.</summary>
    internal static StoreOptions Options(string folder) => new()
    {
        Folder = folder,
        ChunkRows = 32,
        MemtableRows = 300,
        FlushSliceRows = 100,
        JournalCapBytes = 20_000,
        MinFreeBytes = 0,
    };

    private static async Task WriteAsync(string folder, int blocks)
    {
        await using var store = ObservationStore.Open(Options(folder), TestBlocks.Decode, null, TimeProvider.System);
        await store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        var covered = store.Covered(TestBlocks.Agent, TestBlocks.Stream);
        var next = covered.IsEmpty ? 0 : covered[0].Count / RowsPerBlock;
        await using var acks = new FileStream(Path.Combine(folder, AckFile), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (var block = next; block < next + (ulong)blocks; block++)
        {
            var submission = Block(block);
            await store.SubmitAsync(submission, TestContext.Current.CancellationToken);
            await submission.Completion;
            acks.Write(System.Text.Encoding.ASCII.GetBytes($"{block}\n"));
        }
    }

    internal static NativeBlock Block(ulong number) =>
        TestBlocks.Ramp(number * RowsPerBlock, (int)(number % 2), (long)number * 1_000_000, RowsPerBlock, from: number);

    /// <summary>Every block up to an acknowledged one is there, once, exactly; what may have come after is whole blocks.</summary>
    internal static void Check(string folder, long acked)
    {
        using var opened = new OpenedCopy(folder);
        var covered = opened.Store.Covered(TestBlocks.Agent, TestBlocks.Stream);
        Assert.InRange(covered.Length, acked >= 0 ? 1 : 0, 1);
        var blocks = covered.IsEmpty ? 0 : (long)covered[0].Count / RowsPerBlock;
        Assert.InRange(blocks, acked + 1, long.MaxValue);
        var rows = Enumerable.Range(0, 2).Sum(input => opened.Rows(input).Count);
        Assert.Equal(blocks * RowsPerBlock, rows);
        var sum = Enumerable.Range(0, 2).Sum(input => opened.Rows(input).Sum(row => row.Raw));
        Assert.Equal(Enumerable.Range(0, (int)blocks).Sum(block => Block((ulong)block).Rows.Raw.Sum()), sum);
        Assert.Empty(opened.Store.Health.Opened.DamagedCommits);
        Assert.Empty(SeriesFile.Verify(folder, TestBlocks.Decode).Problems);
    }

    private sealed class OpenedCopy(string folder) : IDisposable
    {
        public ObservationStore Store { get; } = ObservationStore.Open(Options(folder), TestBlocks.Decode, null, TimeProvider.System);

        public List<StoredRow> Rows(int input)
        {
            using var snapshot = Store.Snapshot();
            return Store.Dictionary.TryFind(TestBlocks.Boot, TestBlocks.Agent, TestBlocks.Inputs[input], out var series)
                ? TestStore.Rows(snapshot, series)
                : [];
        }

        public void Dispose() => Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
