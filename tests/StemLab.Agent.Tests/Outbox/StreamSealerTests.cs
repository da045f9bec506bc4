using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>Sealing gives rows their numbers, once.</summary>
public sealed class StreamSealerTests
{
    private readonly BootRecord boot = new(Id128.New(), BootKind.Device, 1, default, "", 0, 0);
    private long lastId;

    [Fact]
    public void A_sealed_block_decodes_to_the_rows_in_input_order()
    {
        var sealer = new StreamSealer(7, boot, OutboxBench.Catalog);
        sealer.Append([new Row(1, 10, 28.5, MissingReason.Unspecified), new Row(0, 10, 7.1, MissingReason.Unspecified)], 0, NextId, []);
        sealer.Append([new Row(1, 20, 0, MissingReason.Absent), new Row(0, 20, double.NaN, MissingReason.Unspecified)], 0, NextId, []);
        var block = Decode(sealer.Seal(NextId)!);
        Assert.Equal((7UL, boot.Id, OutboxBench.Catalog.Hash, 0UL), (block.StreamId, block.BootId, block.CatalogHash, block.FirstSeq));
        Assert.Equal([10, 20, 10, 20], block.TUs);
        Assert.Equal([7.1, double.NaN, 28.5, double.NaN], block.Raw);
        Assert.Equal([0, (byte)MissingReason.Fault, 0, (byte)MissingReason.Absent], block.Missing);
        Assert.Null(sealer.Seal(NextId));
    }

    [Fact]
    public void A_time_that_has_not_grown_is_refused_also_after_a_seal()
    {
        var sealer = new StreamSealer(7, boot, OutboxBench.Catalog);
        Assert.Equal(0, sealer.Append([new Row(0, 10, 1, MissingReason.Unspecified)], 0, NextId, []));
        sealer.Seal(NextId);
        Assert.Equal(1, sealer.Append([new Row(0, 10, 1, MissingReason.Unspecified), new Row(1, 10, 1, MissingReason.Unspecified)], 0, NextId, []));
        Assert.Equal(1u, sealer.Seal(NextId)!.Count);
    }

    [Fact]
    public void A_block_never_passes_64_KiB_and_rows_that_belong_together_stay_together()
    {
        var sealer = new StreamSealer(7, boot, OutboxBench.Catalog);
        var blocks = new List<HeldBlock>();
        var random = new Random(5);
        for (var t = 1L; t < 20_000; t++)
        {
            // Values that need all 8 bytes and gaps that need long numbers: the worst a block can meet.
            sealer.Append([new Row(0, t << 40, random.NextDouble() * 1e-300, MissingReason.Unspecified), new Row(1, t << 40, 1, MissingReason.Unspecified)], 0, NextId, blocks);
        }

        blocks.Add(sealer.Seal(NextId)!);
        Assert.True(blocks.Count > 5);
        Assert.All(blocks, block => Assert.InRange(block.Payload.Length, 1, BlockCodec.MaxBytes));
        Assert.All(blocks, block => Assert.Equal(Decode(block).Columns[0].Length, Decode(block).Columns[1].Length));
        Assert.Equal((ulong)blocks.Sum(block => block.Count), sealer.NextSeq);
    }

    private static DecodedBlock Decode(HeldBlock held)
    {
        Assert.Equal(UpVerdict.Block, UpDecoder.Decode(held.Payload, out var block, out _, out var rejection));
        Assert.Equal(RejectReason.None, rejection.Reason);
        return block!;
    }

    private long NextId() => ++lastId;
}
