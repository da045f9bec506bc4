namespace StemLab.Science.Water;

/// <summary>Oxygen dissolved in water that is in balance with air. Pure; NaN in, NaN out.</summary>
public static class Oxygen
{
    private const double HPaPerAtm = 1013.25;

    /// <summary>Saturation concentration.</summary>
    /// <param name="celsius">°C, 0 … 40.</param>
    /// <param name="salinity">Practical, unit 1, 0 … 40.</param>
    /// <param name="pressureHPa">Air pressure at the water, not reduced to sea level, hPa, 500 … 1100.</param>
    /// <returns>mg/L.</returns>
    /// <remarks>B. B. Benson, D. Krause, Limnol. Oceanogr. 29 (1984), as in USGS Office of Water Quality Technical Memorandum 2011.03.</remarks>
    public static double SaturationMgL(double celsius, double salinity, double pressureHPa)
    {
        var t = celsius + 273.15;
        var fresh = Math.Exp(-139.34411 + (1.575701e5 + (-6.642308e7 + (1.243800e10 - 8.621949e11 / t) / t) / t) / t);
        var salted = Math.Exp(-salinity * (0.017674 + (-10.754 + 2140.7 / t) / t));
        var p = pressureHPa / HPaPerAtm;
        var theta = 0.000975 + celsius * (-1.426e-5 + celsius * 6.436e-8);
        var vapour = Math.Exp(11.8571 - (3840.70 + 216961 / t) / t);
        return fresh * salted * (p - vapour) * (1 - theta * p) / ((1 - vapour) * (1 - theta));
    }

    /// <summary>How much of the saturation there is.</summary>
    /// <param name="oxygenMgL">Dissolved oxygen, mg/L.</param>
    /// <param name="celsius">°C, 0 … 40.</param>
    /// <param name="salinity">Practical, unit 1, 0 … 40.</param>
    /// <param name="pressureHPa">Air pressure at the water, hPa.</param>
    /// <returns>%.</returns>
    public static double PercentSaturation(double oxygenMgL, double celsius, double salinity, double pressureHPa) =>
        100 * oxygenMgL / SaturationMgL(celsius, salinity, pressureHPa);

    /// <summary>Concentration from a saturation, as an optical probe reports it.</summary>
    /// <param name="percent">Saturation, %.</param>
    /// <param name="celsius">°C, 0 … 40.</param>
    /// <param name="salinity">Practical, unit 1, 0 … 40.</param>
    /// <param name="pressureHPa">Air pressure at the water, hPa.</param>
    /// <returns>mg/L.</returns>
    public static double FromPercentMgL(double percent, double celsius, double salinity, double pressureHPa) =>
        percent / 100 * SaturationMgL(celsius, salinity, pressureHPa);

    /// <summary>Saturation per mass of water at one atmosphere.</summary>
    /// <param name="celsius">Potential temperature, °C (ITS-90), -2 … 40.</param>
    /// <param name="salinity">Practical, unit 1, 0 … 42.</param>
    /// <returns>µmol/kg.</returns>
    /// <remarks>H. E. Garcia, L. I. Gordon, Limnol. Oceanogr. 37 (1992), the fit to Benson and Krause.</remarks>
    public static double SaturationMicroMolKg(double celsius, double salinity)
    {
        var t = celsius * 1.00024;
        var y = Math.Log((298.15 - t) / (273.15 + t));
        return Math.Exp(
            Seawater.Polynomial(y, 5.80871, 3.20291, 4.17887, 5.10006, -9.86643e-2, 3.80369)
            + salinity * (Seawater.Polynomial(y, -7.01577e-3, -7.70028e-3, -1.13864e-2, -9.51519e-3) - 2.75915e-7 * salinity));
    }
}
