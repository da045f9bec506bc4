using System.Collections.Frozen;

namespace StemLab.Agent.Sensors.Replay;

/// <summary>One column of a station file that is measured: where it stands and what it means. Immutable.</summary>
/// <param name="Index">Field number in a line, from 0.</param>
/// <param name="Output">The port (the column's own name), quantity and unit.</param>
internal sealed record ReplayColumn(int Index, OutputDescription Output);

/// <summary>What the headers of station files mean. Pure.</summary>
/// <remarks>
/// Names and units: NOAA NERR SWMP column names (water quality and weather), Logan River Observatory water-quality files.
/// A column nobody knows is played all the same, under its own name and without unit: dropping it would lose data.
/// </remarks>
internal static class ReplayColumns
{
    private static readonly string[] TimeNames = ["datetimestamp", "datetime", "timestamp", "time", "date_time", "utc"];

    /// <summary>Header to (observed property, UCUM unit). LRO files give conductivity in µS/cm and stage in cm; the layout decides.</summary>
    private static readonly FrozenDictionary<string, (string Quantity, string Unit)> Known = new Dictionary<string, (string, string)>
    {
        ["temp"] = ("water_temperature", "Cel"),
        ["spcond"] = ("specific_conductance_25", "mS/cm"),
        ["cond"] = ("specific_conductance_25", "uS/cm"),
        ["sal"] = ("practical_salinity", "1"),
        ["do_pct"] = ("dissolved_oxygen_saturation", "%"),
        ["do_mgl"] = ("dissolved_oxygen", "mg/L"),
        ["do"] = ("dissolved_oxygen", "mg/L"),
        ["depth"] = ("depth", "m"),
        ["cdepth"] = ("depth", "m"),
        ["level"] = ("water_level", "m"),
        ["clevel"] = ("water_level", "m"),
        ["stage"] = ("water_level", "cm"),
        ["ph"] = ("ph", "[pH]"),
        ["turb"] = ("turbidity", "{NTU}"),
        ["chlfluor"] = ("chlorophyll_a", "ug/L"),
        ["atemp"] = ("air_temperature", "Cel"),
        ["rh"] = ("relative_humidity", "%"),
        ["bp"] = ("air_pressure", "hPa"),
        ["wspd"] = ("wind_speed", "m/s"),
        ["maxwspd"] = ("wind_speed", "m/s"),
        ["wdir"] = ("wind_direction", "deg"),
        ["totprcp"] = ("precipitation", "mm"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a header line. False where no column names a time or nothing is measured.</summary>
    /// <param name="fields">The header's fields.</param>
    /// <param name="timeIndex">Which field is the time.</param>
    /// <param name="columns">The measured columns, in the order of the file.</param>
    public static bool TryRead(string[] fields, out int timeIndex, out ReplayColumn[] columns)
    {
        var names = Array.ConvertAll(fields, field => field.Trim().Trim('"').ToLowerInvariant());
        timeIndex = Array.FindIndex(names, name => TimeNames.Contains(name));
        columns = [.. names.Select((name, i) => (name, i)).Where(x => !IsLabel(x.name) && !TimeNames.Contains(x.name)).Select(x => new ReplayColumn(x.i, Describe(x.name)))];
        return timeIndex >= 0 && columns.Length > 0;
    }

    /// <summary>Flags, technicians' labels and record numbers are about readings, not readings.</summary>
    private static bool IsLabel(string name) =>
        name.Length == 0 || name.StartsWith("f_", StringComparison.Ordinal) || name.EndsWith("_qual", StringComparison.Ordinal) || name is "historical" or "provisionalplus" or "stationcode" or "isswmp" or "frequency";

    private static OutputDescription Describe(string name)
    {
        var stem = name.EndsWith("_cor", StringComparison.Ordinal) ? name[..^4] : name;
        var port = new string([.. name.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' ? c : '-').Take(64)]);
        return Known.TryGetValue(stem, out var known)
            ? new OutputDescription(port, known.Quantity, known.Unit)
            : new OutputDescription(port, port, "1");
    }
}
