namespace StemLab.Science.Water;

/// <summary>Air over the water: humidity, comfort, pressure, sound and light. Pure; NaN in, NaN out.</summary>
public static class Air
{
    /// <summary>Vapour pressure of saturated air, over ice below 0 °C.</summary>
    /// <param name="celsius">°C, -100 … 200.</param>
    /// <returns>Pa.</returns>
    /// <remarks>ASHRAE Handbook Fundamentals 2017, ch. 1, eqs. 5 and 6 (R. W. Hyland, A. Wexler, 1983).</remarks>
    public static double SaturationVapourPressurePa(double celsius)
    {
        var t = celsius + 273.15;
        return celsius < 0
            ? Math.Exp(-5.6745359e3 / t + Seawater.Polynomial(t, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13) + 4.1635019 * Math.Log(t))
            : Math.Exp(-5.8002206e3 / t + Seawater.Polynomial(t, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8) + 6.5459673 * Math.Log(t));
    }

    /// <summary>Temperature at which the air would be saturated.</summary>
    /// <param name="celsius">°C, -40 … 60.</param>
    /// <param name="humidityPercent">Relative humidity, %, above 0 … 100.</param>
    /// <returns>°C; NaN for no humidity at all.</returns>
    /// <remarks>Magnus form of O. A. Alduchov, R. E. Eskridge, J. Appl. Meteorol. 35 (1996).</remarks>
    public static double DewPointCelsius(double celsius, double humidityPercent)
    {
        var gamma = Math.Log(humidityPercent / 100) + 17.625 * celsius / (243.04 + celsius);
        var dew = 243.04 * gamma / (17.625 - gamma);
        return double.IsFinite(dew) ? dew : double.NaN;
    }

    /// <summary>Wet-bulb temperature near sea level.</summary>
    /// <param name="celsius">°C, -20 … 50.</param>
    /// <param name="humidityPercent">Relative humidity, %, 5 … 99.</param>
    /// <returns>°C, to about 0.3.</returns>
    /// <remarks>R. Stull, J. Appl. Meteorol. Climatol. 50 (2011).</remarks>
    public static double WetBulbCelsius(double celsius, double humidityPercent) =>
        celsius * Math.Atan(0.151977 * Math.Sqrt(humidityPercent + 8.313659)) + Math.Atan(celsius + humidityPercent) - Math.Atan(humidityPercent - 1.676331)
        + 0.00391838 * Math.Pow(humidityPercent, 1.5) * Math.Atan(0.023101 * humidityPercent) - 4.686035;

    /// <summary>Water vapour per volume of air.</summary>
    /// <param name="celsius">°C, -40 … 60.</param>
    /// <param name="humidityPercent">Relative humidity, %, 0 … 100.</param>
    /// <returns>g/m3.</returns>
    /// <remarks>Ideal gas law with 461.52 J/(kg.K) for vapour.</remarks>
    public static double AbsoluteHumidityGM3(double celsius, double humidityPercent) =>
        1000 * humidityPercent / 100 * SaturationVapourPressurePa(celsius) / (461.52 * (celsius + 273.15));

    /// <summary>How much vapour the air could still take up.</summary>
    /// <param name="celsius">°C, 0 … 60.</param>
    /// <param name="humidityPercent">Relative humidity, %, 0 … 100.</param>
    /// <returns>kPa.</returns>
    public static double VapourPressureDeficitKPa(double celsius, double humidityPercent) =>
        SaturationVapourPressurePa(celsius) * (1 - humidityPercent / 100) / 1000;

