using System.Collections.Frozen;
using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>One value a board sends, as declared. Immutable.</summary>
/// <param name="Name">As it is called on the line.</param>
/// <param name="Quantity">Observed property, or the name itself where none is known.</param>
/// <param name="UnitUcum">UCUM code.</param>
internal sealed record SerialColumn(string Name, string Quantity, string UnitUcum)
{
    /// <summary>What usual names mean, with the unit where the line has none.</summary>
    private static readonly FrozenDictionary<string, (string Quantity, string Unit)> Usual = new Dictionary<string, (string, string)>
    {
        ["temp"] = ("air_temperature", "Cel"),
        ["temperature"] = ("air_temperature", "Cel"),
        ["nhiet_do"] = ("air_temperature", "Cel"),
        ["water"] = ("water_temperature", "Cel"),
        ["water_temp"] = ("water_temperature", "Cel"),
        ["water_temperature"] = ("water_temperature", "Cel"),
        ["hum"] = ("relative_humidity", "%"),
        ["humidity"] = ("relative_humidity", "%"),
        ["do_am"] = ("relative_humidity", "%"),
        ["pressure"] = ("air_pressure", "hPa"),
        ["light"] = ("illuminance", "lx"),
        ["lux"] = ("illuminance", "lx"),
        ["ph"] = ("ph", "[pH]"),
        ["ec"] = ("electrical_conductivity", "uS/cm"),
        ["tds"] = ("total_dissolved_solids", "mg/L"),
        ["turbidity"] = ("turbidity", "{NTU}"),
        ["do"] = ("dissolved_oxygen", "mg/L"),
        ["oxygen"] = ("dissolved_oxygen", "mg/L"),
        ["co2"] = ("co2", "[ppm]"),
        ["distance"] = ("distance", "cm"),
        ["voltage"] = ("voltage", "V"),
        ["current"] = ("current", "A"),
        ["soil"] = ("soil_moisture", "%"),
    }.ToFrozenDictionary();

    /// <summary>UCUM codes of what people write.</summary>
    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>
    {
        ["C"] = "Cel",
        ["°C"] = "Cel",
        ["degC"] = "Cel",
        ["Cel"] = "Cel",
        ["%"] = "%",
        ["%RH"] = "%",
        ["lux"] = "lx",
        ["lx"] = "lx",
        ["ppm"] = "[ppm]",
        ["[ppm]"] = "[ppm]",
        ["pH"] = "[pH]",
        ["[pH]"] = "[pH]",
        ["NTU"] = "{NTU}",
        ["{NTU}"] = "{NTU}",
        ["hPa"] = "hPa",
        ["mbar"] = "hPa",
        ["kPa"] = "kPa",
        ["Pa"] = "Pa",
        ["V"] = "V",
        ["mV"] = "mV",
        ["A"] = "A",
        ["mA"] = "mA",
        ["W"] = "W",
        ["m"] = "m",
        ["cm"] = "cm",
        ["mm"] = "mm",
        ["s"] = "s",
        ["ms"] = "ms",
        ["m/s"] = "m/s",
        ["m/s2"] = "m/s2",
        ["m/s^2"] = "m/s2",
        ["m/s²"] = "m/s2",
        ["deg"] = "deg",
        ["°"] = "deg",
        ["deg/s"] = "deg/s",
        ["uT"] = "uT",
        ["µT"] = "uT",
        ["uS/cm"] = "uS/cm",
        ["µS/cm"] = "uS/cm",
        ["mS/cm"] = "mS/cm",
        ["mg/L"] = "mg/L",
        ["mg/l"] = "mg/L",
        ["g"] = "g",
        ["kg"] = "kg",
        ["N"] = "N",
        ["Hz"] = "Hz",
        ["Ohm"] = "Ohm",
        ["1"] = "1",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a name and a unit on a line mean; a unit nobody knows is a number without one, and the name says so.</summary>
    public static SerialColumn Of(string name, string unit)
    {
        var known = Usual.TryGetValue(name, out var usual);
        var ucum = unit.Length == 0 ? known ? usual.Unit : "1" : Units.GetValueOrDefault(unit, "1");
        return new SerialColumn(name, known ? usual.Quantity : name.Replace('.', '_').Replace('-', '_'), ucum);
    }

    /// <summary>True where a line's unit is the declared one, or none is written.</summary>
    public bool Agrees(string unit) => unit.Length == 0 || Units.GetValueOrDefault(unit, "1") == UnitUcum;

    /// <summary>Columns as agent.json writes them: <c>temp, light:lx</c>; null where one cannot be meant.</summary>
    public static ImmutableArray<SerialColumn>? Read(string outputs)
    {
        var columns = ImmutableArray.CreateBuilder<SerialColumn>();
        foreach (var part in outputs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = part.Split(':', StringSplitOptions.TrimEntries);
            if (words.Length > 2 || SerialText.NameOf(words[0]) != words[0] || words[0].Length == 0 || (words.Length == 2 && !Units.ContainsKey(words[1])))
            {
                return null;
            }

            columns.Add(Of(words[0], words.Length == 2 ? words[1] : ""));
        }

        return columns.DistinctBy(column => column.Name).Count() == columns.Count ? columns.ToImmutable() : null;
    }
}
