using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Hub.Operations;
using StemLab.Science.Texts;

namespace StemLab.Hub.Import;

/// <summary>How a file is read: the accepted proposal. With it the same file, and others of its kind, are read in the same way for ever. Never changed once made (set, not init: the generated reader would take the default from a key a file lacks).</summary>
internal sealed record ImportMapping
{
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    /// <summary>What the readings belong to, 32 hex digits: files with the same id are one station. Made from the first file's content, so that two hubs make the same.</summary>
    public string SourceId { get; set; } = "";

    /// <summary>Label of the station, [a-z0-9-]{1,32}.</summary>
    public string Station { get; set; } = "";

    /// <summary>"utf-8", "utf-16", "utf-16BE", "windows-1252", "windows-1258".</summary>
    public string Encoding { get; set; } = "utf-8";

    /// <summary>"," ";" "\t" "|", or " " for any white space.</summary>
    public string Delimiter { get; set; } = ",";

    /// <summary>"." or ",".</summary>
    public string Decimal { get; set; } = ".";

    /// <summary>Lines that begin with one of these are no records.</summary>
    public ImmutableArray<string> Comments { get; set; } = [];

    /// <summary>Records before the first with readings: titles, header, units.</summary>
    public int SkipRecords { get; set; }

    /// <summary>Fields of a record; shorter ones are wrong.</summary>
    public int Fields { get; set; }

    public required TimeMapping Time { get; init; }

    /// <summary>Field that names the station, where one file holds several; null = one station.</summary>
    public int? StationField { get; set; }

    public ImmutableArray<ColumnMapping> Columns { get; set; } = [];

    /// <summary>Texts that mean "no value", compared without case.</summary>
    public ImmutableArray<string> Missing { get; set; } = [];

    /// <summary>The file's own flag codes as QARTOD 1, 2, 3, 4, 9; 0 = says nothing.</summary>
    public ImmutableSortedDictionary<string, int> Flags { get; set; } = ImmutableSortedDictionary<string, int>.Empty;
}

/// <summary>Where the time stands and how it is written.</summary>
/// <param name="Fields">One field, date and time, or year, month, day, hour, minute, second (as many as there are).</param>
/// <param name="Form">As <see cref="TimeForms"/> names it.</param>
/// <param name="Zone">IANA name, "UTC" or an offset like "+07:00"; for times that name none themselves.</param>
/// <param name="SigmaSeconds">How far the file's times may be off, s.</param>
internal sealed record TimeMapping(ImmutableArray<int> Fields, string Form, string Zone, double SigmaSeconds)
{
    /// <summary>When it began, "2026-11-25 10:00:00" in the zone or with an offset of its own; only where times are counted from a start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Start { get; init; }
}

/// <summary>One measured column.</summary>
/// <param name="Field">Its place in a record, from 0.</param>
/// <param name="Name">As the header says.</param>
/// <param name="Port">Port of the station's channel.</param>
/// <param name="Property">Observed property, or the port's own name where nobody knows it.</param>
/// <param name="Unit">UCUM code.</param>
/// <param name="FlagField">Field with its flags; null = none.</param>
/// <param name="IntervalSeconds">Usual step, s; 0 = none.</param>
internal sealed record ColumnMapping(int Field, string Name, string Port, string Property, string Unit, int? FlagField, double IntervalSeconds)
{
    /// <summary>Numbers that mean "no value" in this column alone: 999 is no wind, but it is an air pressure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Missing { get; init; }
}

/// <summary>Mapping files: JSON that people can read and change.</summary>
internal static class MappingFile
{
    public static string Write(ImportMapping mapping) => JsonSerializer.Serialize(mapping, MappingJson.Files.ImportMapping);

    /// <summary>Null where it is no mapping; <paramref name="why"/> then says why.</summary>
    public static ImportMapping? Read(string text, out Sentence why)
    {
        try
        {
            why = new Sentence("it is empty", "tệp trống");
            return JsonSerializer.Deserialize(text, MappingJson.Files.ImportMapping);
        }
        catch (JsonException wrong)
        {
            why = JsonFault.Of(wrong);
            return null;
        }
    }
}
