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

        foreach (var mark in (ReadOnlySpan<char>)[',', ' ', '_'])
        {
            var at = mark == ' ' ? text.LastIndexOf(' ') : text.IndexOf(mark);
            if (at > 0 && text[(at + 1)..].Trim() is { Length: > 0 } tail && (mark == ',' || IsClearUnit(tail)) && UnitOf(tail) is { } unit)
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
        return trimmed.Length == 0 ? null : trimmed switch
        {
            "oC" or "o C" or "deg_C" or "degree_C" or "degrees_C" or "degree_Celsius" or "Celsius" or "độ C" or "° C" or "Deg C" => "Cel",
            "degT" or "degrees" or "độ" => "deg",
            "psu" or "PSU" or "ppt" or "PSS" or "‰" or "1e-3" or "sal" => "1",
            "FTU" or "FNU" or "NTU" => "{NTU}",
            "% sat" or "%sat" or "% Sat" or "%Sat" or "pct" => "%",
            "pH units" or "std units" or "pH unit" => "[pH]",
            "uS/cm @ 25" or "µS" or "μS" or "uS" => "uS/cm",
            "mS" => "mS/cm",
            _ => UnitText.ToUcum(trimmed) ?? UnitText.ToUcum(trimmed.Replace(" ", "", StringComparison.Ordinal)),
        };
    }

    /// <summary>The property of a bare name in that unit, and how sure that is; null = nobody knows it.</summary>
    /// <param name="besideAir">The file speaks of the air.</param>
    public static (string Property, string Unit, double Confidence)? Meaning(ColumnName name, bool besideAir)
    {
        var stem = Stem(name.Bare);
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

        return ByStandardName(name);
    }

    /// <summary>Another unit of the same kind in which a typical value is possible; null where the first is.</summary>
    public static string? BetterUnit(string property, string unit, double typical)
    {
        if (ObservedProperties.Default.Find(property) is not { } known || IsPossible(known, unit, typical))
        {
            return null;
        }

        return Siblings.Where(family => family.Contains(unit)).SelectMany(family => family).FirstOrDefault(other => other != unit && IsPossible(known, other, typical));
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
        Ucum.TryConvert(unit, property.UnitUcum, out var map) && property.ValidRange.Contains(map.Apply(value));

    private static bool Fits(string unit, string property) => ObservedProperties.Default.Find(property) is { } known && Ucum.TryConvert(unit, known.UnitUcum, out _);

    /// <summary>"temp_cor", "Temp_avg" and "AirTC 1" mean what stands before.</summary>
    private static string WithoutTail(string name)
    {
        var at = name.LastIndexOfAny(['_', ' ', '.']);
        return at > 0 ? name[..at] : name;
    }

    /// <summary>Behind a blank or a bar only what cannot be a word of the name.</summary>
    private static bool IsClearUnit(string tail) => tail.AsSpan().ContainsAny(UnitMarks) || tail is "oC" or "degC" or "mV" or "hPa" or "kPa" or "mbar" or "ppm" or "ppb" or "NTU" or "FNU" or "psu" or "PSU" or "lux" or "Cel" or "cm" or "mm";
}
