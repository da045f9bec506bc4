using CsCheck;

namespace StemLab.Store.Chunks;

public sealed class ChunkCodecTests
{
    private static readonly Gen<double> Awkward = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.OneOfConst(0.0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 2.2250738585072009e-308, 9007199254740993, 0.1, 1e-9, 1e22));

    private static readonly Gen<double> Decimal = Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[0, 9], (m, k) => m / Math.Pow(10, k));

    private static readonly Gen<double[]> Values = Gen.OneOf(
        Awkward.Array[1, 300],
        Decimal.Array[1, 300],
        Gen.Int[-5000, 5000].Select(m => m / 100.0).Array[1, 300],
        Gen.Select(Gen.Int[-3, 3].Array[1, 300], Gen.Double[0, 30], (steps, from) => Walk(steps, Math.Round(from, 2))));

    private static readonly Gen<long> Step = Gen.OneOf(
        Gen.Long[1, 1000],
        Gen.Const(1_000_000L),
        Gen.Long[1, 100].Select(ms => ms * 1000),
        Gen.Long[1, long.MaxValue / 400]);

    private static readonly Gen<(long[] T, double[] V, byte[] M)> Rows =
        from values in Values
        from start in Gen.Long[long.MinValue / 4, long.MaxValue / 4]
        from step in Step
        from jitter in Gen.Long[1, 500].Array[values.Length]
        from missing in Gen.Frequency((3, Gen.Const((byte)0)), (1, Gen.Byte[0, 5])).Array[values.Length]
        from isMissing in Gen.Bool
        select (Times(start, step, jitter), isMissing ? Blank(values, missing) : values, isMissing ? missing : new byte[values.Length]);

    [Fact]
    public void Any_rows_come_back_bit_for_bit()
    {
        Rows.Sample(
            rows =>
            {
                var decoded = new DecodedChunk();
                Assert.True(ChunkCodec.TryDecode(new ChunkCodec().Encode(rows.T, rows.V, rows.M), decoded));
                Equal(rows, decoded);
            },
            iter: 3000);
    }

    [Fact]
    public void Changed_bytes_are_refused_by_the_checksum()
    {
        Gen.Select(Rows, Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
            (rows, at, change) =>
            {
                var bytes = new ChunkCodec().Encode(rows.T, rows.V, rows.M).ToArray();
                bytes[at % bytes.Length] ^= change;
                Assert.False(ChunkCodec.TryDecode(bytes, new DecodedChunk()));
            },
            iter: 500);
    }

    [Fact]
    public void A_body_of_any_bytes_behind_a_good_checksum_is_decoded_or_refused_and_nothing_worse()
    {
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.Select(Rows, Gen.Int[0, 5000], Gen.Byte, Mutated)).Sample(
            body =>
            {
                var decoded = new DecodedChunk();
                if (ChunkCodec.TryDecodeBody(body, decoded))
                {
                    Assert.InRange(decoded.Count, 1, ChunkCodec.MaxRows);
                    for (var i = 1; i < decoded.Count; i++)
                    {
                        Assert.True(decoded.TUs[i - 1] < decoded.TUs[i]);
                    }
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(1000, 1)]
    [InlineData(100_000, 2)]
    public void Even_steps_of_any_size_cost_no_bits_in_time_and_a_constant_none_in_value(long step, int decimals)
    {
        var times = Enumerable.Range(0, 4096).Select(i => i * step).ToArray();
        var values = Enumerable.Repeat(Math.Round(7.123456, decimals), 4096).ToArray();
        Assert.InRange(new ChunkCodec().Encode(times, values, default).Length, 10, 32);
    }

    [Fact]
    public void Millisecond_jitter_on_a_microsecond_clock_costs_no_more_than_its_own_bits()
    {
        var random = new Random(1);
        var t = 0L;
        var times = Enumerable.Range(0, 4096).Select(_ => t += 1_000_000 + (random.Next(8) * 1000)).ToArray();
        Assert.InRange(new ChunkCodec().Encode(times, new double[4096], default).Length, 4095 * 3 / 8, (4095 * 3 / 8) + 40);
    }

    [Fact]
    public void A_time_that_would_need_64_bits_apart_is_kept()
    {
        var rows = (T: new[] { long.MinValue, -1, 0, long.MaxValue - 1 }, V: new[] { 1.5, 2, 3, 4 }, M: new byte[4]);
        var decoded = new DecodedChunk();
        Assert.True(ChunkCodec.TryDecode(new ChunkCodec().Encode(rows.T, rows.V, rows.M), decoded));
        Equal(rows, decoded);
    }

    private static void Equal((long[] T, double[] V, byte[] M) rows, DecodedChunk decoded)
    {
        Assert.Equal(rows.T.Length, decoded.Count);
        for (var i = 0; i < decoded.Count; i++)
        {
            Assert.Equal(rows.T[i], decoded.TUs[i]);
            Assert.Equal(rows.M[i], decoded.Missing?[i] ?? 0);
            Assert.Equal(
                BitConverter.DoubleToUInt64Bits(rows.M[i] == 0 ? rows.V[i] : double.NaN),
                BitConverter.DoubleToUInt64Bits(decoded.Raw[i]));
        }
    }

    private static double[] Walk(int[] steps, double from)
    {
        var at = from;
        return [.. steps.Select(step => at = Math.Round(at + (step / 100.0), 2))];
    }

    private static double[] Blank(double[] values, byte[] missing) => [.. values.Select((value, i) => missing[i] == 0 ? value : double.NaN)];

    private static long[] Times(long start, long step, long[] jitter)
    {
        var t = start;
        return [.. jitter.Select(j => t += step + j)];
    }

    private static byte[] Mutated((long[] T, double[] V, byte[] M) rows, int at, byte change)
    {
        var bytes = new ChunkCodec().Encode(rows.T, rows.V, rows.M).ToArray();
        bytes[1 + (at % Math.Max(1, Math.Min(bytes.Length - 1, 24)))] ^= change;
        return bytes[1..^4];
    }
}
