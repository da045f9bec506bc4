using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>A torn or overwritten outbox is set aside; what can be read is saved, what cannot is stated.</summary>
public sealed class OutboxSalvageTests
{
    [Fact]
    public void A_file_that_is_no_database_is_set_aside_and_a_new_one_begun()
    {
        using var bench = new OutboxBench();
        bench.Block();
        bench.Restart();
        bench.Outbox.Dispose();
        File.WriteAllBytes(bench.Options.Path, [.. Enumerable.Repeat((byte)0x5A, 9000)]);
        bench.Reopen();
        Assert.Empty(bench.Waiting());
        Assert.Equal(9000, new FileInfo(bench.Options.Path + ".damaged-1").Length);
        Assert.Equal(2200, Assert.Single(bench.Warnings()).Id.Id);
        Assert.Equal(bench.Block().Payload, Assert.Single(bench.Waiting()).Payload);
    }

    [Fact]
    public void Pages_overwritten_anywhere_cost_only_what_stood_in_them_and_every_range_still_known_is_stated()
    {
        var random = new Random(3);
        for (var round = 0; round < 12; round++)
        {
            using var bench = new OutboxBench();
            var blocks = Enumerable.Range(0, 200).Select(_ => bench.Block(100)).ToDictionary(block => block.Id);
            bench.Restart();
            bench.Outbox.Dispose();
            Overwrite(bench.Options.Path, random);
            bench.Reopen();
            foreach (var held in bench.Waiting())
            {
                var original = blocks[held.Id];
                Assert.Equal((original.StreamId, original.FirstSeq, original.Count), (held.StreamId, held.FirstSeq, held.Count));
                if (held.IsLost)
                {
                    Assert.Equal(LostReason.Corrupt, OutboxBench.LostOf(held).Reason);
                }
                else
                {
                    Assert.Equal(original.Payload, held.Payload);
                }
            }

            var block = bench.Block();
            Assert.Equal(block.Payload, bench.Waiting()[^1].Payload);
        }
    }

    [Fact]
    public void A_torn_table_is_stated_block_by_block_from_the_index()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 200).Select(_ => bench.Block(100)).ToList();
        bench.Restart();
        bench.Outbox.Dispose();
        OverwriteOneTableLeaf(bench.Options.Path);
        bench.Reopen();
        var held = bench.Waiting();
        Assert.Equal(blocks.Select(block => (block.Id, block.FirstSeq, block.Count)), held.Select(block => (block.Id, block.FirstSeq, block.Count)));
        Assert.Contains(held, block => block.IsLost);
        Assert.Equal(bench.Outbox.RowsLost, held.Where(block => block.IsLost).Sum(block => (long)block.Count));
    }

    private static void Overwrite(string path, Random random)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var pages = RandomAccess.GetLength(file) / 4096;
        for (var i = 0; i < 3; i++)
        {
            var garbage = new byte[4096];
            random.NextBytes(garbage);
            RandomAccess.Write(file, garbage, random.NextInt64(1, pages) * 4096);
        }
    }

    /// <summary>Zeroes the middle one of the pages that hold table rows (first byte 13): with 200 blocks that is one of the block table.</summary>
    private static void OverwriteOneTableLeaf(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var leaves = Enumerable.Range(1, (bytes.Length / 4096) - 1).Where(page => bytes[page * 4096] == 13).ToList();
        bytes.AsSpan(leaves[leaves.Count / 2] * 4096, 4096).Clear();
        File.WriteAllBytes(path, bytes);
    }
}
