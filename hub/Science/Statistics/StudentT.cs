namespace StemLab.Science.Statistics;

/// <summary>Student's t distribution, for confidence intervals.</summary>
internal static class StudentT
{
    /// <summary>The t that the absolute value of a t-distributed number exceeds in 5 % of cases.</summary>
    /// <param name="freedom">Degrees of freedom, 1 or more.</param>
    internal static double TwoSided95(double freedom)
    {
        var (low, high) = (0.0, 700.0);
        for (var i = 0; i < 200 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Tail(middle, freedom) > 0.05)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>P(|T| above t).</summary>
    private static double Tail(double t, double freedom) => IncompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);

    /// <summary>Regularised incomplete beta function by Lentz's continued fraction (Numerical Recipes §6.4).</summary>
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0)
            return 0;
        if (x >= 1)
            return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(1 - x, b, a) / b;
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        var c = 1.0;
        var d = 1 / NotZero(1 - (a + b) * x / (a + 1), Tiny);
        var sum = d;
        for (var m = 1; m <= 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d, Tiny);
            c = NotZero(1 + even / c, Tiny);
            sum *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d, Tiny);
            c = NotZero(1 + odd / c, Tiny);
            sum *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16)
                break;
        }

        return sum;
    }

    private static double NotZero(double value, double tiny) => Math.Abs(value) < tiny ? tiny : value;

    /// <summary>Stirling's series after shifting above 15; 15 digits for x above 0.</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        while (x < 15)
            shift -= Math.Log(x++);
        var (inverse, square) = (1 / x, 1 / (x * x));
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI)
            + inverse * (1d / 12 - square * (1d / 360 - square * (1d / 1260 - square * (1d / 1680 - square * (1d / 1188 - square * 691d / 360_360)))));
    }
}
