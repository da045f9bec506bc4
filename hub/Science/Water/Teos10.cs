namespace StemLab.Science.Water;

/// <summary>Density of sea and brackish water by the thermodynamic equation of seawater of 2010. Pure; NaN in, NaN out.</summary>
/// <remarks>
/// Sources: IOC, SCOR, IAPSO, The international thermodynamic equation of seawater - 2010, UNESCO Manuals and Guides 56 (Gibbs function: IAPWS-09, IAPWS-08);
/// specific volume: F. Roquet et al., Ocean Modelling 90 (2015), 75 terms, within 0.0015 kg/m3 of the Gibbs function. Checked against GSW-C 3.6.16
/// (tests/vectors/physics-more.json) to 1e-9 kg/m3 where absolute salinity is given.
/// </remarks>
public static class Teos10
{
    /// <summary>Absolute salinity of standard sea water (practical salinity 35), g/kg.</summary>
    public const double StandardSalinityGKg = 35.16504;

    /// <summary>J/(kg K); by definition of conservative temperature.</summary>
    private const double HeatCapacity = 3991.86795711963;

    private const double SalinityScale = 35 / (40 * StandardSalinityGKg);

    /// <summary>Reference salinity: absolute salinity of water with the composition of standard sea water.</summary>
    /// <param name="salinity">Practical, unit 1, 0 or more.</param>
    /// <returns>g/kg.</returns>
    /// <remarks>What rivers and plankton add is left out (the SAAR atlas): below 0.001 kg/m3 at the surface of any ocean, 0.07 in the fresh end of the Baltic.</remarks>
    public static double ReferenceSalinityGKg(double salinity) => salinity * (StandardSalinityGKg / 35);

    /// <summary>Density.</summary>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <param name="celsius">In situ, °C (ITS-90), -2 … 40.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar, 0 … 10,000.</param>
    /// <returns>kg/m3.</returns>
    public static double DensityKgM3(double salinity, double celsius, double pressureDbar)
    {
        var absolute = ReferenceSalinityGKg(salinity);
        return 1 / SpecificVolume(absolute, ConservativeCelsius(absolute, PotentialCelsius(absolute, celsius, pressureDbar)), pressureDbar);
    }

    /// <summary>Conservative temperature.</summary>
    /// <param name="absolute">Absolute salinity, g/kg.</param>
    /// <param name="potentialCelsius">Potential temperature referred to the surface, °C.</param>
    /// <returns>°C.</returns>
    public static double ConservativeCelsius(double absolute, double potentialCelsius) =>
        Sum(_potentialEnthalpy, Math.Sqrt(SalinityScale * absolute), potentialCelsius / 40, 0) / HeatCapacity;

    /// <summary>Potential temperature referred to the surface: that of water brought up without exchanging heat.</summary>
    /// <param name="absolute">Absolute salinity, g/kg.</param>
    /// <param name="celsius">In situ, °C (ITS-90).</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar.</param>
    /// <returns>°C.</returns>
    public static double PotentialCelsius(double absolute, double celsius, double pressureDbar)
    {
        if (pressureDbar == 0)
            return celsius;

        // The entropy stays the same. Its slope is known to 5 %, so every round leaves a twentieth of the error.
        var wanted = Entropy(absolute, celsius, pressureDbar);
        var found = celsius;
        for (var i = 0; i < 12; i++)
        {
            var slope = HeatCapacity / ((273.15 + found) * (1 - 0.05 * (1 - absolute / StandardSalinityGKg)));
            found -= (Entropy(absolute, found, 0) - wanted) / slope;
        }

        return found;
    }

    /// <summary>Specific volume.</summary>
    /// <param name="absolute">Absolute salinity, g/kg.</param>
    /// <param name="conservativeCelsius">Conservative temperature, °C.</param>
    /// <param name="pressureDbar">Above the atmosphere, dbar.</param>
    /// <returns>m3/kg.</returns>
    public static double SpecificVolume(double absolute, double conservativeCelsius, double pressureDbar) =>
        Sum(_specificVolume, Math.Sqrt(SalinityScale * (absolute + 24)), conservativeCelsius / 40, pressureDbar / 1e4);

    /// <summary>Entropy but for what depends on the salinity alone, J/(kg K).</summary>
    private static double Entropy(double absolute, double celsius, double pressureDbar) =>
        Sum(_entropy, Math.Sqrt(SalinityScale * absolute), celsius / 40, pressureDbar / 1e4) / -40;

    private static double Sum(Term[] terms, double x, double y, double z)
    {
        Span<double> xs = stackalloc double[8];
        Span<double> ys = stackalloc double[8];
        Span<double> zs = stackalloc double[8];
        (xs[0], ys[0], zs[0]) = (1, 1, 1);
        for (var i = 1; i < 8; i++)
            (xs[i], ys[i], zs[i]) = (xs[i - 1] * x, ys[i - 1] * y, zs[i - 1] * z);
        var sum = 0.0;
        foreach (var term in terms)
            sum += term.Factor * xs[term.X] * ys[term.Y] * zs[term.Z];
        return sum;
    }

