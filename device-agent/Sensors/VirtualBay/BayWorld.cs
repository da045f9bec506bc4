namespace StemLab.Agent.Sensors.VirtualBay;

/// <summary>What the water is like at one place and moment.</summary>
/// <param name="Celsius">°C.</param>
/// <param name="Salinity">Practical salinity, unit 1.</param>
/// <param name="ConductivityMilliSiemensPerCm">At water temperature, mS/cm.</param>
/// <param name="OxygenMgPerL">Dissolved oxygen, mg/L.</param>
/// <param name="Ph">pH.</param>
/// <param name="TurbidityNtu">NTU.</param>
/// <param name="DepthM">Water above the probe, m.</param>
internal readonly record struct WaterState(
    double Celsius, double Salinity, double ConductivityMilliSiemensPerCm, double OxygenMgPerL, double Ph, double TurbidityNtu, double DepthM);

/// <summary>
/// One coherent bay: a diurnal tide mixes river and sea water, the sun warms it, life breathes and rain clouds it. A pure function of seed, place and UTC,
/// so that eight agents in eight processes see the same bay. Immutable, safe from any thread.
/// </summary>
/// <remarks>
/// Plausible for Hạ Long: diurnal tide of about 4 m range in spring tides (periods O1 25.819 h, K1 23.934 h, M2 12.421 h), water 15–30 °C over the year,
/// salinity 22–32. Oxygen saturation by Benson and Krause (1984) with salinity; conductivity by a smooth fit good to 1 % between 10 and 35 °C, salinity 2–40.
/// </remarks>
internal sealed class BayWorld(int seed)
{
    private const double Day = 86_400;
    private const double Hour = 3_600;

    /// <summary>Bay time is UTC+7.</summary>
    private const double LocalOffset = 7 * Hour;

    public WaterState At(BaySite site, double utcSeconds)
    {
        var local = utcSeconds + LocalOffset;
        var level = TideM(utcSeconds - site.TideLagS);
        var sun = Sun(local);
        var rain = Rain(utcSeconds);

        // Ebb brings river water, flood sea water; rain adds to it for a day.
        var river = Math.Clamp(site.Freshness * (1 - (0.25 * level / 2)) * (1 + (1.5 * rain)), 0, 0.95);
        var season = 22.5 - (6.5 * Math.Cos(2 * Math.PI * ((local / Day / 365.25) - 0.08)));
        var shallow = 1 / (1 + (site.DepthM / 4));
        var celsius = season + (2.2 * shallow * Lagged(sun, local)) - (0.8 * rain) + (0.25 * Wander(site, utcSeconds, 5 * Hour, 1));
        var salinity = Math.Max(2, (32.5 * (1 - river)) + (0.15 * Wander(site, utcSeconds, 2 * Hour, 2)));
        var saturation = OxygenSaturation(celsius, salinity);
        var breath = site.Life * ((0.22 * Lagged(sun, local)) - 0.10);
        var oxygen = saturation * Math.Max(0.2, 0.97 + breath - (0.05 * river) + (0.01 * Wander(site, utcSeconds, Hour, 3)));
        var ph = 8.15 - (0.55 * river) + (0.9 * breath) + (0.01 * Wander(site, utcSeconds, 3 * Hour, 4));
        var current = Math.Abs(TideM(utcSeconds - site.TideLagS + 900) - level);
        var turbidity = Math.Max(0.3, 1.5 + (25 * river * (0.4 + rain)) + (30 * current * shallow) + (0.4 * Wander(site, utcSeconds, 600, 5)));
        return new WaterState(celsius, salinity, Conductivity(celsius, salinity), oxygen, ph, turbidity, Math.Max(0.2, site.DepthM + level - 0.5));
    }

    /// <summary>Level above mean, m: about ±2 in spring tides.</summary>
    private static double TideM(double utcSeconds) =>
        (0.95 * Math.Cos(2 * Math.PI * utcSeconds / (25.819 * Hour)))
        + (0.85 * Math.Cos((2 * Math.PI * utcSeconds / (23.934 * Hour)) + 0.7))
        + (0.15 * Math.Cos((2 * Math.PI * utcSeconds / (12.421 * Hour)) + 1.9));

    /// <summary>0 at night, 1 at a clear noon; some days are cloudy.</summary>
    private double Sun(double local)
    {
        var hour = local % Day / Hour;
        var height = Math.Sin(Math.PI * (hour - 6) / 12);
        var cloud = 0.6 + (0.4 * Hash((long)Math.Floor(local / Day), 11));
        return Math.Max(0, height) * cloud;
    }

    /// <summary>Heat and breath follow the sun by two hours and fade over the night.</summary>
    private double Lagged(double sun, double local) => (0.35 * sun) + (0.35 * Sun(local - (2 * Hour))) + (0.3 * Sun(local - (5 * Hour)));

    /// <summary>0 dry … 1 after heavy rain; every fifth day or so, fading over a day.</summary>
    private double Rain(double utcSeconds)
    {
        var day = (long)Math.Floor(utcSeconds / Day);
        var wet = 0.0;
        for (var past = 0; past < 3; past++)
        {
            var fell = Hash(day - past, 21) > 0.8 ? 0.3 + (0.7 * Hash(day - past, 22)) : 0;
            var age = utcSeconds - ((day - past + (0.3 + (0.5 * Hash(day - past, 23)))) * Day);
            wet = Math.Max(wet, age < 0 ? 0 : fell * Math.Min(1, age / Hour) * Math.Exp(-age / (0.7 * Day)));
        }

        return wet;
    }

    /// <summary>Smooth unrest between -1 and 1 with a time scale: value noise between hashed points.</summary>
    private double Wander(BaySite site, double utcSeconds, double scaleS, int kind)
    {
        var place = StableHash(site.Slug) + (kind * 7919);
        var at = Math.Floor(utcSeconds / scaleS);
        var share = (utcSeconds / scaleS) - at;
        var smooth = share * share * (3 - (2 * share));
        var before = Hash((long)at, place);
        var after = Hash((long)at + 1, place);
        return (2 * (before + ((after - before) * smooth))) - 1;
    }

    /// <summary>Uniform in 0…1, the same for the same seed, number and kind everywhere (SplitMix64).</summary>
    internal double Hash(long number, int kind)
    {
        var z = unchecked(((ulong)number * 0x9E3779B97F4A7C15UL) + ((ulong)(uint)kind << 32) + (uint)seed);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    internal static int StableHash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));

    /// <summary>mg/L at 1 atm, Benson and Krause (1984).</summary>
    private static double OxygenSaturation(double celsius, double salinity)
    {
        var t = celsius + 273.15;
        var fresh = -139.34411 + (1.575701e5 / t) - (6.642308e7 / (t * t)) + (1.243800e10 / (t * t * t)) - (8.621949e11 / (t * t * t * t));
        return Math.Exp(fresh - (salinity * (1.7674e-2 - (10.754 / t) + (2140.7 / (t * t)))));
    }

    /// <summary>mS/cm at water temperature: 53.0 at salinity 35 and 25 °C, 1.9 %/K.</summary>
    private static double Conductivity(double celsius, double salinity) => 53.0 * Math.Pow(salinity / 35, 0.915) * (1 + (0.0195 * (celsius - 25)));
}
