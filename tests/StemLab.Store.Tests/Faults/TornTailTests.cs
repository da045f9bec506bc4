using StemLab.TestKit;

namespace StemLab.Store.Faults;

public sealed class TornTailTests
{
    private const int Receipted = 12;

    public enum Damage
    {
        Truncated,
        Zeroed,
        Garbage,
    }

    [Theory]
    [InlineData(Damage.Truncated)]
    [InlineData(Damage.Zeroed)]
    [InlineData(Damage.Garbage)]
    public async Task A_damaged_tail_opens_says_so_and_loses_nothing_receipted(Damage damage)
    {
        using var before = new TempFolder();
        using var after = new TempFolder();
        await using (var test = await TestStore.OpenAsync())
        {
            for (ulong block = 0; block < Receipted; block++)
            {
                await test.SubmitAsync(ChildWriter.Block(block));
            }

            Copy(test.Folder, before.Path);
            await test.SubmitAsync(ChildWriter.Block(Receipted));
            Copy(test.Folder, after.Path);
        }

        var start = new FileInfo(before.File("series.db-wal")).Length;
        var wal = await File.ReadAllBytesAsync(after.File("series.db-wal"), TestContext.Current.CancellationToken);
        var random = new Random((int)damage);
        var rounds = FaultReport.Rounds(10);
        for (var i = 0; i < rounds; i++)
        {
            // The first case starts where the last receipted commit ends.
            var cut = (int)(i == 0 ? start : random.NextInt64(start, wal.Length - 1));
            using var damaged = new TempFolder();
            File.Copy(after.File("series.db"), damaged.File("series.db"));
            await File.WriteAllBytesAsync(damaged.File("series.db-wal"), Damaged(wal, cut, damage, random), TestContext.Current.CancellationToken);
            await CheckAsync(damaged, damage, isAtCommit: i == 0);
        }

        FaultReport.Line($"log tail {damage.ToString().ToLowerInvariant()} at any byte", rounds, rounds * (long)Receipted * ChildWriter.RowsPerBlock);
    }

    private static async Task CheckAsync(TempFolder damaged, Damage damage, bool isAtCommit)
    {
        await using (var store = ObservationStore.Open(ChildWriter.Options(damaged.Path), TestBlocks.Decode, null, TimeProvider.System))
        {
            var opened = store.Health.Opened;
            if (!isAtCommit || damage != Damage.Truncated)
            {
                Assert.NotEqual(LogTail.Clean, opened.Tail);
                Assert.NotEqual(LogTail.None, opened.Tail);
                Assert.True(opened.TailBytes > 0);
            }

            if (isAtCommit)
            {
                Assert.Equal(
                    damage switch { Damage.Truncated => LogTail.Clean, Damage.Zeroed => LogTail.Zeroed, _ => LogTail.Garbage },
                    opened.Tail);
            }

            Assert.Equal([new SeqRangeValue(0, Receipted * ChildWriter.RowsPerBlock)], store.Covered(TestBlocks.Agent, TestBlocks.Stream));
            var next = ChildWriter.Block(Receipted);
            await store.SubmitAsync(next, TestContext.Current.CancellationToken);
            Assert.Equal(Verdict.Stored, (await next.Completion.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken)).Verdict);
        }

        ChildWriter.Check(damaged.Path, Receipted);
    }

    private static byte[] Damaged(byte[] wal, int cut, Damage damage, Random random)
    {
        if (damage == Damage.Truncated)
        {
            return wal[..cut];
        }

        var bytes = (byte[])wal.Clone();
        if (damage == Damage.Zeroed)
        {
            bytes.AsSpan(cut).Clear();
        }
        else
        {
            random.NextBytes(bytes.AsSpan(cut));
        }

        return bytes;
    }

    private static void Copy(string from, string to)
    {
        foreach (var name in (string[])["series.db", "series.db-wal"])
        {
            using var source = new FileStream(Path.Combine(from, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(to, name));
            source.CopyTo(target);
        }
    }
}