    /// <summary>x = √((absolute + 24) / 40.189), y = conservative °C / 40, z = dbar / 10⁴; m3/kg.</summary>
    private static readonly Term[] _specificVolume =
    [
        new(0, 0, 0, 1.0769995862e-3), new(0, 0, 1, -6.0799143809e-5), new(0, 0, 2, 9.9856169219e-6), new(0, 0, 3, -1.1309361437e-6),
        new(0, 0, 4, 1.0531153080e-7), new(0, 0, 5, -1.2647261286e-8), new(0, 0, 6, 1.9613503930e-9), new(0, 1, 0, -1.5649734675e-5),
        new(0, 1, 1, 1.8505765429e-5), new(0, 1, 2, -1.1736386731e-6), new(0, 1, 3, -3.6527006553e-7), new(0, 1, 4, 3.1454099902e-7),
        new(0, 2, 0, 2.7762106484e-5), new(0, 2, 1, -1.1716606853e-5), new(0, 2, 2, 2.1305028740e-6), new(0, 2, 3, 2.8695905159e-7),
        new(0, 3, 0, -1.6521159259e-5), new(0, 3, 1, 7.9279656173e-6), new(0, 3, 2, -4.6132540037e-7), new(0, 4, 0, 6.9111322702e-6),
        new(0, 4, 1, -3.4102187482e-6), new(0, 4, 2, -6.3352916514e-8), new(0, 5, 0, -8.0539615540e-7), new(0, 5, 1, 5.0736766814e-7),
        new(0, 6, 0, 2.0543094268e-7), new(1, 0, 0, -3.1038981976e-4), new(1, 0, 1, 2.4262468747e-5), new(1, 0, 2, -5.8484432984e-7),
        new(1, 0, 3, 3.6310188515e-7), new(1, 0, 4, -1.1147125423e-7), new(1, 1, 0, 3.5009599764e-5), new(1, 1, 1, -9.5677088156e-6),
        new(1, 1, 2, -5.5699154557e-6), new(1, 1, 3, -2.7295696237e-7), new(1, 2, 0, -3.7435842344e-5), new(1, 2, 1, -2.3678308361e-7),
        new(1, 2, 2, 3.9137387080e-7), new(1, 3, 0, 2.4141479483e-5), new(1, 3, 1, -3.4558773655e-6), new(1, 3, 2, 7.7618888092e-9),
        new(1, 4, 0, -8.7595873154e-6), new(1, 4, 1, 1.2956717783e-6), new(1, 5, 0, -3.3052758900e-7), new(2, 0, 0, 6.6928067038e-4),
        new(2, 0, 1, -3.4792460974e-5), new(2, 0, 2, -4.8122251597e-6), new(2, 0, 3, 1.6746303780e-8), new(2, 1, 0, -4.3592678561e-5),
        new(2, 1, 1, 1.1100834765e-5), new(2, 1, 2, 5.4620748834e-6), new(2, 2, 0, 3.5907822760e-5), new(2, 2, 1, 2.9283346295e-6),
        new(2, 2, 2, -6.5731104067e-7), new(2, 3, 0, -1.4353633048e-5), new(2, 3, 1, 3.1655306078e-7), new(2, 4, 0, 4.3703680598e-6),
        new(3, 0, 0, -8.5047933937e-4), new(3, 0, 1, 3.7470777305e-5), new(3, 0, 2, 4.9263106998e-6), new(3, 1, 0, 3.4532461828e-5),
        new(3, 1, 1, -9.8447117844e-6), new(3, 1, 2, -1.3544185627e-6), new(3, 2, 0, -1.8698584187e-5), new(3, 2, 1, -4.8826139200e-7),
        new(3, 3, 0, 2.2863324556e-6), new(4, 0, 0, 5.8086069943e-4), new(4, 0, 1, -1.7322218612e-5), new(4, 0, 2, -1.7811974727e-6),
        new(4, 1, 0, -1.1959409788e-5), new(4, 1, 1, 2.5909225260e-6), new(4, 2, 0, 3.8595339244e-6), new(5, 0, 0, -2.1092370507e-4),
        new(5, 0, 1, 3.0927427253e-6), new(5, 1, 0, 1.3864594581e-6), new(6, 0, 0, 3.1932457305e-5),
    ];

