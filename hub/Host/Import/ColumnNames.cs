using System.Buffers;
using System.Collections.Frozen;
using StemLab.Hub.Intake.Foreign;
using StemLab.Science.Properties;
using StemLab.Science.Units;

namespace StemLab.Hub.Import;

/// <summary>What a header says: the bare name, the unit it carries, and the property that is most likely meant.</summary>
/// <param name="Bare">Without the unit.</param>
/// <param name="Unit">UCUM; null where the header names none.</param>
internal readonly record struct ColumnName(string Bare, string? Unit);

/// <summary>Headers of data loggers, stations and tables people type. Pure.</summary>
internal static class ColumnNames
{
    private static readonly SearchValues<char> UnitMarks = SearchValues.Create("/°%µμ²³");

    private static readonly (char Open, char Close)[] Brackets = [('(', ')'), ('[', ']'), ('{', '}')];

    /// <summary>Names of station networks and sondes that the registry's own words do not cover, with the unit they are given in: NOAA NERR SWMP, Logan River Observatory, common sondes.</summary>
    private static readonly FrozenDictionary<string, (string Property, string Unit)> Stations = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["temp"] = ("water_temperature", "Cel"),
        ["spcond"] = ("specific_conductance_25", "mS/cm"),
        ["sal"] = ("practical_salinity", "1"),
        ["dopct"] = ("dissolved_oxygen_saturation", "%"),
        ["domgl"] = ("dissolved_oxygen", "mg/L"),
        ["odo"] = ("dissolved_oxygen", "mg/L"),
        ["cdepth"] = ("depth", "m"),
        ["level"] = ("water_level", "m"),
        ["clevel"] = ("water_level", "m"),
        ["stage"] = ("water_level", "m"),
        ["cond"] = ("specific_conductance_25", "mS/cm"),
        ["turb"] = ("turbidity", "{NTU}"),
        ["chlfluor"] = ("chlorophyll_a", "ug/L"),
        ["atemp"] = ("air_temperature", "Cel"),
        ["bp"] = ("air_pressure", "hPa"),
        ["wspd"] = ("wind_speed", "m/s"),
        ["maxwspd"] = ("wind_speed", "m/s"),
        ["wdir"] = ("wind_direction", "deg"),
        ["totprcp"] = ("precipitation", "mm"),
        ["wtmp"] = ("water_temperature", "Cel"),
        ["atmp"] = ("air_temperature", "Cel"),
        ["pres"] = ("air_pressure", "hPa"),
        ["gst"] = ("wind_speed", "m/s"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Parameter codes of the United States Geological Survey, which name its columns: "69928_00010" (https://help.waterdata.usgs.gov/codes-and-parameters).</summary>
    private static readonly FrozenDictionary<string, (string Property, string Unit)> Usgs = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["00010"] = ("water_temperature", "Cel"),
        ["00020"] = ("air_temperature", "Cel"),
        ["00065"] = ("water_level", "[ft_i]"),
        ["00095"] = ("specific_conductance_25", "uS/cm"),
        ["00300"] = ("dissolved_oxygen", "mg/L"),
        ["00301"] = ("dissolved_oxygen_saturation", "%"),
        ["00400"] = ("ph", "[pH]"),
        ["00480"] = ("practical_salinity", "1"),
        ["63680"] = ("turbidity", "{NTU}"),
        ["90860"] = ("practical_salinity", "1"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Headings over columns that are of the air.</summary>
    private static readonly string[] Air = ["air", "luft", "aire", "không khí", "khong khi", "weather", "thời tiết", "khí tượng"];

    /// <summary>°C. Water in a cup may be hotter; where a file names no unit, 68 is a river in °F.</summary>
    private const double WarmestBay = 45;

    /// <summary>Units that say the same quantity in another size; tried where a column's values cannot be in the first.</summary>
    private static readonly string[][] Siblings = [["mS/cm", "uS/cm", "S/m"], ["m", "cm", "mm"], ["Cel", "[degF]", "K"], ["hPa", "kPa", "Pa", "mm[Hg]"], ["mg/L", "ug/L"], ["%", "1"], ["m/s", "km/h"]];

    /// <summary>"Temp (°C)", "DO, mg/L", "pH [pH]", "Nhiệt độ (oC)", "SpCond mS/cm".</summary>
    public static ColumnName Parse(string header)
    {
        var text = header.Trim();
        foreach (var (open, close) in Brackets)
        {
            var end = text.LastIndexOf(close);
            var begin = end < 0 ? -1 : text.LastIndexOf(open, end);
            if (begin > 0 && UnitOf(text[(begin + 1)..end]) is { } unit)
            {
                return new ColumnName(text[..begin].Trim(' ', '_', ','), unit);
            }
        }

        // A last bracket without a unit is what a logger adds: "Temp, °C (LGR S/N: 10234)", "Depth (ft) (701234)".
        if (text.EndsWith(')') && text.LastIndexOf('(') is > 0 and var serial && Parse(text[..serial]) is { Unit: not null } before)
        {
            return before;
        }

        if (text.EndsWith("% sat", StringComparison.OrdinalIgnoreCase) && text.Length > 6)
        {
            return new ColumnName(text[..^5].Trim(' ', ','), "%");
        }

        foreach (var mark in (ReadOnlySpan<char>)[',', ' ', '_'])
        {
            var at = mark == ' ' ? text.LastIndexOf(' ') : text.IndexOf(mark);
            if (at > 0 && text[(at + 1)..].Trim() is { Length: > 0 } tail && (mark == ',' || IsClearUnit(tail) || (tail is "m" or "ft" or "C" or "F" && IsMeant(text[..at], UnitOf(tail)!))) && UnitOf(tail) is { } unit)
            {
                return new ColumnName(text[..at].Trim(), unit);
            }
        }

        return new ColumnName(text, null);
    }

    /// <summary>A unit as people write it, as UCUM; null where it is none.</summary>
    public static string? UnitOf(string text)
    {
        var trimmed = text.Trim().Trim('(', ')', '[', ']').Trim();
        return trimmed.Length == 0 || (trimmed != "1" && trimmed.All(char.IsAsciiDigit)) ? null : trimmed switch
        {
            "oC" or "o C" or "deg_C" or "degree_C" or "degrees_C" or "degree_Celsius" or "Celsius" or "độ C" or "° C" or "Deg C" => "Cel",
            "degT" or "degrees" or "độ" => "deg",
            "psu" or "PSU" or "ppt" or "PSS" or "‰" or "1e-3" or "sal" => "1",
            "FTU" or "FNU" or "NTU" => "{NTU}",
            "% sat" or "%sat" or "% Sat" or "%Sat" or "pct" => "%",
            "pH units" or "std units" or "pH unit" => "[pH]",
            "PSI" or "psi" => "[psi]",
            "ft" or "feet" or "Feet" or "FT" => "[ft_i]",
            "in" or "inch" or "inches" => "[in_i]",
            "mph" or "MPH" => "[mi_i]/h",
            "kn" or "kt" or "kts" or "knots" => "[kn_i]",
            "uS/cm @ 25" or "µS" or "μS" or "uS" => "uS/cm",
            "mS" => "mS/cm",
            _ => UnitText.ToUcum(trimmed) ?? UnitText.ToUcum(trimmed.Replace(" ", "", StringComparison.Ordinal).Replace("^", "", StringComparison.Ordinal)),
        };
    }

    /// <summary>The property of a bare name in that unit, and how sure that is; null = nobody knows it.</summary>
    /// <param name="besideAir">The file speaks of the air.</param>
    public static (string Property, string Unit, double Confidence)? Meaning(ColumnName name, bool besideAir)
    {
        if (name.Bare.LastIndexOf(FileHead.Below, StringComparison.Ordinal) is > 0 and var below)
        {
            var group = name.Bare[..below].Trim();
            return Meaning(name with { Bare = name.Bare[(below + FileHead.Below.Length)..] }, besideAir || Air.Contains(group, StringComparer.OrdinalIgnoreCase));
        }

        if (UsgsCode(name.Bare) is { } code)
        {
            return Usgs.TryGetValue(code, out var meant) ? (meant.Property, meant.Unit, 0.95) : null;
        }

        var stem = Stem(name.Bare);
        if (name.Unit == "%" && stem is "do" or "odo" or "ldo" or "rdo")
        {
            return ("dissolved_oxygen_saturation", "%", 0.95);
        }

        if (Stations.TryGetValue(stem, out var station) && (name.Unit is null || Fits(name.Unit, station.Property)) && !(besideAir && stem == "temp"))
        {
            return (station.Property, name.Unit ?? station.Unit, name.Unit is null ? 0.8 : 0.95);
        }

        foreach (var key in (string[])[name.Bare, WithoutTail(name.Bare)])
        {
            if (ObservedProperties.Default.TryResolve(key, out var match, besideAir) && (name.Unit is null || Fits(name.Unit, match.Property.Id)))
            {
                return (match.Property.Id, name.Unit ?? match.UnitUcum, name.Unit is null ? 0.7 : 0.95);
            }
        }

        // "Run 1: Temperature" is what stands behind.
        return name.Bare.LastIndexOf(':') is > 0 and var colon && colon + 1 < name.Bare.Length
            ? Meaning(name with { Bare = name.Bare[(colon + 1)..].Trim() }, besideAir)
            : ByStandardName(name) ?? ByUnit(name.Unit);
    }

    /// <summary>Units that only one property has.</summary>
    private static (string, string, double)? ByUnit(string? unit) => unit switch
    {
        "lx" => ("illuminance", unit, 0.6),
        "[pH]" => ("ph", unit, 0.6),
        "{NTU}" => ("turbidity", unit, 0.6),
        _ => null,
    };

    /// <summary>Another unit of the same kind in which a typical value is possible; null where the first is.</summary>
    public static string? BetterUnit(string property, string unit, double typical)
    {
        if (ObservedProperties.Default.Find(property) is not { } known || IsPossible(known, unit, typical))
        {
            return null;
        }

        return Siblings.Where(family => family.Contains(unit)).SelectMany(family => family).FirstOrDefault(other => other != unit && IsPossible(known, other, typical));
    }

    /// <summary>The five digits of "69928_00010" and "01_00060_00003"; null where a name is none of these.</summary>
    public static string? UsgsCode(string name)
    {
        var parts = name.Split('_');
        return parts.Length is 2 or 3 && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit)) && parts[1].Length == 5 ? parts[1] : null;
    }

    /// <summary>Lower case, letters and digits only; a corrected column's name without what says so.</summary>
    public static string Stem(string name)
    {
        var lower = name.ToLowerInvariant();
        lower = lower.EndsWith("_cor", StringComparison.Ordinal) ? lower[..^4] : lower;
        return new string([.. lower.Where(char.IsAsciiLetterOrDigit)]);
    }

    private static (string, string, double)? ByStandardName(ColumnName name)
    {
        var cf = name.Bare.Trim().ToLowerInvariant().Replace(' ', '_');
        var known = ObservedProperties.Default.All.FirstOrDefault(property => property.CfStandardName == cf)
            ?? (cf.StartsWith("sea_surface_height", StringComparison.Ordinal) ? ObservedProperties.Default.Find("water_level") : null);
        return known is not null && (name.Unit is null || Fits(name.Unit, known.Id)) ? (known.Id, name.Unit ?? known.UnitUcum, 0.8) : null;
    }

    private static bool IsPossible(ObservedProperty property, string unit, double value) =>
        Ucum.TryConvert(unit, property.UnitUcum, out var map) && property.ValidRange.Contains(map.Apply(value)) && !(property.Id == "water_temperature" && map.Apply(value) > WarmestBay);

    private static bool Fits(string unit, string property) => ObservedProperties.Default.Find(property) is { } known && Ucum.TryConvert(unit, known.UnitUcum, out _);

    /// <summary>"temp_cor", "Temp_avg" and "AirTC 1" mean what stands before.</summary>
    private static string WithoutTail(string name)
    {
        var at = name.LastIndexOfAny(['_', ' ', '.']);
        return at > 0 ? name[..at] : name;
    }

    /// <summary>A word of one letter is a unit only where the name before it is measured in it: "Depth m".</summary>
    private static bool IsMeant(string name, string unit) => Meaning(new ColumnName(name.Trim(), unit), false) is { Confidence: > 0.9 };

    /// <summary>Behind a blank or a bar only what cannot be a word of the name.</summary>
    private static bool IsClearUnit(string tail) => tail.AsSpan().ContainsAny(UnitMarks) || tail is "oC" or "degC" or "mV" or "hPa" or "kPa" or "mbar" or "ppm" or "ppb" or "NTU" or "FNU" or "psu" or "PSU" or "lux" or "Cel" or "cm" or "mm";
}
