using System.Collections.Immutable;
using CsCheck;

namespace StemLab.Store;

/// <summary>The store against a model of a few lines: whatever comes in whatever order, with flushes and reopenings between, shows the same set.</summary>
public sealed class ModelTests
{
    private sealed record Op(int Kind, int Input, long T, (long Gap, int Value, byte Missing)[] Rows);

    private static readonly Gen<Op> Ops = Gen.Select(
        Gen.Frequency((12, Gen.Const(0)), (2, Gen.Const(1)), (1, Gen.Const(2)), (2, Gen.Const(3))),
        Gen.Int[0, 1],
        Gen.Long[0, 400],
        Gen.Select(Gen.Long[1, 20], Gen.Int[0, 2], Gen.Frequency((5, Gen.Const((byte)0)), (1, Gen.Byte[1, 2]))).Array[1, 40],
        (kind, input, t, rows) => new Op(kind, input, t, rows));

    [Fact]
    public async Task Random_blocks_late_duplicate_and_conflicting_equal_the_model()
    {
        await Ops.Array[1, 40].SampleAsync(RunAsync, iter: 60, threads: 2);
    }

    [Fact]
    public async Task Any_order_of_the_same_blocks_ends_in_the_same_rows_and_conflicts()
    {
        await Gen.Select(Ops.Where(op => op.Kind == 0).Array[2, 20], Gen.Int).SampleAsync(
            async pair =>
            {
                var (ops, seed) = pair;
                var shuffled = ops.ToArray();
                new Random(seed).Shuffle(shuffled);
                Assert.Equal(await SetOfAsync(ops), await SetOfAsync(shuffled));
            },
            iter: 25,
            threads: 2);
    }

    private static async Task RunAsync(Op[] ops)
    {
        await using var test = await TestStore.OpenAsync(Small);
        var model = new SortedDictionary<(int Input, long T), SortedSet<(byte Missing, ulong Bits)>>();
        var seq = 0UL;
        List<NativeBlock> sent = [];
        foreach (var op in ops)
        {
            switch (op.Kind)
            {
                case 1:
                    await test.Store.FlushAsync(TestContext.Current.CancellationToken);
                    break;
                case 2:
                    await test.ReopenAsync();
                    break;
                case 3 when sent.Count > 0:
                    var old = sent[(int)(op.T % sent.Count)];
                    var again = await test.SubmitAsync(new NativeBlock(old.Agent, old.Stream, old.Boot, old.CatalogHash, old.FirstSeq, old.Count, old.Payload, old.Rows));
                    Assert.Equal(Verdict.Duplicate, again.Verdict);
                    break;
                case 0:
                    var block = BlockOf(op, seq);
                    sent.Add(block);
                    seq += (ulong)block.Count;
                    var expected = Apply(model, op.Input, block);
                    var outcome = await test.SubmitAsync(block);
                    Assert.Equal(expected, (outcome.Stored, outcome.Duplicate, outcome.Conflict));
                    break;
            }
        }

        Check(test, model);
        CheckAggregates(test, model);

        // Listeners hear of a commit just after its sender: another item through the queue, and they have.
        await test.Store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        CheckLog(test, model);
        var account = test.Store.Account(TestBlocks.Agent);
        Assert.Equal((long)seq, account.Expected);
        Assert.Equal(account.Expected, account.Stored + account.Duplicate + account.Conflict);
    }

    private static StoreOptions Small(StoreOptions options) =>
        options with { ChunkRows = 16, MemtableRows = 150, FlushSliceRows = 40 };

    private static NativeBlock BlockOf(Op op, ulong seq)
    {
        var t = op.T;
        var rows = op.Rows.Select(row => (t += row.Gap, row.Value / 2.0, row.Missing)).ToArray();
        return TestBlocks.Block(seq, (op.Input, rows));
    }

    private static (int Stored, int Duplicate, int Conflict) Apply(
        SortedDictionary<(int, long), SortedSet<(byte, ulong)>> model, int input, NativeBlock block)
    {
        var (stored, duplicate, conflict) = (0, 0, 0);
        for (var i = 0; i < block.Count; i++)
        {
            var row = (block.Rows.Missing[i], block.Rows.Missing[i] == 0 ? BitConverter.DoubleToUInt64Bits(block.Rows.Raw[i]) : 0);
            if (!model.TryGetValue((input, block.Rows.TUs[i]), out var variants))
            {
                model[(input, block.Rows.TUs[i])] = [row];
                stored++;
            }
            else if (variants.Add(row))
            {
                conflict++;
            }
            else
            {
                duplicate++;
            }
        }

        return (stored, duplicate, conflict);
    }

