using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.Sensirion;

/// <summary>What the datasheet says of one CO2 chip. Immutable.</summary>
/// <param name="Kind">Kind in agent.json.</param>
/// <param name="Name">Maker's name.</param>
/// <param name="Address">I2C address; it has one.</param>
/// <param name="LeastInterval">It measures no faster.</param>
/// <param name="Stop">Stops measuring, because it is only asked for its settings at rest; null where it may be asked always.</param>
/// <param name="Start">Starts measuring, with its argument.</param>
/// <param name="Ready">Asks whether there is a new measurement.</param>
/// <param name="ReadyMask">Bits of that answer that say so.</param>
/// <param name="Read">Reads the measurement.</param>
/// <param name="WordsOfReading">Its words.</param>
/// <param name="Takes">Time from a question to its answer.</param>
/// <param name="Questions">What is set on the chip and changes its readings: name and command.</param>
/// <param name="Decode">CO2 in ppm, air temperature in °C, relative humidity in %, from the words.</param>
internal sealed record CarbonDioxideModel(
    string Kind, string Name, int Address, TimeSpan LeastInterval, ushort? Stop, (ushort Command, ushort? Argument) Start, ushort Ready, int ReadyMask,
    ushort Read, int WordsOfReading, TimeSpan Takes, ImmutableArray<(string Name, ushort Command)> Questions, Func<ushort[], (double Co2, double Celsius, double Humidity)> Decode)
{
    /// <summary>Time a chip needs to come to rest.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    /// <summary>Both chips.</summary>
    public static ImmutableArray<CarbonDioxideModel> All { get; } =
    [
        // SCD4x datasheet 1.4 (2023), tables 9 to 24; example of 3.5.2: 500 ppm, 25 °C, 37 %.
        new("scd4x", "SCD4x", 0x62, TimeSpan.FromSeconds(5), 0x3F86, (0x21B1, null), 0xE4B8, 0x07FF, 0xEC05, 3, TimeSpan.FromMilliseconds(1),
            [("offset", 0x2318), ("altitude", 0x2322), ("asc", 0x2313)],
            words => (words[0], Math.Round(-45 + (175 * words[1] / 65535.0), 3), Math.Round(100 * words[2] / 65535.0, 3))),

        // SCD30 interface description 1.0 (2020), 1.4.1 to 1.4.9; example of 1.4.5: 439 ppm, 27.2 °C, 48.8 %.
        new("scd30", "SCD30", 0x61, TimeSpan.FromSeconds(2), null, (0x0010, 0), 0x0202, 0xFFFF, 0x0300, 6, TimeSpan.FromMilliseconds(4),
            [("interval", 0x4600), ("offset", 0x5403), ("altitude", 0x5102), ("asc", 0x5306)],
            words => (Float(words, 0), Float(words, 2), Float(words, 4))),
    ];

    private static double Float(ushort[] words, int at) => Math.Round((double)BitConverter.UInt32BitsToSingle(((uint)words[at] << 16) | words[at + 1]), 4);
}
