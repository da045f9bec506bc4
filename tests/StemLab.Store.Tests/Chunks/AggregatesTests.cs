namespace StemLab.Store.Chunks;

/// <summary>The sum in a chunk's header is compared by every later verify, on whatever machine: it must not depend on how many numbers this one adds at once.</summary>
public sealed class AggregatesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(999)]
    [InlineData(4096)]
    public void A_sum_is_added_in_four_lanes_with_their_exact_errors_bit_for_bit(int rows)
    {
        var random = new Random(rows);
        double[] raw = [.. Enumerable.Range(0, rows).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 9)))];
        var header = ChunkHeader.Of([.. Enumerable.Range(0, rows).Select(i => (long)i)], raw, []);
        Assert.Equal(BitConverter.DoubleToInt64Bits(InFourLanes(raw)), BitConverter.DoubleToInt64Bits(header.Sum));
        Assert.Equal((raw.Min(), raw.Max(), raw[0], raw[^1]), (header.Min, header.Max, header.First, header.Last));
    }

    /// <summary>FORMAT.md, in the plainest words.</summary>
    private static double InFourLanes(double[] raw)
    {
        var (lanes, errors) = (new double[4], new double[4]);
        var whole = raw.Length < 8 ? 0 : raw.Length / 4 * 4;
        for (var i = 0; i < whole; i++)
        {
            var (before, value) = (lanes[i % 4], raw[i]);
            lanes[i % 4] = before + value;
            var back = lanes[i % 4] - before;
            errors[i % 4] += (before - (lanes[i % 4] - back)) + (value - back);
        }

        var sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + ((errors[0] + errors[1]) + (errors[2] + errors[3]));
        return raw.Skip(whole).Aggregate(sum, (total, value) => total + value);
    }
}
