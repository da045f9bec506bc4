using System.Collections.Frozen;
using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>One value a circuit gives.</summary>
/// <param name="Name">As the O command calls it; empty where it cannot be chosen.</param>
/// <param name="Quantity">Observed property.</param>
/// <param name="UnitUcum">UCUM code of what the circuit sends.</param>
/// <param name="Lowest">Least value of the circuit's range.</param>
/// <param name="Highest">Greatest value of the circuit's range.</param>
internal sealed record EzoOutput(string Name, string Quantity, string UnitUcum, double Lowest, double Highest);

/// <summary>What the datasheet says of one type of circuit. Immutable.</summary>
/// <param name="Kind">Kind in agent.json.</param>
/// <param name="Type">What it answers to "i", without dots.</param>
/// <param name="FactoryAddress">I2C address it is sold with.</param>
/// <param name="ReadingTime">Processing delay of R.</param>
/// <param name="Outputs">Everything it can give, in the order it sends them.</param>
/// <param name="Pins">Commands that set its own compensation to fixed values; those of a switched-on circuit.</param>
/// <param name="Questions">What of its settings changes the meaning of a reading, as questions.</param>
/// <param name="Disconnected">The value that says that no probe is plugged into the circuit; NaN where there is none.</param>
internal sealed record EzoModel(
    string Kind, string Type, int FactoryAddress, TimeSpan ReadingTime, ImmutableArray<EzoOutput> Outputs, ImmutableArray<string> Pins, ImmutableArray<string> Questions, double Disconnected)
{
    /// <summary>Processing delay of every command but a reading.</summary>
    public static readonly TimeSpan CommandTime = TimeSpan.FromMilliseconds(300);

    /// <summary>Processing delay of RT, on every type.</summary>
    public static readonly TimeSpan CompensatedReadingTime = TimeSpan.FromMilliseconds(900);

    /// <summary>Electrical conductivity once the circuit refers it to 25 °C.</summary>
    public const string ConductanceAt25 = "specific_conductance_25";

    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(600);

    /// <summary>All types there is a kind for.</summary>
    public static ImmutableArray<EzoModel> All { get; } =
    [
        // EZO-pH datasheet 5.8: range 0.001 to 14.000; 0.000 and more than 14 are the ends of its scale.
        new("ezo-ph", "pH", 0x63, Long, [new EzoOutput("", "ph", "[pH]", 0.001, 14)], ["T,25"], ["Cal,?", "Slope,?"], double.NaN),

        // EZO-EC datasheet 6.2: order of the outputs is fixed, EC,TDS,S,SG.
        new("ezo-ec", "EC", 0x64, Short,
            [
                new EzoOutput("EC", "electrical_conductivity", "uS/cm", 0, 1_000_000),
                new EzoOutput("TDS", "total_dissolved_solids", "mg/L", 0, 1_000_000),
                new EzoOutput("S", "practical_salinity", "1", 0, 42),
                new EzoOutput("SG", "specific_gravity", "1", 1, 1.3),
            ],
            ["T,25"], ["Cal,?", "K,?"], double.NaN),

        // EZO-DO datasheet 5.4: mg/L only; saturation follows from it, temperature, salinity and pressure.
        new("ezo-do", "DO", 0x61, Short, [new EzoOutput("mg", "dissolved_oxygen", "mg/L", 0, 100)], ["T,25", "S,0", "P,101.3"], ["Cal,?"], double.NaN),

        // EZO-ORP datasheet 4.4: -1019.9 to 1019.9 mV, whose ends it sends where the true value lies outside; not compensated.
        new("ezo-orp", "ORP", 0x62, Long, [new EzoOutput("", "oxidation_reduction_potential", "mV", -1019.8, 1019.8)], [], ["Cal,?"], double.NaN),

        // EZO-RTD datasheet: -126 to 1254 °C; -1023 says that no probe is plugged in.
        new("ezo-rtd", "RTD", 0x66, Short, [new EzoOutput("", "water_temperature", "Cel", -126, 1254)], ["S,c"], ["Cal,?"], -1023),
    ];

    private static readonly FrozenDictionary<string, EzoModel> ByKind = All.ToFrozenDictionary(model => model.Kind);

    /// <summary>True where outputs can be switched on and off.</summary>
    public bool HasChoice => Outputs.Any(output => output.Name.Length > 0);

    /// <summary>True where the circuit takes a temperature with a reading.</summary>
    public bool TakesTemperature => Pins.Contains("T,25");

    /// <summary>The model of a kind in agent.json; null for other kinds.</summary>
    public static EzoModel? Find(string kind) => ByKind.GetValueOrDefault(kind);

    /// <summary>The model of what a circuit calls itself; null where there is no kind for it.</summary>
    public static EzoModel? OfType(string type) => All.FirstOrDefault(model => string.Equals(model.Type, type, StringComparison.OrdinalIgnoreCase));
}
