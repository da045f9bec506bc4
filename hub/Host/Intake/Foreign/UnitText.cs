using System.Collections.Frozen;
using StemLab.Science.Units;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>Units as makers, SenML (RFC 8428) and Home Assistant write them, as UCUM codes. Pure.</summary>
internal static class UnitText
{
    private const int Longest = 24;

    private static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["°C"] = "Cel",
        ["ºC"] = "Cel",
        ["℃"] = "Cel",
        ["C"] = "Cel",
        ["degC"] = "Cel",
        ["deg C"] = "Cel",
        ["Cel"] = "Cel",
        ["celsius"] = "Cel",
        ["°F"] = "[degF]",
        ["ºF"] = "[degF]",
        ["℉"] = "[degF]",
        ["F"] = "[degF]",
        ["degF"] = "[degF]",
        ["pH"] = "[pH]",
        ["%"] = "%",
        ["%RH"] = "%",
        ["% RH"] = "%",
        ["percent"] = "%",
        ["NTU"] = "{NTU}",
        ["FNU"] = "{NTU}",
        ["ppm"] = "[ppm]",
        ["ppb"] = "[ppb]",
        ["ppt"] = "1",
        ["psu"] = "1",
        ["g/kg"] = "g/kg",
        ["mg/l"] = "mg/L",
        ["µg/l"] = "ug/L",
        ["μg/l"] = "ug/L",
        ["ug/l"] = "ug/L",
        ["g/l"] = "g/L",
        ["mS/cm"] = "mS/cm",
        ["µS/cm"] = "uS/cm",
        ["μS/cm"] = "uS/cm",
        ["uS/cm"] = "uS/cm",
        ["S/m"] = "S/m",
        ["µg/m³"] = "ug/m3",
        ["μg/m³"] = "ug/m3",
        ["ug/m3"] = "ug/m3",
        ["µg/m3"] = "ug/m3",
        ["lx"] = "lx",
        ["lux"] = "lx",
        ["W/m²"] = "W/m2",
        ["W/m2"] = "W/m2",
        ["dBm"] = "{dBm}",
        ["dB"] = "dB",
        ["dBA"] = "dB[SPL]",
        ["hPa"] = "hPa",
        ["kPa"] = "kPa",
        ["mbar"] = "mbar",
        ["bar"] = "bar",
        ["mmHg"] = "mm[Hg]",
        ["deg"] = "deg",
        ["°"] = "deg",
        ["lat"] = "deg",
        ["lon"] = "deg",
        ["bpm"] = "/min",
        ["beat/min"] = "/min",
        ["Ω"] = "Ohm",
        ["ohm"] = "Ohm",
        ["count"] = "1",
        ["/"] = "1",
        ["1"] = "1",
        ["m/s²"] = "m/s2",
        ["m3/s"] = "m3/s",
        ["km/h"] = "km/h",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The UCUM code; null for a word that is no unit. Units whose case carries the meaning (mV and MV) are left to UCUM itself.</summary>
    public static string? ToUcum(string text)
    {
        if (text.Length is 0 or > Longest)
        {
            return null;
        }

        if (Known.TryGetValue(text, out var ucum))
        {
            return ucum;
        }

        return Ucum.TryParse(text, out _) ? text : null;
    }
}
