namespace StemLab.Science.Statistics;

/// <summary>A number in twice the precision of a double (about 32 digits): what least squares needs where powers of x look alike.</summary>
/// <remarks>Error-free sums and products: T. J. Dekker, Numer. Math. 18 (1971), with fused multiply-add.</remarks>
internal readonly record struct DoubleDouble(double High, double Low)
{
    public static implicit operator DoubleDouble(double value) => new(value, 0);

    public static explicit operator double(DoubleDouble value) => value.High + value.Low;

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var sum = a.High + b.High;
        var part = sum - a.High;
        var error = a.High - (sum - part) + (b.High - part);
        return Normal(sum, error + a.Low + b.Low);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = a.High * b.High;
        var error = Math.FusedMultiplyAdd(a.High, b.High, -product);
        return Normal(product, error + a.High * b.Low + a.Low * b.High);
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var first = a.High / b.High;
        var rest = a - b * first;
        var second = rest.High / b.High;
        rest -= b * second;
        return (DoubleDouble)first + second + rest.High / b.High;
    }

    internal static DoubleDouble Sqrt(DoubleDouble value)
    {
        if (value.High <= 0)
            return 0;
        DoubleDouble root = Math.Sqrt(value.High);
        return root + (value - root * root) / (root * 2);
    }

    private static DoubleDouble Normal(double high, double low)
    {
        var sum = high + low;
        return new DoubleDouble(sum, low - (sum - high));
    }
}
