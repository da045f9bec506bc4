namespace StemLab.Science.Water;

/// <summary>Sea and brackish water from temperature, conductivity and pressure. Pure; NaN in, NaN out.</summary>
/// <remarks>
/// Source: N. P. Fofonoff, R. C. Millard, Algorithms for computation of fundamental properties of seawater, UNESCO Tech. Pap. Mar.
/// Sci. 44 (1983): PSS-78, EOS-80, Chen and Millero. Below salinity 2: K. D. Hill et al., IEEE J. Oceanic Eng. 11 (1986).
/// Temperatures are ITS-90 and turned into IPTS-68 inside (T68 = 1.00024 T90) unless the name says otherwise.
/// </remarks>
public static class Seawater
{
    /// <summary>Conductivity of standard sea water (S 35, 15 °C, 0 dbar), mS/cm.</summary>
    public const double StandardConductivityMScm = 42.914;

    private const double Ipts68 = 1.00024;

    private static readonly double[] _a = [0.0080, -0.1692, 25.3851, 14.0941, -7.0261, 2.7081];
    private static readonly double[] _b = [0.0005, -0.0056, -0.0066, -0.0375, 0.0636, -0.0144];

    /// <summary>Practical salinity.</summary>
    /// <param name="conductivityMScm">At water temperature, not compensated, mS/cm.</param>
    /// <param name="celsius">°C (ITS-90), -2 … 35.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <returns>Unit 1, valid 0 … 42; NaN for a negative conductivity.</returns>
    public static double PracticalSalinity(double conductivityMScm, double celsius, double pressureDbar) =>
        PracticalSalinityFromRatio(conductivityMScm / StandardConductivityMScm, celsius * Ipts68, pressureDbar);

    /// <summary>Practical salinity from the ratio to standard sea water.</summary>
    /// <param name="ratio">R = C / C(35, 15, 0), unit 1.</param>
    /// <param name="celsius68">°C on IPTS-68, -2 … 35.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar.</param>
    /// <returns>Unit 1; NaN for a negative ratio.</returns>
    public static double PracticalSalinityFromRatio(double ratio, double celsius68, double pressureDbar)
    {
        var t = celsius68;
        var warm = 0.6766097 + t * (2.00564e-2 + t * (1.104259e-4 + t * (-6.9698e-7 + t * 1.0031e-9)));
        var pressed = 1 + pressureDbar * (2.070e-5 + pressureDbar * (-6.370e-10 + pressureDbar * 3.989e-15))
            / (1 + t * (3.426e-2 + t * 4.464e-4) + ratio * (4.215e-1 - 3.107e-3 * t));
        var root = Math.Sqrt(ratio / (pressed * warm));
        var salinity = Pss78(root, t);
        return salinity < 2 ? Hill(salinity, root, t) : salinity;
    }