    /// <summary>Raw beats missing, then smaller reason or bits: the order of the set itself.</summary>
    private static List<StoredRow> Shown(SortedDictionary<(int Input, long T), SortedSet<(byte Missing, ulong Bits)>> model, int input) =>
        [.. model.Where(pair => pair.Key.Input == input).Select(pair => new StoredRow(
            pair.Key.T,
            pair.Value.Min.Missing == 0 ? BitConverter.UInt64BitsToDouble(pair.Value.Min.Bits) : double.NaN,
            pair.Value.Min.Missing))];

    private static void Check(TestStore test, SortedDictionary<(int, long), SortedSet<(byte, ulong)>> model)
    {
        for (var input = 0; input <= 1; input++)
        {
            var expected = Shown(model, input);
            var series = test.Series(input);
            Assert.Equal(expected, test.Rows(series));
            Assert.Equal(expected.Where(row => row.TUs is >= 100 and < 300), test.Rows(series, 100, 300));
            using var snapshot = test.Store.Snapshot();
            Assert.Equal(expected.Count > 0, snapshot.TryLatest(series, out var latest));
            Assert.Equal(expected.LastOrDefault(), latest);
            Assert.Equal(expected.Count > 0, snapshot.TryExtent(series, out var first, out var last));
            if (expected.Count > 0)
            {
                Assert.Equal((expected[0].TUs, expected[^1].TUs), (first, last));
            }
        }
    }

    private static void CheckAggregates(TestStore test, SortedDictionary<(int, long), SortedSet<(byte, ulong)>> model)
    {
        long[] edges = [0, 50, 50, 130, 131, 400, 2000];
        for (var input = 0; input <= 1; input++)
        {
            var rows = Shown(model, input);
            var buckets = new BucketAggregate[edges.Length - 1];
            using var snapshot = test.Store.Snapshot();
            snapshot.Aggregate(test.Series(input), edges, buckets);
            for (var i = 0; i < buckets.Length; i++)
            {
                var inside = rows.Where(row => row.TUs >= edges[i] && row.TUs < edges[i + 1]).ToList();
                var raw = inside.Where(row => row.Missing == 0).ToList();
                Assert.Equal((raw.Count, inside.Count - raw.Count), ((int)buckets[i].Count, (int)buckets[i].Missing));
                if (raw.Count > 0)
                {
                    Assert.Equal(raw.Sum(row => row.Raw), buckets[i].Sum, 1e-9);
                    Assert.Equal((raw.Min(row => row.Raw), raw.Max(row => row.Raw)), (buckets[i].Min, buckets[i].Max));
                    Assert.Equal((raw[0].Raw, raw[^1].Raw), (buckets[i].First, buckets[i].Last));
                    Assert.Equal((raw[0].TUs, raw[^1].TUs), (buckets[i].FirstTUs, buckets[i].LastTUs));
                }
            }
        }
    }

    /// <summary>What listeners were told live is what the log gives back, row by row and index by index; and it leads to the shown rows.</summary>
    private static void CheckLog(TestStore test, SortedDictionary<(int, long), SortedSet<(byte, ulong)>> model)
    {
        var live = test.Committed.SelectMany(Flat).ToList();
        var position = CommitPosition.Beginning;
        List<(long, int, SeriesId, long, ulong, byte)> replayed = [];
        for (var more = true; more;)
        {
            var page = test.Store.ReadCommits(position, 7);
            Assert.False(page.IsExpired);
            replayed.AddRange(page.Commits.SelectMany(Flat));
            position = page.Next;
            more = !page.IsAtEnd;
        }

        Assert.Equal(live, replayed);
        var last = replayed.GroupBy(row => (row.Item3, row.Item4)).Count();
        Assert.Equal(model.Count, last);
    }

    private static IEnumerable<(long Commit, int Index, SeriesId Series, long T, ulong Bits, byte Missing)> Flat(CommittedRows commit) =>
        from segment in commit.Segments
        from i in Enumerable.Range(0, segment.Length)
        select (commit.Commit, segment.FirstIndex + i, segment.Series, segment.TUs.Span[i],
            BitConverter.DoubleToUInt64Bits(segment.Raw.Span[i]), segment.Missing.Span[i]);

    private static async Task<string> SetOfAsync(Op[] ops)
    {
        await using var test = await TestStore.OpenAsync(Small);
        var seq = 0UL;
        foreach (var op in ops)
        {
            var block = BlockOf(op, seq);
            seq += (ulong)block.Count;
            await test.SubmitAsync(block);
        }

        var names = ImmutableArray.Create(test.Series(0), test.Series(1));
        var rows = names.SelectMany((series, input) => test.Rows(series).Select(row => $"{input} {row}"));
        var conflicts = StoreFile.Conflicts(test.Folder).Select(row => $"{names.IndexOf(row.Series)} {row.TUs} {row.Missing} {row.Bits:x}").Order();
        return string.Join('\n', rows.Concat(conflicts));
    }
}
