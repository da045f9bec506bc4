using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Science.Properties;
using StemLab.V1;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.Export;

/// <summary>A file of a package, as it was written.</summary>
internal readonly record struct PackagedFile(string Path, long Bytes, string Sha256);

/// <summary>Descriptions that programs read: Frictionless tabular data package, CITATION.cff, DataCite, ERDDAP. Pure.</summary>
internal static class DataPackage
{
    /// <summary>Letters of all languages stay as they are.</summary>
    public static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Columns of data.csv and what they mean; the same order as <see cref="CsvRows.Columns"/>.</summary>
    public static readonly (string Name, string Meaning)[] Meanings =
    [
        ("time", "UTC, ISO 8601; empty where nobody knew the time: then boot and t_us give the order"),
        ("time_sigma_s", "half width of a bound on time that holds in 99.9 % of cases, s"),
        ("time_state", "anchored; unanchored = bounded by what came before and after; unknown"),
        ("time_source", "who told the time: ntp, gps, teacher, phones…; tie = through another clock; sender = the sender's own"),
        ("station", "label of the agent"),
        ("site", "place where the agent was"),
        ("latitude", "degrees north, WGS 84"),
        ("longitude", "degrees east, WGS 84"),
        ("property", "observed property"),
        ("unit", "UCUM code of value and uncertainty"),
        ("value", "calibrated value; empty = missing"),
        ("uncertainty", "standard uncertainty of value, from calibration and drift"),
        ("raw", "what the probe gave, in raw_unit"),
        ("flag", "QARTOD flag that counts: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing"),
        ("flag_tests", "flag of the automatic tests"),
        ("flag_person", "flag a person gave; empty = nobody did"),
        ("reasons", "causes of the flag, separated by |"),
        ("missing", "why there is no raw value"),
        ("raw_quantity", "what the probe measures itself"),
        ("raw_unit", "UCUM code of raw"),
        ("probe", "id of the probe"),
        ("probe_model", "as deployed or as the agent told"),
        ("probe_serial", "as deployed or as the agent told"),
        ("calibration", "fact id, see provenance.json; empty = none in force"),
        ("drift_spread", "fact id of the drift correction; empty = none"),
        ("simulated", "true = nothing behind it is a measurement"),
        ("channel", "full name of the channel"),
        ("boot", "clock the reading was stamped by"),
        ("t_us", "µs of that clock: with boot, channel and raw_quantity the reading's identity"),
    ];

    public static JsonObject Of(FrozenVersion version, IReadOnlyList<PackagedFile> files)
    {
        DatasetVersion about = version.About;
        (string id, string title, string url) = DatasetWords.Licence(about.Dataset.Licence);
        var package = new JsonObject
        {
            ["profile"] = "tabular-data-package",
            ["name"] = about.Name.Split('/')[1],
            ["id"] = about.Dataset.Doi.Length > 0 ? $"https://doi.org/{about.Dataset.Doi}" : about.Name,
            ["title"] = DatasetWords.Title(about),
            ["description"] = DatasetWords.Summary(version),
            ["version"] = $"{DatasetWords.Number(about)}.0.0",
            ["keywords"] = new JsonArray([.. about.Dataset.Keywords.Select(word => (JsonNode)word)]),
            ["licenses"] = new JsonArray(new JsonObject { ["name"] = id, ["title"] = title, ["path"] = url }),
            ["contributors"] = new JsonArray(new JsonObject { ["title"] = about.Dataset.Creator.Length > 0 ? about.Dataset.Creator : "not stated", ["role"] = "publisher" }),
            ["sources"] = new JsonArray(new JsonObject { ["title"] = version.HubName }),
            ["stemlab"] = new JsonObject
            {
                ["rows"] = version.Tables.Rows,
                ["rowsSha256"] = about.RowsSha256,
                ["revision"] = about.Revision,
                ["commit"] = about.Commit,
                ["citation"] = DatasetWords.Citation(about),
            },
        };
        if (about.HasFrozenTimeUs)
        {
            package["created"] = DatasetWords.Time(about.FrozenTimeUs);
        }

        package["resources"] = new JsonArray([.. files.Select(file => (JsonNode)Resource(version, file))]);
        return package;
    }

    /// <summary>Citation File Format 1.2.</summary>
    public static string Cff(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        string doi = about.Dataset.Doi.Length > 0 ? $"doi: {about.Dataset.Doi}\n" : "";
        string date = about.HasFrozenTimeUs ? $"date-released: {DatasetWords.Time(about.FrozenTimeUs)[..10]}\n" : "";
        return $"""
            cff-version: 1.2.0
            message: If you use this data set, please cite it as below.
            type: dataset
            title: {Quoted(DatasetWords.Title(about))}
            version: {Quoted(DatasetWords.Number(about))}
            {date}{doi}license: {about.Dataset.Licence}
            authors:
              - name: {Quoted(about.Dataset.Creator.Length > 0 ? about.Dataset.Creator : "not stated")}
            identifiers:
              - type: other
                value: sha256:{about.RowsSha256}
                description: SHA-256 over the canonical rows

            """.ReplaceLineEndings("\n");
    }

