using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>Nothing sampled is forgotten before the hub has said that it is safe.</summary>
public sealed class OutboxTests
{
    [Fact]
    public void Sequence_numbers_are_dense_over_blocks()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(1, 20).Select(bench.Block).ToList();
        Assert.Equal(0UL, blocks[0].FirstSeq);
        Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.Equal(pair.First.EndSeq, pair.Second.FirstSeq));
    }

    [Fact]
    public void While_receipts_flow_nothing_is_written()
    {
        using var bench = new OutboxBench();
        bench.Receipt(bench.Block());
        var before = Written(bench);
        for (var i = 0; i < 60; i++)
        {
            var block = bench.Block();
            bench.Receipt(block);
            bench.Pass(1);
        }

        Assert.Equal(before, Written(bench));
        Assert.Empty(bench.Waiting());
    }

    [Fact]
    public void Without_receipts_every_row_is_on_disk_within_five_seconds()
    {
        using var bench = new OutboxBench();
        var sealedBlocks = new List<HeldBlock>();
        for (var second = 0; second < 30; second++)
        {
            sealedBlocks.Add(bench.Block());
            bench.Pass(1);
        }

        bench.Kill();
        var kept = bench.Waiting();
        Assert.InRange(sealedBlocks.Count - kept.Count, 0, 4);
        Assert.Equal(sealedBlocks.Take(kept.Count).Select(block => block.Payload), kept.Select(block => block.Payload));
    }

    [Fact]
    public void When_receipts_come_again_the_disk_rests_again()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 5).Select(_ => bench.Block()).ToArray();
        bench.Pass(10);
        bench.Receipt(blocks);
        bench.Pass(10);
        var before = Written(bench);
        for (var i = 0; i < 20; i++)
        {
            bench.Receipt(bench.Block());
            bench.Pass(1);
        }

        Assert.Equal(before, Written(bench));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_receipt_frees_only_what_it_covers(bool onDisk)
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 10).Select(_ => bench.Block()).ToArray();
        bench.Pass(onDisk ? 5 : 0);

        // The middle of block 3 to the middle of block 6: only 4 and 5 are whole in it.
        bench.Outbox.Cover(bench.Store, blocks[0].StreamId, [new SeqRange { FirstSeq = blocks[3].FirstSeq + 1, Count = blocks[6].FirstSeq + 1 - (blocks[3].FirstSeq + 1) }]);
        bench.Outbox.SettleReceipts();
        Assert.Equal(new[] { 0, 1, 2, 3, 6, 7, 8, 9 }.Select(i => blocks[i].Id), bench.Waiting().Select(block => block.Id));

        // What was half covered is free when the other half follows.
        bench.Outbox.Cover(bench.Store, blocks[0].StreamId, [new SeqRange { FirstSeq = blocks[3].FirstSeq, Count = 1 }]);
        bench.Outbox.SettleReceipts();
        Assert.Equal(new[] { 0, 1, 2, 6, 7, 8, 9 }.Select(i => blocks[i].Id), bench.Waiting().Select(block => block.Id));
    }

    [Fact]
    public void Receipts_in_any_order_and_twice_leave_the_same()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 50).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        var receipted = blocks.Where((_, i) => i % 3 != 0).ToArray();
        var random = new Random(7);
        foreach (var block in receipted.Concat(receipted).OrderBy(_ => random.Next()))
        {
            bench.Receipt(block);
            if (random.Next(4) == 0)
            {
                bench.Pass(1);
            }
        }

        bench.Outbox.SettleReceipts();
        Assert.Equal(blocks.Where((_, i) => i % 3 == 0).Select(block => block.Id), bench.Waiting().Select(block => block.Id));
        bench.Kill();
        Assert.Equal(blocks.Where((_, i) => i % 3 == 0).Select(block => block.Id), bench.Waiting().Select(block => block.Id));
    }

    [Fact]
    public void A_receipt_for_another_stream_frees_nothing()
    {
        using var bench = new OutboxBench();
        var block = bench.Block();
        bench.Outbox.Cover(bench.Store, block.StreamId + 1, [new SeqRange { FirstSeq = 0, Count = 100 }]);
        bench.Outbox.Cover(bench.Store, block.StreamId, [new SeqRange { FirstSeq = ulong.MaxValue - 1, Count = ulong.MaxValue }, new SeqRange { FirstSeq = 0, Count = 0 }]);
        Assert.Single(bench.Waiting());
    }

    [Fact]
    public void Another_store_makes_everything_held_wait_again()
    {
        using var bench = new OutboxBench();
        var onDisk = Enumerable.Range(0, 5).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        bench.Receipt(onDisk);
        bench.Outbox.SettleReceipts();
        var inRam = bench.Block();
        bench.Receipt(inRam);
        Assert.Empty(bench.Waiting());

        bench.Store = Id128.New();
        var next = bench.Block();
        Assert.True(bench.Outbox.Cover(bench.Store, next.StreamId, [new SeqRange { FirstSeq = next.FirstSeq, Count = next.Count }]));
        bench.Outbox.SettleReceipts();
        Assert.Equal([.. onDisk.Select(block => block.Payload), inRam.Payload], bench.Waiting().Select(block => block.Payload));
        Assert.False(bench.Outbox.Cover(bench.Store, next.StreamId, [new SeqRange { FirstSeq = next.FirstSeq, Count = next.Count }]));
    }

    [Fact]
    public void The_first_receipt_of_all_is_no_change_of_store()
    {
        using var bench = new OutboxBench();
        var block = bench.Block();
        Assert.False(bench.Outbox.Cover(bench.Store, block.StreamId, [new SeqRange { FirstSeq = 0, Count = block.Count }]));
        Assert.Empty(bench.Waiting());
    }

    [Fact]
    public void Receipted_blocks_are_kept_for_the_day_the_hub_loses_its_disk()
    {
        using var bench = new OutboxBench(options => options with { ArchiveBytes = 4096 });
        var blocks = Enumerable.Range(0, 100).Select(_ => bench.Block(20)).ToArray();
        bench.Receipt(blocks);
        bench.Pass(1);
        bench.Kill();
        Assert.Empty(bench.Waiting());
        bench.Outbox.Cover(Id128.New(), 1, []);
        Assert.Equal(100, bench.Waiting().Count);
    }

    [Fact]
    public void At_the_cap_receipted_blocks_go_first_and_oldest_first()
    {
        using var bench = new OutboxBench(options => options with { CapBytes = 40_000 });
        var receipted = Enumerable.Range(0, 40).Select(_ => bench.Block(50)).ToArray();
        bench.Pass(5);
        bench.Receipt(receipted);
        bench.Outbox.SettleReceipts();
        var waiting = Enumerable.Range(0, 40).Select(_ => bench.Block(50)).ToArray();
        bench.Pass(5);
        Assert.Equal(waiting.Select(block => block.Payload), bench.Waiting().Select(block => block.Payload));
        Assert.Equal(0, bench.Outbox.RowsLost);
        Assert.InRange(bench.Outbox.Health().HeldBytes, 1, 40_000);

        bench.Outbox.Cover(Id128.New(), 1, []);
        var held = bench.Waiting();
        Assert.Equal(held.Select(block => block.Id), receipted.Concat(waiting).Select(block => block.Id).TakeLast(held.Count));
    }

    [Fact]
    public void With_nothing_receipted_whole_blocks_spread_over_the_span_are_stated_lost()
    {
        using var bench = new OutboxBench(options => options with { CapBytes = 100_000 });
        var blocks = new List<HeldBlock>();
        for (var i = 0; i < 400; i++)
        {
            blocks.Add(bench.Block(50));
            bench.Pass(1);
        }

        bench.Pass(5);
        var held = bench.Waiting();
        Assert.InRange(bench.Outbox.Health().HeldBytes, 50_000, 100_000);
        Assert.Equal(blocks.Select(block => (block.Id, block.FirstSeq, block.Count)), held.Select(block => (block.Id, block.FirstSeq, block.Count)));
        var lost = held.Select((block, i) => (block, i)).Where(x => x.block.IsLost).ToList();
        Assert.All(lost, x => Assert.Equal(
            new Lost { StreamId = x.block.StreamId, FirstSeq = x.block.FirstSeq, Count = x.block.Count, Reason = LostReason.Cap }, OutboxBench.LostOf(x.block)));
        Assert.Equal(bench.Outbox.RowsLost, lost.Sum(x => (long)x.block.Count));
        Assert.InRange(lost.Count(x => x.i < 200), lost.Count / 4, lost.Count);
        Assert.Contains(held.Take(100), block => !block.IsLost);
        Assert.Contains(held.TakeLast(100), block => !block.IsLost);
    }

    [Fact]
    public void A_block_that_changed_on_the_card_is_stated_lost()
    {
        using var bench = new OutboxBench();
        var blocks = Enumerable.Range(0, 3).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        bench.Outbox.Dispose();
        using (var connection = Sql.Open(bench.Options.Path))
        {
            connection.Run("UPDATE block SET payload = zeroblob(length(payload)) WHERE id = $1", blocks[1].Id);
        }

        bench.Reopen();
        var waiting = bench.Waiting();
        Assert.Equal([false, true, false], waiting.Select(block => block.IsLost));
        Assert.Equal(LostReason.Corrupt, OutboxBench.LostOf(waiting[1]).Reason);
        Assert.Equal(blocks[1].Count, bench.Outbox.RowsLost);
        Assert.Equal(2205, Assert.Single(bench.Warnings()).Id.Id);
    }

    [Fact]
    public void The_stream_of_the_process_before_says_how_far_it_was_saved()
    {
        using var bench = new OutboxBench();
        var first = bench.Sealer.StreamId;
        var blocks = Enumerable.Range(0, 4).Select(_ => bench.Block()).ToArray();
        bench.Pass(5);
        bench.Block();
        bench.Kill();
        var (streams, catalogs) = bench.Outbox.Manifest();
        Assert.Equal([(first, false), (bench.Sealer.StreamId, true)], streams.Select(stream => (stream.StreamId, stream.IsRunning)));
        Assert.Equal(blocks[^1].EndSeq, streams[0].DurableNextSeq);
        Assert.Equal(OutboxBench.Catalog, Assert.Single(catalogs));
    }

    [Fact]
    public void Only_a_stream_that_ended_in_order_is_complete()
    {
        using var bench = new OutboxBench();
        var stopped = bench.Sealer.StreamId;
        bench.Block();
        bench.Outbox.Append(bench.Sealer, [new Row(1, 1, 1, MissingReason.Unspecified)]);
        bench.Outbox.End();

        // Said before it closes, so that the hub can be told while it is still there.
        Assert.True(bench.Outbox.Ended.IsCompletedSuccessfully);
        Assert.Equal((4UL, false, true), bench.Outbox.Manifest().Streams.Select(stream => (stream.DurableNextSeq, stream.IsRunning, stream.IsComplete)).Single());
        Assert.Equal(1, bench.Outbox.Append(bench.Sealer, [new Row(1, 2, 2, MissingReason.Unspecified)]));
        bench.Restart();
        bench.Block();
        bench.Pass(5);
        var killed = bench.Sealer.StreamId;
        bench.Kill();
        var streams = bench.Outbox.Manifest().Streams.ToDictionary(stream => stream.StreamId, stream => (stream.IsRunning, stream.IsComplete));
        Assert.Equal((false, true), streams[stopped]);
        Assert.Equal((false, false), streams[killed]);
        Assert.Equal((true, false), streams[bench.Sealer.StreamId]);
    }

    [Fact]
    public void A_stop_the_disk_refuses_is_not_called_complete_until_it_takes_the_rows()
    {
        using var bench = new OutboxBench();
        bench.Block();
        bench.Outbox.ForbidWrites(true);
        bench.Outbox.End();
        Assert.False(bench.Outbox.Manifest().Streams.Single().IsComplete);
        bench.Outbox.ForbidWrites(false);
        bench.Outbox.Keep(all: true);
        Assert.Equal((3UL, true), bench.Outbox.Manifest().Streams.Select(stream => (stream.DurableNextSeq, stream.IsComplete)).Single());
    }

    [Fact]
    public void The_outbox_of_an_agent_that_did_not_say_how_it_ended_is_brought_up()
    {
        using var bench = new OutboxBench();
        bench.Block();
        bench.Outbox.Dispose();
        using (var connection = Sql.Open(bench.Options.Path))
        {
            connection.Run("ALTER TABLE stream DROP COLUMN complete");
        }

        bench.Reopen();
        Assert.Equal([false, false], bench.Outbox.Manifest().Streams.Select(stream => stream.IsComplete));
        Assert.Single(bench.Waiting());
    }

    [Fact]
    public void A_clean_stop_saves_every_row()
    {
        using var bench = new OutboxBench();
        var first = bench.Sealer.StreamId;
        bench.Outbox.Append(bench.Sealer, [new Row(0, 5, 1, MissingReason.Unspecified), new Row(1, 5, 2, MissingReason.Unspecified)]);
        bench.Restart();
        Assert.Equal(2u, Assert.Single(bench.Waiting()).Count);
        Assert.Equal(2UL, bench.Outbox.Manifest().Streams.Single(stream => stream.StreamId == first).DurableNextSeq);
        Assert.Equal(5, bench.Outbox.StoredTUs(bench.Boot.Id));
    }

    [Fact]
    public void A_time_counts_as_stored_only_with_its_row_so_a_file_played_again_after_a_kill_leaves_none_out()
    {
        using var bench = new OutboxBench();
        bench.Outbox.Append(bench.Sealer, [new Row(0, 5, 1, MissingReason.Unspecified)]);
        bench.Outbox.Seal();
        bench.Outbox.Append(bench.Sealer, [new Row(0, 6, 2, MissingReason.Unspecified)]);
        bench.Outbox.Keep(all: true);
        bench.Kill();
        Assert.Equal(1u, Assert.Single(bench.Waiting()).Count);
        Assert.Equal(5, bench.Outbox.StoredTUs(bench.Boot.Id));
    }

    [Fact]
    public void Streams_that_hold_nothing_are_forgotten_but_the_last()
    {
        using var bench = new OutboxBench();
        for (var i = 0; i < 5; i++)
        {
            bench.Restart();
        }

        Assert.Equal(2, bench.Outbox.Manifest().Streams.Count);
    }

    [Fact]
    public void Killed_at_any_moment_and_opened_again_nothing_saved_is_missing_and_nothing_is_twice()
    {
        using var bench = new OutboxBench();
        var random = new Random(11);
        var atHub = new Dictionary<(ulong, ulong), byte[]>();
        var made = new Dictionary<(ulong, ulong), byte[]>();
        var unsaved = new List<(ulong, ulong)>();
        for (var round = 0; round < 25; round++)
        {
            for (var step = 0; step < random.Next(1, 12); step++)
            {
                var block = bench.Block(random.Next(1, 30));
                made.Add((block.StreamId, block.FirstSeq), block.Payload);
                unsaved.Add((block.StreamId, block.FirstSeq));
                if (random.Next(3) == 0)
                {
                    var offered = bench.Waiting()[random.Next(bench.Waiting().Count)];
                    atHub[(offered.StreamId, offered.FirstSeq)] = offered.Payload;
                    bench.Receipt(offered);
                }

                if (random.Next(2) == 0)
                {
                    bench.Pass(4);
                    unsaved.Clear();
                }
            }

            bench.Kill();
            foreach (var tail in unsaved.Where(tail => !atHub.ContainsKey(tail)))
            {
                made.Remove(tail);
            }

            unsaved.Clear();
        }

        foreach (var block in bench.Waiting())
        {
            atHub[(block.StreamId, block.FirstSeq)] = block.Payload;
        }

        // A row in RAM only may be lost with the process, never one that was saved; and what arrived is what was made.
        Assert.Superset(made.Keys.ToHashSet(), atHub.Keys.ToHashSet());
        Assert.All(made, entry => Assert.Equal(entry.Value, atHub[entry.Key]));
        Assert.Empty(bench.Warnings());
    }

    [Fact]
    public void A_full_disk_costs_nothing_until_memory_is_full_and_then_whole_blocks_with_their_reason()
    {
        using var bench = new OutboxBench(options => options with { RamCapBytes = 30_000 });
        bench.Outbox.LimitPages(1);
        for (var i = 0; i < 100; i++)
        {
            bench.Block(50);
            bench.Pass(1);
        }

        Assert.True(bench.Outbox.Health().DiskRefuses);
        Assert.True(bench.Outbox.RowsLost > 0);
        Assert.InRange(bench.Outbox.Health().HeldBytes, 1, 34_000);
        bench.Outbox.LimitPages(0);
        bench.Pass(1);
        Assert.False(bench.Outbox.Health().DiskRefuses);
        var held = bench.Waiting();
        Assert.Equal(100, held.Count);
        Assert.All(held.Where(block => block.IsLost), block => Assert.Equal(LostReason.Disk, OutboxBench.LostOf(block).Reason));
        Assert.Equal(bench.Outbox.RowsLost, held.Where(block => block.IsLost).Sum(block => (long)block.Count));
        Assert.Single(bench.Warnings(), warning => warning.Id.Id == 2201);
    }

    [Fact]
    public void Sources_that_can_wait_wait_at_half_of_the_cap()
    {
        using var bench = new OutboxBench(options => options with { CapBytes = 20_000 });
        Assert.True(bench.Outbox.IsRoomy);
        var blocks = new List<HeldBlock>();
        while (bench.Outbox.IsRoomy)
        {
            blocks.Add(bench.Block(50));
            bench.Pass(5);
        }

        Assert.InRange(bench.Outbox.Health().HeldBytes, 10_000, 11_000);
        bench.Receipt([.. blocks]);
        bench.Pass(5);
        Assert.True(bench.Outbox.IsRoomy);
    }

    [Fact]
    public void Health_tells_the_age_of_the_oldest_block_that_waits()
    {
        using var bench = new OutboxBench();
        Assert.Equal(0, bench.Outbox.Health().OldestWaitingUs);
        var old = bench.Block();
        bench.Pass(7);
        var young = bench.Block();
        Assert.Equal(7_000_000, bench.Outbox.Health().OldestWaitingUs);
        Assert.Equal(2, bench.Outbox.Health().WaitingBlocks);
        Assert.Equal(young.Count, bench.Outbox.Health().UnsavedRows);
        bench.Receipt(old);
        bench.Outbox.SettleReceipts();
        bench.Pass(2);
        Assert.Equal(2_000_000, bench.Outbox.Health().OldestWaitingUs);
    }

    private static long Written(OutboxBench bench) => new FileInfo(bench.Options.Path + "-wal") is { Exists: true } wal ? wal.Length : 0;
}