    /// <summary>Conductivity of water of a known salinity.</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <param name="celsius">°C (ITS-90), -2 … 35.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar.</param>
    /// <returns>At that temperature, mS/cm; NaN outside 0 … 60.</returns>
    public static double ConductivityMScm(double salinity, double celsius, double pressureDbar)
    {
        if (!(salinity >= 0 && salinity <= 60))
            return double.NaN;
        // Salinity rises with conductivity: halve the interval until nothing is left of it.
        var (low, high) = (0.0, 250.0);
        for (var i = 0; i < 80; i++)
        {
            var middle = (low + high) / 2;
            if (PracticalSalinity(middle, celsius, pressureDbar) < salinity)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>Density, EOS-80.</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <param name="celsius">°C (ITS-90), -2 … 40.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <returns>kg/m3.</returns>
    public static double DensityKgM3(double salinity, double celsius, double pressureDbar) => DensityFrom68KgM3(salinity, celsius * Ipts68, pressureDbar);

    /// <summary>Density, EOS-80, from an IPTS-68 temperature.</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <param name="celsius68">°C on IPTS-68, -2 … 40.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <returns>kg/m3.</returns>
    public static double DensityFrom68KgM3(double salinity, double celsius68, double pressureDbar)
    {
        var (s, t, bar) = (salinity, celsius68, pressureDbar / 10);
        var root = s * Math.Sqrt(s);
        var surface = Polynomial(t, 999.842594, 6.793952e-2, -9.095290e-3, 1.001685e-4, -1.120083e-6, 6.536332e-9)
            + Polynomial(t, 8.24493e-1, -4.0899e-3, 7.6438e-5, -8.2467e-7, 5.3875e-9) * s
            + Polynomial(t, -5.72466e-3, 1.0227e-4, -1.6546e-6) * root
            + 4.8314e-4 * s * s;
        var k0 = Polynomial(t, 19652.21, 148.4206, -2.327105, 1.360477e-2, -5.155288e-5)
            + Polynomial(t, 54.6746, -0.603459, 1.09987e-2, -6.1670e-5) * s
            + Polynomial(t, 7.944e-2, 1.6483e-2, -5.3009e-4) * root;
        var a = Polynomial(t, 3.239908, 1.43713e-3, 1.16092e-4, -5.77905e-7) + Polynomial(t, 2.2838e-3, -1.0981e-5, -1.6078e-6) * s + 1.91075e-4 * root;
        var b = Polynomial(t, 8.50935e-5, -6.12293e-6, 5.2787e-8) + Polynomial(t, -9.9348e-7, 2.0816e-8, 9.1697e-10) * s;
        return surface / (1 - bar / (k0 + bar * (a + bar * b)));
    }

    /// <summary>Sigma-t: density at the surface less 1000.</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <param name="celsius">°C (ITS-90), -2 … 40.</param>
    /// <returns>kg/m3.</returns>
    public static double SigmaTKgM3(double salinity, double celsius) => DensityKgM3(salinity, celsius, 0) - 1000;

    /// <summary>Speed of sound, Chen and Millero (UNESCO 44).</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 40.</param>
    /// <param name="celsius">°C (ITS-90), 0 … 40.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <returns>m/s.</returns>
    public static double SoundSpeedMs(double salinity, double celsius, double pressureDbar)
    {
        var (s, t, bar) = (salinity, celsius * Ipts68, pressureDbar / 10);
        var pure = Polynomial(t, 1402.388, 5.03711, -5.80852e-2, 3.3420e-4, -1.47800e-6, 3.1464e-9)
            + bar * (Polynomial(t, 0.153563, 6.8982e-4, -8.1788e-6, 1.3621e-7, -6.1185e-10)
            + bar * (Polynomial(t, 3.1260e-5, -1.7107e-6, 2.5974e-8, -2.5335e-10, 1.0405e-12)
            + bar * Polynomial(t, -9.7729e-9, 3.8504e-10, -2.3643e-12)));
        var a = Polynomial(t, 1.389, -1.262e-2, 7.164e-5, 2.006e-6, -3.21e-8)
            + bar * (Polynomial(t, 9.4742e-5, -1.2580e-5, -6.4885e-8, 1.0507e-8, -2.0122e-10)
            + bar * (Polynomial(t, -3.9064e-7, 9.1041e-9, -1.6002e-10, 7.988e-12)
            + bar * Polynomial(t, 1.100e-10, 6.649e-12, -3.389e-13)));
        var b = -1.922e-2 - 4.42e-5 * t + bar * (7.3637e-5 + 1.7945e-7 * t);
        return pure + a * s + b * s * Math.Sqrt(s) + (1.727e-3 - 7.9836e-6 * bar) * s * s;
    }

    /// <summary>Speed of sound, K. V. Mackenzie, J. Acoust. Soc. Am. 70 (1981).</summary>
    /// <param name="salinity">Practical, unit 1, 25 … 40.</param>
    /// <param name="celsius">°C, 2 … 30.</param>
    /// <param name="depthM">m, 0 … 8000.</param>
    /// <returns>m/s.</returns>
    public static double SoundSpeedMackenzieMs(double salinity, double celsius, double depthM)
    {
        var (t, d, fresh) = (celsius, depthM, salinity - 35);
        return 1448.96 + t * (4.591 + t * (-5.304e-2 + t * 2.374e-4)) + 1.340 * fresh + d * (1.630e-2 + d * 1.675e-7) - 1.025e-2 * t * fresh - 7.139e-13 * t * d * d * d;
    }

    /// <summary>Depth from pressure (UNESCO 44), without the geopotential anomaly.</summary>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <param name="latitudeDeg">deg, -90 … 90.</param>
    /// <returns>m below the surface.</returns>
    public static double DepthM(double pressureDbar, double latitudeDeg)
    {
        var p = pressureDbar;
        var x = Math.Pow(Math.Sin(double.DegreesToRadians(latitudeDeg)), 2);
        var gravity = 9.780318 * (1 + (5.2788e-3 + 2.36e-5 * x) * x) + 1.092e-6 * p;
        return p * (9.72659 + p * (-2.2512e-5 + p * (2.279e-10 - p * 1.82e-15))) / gravity;
    }

    /// <summary>Freezing point (UNESCO 44).</summary>
    /// <param name="salinity">Practical, unit 1, 4 … 40.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 500.</param>
    /// <returns>°C on IPTS-68.</returns>
    public static double FreezingPointCelsius68(double salinity, double pressureDbar) =>
        salinity * (-0.0575 + 1.710523e-3 * Math.Sqrt(salinity) - 2.154996e-4 * salinity) - 7.53e-4 * pressureDbar;

    internal static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }

    private static double Warmth(double celsius68) => (celsius68 - 15) / (1 + 0.0162 * (celsius68 - 15));

    private static double Pss78(double root, double celsius68) => Polynomial(root, _a) + Warmth(celsius68) * Polynomial(root, _b);

    /// <summary>Hill's correction, scaled so that it joins PSS-78 at salinity 2 (as TEOS-10 does).</summary>
    private static double Hill(double salinity, double root, double celsius68)
    {
        // The root of Rt at which PSS-78 gives exactly 2, by Newton's rule.
        var two = 0.264;
        for (var i = 0; i < 20; i++)
            two -= (Pss78(two, celsius68) - 2) / ((Pss78(two + 1e-6, celsius68) - Pss78(two - 1e-6, celsius68)) / 2e-6);
        return 2 / HillRaw(2, two, celsius68) * HillRaw(salinity, root, celsius68);
    }

    private static double HillRaw(double salinity, double root, double celsius68)
    {
        var x = 400 * root * root;
        var y = 10 * root;
        return salinity - _a[0] / (1 + x * (1.5 + x)) - _b[0] * Warmth(celsius68) / (1 + y * (1 + y * (1 + y)));
    }
}