    /// <summary>DataCite metadata 4.5, as Zenodo and others take it.</summary>
    public static JsonObject DataCite(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        (string id, string title, string url) = DatasetWords.Licence(about.Dataset.Licence);
        string creator = about.Dataset.Creator.Length > 0 ? about.Dataset.Creator : "not stated";
        var json = new JsonObject
        {
            ["titles"] = new JsonArray(new JsonObject { ["title"] = DatasetWords.Title(about) }),
            ["creators"] = new JsonArray(new JsonObject { ["name"] = creator, ["nameType"] = "Organizational" }),
            ["publisher"] = new JsonObject { ["name"] = creator },
            ["publicationYear"] = about.HasFrozenTimeUs ? DatasetWords.Time(about.FrozenTimeUs)[..4] : "",
            ["types"] = new JsonObject { ["resourceTypeGeneral"] = "Dataset", ["resourceType"] = "Time series" },
            ["subjects"] = new JsonArray([.. about.Dataset.Keywords.Concat(version.Tables.Channels.Select(channel => channel.Property)).Distinct().Select(word => (JsonNode)new JsonObject { ["subject"] = word })]),
            ["dates"] = new JsonArray(new JsonObject
            {
                ["date"] = $"{DatasetWords.Time(about.HasFirstTimeUs ? about.FirstTimeUs : null)}/{DatasetWords.Time(about.HasLastTimeUs ? about.LastTimeUs : null)}",
                ["dateType"] = "Collected",
            }),
            ["version"] = DatasetWords.Number(about),
            ["rightsList"] = new JsonArray(new JsonObject { ["rights"] = title, ["rightsUri"] = url, ["rightsIdentifier"] = id, ["rightsIdentifierScheme"] = "SPDX" }),
            ["descriptions"] = new JsonArray(new JsonObject { ["description"] = DatasetWords.Summary(version), ["descriptionType"] = "Abstract" }),
            ["alternateIdentifiers"] = new JsonArray(new JsonObject { ["alternateIdentifier"] = about.RowsSha256, ["alternateIdentifierType"] = "rows SHA-256" }),
            ["schemaVersion"] = "http://datacite.org/schema/kernel-4",
        };
        if (about.Dataset.Doi.Length > 0)
        {
            json["doi"] = about.Dataset.Doi;
        }

        if (DatasetWords.BoxOf(version.Tables.Channels) is { } box)
        {
            json["geoLocations"] = new JsonArray(new JsonObject
            {
                ["geoLocationBox"] = new JsonObject
                {
                    ["westBoundLongitude"] = box.West,
                    ["eastBoundLongitude"] = box.East,
                    ["southBoundLatitude"] = box.South,
                    ["northBoundLatitude"] = box.North,
                },
            });
        }

        return json;
    }

    /// <summary>What Zenodo's deposit form asks for, as its API and its GitHub bridge read it (.zenodo.json).</summary>
    public static JsonObject Zenodo(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        return new JsonObject
        {
            ["upload_type"] = "dataset",
            ["title"] = DatasetWords.Title(about),
            ["creators"] = new JsonArray(new JsonObject { ["name"] = about.Dataset.Creator.Length > 0 ? about.Dataset.Creator : "not stated" }),
            ["description"] = DatasetWords.Summary(version),
            ["license"] = about.Dataset.Licence.ToLowerInvariant(),
            ["keywords"] = new JsonArray([.. about.Dataset.Keywords.Concat(version.Tables.Channels.Select(channel => channel.Property)).Distinct().Select(word => (JsonNode)word)]),
            ["version"] = DatasetWords.Number(about),
            ["publication_date"] = about.HasFrozenTimeUs ? DatasetWords.Time(about.FrozenTimeUs)[..10] : "",
            ["access_right"] = "open",
            ["notes"] = $"Rows SHA-256 {about.RowsSha256}. Frozen by StemLab {Provenance.Software} at facts revision {about.Revision}, commit {about.Commit}.",
        };
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";

    private static JsonObject Resource(FrozenVersion version, PackagedFile file) => new()
    {
        ["profile"] = "tabular-data-resource",
        ["name"] = "data",
        ["path"] = file.Path,
        ["format"] = "csv",
        ["mediatype"] = "text/csv",
        ["encoding"] = "utf-8",
        ["bytes"] = file.Bytes,
        ["hash"] = $"sha256:{file.Sha256}",
        ["dialect"] = new JsonObject { ["delimiter"] = ",", ["lineTerminator"] = "\n", ["header"] = true },
        ["schema"] = new JsonObject
        {
            ["fields"] = new JsonArray([.. Meanings.Select(meaning => (JsonNode)Field(version, meaning.Name, meaning.Meaning))]),
            ["missingValues"] = new JsonArray(""),
            ["primaryKey"] = new JsonArray("channel", "raw_quantity", "boot", "t_us"),
        },
    };

    private static JsonObject Field(FrozenVersion version, string name, string meaning)
    {
        var field = new JsonObject { ["name"] = name, ["type"] = TypeOf(name), ["description"] = meaning };
        if (name == "time")
        {
            field["format"] = "any";
        }

        if (name is "flag" or "flag_tests" or "flag_person")
        {
            field["constraints"] = new JsonObject { ["enum"] = new JsonArray(1, 2, 3, 4, 9) };
        }

        if (name == "property")
        {
            field["stemlab:properties"] = new JsonArray([.. version.Tables.Channels.Select(channel => (channel.Property, channel.UnitUcum)).Distinct().Select(of => (JsonNode)Property(of.Property, of.UnitUcum))]);
        }

        return field;
    }

    private static JsonObject Property(string id, string unit)
    {
        ObservedProperty? property = ObservedProperties.Default.Find(id);
        return new JsonObject
        {
            ["id"] = id,
            ["title"] = property?.NameEn ?? id,
            ["title_vi"] = property?.NameVi ?? id,
            ["unit"] = unit,
            ["cf_standard_name"] = property?.CfStandardName,
            ["qudt_unit"] = property?.QudtUnit,
        };
    }

    private static string TypeOf(string name) => name switch
    {
        "time" => "datetime",
        "flag" or "flag_tests" or "flag_person" or "t_us" => "integer",
        "time_sigma_s" or "latitude" or "longitude" or "value" or "uncertainty" or "raw" => "number",
        "simulated" => "boolean",
        _ => "string",
    };
}
