namespace StemLab.Wire;

/// <summary>Finds the decimal form of a column of doubles: the smallest k in 0…9 with every value bit-equal to (double)m / 10^k, |m| ≤ 2^53. Pure.</summary>
internal static class ScaledColumn
{
    /// <summary>Largest mantissa a double holds exactly: 2^53.</summary>
    internal const long MaxMantissa = 1L << 53;

    /// <summary>Greatest exponent on the wire.</summary>
    internal const int MaxExponent = 9;

    private static readonly double[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>(double)m / 10^k by IEEE division.</summary>
    internal static double Value(long mantissa, int exponent) => mantissa / Powers[exponent];

    /// <summary>Writes mantissas for all values, same order and length; false when no exponent serves all of them (-0.0 included).</summary>
    internal static bool TryScale(ReadOnlySpan<double> values, Span<long> mantissas, out int exponent)
    {
        exponent = 0;
        for (var i = 0; i < values.Length; i++)
        {
            while (!TryMantissa(values[i], exponent, out mantissas[i]))
            {
                if (++exponent > MaxExponent)
                {
                    return false;
                }

                // Earlier values must hold at the greater exponent too.
                for (var j = 0; j < i; j++)
                {
                    if (!TryMantissa(values[j], exponent, out mantissas[j]))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private static bool TryMantissa(double value, int exponent, out long mantissa)
    {
        var scaled = Math.Round(value * Powers[exponent]);
        mantissa = 0;
        if (!(Math.Abs(scaled) <= MaxMantissa))
        {
            return false;
        }

        mantissa = (long)scaled;
        return BitConverter.DoubleToInt64Bits(Value(mantissa, exponent)) == BitConverter.DoubleToInt64Bits(value);
    }
}
