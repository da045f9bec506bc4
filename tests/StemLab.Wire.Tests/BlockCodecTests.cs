using CsCheck;
using Google.Protobuf;
using StemLab.Wire.V1;

namespace StemLab.Wire;

public sealed class BlockCodecTests
{
    private static readonly Gen<double> AnyFinite = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.Int[-100_000, 100_000].Select(i => i / 100.0),
        Gen.OneOfConst(0.0, -0.0, double.Epsilon, double.MaxValue, 1e22, 0.1 + 0.2, 9007199254740993.0));

    private static readonly Gen<(int Input, long Dt, double Raw, int Missing)[]> Rows =
        Gen.Select(Gen.Int[0, 5], Gen.Long[1, 5_000_000], AnyFinite, Gen.Int[0, 12]).Array[1, 200];

    [Fact]
    public void Every_row_comes_back_bit_for_bit() => Rows.Sample(rows =>
    {
        var draft = Draft(rows, out var expected);
        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, 41));

        Assert.Equal(UpVerdict.Block, UpDecoder.Decode(payload, out var block, out _, out var rejection));
        Assert.Equal(RejectReason.None, rejection.Reason);
        Assert.Equal(41UL, block!.FirstSeq);
        Assert.Equal(rows.Length, block.Count);
        Assert.True(payload.Length <= draft.ApproximateBytes, $"{payload.Length} bytes, estimated {draft.ApproximateBytes}");
        var got = block.Columns.SelectMany(c => Enumerable.Range(c.Start, c.Length).Select(i =>
            (c.Input, block.TUs[i], Bits: block.Missing[i] == 0 ? BitConverter.DoubleToInt64Bits(block.Raw[i]) : 0, (int)block.Missing[i])));
        Assert.Equal(expected, got);
    });

    [Fact]
    public void Random_bytes_never_throw_and_always_say_why() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        var verdict = UpDecoder.Decode(bytes, out var block, out var lost, out var rejection);
        Assert.Equal(verdict == UpVerdict.Rejected, rejection.Reason != RejectReason.None);
        Assert.Equal(verdict == UpVerdict.Block, block is not null);
        Assert.Equal(verdict == UpVerdict.Lost, lost is not null);
    });

    [Fact]
    public void A_mutated_block_is_refused_or_still_keeps_every_rule() =>
        Gen.Select(Rows, Gen.Int[0, int.MaxValue], Gen.Byte).Sample((rows, at, value) =>
        {
            var payload = BlockCodec.ToUp(BlockCodec.Seal(Draft(rows, out _), 0));
            payload[at % payload.Length] = value;
            if (UpDecoder.Decode(payload, out var block, out _, out _) != UpVerdict.Block)
            {
                return;
            }

            foreach (var column in block!.Columns)
            {
                for (var i = column.Start; i < column.Start + column.Length; i++)
                {
                    Assert.True(block.Missing[i] != 0 || double.IsFinite(block.Raw[i]));
                    Assert.True(i == column.Start || block.TUs[i] > block.TUs[i - 1]);
                }
            }

            Assert.Equal(block.Count, block.Columns.Sum(c => c.Length));
        });

    [Fact]
    public void A_lying_count_is_refused_before_memory_is_taken()
    {
        var block = BlockCodec.Seal(Draft([(0, 1, 7.1, 0)], out _), 0);
        block.Count = uint.MaxValue;

        Assert.Equal(UpVerdict.Rejected, UpDecoder.Decode(BlockCodec.ToUp(block), out _, out _, out var rejection));
        Assert.Equal(RejectReason.CountMismatch, rejection.Reason);
        Assert.Equal(0U, rejection.Count);
    }

    [Fact]
    public void A_block_with_a_nan_is_refused_and_its_range_is_named_so_that_it_does_not_loop()
    {
        var block = BlockCodec.Seal(Draft([(0, 1, 0.1 + 0.2, 0), (0, 1, 1e300, 0)], out _), 7);
        Assert.Equal(2, block.Columns[0].Doubles.Count);
        block.Columns[0].Doubles[1] = double.NaN;

        Assert.Equal(UpVerdict.Rejected, UpDecoder.Decode(BlockCodec.ToUp(block), out _, out _, out var rejection));
        Assert.Equal(new Rejection(RejectReason.BadValues, rejection.Offset, 99, 7, 2), rejection);
    }

    [Fact]
    public void A_loss_is_read_back()
    {
        var payload = BlockCodec.ToUp(new Lost { StreamId = 5, FirstSeq = 10, Count = 20, Reason = LostReason.Cap });
        Assert.Equal(UpVerdict.Lost, UpDecoder.Decode(payload, out _, out var lost, out _));
        Assert.Equal(new Lost { StreamId = 5, FirstSeq = 10, Count = 20, Reason = LostReason.Cap }, lost);
    }

    [Fact]
    public void The_decoder_agrees_with_the_generated_parser() => Rows.Sample(rows =>
    {
        var payload = BlockCodec.ToUp(BlockCodec.Seal(Draft(rows, out _), 3));
        var oracle = Up.Parser.ParseFrom(payload).Block;
        _ = UpDecoder.Decode(payload, out var block, out _, out _);
        Assert.Equal(oracle.StreamId, block!.StreamId);
        Assert.Equal(oracle.BootId, block.BootId.ToByteString());
        Assert.Equal(oracle.Columns.Select(c => c.DtUs.Count), block.Columns.Select(c => c.Length));
        Assert.Equal(oracle.Columns.Sum(c => c.Missing.Count), block.Missing.Count(m => m != 0));
    });

    [Fact]
    public void A_thousand_rows_at_one_hertz_cost_few_bytes_each()
    {
        var rows = Enumerable.Range(0, 1000).Select(i => (i % 4, 250_000L, Math.Round(8 + (Math.Sin(i / 50.0) / 10), 2), 0)).ToArray();
        var bytes = BlockCodec.Seal(Draft(rows, out _), 0).ToByteArray().Length;
        Assert.True(bytes < 6 * 1000, $"{bytes} bytes for 1000 rows");
    }

    private static BlockDraft Draft((int Input, long Dt, double Raw, int Missing)[] rows, out List<(int Input, long T, long Bits, int Missing)> expected)
    {
        var draft = new BlockDraft(99, new Id128(0xABCDEF), 0x1234);
        var all = new List<(int Input, long T, long Bits, int Missing)>();
        var t = -1_000_000L;
        foreach (var (input, dt, raw, missing) in rows)
        {
            t += dt;
            if (missing is >= 1 and <= 5)
            {
                draft.AddMissing(input, t, (MissingReason)missing);
                all.Add((input, t, 0, missing));
            }
            else
            {
                draft.Add(input, t, raw);
                all.Add((input, t, BitConverter.DoubleToInt64Bits(raw), 0));
            }
        }

        expected = [.. all.OrderBy(r => r.Input).ThenBy(r => r.T)];
        return draft;
    }
}