    /// <summary>x = √(absolute / 40.189), y = potential °C / 40; J/kg.</summary>
    private static readonly Term[] _potentialEnthalpy =
    [
        new(0, 0, 0, 61.01362420681071), new(0, 1, 0, 168776.46138048015), new(0, 2, 0, -2735.2785605119625), new(0, 3, 0, 2574.2164453821433),
        new(0, 4, 0, -1536.6644434977543), new(0, 5, 0, 545.7340497931629), new(0, 6, 0, -50.91091728474331), new(0, 7, 0, -18.30489878927802),
        new(2, 0, 0, 268.5520265845071), new(2, 1, 0, -12019.028203559312), new(2, 2, 0, 3734.858026725145), new(2, 3, 0, -2046.7671145057618),
        new(2, 4, 0, 465.28655623826234), new(2, 5, 0, -0.6370820302376359), new(2, 6, 0, -10.650848542359153), new(3, 0, 0, 937.2099110620707),
        new(3, 1, 0, 588.1802812170108), new(3, 2, 0, 248.39476522971285), new(3, 3, 0, -3.871557904936333), new(3, 4, 0, -2.6268019854268356),
        new(4, 0, 0, -1687.914374187449), new(4, 1, 0, 936.3206544460336), new(4, 2, 0, -942.7827304544439), new(4, 3, 0, 369.4389437509002),
        new(4, 4, 0, -33.83664947895248), new(4, 5, 0, -9.987880382780322), new(5, 0, 0, 246.9598888781377), new(6, 0, 0, 123.59576582457964),
        new(7, 0, 0, -48.5891069025409),
    ];

    /// <summary>x = √(absolute / 40.189), y = °C / 40, z = dbar / 10⁴; -40 J/(kg K).</summary>
    private static readonly Term[] _entropy =
    [
        new(0, 0, 1, -270.983805184062), new(0, 0, 2, 776.153611613101), new(0, 0, 3, -196.51255088122), new(0, 0, 4, 28.9796526294175),
        new(0, 0, 5, -2.13290083518327), new(0, 1, 0, -24715.571866078), new(0, 1, 1, 2910.0729080936), new(0, 1, 2, -1513.116771538718),
        new(0, 1, 3, 546.959324647056), new(0, 1, 4, -111.1208127634436), new(0, 1, 5, 8.68841343834394), new(0, 2, 0, 2210.2236124548363),
        new(0, 2, 1, -2017.52334943521), new(0, 2, 2, 1498.081172457456), new(0, 2, 3, -718.6359919632359), new(0, 2, 4, 146.4037555781616),
        new(0, 2, 5, -4.9892131862671505), new(0, 3, 0, -592.743745734632), new(0, 3, 1, 1591.873781627888), new(0, 3, 2, -1207.261522487504),
        new(0, 3, 3, 608.785486935364), new(0, 3, 4, -105.4993508931208), new(0, 4, 0, 290.12956292128547), new(0, 4, 1, -973.091553087975),
        new(0, 4, 2, 602.603274510125), new(0, 4, 3, -276.361526170076), new(0, 4, 4, 32.40953340386105), new(0, 5, 0, -113.90630790850321),
        new(0, 5, 1, 381.06836198507096), new(0, 5, 2, -133.7383902842754), new(0, 5, 3, 49.023632509086724), new(0, 6, 0, 21.35571525415769),
        new(0, 6, 1, -67.41756835751434), new(2, 0, 1, 729.116529735046), new(2, 0, 2, -343.956902961561), new(2, 0, 3, 124.687671116248),
        new(2, 0, 4, -31.656964386073), new(2, 0, 5, 7.04658803315449), new(2, 1, 0, 1760.062705994408), new(2, 1, 1, -1721.528607567954),
        new(2, 1, 2, 674.819060538734), new(2, 1, 3, -356.629112415276), new(2, 1, 4, 88.4080716616), new(2, 1, 5, -15.84003094423364),
        new(2, 2, 0, -675.802947790203), new(2, 2, 1, 2082.7344423998043), new(2, 2, 2, -614.668925894709), new(2, 2, 3, 340.685093521782),
        new(2, 2, 4, -33.3848202979239), new(2, 3, 0, 365.7041791005036), new(2, 3, 1, -1190.914967948748), new(2, 3, 2, 298.904564555024),
        new(2, 3, 3, -145.9491676006352), new(2, 4, 0, -108.30162043765552), new(2, 5, 0, 12.78101825083098), new(3, 0, 1, -175.292041186547),
        new(3, 0, 2, 83.1923927801819), new(3, 0, 3, -29.483064349429), new(3, 1, 0, -86.1329351956084), new(3, 1, 1, 766.116132004952),
        new(3, 1, 2, -108.3834525034224), new(3, 1, 3, 51.2796974779828), new(3, 2, 0, -30.0682112585625), new(3, 2, 1, -1380.9597954037708),
        new(3, 3, 0, 3.50240264723578), new(3, 3, 1, 938.26075044542), new(4, 0, 1, -22.6683558512829), new(4, 1, 0, -137.1145018408982),
        new(4, 2, 0, 148.10030845687618), new(4, 3, 0, -68.5590309679152), new(4, 4, 0, 12.4848504784754),
    ];

    /// <summary>Factor · xⁱ yʲ zᵏ.</summary>
    private readonly record struct Term(int X, int Y, int Z, double Factor);
}