    /// <summary>What heat feels like in the shade.</summary>
    /// <param name="fahrenheit">[degF]; made for 80 and above.</param>
    /// <param name="humidityPercent">Relative humidity, %, 0 … 100.</param>
    /// <returns>[degF].</returns>
    /// <remarks>U.S. National Weather Service: L. P. Rothfusz, SR 90-23 (1990) with its two adjustments; the mean with Steadman's simple form below 80.</remarks>
    public static double HeatIndexFahrenheit(double fahrenheit, double humidityPercent)
    {
        var (t, r) = (fahrenheit, humidityPercent);
        var simple = (t + 0.5 * (t + 61 + (t - 68) * 1.2 + r * 0.094)) / 2;
        if (!(simple >= 80))
            return simple;
        var index = -42.379 + 2.04901523 * t + 10.14333127 * r - 0.22475541 * t * r - 6.83783e-3 * t * t - 5.481717e-2 * r * r
            + 1.22874e-3 * t * t * r + 8.5282e-4 * t * r * r - 1.99e-6 * t * t * r * r;
        if (r < 13 && t is >= 80 and <= 112)
            return index - (13 - r) / 4 * Math.Sqrt((17 - Math.Abs(t - 95)) / 17);
        return r > 85 && t is >= 80 and <= 87 ? index + (r - 85) / 10 * ((87 - t) / 5) : index;
    }

    /// <summary>What heat feels like in the shade.</summary>
    /// <param name="celsius">°C; made for 27 and above.</param>
    /// <param name="humidityPercent">Relative humidity, %, 0 … 100.</param>
    /// <returns>°C.</returns>
    public static double HeatIndexCelsius(double celsius, double humidityPercent) => (HeatIndexFahrenheit(celsius * 1.8 + 32, humidityPercent) - 32) / 1.8;

    /// <summary>What wind makes of cold, felt temperature in units of °F.</summary>
    /// <param name="fahrenheit">[degF], up to 50.</param>
    /// <param name="windMph">[mi_i]/h at 10 m, 3 and above.</param>
    /// <returns>[degF].</returns>
    /// <remarks>U.S. National Weather Service, 2001.</remarks>
    public static double WindChillFahrenheit(double fahrenheit, double windMph)
    {
        var v = Math.Pow(windMph, 0.16);
        return 35.74 + 0.6215 * fahrenheit - 35.75 * v + 0.4275 * fahrenheit * v;
    }

    /// <summary>Height in the standard atmosphere.</summary>
    /// <param name="pressureHPa">Air pressure here, hPa, 226 … 1100.</param>
    /// <param name="seaLevelHPa">Air pressure at sea level, hPa.</param>
    /// <returns>m above sea level.</returns>
    /// <remarks>ISO 2533 (ISA), troposphere.</remarks>
    public static double AltitudeM(double pressureHPa, double seaLevelHPa = 1013.25) => 44_330.8 * (1 - Math.Pow(pressureHPa / seaLevelHPa, 0.190263));

    /// <summary>Air pressure as it would be at sea level.</summary>
    /// <param name="pressureHPa">Air pressure here, hPa.</param>
    /// <param name="altitudeM">Height of the barometer, m, -500 … 3000.</param>
    /// <returns>hPa.</returns>
    /// <remarks>The inverse of <see cref="AltitudeM"/>.</remarks>
    public static double SeaLevelPressureHPa(double pressureHPa, double altitudeM) => pressureHPa / Math.Pow(1 - altitudeM / 44_330.8, 1 / 0.190263);

    /// <summary>Speed of sound in dry air.</summary>
    /// <param name="celsius">°C, -40 … 60.</param>
    /// <returns>m/s.</returns>
    public static double SoundSpeedMs(double celsius) => 331.3 * Math.Sqrt(1 + celsius / 273.15);

    /// <summary>Light for plants from illuminance, sunlight only.</summary>
    /// <param name="lux">lx.</param>
    /// <returns>umol/(m2.s).</returns>
    /// <remarks>R. W. Thimijan, R. D. Heins, HortScience 18 (1983): 54 lx per umol/(m2.s).</remarks>
    public static double PpfdFromSunlightLux(double lux) => lux * 0.0185;

    /// <summary>Light for plants from photosynthetic irradiance, sunlight only.</summary>
    /// <param name="parWm2">400 to 700 nm, W/m2.</param>
    /// <returns>umol/(m2.s).</returns>
    /// <remarks>K. J. McCree, Agric. Meteorol. 10 (1972): 4.57 umol/J.</remarks>
    public static double PpfdFromParWm2(double parWm2) => parWm2 * 4.57;
}
