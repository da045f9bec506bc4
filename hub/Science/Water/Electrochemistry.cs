namespace StemLab.Science.Water;

/// <summary>A buffer solution for pH electrodes.</summary>
public enum PhBuffer
{
    /// <summary>0.05 mol/kg potassium hydrogen phthalate, 4.01 at 25 °C.</summary>
    Phthalate4 = 4,

    /// <summary>Technical buffer, 7.00 at 25 °C.</summary>
    Technical7 = 7,

    /// <summary>Technical carbonate buffer, 10.01 at 25 °C; also a standard of DIN 19266.</summary>
    Technical10 = 10,

    /// <summary>DIN 19266 A: 0.05 mol/kg potassium tetroxalate, 1.68 at 25 °C.</summary>
    Tetroxalate168 = 168,

    /// <summary>DIN 19266 D: 0.025 + 0.025 mol/kg phosphate, 6.86 at 25 °C.</summary>
    Phosphate686 = 686,

    /// <summary>DIN 19266 F: 0.01 mol/kg borax, 9.18 at 25 °C.</summary>
    Borax918 = 918,
}

/// <summary>Electrodes: pH, ORP, and what follows from pH. Pure; NaN in, NaN out.</summary>
public static class Electrochemistry
{
    private const double GasConstant = 8.31446261815324;
    private const double Faraday = 96485.33212331;

    // Every 5 °C from 0 to 50; American technical buffers as printed in instrument manuals.
    private static readonly double[] _technical7 = [7.12, 7.09, 7.06, 7.04, 7.02, 7.00, 6.99, 6.99, 6.98, 6.98, 6.97];
    private static readonly double[] _technical10 = [10.32, 10.25, 10.18, 10.12, 10.06, 10.01, 9.97, 9.93, 9.89, 9.86, 9.83];

    // Every 5 °C from 0 to 50; DIN 19266 and the standards of the National Bureau of Standards it took over.
    private static readonly double[] _tetroxalate = [1.666, 1.668, 1.670, 1.672, 1.675, 1.679, 1.683, 1.688, 1.694, 1.700, 1.707];
    private static readonly double[] _phosphate = [6.984, 6.951, 6.923, 6.900, 6.881, 6.865, 6.853, 6.844, 6.838, 6.834, 6.833];
    private static readonly double[] _borax = [9.464, 9.395, 9.332, 9.276, 9.225, 9.180, 9.139, 9.102, 9.068, 9.038, 9.011];

    // Every 5 °C from 5 to 40; 3 mol/L KCl.
    private static readonly double[] _silverChloride = [221, 217, 214, 210, 207, 203, 200, 196];

    /// <summary>Ideal slope of a pH electrode, RT ln 10 / F with the exact constants of the SI of 2019.</summary>
    /// <param name="celsius">°C.</param>
    /// <returns>mV per pH; positive.</returns>
    public static double NernstSlopeMVPerPh(double celsius) => 1000 * GasConstant * (celsius + 273.15) * Math.Log(10) / Faraday;

    /// <summary>pH of a buffer at its temperature.</summary>
    /// <param name="buffer">Which one.</param>
    /// <param name="celsius">°C, 0 … 50 (phthalate … 60).</param>
    /// <returns>pH; NaN outside.</returns>
    /// <remarks>Phthalate: smoothed equation of the National Bureau of Standards (3.998 at 10, 4.008 at 25, 4.091 at 60 °C). The others: tables, linear between.</remarks>
    public static double BufferPh(PhBuffer buffer, double celsius) => buffer switch
    {
        PhBuffer.Phthalate4 when celsius is >= 0 and <= 60 =>
            1617.3 / (celsius + 273.15) - 9.2852 + (celsius + 273.15) * (0.033311 - 2.3211e-5 * (celsius + 273.15)),
        PhBuffer.Technical7 => FromTable(_technical7, 0, 5, celsius),
        PhBuffer.Technical10 => FromTable(_technical10, 0, 5, celsius),
        PhBuffer.Tetroxalate168 => FromTable(_tetroxalate, 0, 5, celsius),
        PhBuffer.Phosphate686 => FromTable(_phosphate, 0, 5, celsius),
        PhBuffer.Borax918 => FromTable(_borax, 0, 5, celsius),
        _ => double.NaN,
    };

    /// <summary>pH from an electrode's potential and its calibration line.</summary>
    /// <param name="milliVolt">Potential, mV.</param>
    /// <param name="offsetMV">Potential at pH 7, mV.</param>
    /// <param name="slopeMVPerPh">Slope at the calibration temperature, mV per pH; negative for a glass electrode.</param>
    /// <param name="calibrationCelsius">Temperature of the calibration, °C.</param>
    /// <param name="celsius">Temperature now, °C; the slope grows with the absolute temperature.</param>
    /// <returns>pH.</returns>
    public static double Ph(double milliVolt, double offsetMV, double slopeMVPerPh, double calibrationCelsius, double celsius) =>
        7 + (milliVolt - offsetMV) / (slopeMVPerPh * (celsius + 273.15) / (calibrationCelsius + 273.15));

    /// <summary>Potential of an Ag/AgCl reference in 3 mol/L KCl against the standard hydrogen electrode.</summary>
    /// <param name="celsius">°C, 5 … 40.</param>
    /// <returns>mV; NaN outside.</returns>
    /// <remarks>Table of instrument manuals, linear between.</remarks>
    public static double SilverChloride3MReferenceMV(double celsius) => FromTable(_silverChloride, 5, 5, celsius);

    /// <summary>Eh of ZoBell's solution, to check an ORP electrode.</summary>
    /// <param name="celsius">°C, 8 … 85.</param>
    /// <returns>mV against the standard hydrogen electrode.</returns>
    /// <remarks>D. K. Nordstrom, Geochim. Cosmochim. Acta 41 (1977).</remarks>
    public static double ZoBellEhMV(double celsius) => 430.28 - 2.5157 * (celsius - 25) - 3.7979e-3 * (celsius - 25) * (celsius - 25);

    /// <summary>Redox potential against the standard hydrogen electrode.</summary>
    /// <param name="orpMV">Reading against the reference, mV.</param>
    /// <param name="referenceMV">Potential of that reference, mV; see <see cref="SilverChloride3MReferenceMV"/>.</param>
    /// <returns>mV.</returns>
    public static double EhMV(double orpMV, double referenceMV) => orpMV + referenceMV;

    /// <summary>Part of the total ammonia that is NH3, the poisonous one. Fresh water.</summary>
    /// <param name="celsius">°C, 0 … 50.</param>
    /// <param name="ph">pH, 6 … 10.</param>
    /// <returns>%.</returns>
    /// <remarks>K. Emerson et al., J. Fish. Res. Board Can. 32 (1975).</remarks>
    public static double UnionizedAmmoniaPercent(double celsius, double ph) =>
        100 / (1 + Math.Pow(10, 0.09018 + 2729.92 / (celsius + 273.15) - ph));

    private static double FromTable(double[] table, double first, double step, double x)
    {
        var position = (x - first) / step;
        if (!(position >= 0 && position <= table.Length - 1))
            return double.NaN;
        var below = Math.Min((int)position, table.Length - 2);
        return table[below] + (table[below + 1] - table[below]) * (position - below);
    }
}
