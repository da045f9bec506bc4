namespace StemLab.Science.Water;

/// <summary>Conductivity of rivers, ponds and taps. Pure; NaN in, NaN out.</summary>
public static class FreshWater
{
    /// <summary>Usual temperature coefficient of natural waters, per °C (near ISO 7888); makers of probes often use 0.02.</summary>
    public const double UsualAlphaPerCelsius = 0.0191;

    /// <summary>Usual factor from specific conductance to dissolved solids, mg/L per µS/cm; 0.5 … 0.75 in nature.</summary>
    public const double UsualSolidsFactor = 0.65;

    /// <summary>Conductivity the water would have at 25 °C.</summary>
    /// <param name="conductivity">At water temperature, any unit of conductivity (mS/cm, uS/cm).</param>
    /// <param name="celsius">°C, 0 … 50.</param>
    /// <param name="alphaPerCelsius">Temperature coefficient, per °C, 0.019 … 0.02.</param>
    /// <returns>In the unit of <paramref name="conductivity"/>.</returns>
    public static double SpecificConductance25(double conductivity, double celsius, double alphaPerCelsius = UsualAlphaPerCelsius) =>
        conductivity / (1 + alphaPerCelsius * (celsius - 25));

    /// <summary>Dissolved solids, an estimate: what the ions are made of is not known.</summary>
    /// <param name="specificConductanceUScm">At 25 °C, uS/cm.</param>
    /// <param name="factor">mg/L per uS/cm, 0.5 … 0.75.</param>
    /// <returns>mg/L.</returns>
    public static double DissolvedSolidsMgL(double specificConductanceUScm, double factor = UsualSolidsFactor) => specificConductanceUScm * factor;
}
