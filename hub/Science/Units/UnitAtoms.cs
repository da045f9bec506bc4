using System.Collections.Frozen;

namespace StemLab.Science.Units;

/// <summary>
/// The unit atoms and prefixes of UCUM that classrooms and field stations meet, in base units.
/// Source: The Unified Code for Units of Measure 2.1, tables 1 to 27 (constants as printed there).
/// </summary>
internal static class UnitAtoms
{
    private static readonly Dimension _number = new(0, 0, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _metre = new(1, 0, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _second = new(0, 1, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _gram = new(0, 0, 1, 0, 0, 0, 0, 0);
    private static readonly Dimension _radian = new(0, 0, 0, 1, 0, 0, 0, 0);
    private static readonly Dimension _kelvin = new(0, 0, 0, 0, 1, 0, 0, 0);
    private static readonly Dimension _coulomb = new(0, 0, 0, 0, 0, 1, 0, 0);
    private static readonly Dimension _candela = new(0, 0, 0, 0, 0, 0, 1, 0);
    private static readonly Dimension _mole = new(0, 0, 0, 0, 0, 0, 0, 1);
    private static readonly Dimension _area = new(2, 0, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _volume = new(3, 0, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _speed = new(1, -1, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _acceleration = new(1, -2, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _perSecond = new(0, -1, 0, 0, 0, 0, 0, 0);
    private static readonly Dimension _force = new(1, -2, 1, 0, 0, 0, 0, 0);
    private static readonly Dimension _pressure = new(-1, -2, 1, 0, 0, 0, 0, 0);
    private static readonly Dimension _energy = new(2, -2, 1, 0, 0, 0, 0, 0);
    private static readonly Dimension _power = new(2, -3, 1, 0, 0, 0, 0, 0);
    private static readonly Dimension _volt = new(2, -2, 1, 0, 0, -1, 0, 0);
    private static readonly Dimension _ohm = new(2, -1, 1, 0, 0, -2, 0, 0);
    private static readonly Dimension _lumen = new(0, 0, 0, 2, 0, 0, 1, 0);
    private static readonly Dimension _lux = new(-2, 0, 0, 2, 0, 0, 1, 0);
    private static readonly Dimension _dose = new(2, -2, 0, 0, 0, 0, 0, 0);

    /// <summary>Prefix to power of ten; the binary ones are handled as plain numbers.</summary>
    internal static readonly FrozenDictionary<string, int> Prefixes = new Dictionary<string, int>
    {
        ["Y"] = 24,
        ["Z"] = 21,
        ["E"] = 18,
        ["P"] = 15,
        ["T"] = 12,
        ["G"] = 9,
        ["M"] = 6,
        ["k"] = 3,
        ["h"] = 2,
        ["da"] = 1,
        ["d"] = -1,
        ["c"] = -2,
        ["m"] = -3,
        ["u"] = -6,
        ["n"] = -9,
        ["p"] = -12,
        ["f"] = -15,
        ["a"] = -18,
        ["z"] = -21,
        ["y"] = -24,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, double> BinaryPrefixes = new Dictionary<string, double>
    {
        ["Ki"] = 1024,
        ["Mi"] = 1024d * 1024,
        ["Gi"] = 1024d * 1024 * 1024,
        ["Ti"] = 1024d * 1024 * 1024 * 1024,
    }.ToFrozenDictionary();

    internal static readonly FrozenDictionary<string, Unit> All = Build();

    private static FrozenDictionary<string, Unit> Build()
    {
        var all = new Dictionary<string, Unit>(StringComparer.Ordinal);
        AddNumbersAndAngles(all);
        AddSpaceAndTime(all);
        AddMechanics(all);
        AddElectricityLightAndRadiation(all);
        AddChemistry(all);
        AddScales(all);
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Metric(Dictionary<string, Unit> all, string code, Dimension dimension, double mantissa = 1, int exponent = 0) =>
        all.Add(code, new Unit(code, dimension, mantissa, exponent, UnitTraits.Metric));

    private static void Plain(Dictionary<string, Unit> all, string code, Dimension dimension, double mantissa = 1, int exponent = 0) =>
        all.Add(code, new Unit(code, dimension, mantissa, exponent, UnitTraits.None));

    private static void AddNumbersAndAngles(Dictionary<string, Unit> all)
    {
        Plain(all, "10*", _number, 1, 1);
        Plain(all, "10^", _number, 1, 1);
        Plain(all, "[pi]", _number, Math.PI);
        Plain(all, "%", _number, 1, -2);
        Plain(all, "[ppth]", _number, 1, -3);
        Plain(all, "[ppm]", _number, 1, -6);
        Plain(all, "[ppb]", _number, 1, -9);
        Plain(all, "[pptr]", _number, 1, -12);
        Metric(all, "rad", _radian);
        Metric(all, "sr", new Dimension(0, 0, 0, 2, 0, 0, 0, 0));
        Plain(all, "deg", _radian, Math.PI / 180);
        Plain(all, "'", _radian, Math.PI / 10_800);
        Plain(all, "''", _radian, Math.PI / 648_000);
        Plain(all, "gon", _radian, Math.PI / 200);
        Plain(all, "circ", _radian, 2 * Math.PI);
        Plain(all, "sph", new Dimension(0, 0, 0, 2, 0, 0, 0, 0), 4 * Math.PI);
        Metric(all, "bit", _number);
        Metric(all, "By", _number, 8);
        Metric(all, "Bd", _perSecond);
    }

    private static void AddSpaceAndTime(Dictionary<string, Unit> all)
    {
        Metric(all, "m", _metre);
        Metric(all, "s", _second);
        Plain(all, "min", _second, 60);
        Plain(all, "h", _second, 3600);
        Plain(all, "d", _second, 86_400);
        Plain(all, "wk", _second, 604_800);
        // UCUM: a = a_j = 365.25 d, mo = mo_j = a_j / 12.
        Plain(all, "a", _second, 31_557_600);
        Plain(all, "a_j", _second, 31_557_600);
        Plain(all, "a_t", _second, 365.24219 * 86_400);
        Plain(all, "a_g", _second, 365.2425 * 86_400);
        Plain(all, "mo", _second, 2_629_800);
        Plain(all, "mo_j", _second, 2_629_800);
        Metric(all, "Hz", _perSecond);
        Metric(all, "L", _volume, 1, -3);
        Metric(all, "l", _volume, 1, -3);
        Metric(all, "ar", _area, 1, 2);
        Plain(all, "[in_i]", _metre, 2.54, -2);
        Plain(all, "[ft_i]", _metre, 30.48, -2);
        Plain(all, "[yd_i]", _metre, 91.44, -2);
        Plain(all, "[mi_i]", _metre, 1609.344);
        Plain(all, "[fth_i]", _metre, 1.8288);
        Plain(all, "[nmi_i]", _metre, 1852);
        Plain(all, "[kn_i]", _speed, 1852d / 3600);
        Plain(all, "[sin_i]", _area, 6.4516, -4);
        Plain(all, "[sft_i]", _area, 9.290304, -2);
        Plain(all, "[cin_i]", _volume, 16.387064, -6);
        Plain(all, "[cft_i]", _volume, 28.316846592, -3);
        Plain(all, "[gal_us]", _volume, 3.785411784, -3);
        Plain(all, "[qt_us]", _volume, 946.352946, -6);
        Plain(all, "[pt_us]", _volume, 473.176473, -6);
        Metric(all, "st", _volume);
        Plain(all, "[bu_us]", _volume, 35.23907016688, -3);
        Plain(all, "[acr_us]", _area, 4046.872609874252);
        Plain(all, "[gal_br]", _volume, 4.54609, -3);
        Metric(all, "AU", _metre, 149_597.870691, 6);
        Metric(all, "pc", _metre, 3.085678, 16);
        Metric(all, "[ly]", _metre, 299_792_458d * 31_557_600);
        Metric(all, "[c]", _speed, 299_792_458);
        Metric(all, "[g]", _acceleration, 9.80665);
        Metric(all, "Gal", _acceleration, 1, -2);
    }

    private static void AddMechanics(Dictionary<string, Unit> all)
    {
        Metric(all, "g", _gram);
        Metric(all, "t", _gram, 1, 6);
        Metric(all, "u", _gram, 1.6605402, -24);
        Plain(all, "[lb_av]", _gram, 453.59237);
        Plain(all, "[oz_av]", _gram, 28.349523125);
        Plain(all, "[gr]", _gram, 64.79891, -3);
        Metric(all, "N", _force, 1, 3);
        Metric(all, "dyn", _force, 1, -2);
        Metric(all, "gf", _force, 9.80665);
        Plain(all, "[lbf_av]", _force, 453.59237 * 9.80665);
        Metric(all, "Pa", _pressure, 1, 3);
        Metric(all, "bar", _pressure, 1, 8);
        Plain(all, "atm", _pressure, 101_325, 3);
        Plain(all, "att", _pressure, 98_066.5, 3);
        Metric(all, "m[Hg]", _pressure, 133.3220, 6);
        Metric(all, "m[H2O]", _pressure, 9.80665, 6);
        Plain(all, "Torr", _pressure, 133.3220, 3);
        Plain(all, "[in_i'Hg]", _pressure, 133.3220 * 2.54, 4);
        Plain(all, "[in_i'H2O]", _pressure, 9.80665 * 2.54, 4);
        Plain(all, "[psi]", _pressure, 453.59237 * 9.80665 / 6.4516, 4);
        Metric(all, "J", _energy, 1, 3);
        Metric(all, "erg", _energy, 1, -4);
        Metric(all, "cal", _energy, 4.184, 3);
        Metric(all, "cal_th", _energy, 4.184, 3);
        Metric(all, "cal_IT", _energy, 4.1868, 3);
        Plain(all, "[Cal]", _energy, 4.184, 6);
        Plain(all, "[Btu]", _energy, 1.05505585262, 6);
        Metric(all, "eV", _energy, 160.217733, -18);
        Metric(all, "W", _power, 1, 3);
        Plain(all, "[HP]", _power, 550 * 0.3048 * 453.59237 * 9.80665);
        Metric(all, "P", new Dimension(-1, -1, 1, 0, 0, 0, 0, 0), 1, 2);
        Metric(all, "St", new Dimension(2, -1, 0, 0, 0, 0, 0, 0), 1, -4);
    }

    private static void AddElectricityLightAndRadiation(Dictionary<string, Unit> all)
    {
        Metric(all, "C", _coulomb);
        Metric(all, "A", new Dimension(0, -1, 0, 0, 0, 1, 0, 0));
        Metric(all, "V", _volt, 1, 3);
        Metric(all, "F", new Dimension(-2, 2, -1, 0, 0, 2, 0, 0), 1, -3);
        Metric(all, "Ohm", _ohm, 1, 3);
        Metric(all, "S", new Dimension(-2, 1, -1, 0, 0, 2, 0, 0), 1, -3);
        Metric(all, "mho", new Dimension(-2, 1, -1, 0, 0, 2, 0, 0), 1, -3);
        Metric(all, "Wb", new Dimension(2, -1, 1, 0, 0, -1, 0, 0), 1, 3);
        Metric(all, "Mx", new Dimension(2, -1, 1, 0, 0, -1, 0, 0), 1, -5);
        Metric(all, "T", new Dimension(0, -1, 1, 0, 0, -1, 0, 0), 1, 3);
        Metric(all, "G", new Dimension(0, -1, 1, 0, 0, -1, 0, 0), 1, -1);
        Metric(all, "H", new Dimension(2, 0, 1, 0, 0, -2, 0, 0), 1, 3);
        Metric(all, "Oe", new Dimension(-1, -1, 0, 0, 0, 1, 0, 0), 250 / Math.PI);
        Metric(all, "cd", _candela);
        Metric(all, "lm", _lumen);
        Metric(all, "lx", _lux);
        Metric(all, "ph", _lux, 1, 4);
        Metric(all, "sb", new Dimension(-2, 0, 0, 0, 0, 0, 1, 0), 1, 4);
        Metric(all, "Lmb", new Dimension(-2, 0, 0, 0, 0, 0, 1, 0), 1 / Math.PI, 4);
        Metric(all, "Bq", _perSecond);
        Metric(all, "Ci", _perSecond, 37, 9);
        Metric(all, "Gy", _dose);
        Metric(all, "Sv", _dose);
        Metric(all, "RAD", _dose, 1, -2);
        Metric(all, "REM", _dose, 1, -2);
        Metric(all, "R", new Dimension(0, 0, -1, 0, 0, 1, 0, 0), 2.58, -7);
        Metric(all, "Ky", new Dimension(-1, 0, 0, 0, 0, 0, 0, 0), 1, 2);
        Metric(all, "[diop]", new Dimension(-1, 0, 0, 0, 0, 0, 0, 0));
    }

    private static void AddChemistry(Dictionary<string, Unit> all)
    {
        Metric(all, "mol", _mole);
        Metric(all, "eq", _mole);
        Metric(all, "osm", _mole);
        Metric(all, "kat", new Dimension(0, -1, 0, 0, 0, 0, 0, 1));
        Metric(all, "U", new Dimension(0, -1, 0, 0, 0, 0, 0, 1), 1d / 60, -6);
        Metric(all, "g%", new Dimension(-3, 0, 1, 0, 0, 0, 0, 0), 1, 4);
    }

    private static void AddScales(Dictionary<string, Unit> all)
    {
        Metric(all, "K", _kelvin);
        all.Add("Cel", new Unit("Cel", _kelvin, 1, 0, UnitTraits.Metric | UnitTraits.Special, 273.15m));
        all.Add("[degF]", new Unit("[degF]", _kelvin, 5d / 9, 0, UnitTraits.Special, 459.67m));
        all.Add("[degRe]", new Unit("[degRe]", _kelvin, 5d / 4, 0, UnitTraits.Special, 218.52m));
        Plain(all, "[degR]", _kelvin, 5d / 9);
        // Logarithmic and arbitrary scales convert only within themselves.
        foreach (var code in (string[])["[pH]", "Np", "B", "B[SPL]", "B[V]", "B[mV]", "B[uV]", "B[W]", "B[kW]", "[iU]", "[arb'U]", "[CFU]", "[USP'U]"])
        {
            var traits = code is "[iU]" or "[arb'U]" or "[CFU]" or "[USP'U]" ? UnitTraits.None : UnitTraits.Special;
            traits |= code is "[pH]" or "[arb'U]" or "[CFU]" or "[USP'U]" ? UnitTraits.None : UnitTraits.Metric;
            all.Add(code, new Unit(code, new Dimension(0, 0, 0, 0, 0, 0, 0, 0, code), 1, 0, traits));
        }

        all.Add("[IU]", new Unit("[IU]", all["[iU]"].Dimension, 1, 0, UnitTraits.Metric));
    }
}
