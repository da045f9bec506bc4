namespace StemLab.Store.Chunks;

/// <summary>Values as whole numbers over a power of ten: value = (double)m / 10^k by IEEE division, bit for bit.</summary>
internal static class Decimals
{
    public const int MaxPower = 9;

    /// <summary>Whole numbers up to this stand exactly in a double.</summary>
    public const long MaxWhole = 1L << 53;

    public static readonly long[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>Finds the smallest power that holds every value and fills <paramref name="whole"/>; -1 when none does (also for -0.0).</summary>
    public static int TryScale(ReadOnlySpan<double> values, Span<long> whole)
    {
        var power = 0;
        for (var i = 0; i < values.Length; i++)
        {
            while (!Fits(values[i], power, out whole[i]))
            {
                if (++power > MaxPower)
                {
                    return -1;
                }
            }
        }

        if (power == 0)
        {
            return 0;
        }

        // Values before the last raise were scaled by a smaller power.
        for (var i = 0; i < values.Length; i++)
        {
            if (!Fits(values[i], power, out whole[i]))
            {
                return -1;
            }
        }

        return power;
    }

    private static bool Fits(double value, int power, out long whole)
    {
        var scaled = Math.Round(value * Powers[power]);
        if (!(Math.Abs(scaled) <= MaxWhole))
        {
            whole = 0;
            return false;
        }

        whole = (long)scaled;
        return BitConverter.DoubleToInt64Bits((double)whole / Powers[power]) == BitConverter.DoubleToInt64Bits(value);
    }
}
