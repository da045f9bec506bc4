using System.Reflection;
using System.Text.Json.Nodes;
using Google.Protobuf;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>What the values of a version rest on: the question asked, the clocks, the probes, and every fact used, as stored. Pure.</summary>
internal static class Provenance
{
    /// <summary>Version of this program.</summary>
    public static string Software { get; } = typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static JsonObject Of(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        var provenance = new JsonObject
        {
            ["dataset"] = about.Name,
            ["software"] = $"StemLab {Software}",
            ["hub"] = version.HubName,
            ["revision"] = about.Revision,
            ["commit"] = about.Commit,
            ["rows"] = version.Tables.Rows,
            ["rowsSha256"] = about.RowsSha256,
            ["selection"] = JsonNode.Parse(JsonFormatter.Default.Format(about.Selection)),
            ["channels"] = new JsonArray([.. version.Tables.Channels.Select(channel => (JsonNode)new JsonObject
            {
                ["name"] = channel.Name, ["station"] = channel.Station, ["port"] = channel.Port, ["property"] = channel.Property, ["unit"] = channel.UnitUcum, ["simulated"] = channel.Simulated,
                ["rows"] = channel.Rows, ["missingValues"] = channel.MissingValues, ["expected"] = channel.Expected,
            })]),
            ["stretches"] = new JsonArray([.. version.Tables.Stretches.Select(stretch => (JsonNode)new JsonObject
            {
                ["boot"] = stretch.Boot, ["rawQuantity"] = stretch.RawQuantity, ["rawUnit"] = stretch.RawUnit, ["timeState"] = stretch.TimeState, ["timeSource"] = stretch.TimeSource,
                ["probe"] = stretch.Probe, ["probeModel"] = stretch.ProbeModel, ["probeSerial"] = stretch.ProbeSerial, ["calibration"] = stretch.Calibration, ["driftSpread"] = stretch.Drift,
                ["site"] = stretch.Site, ["latitude"] = stretch.Latitude, ["longitude"] = stretch.Longitude, ["onTrack"] = stretch.OnTrack,
            })]),
            ["facts"] = new JsonArray([.. version.Tables.Facts.Select(fact => (JsonNode)new JsonObject
            {
                ["id"] = fact.FactId, ["kind"] = fact.Kind, ["byRole"] = fact.ByRole, ["revision"] = fact.Revision, ["body"] = JsonNode.Parse(fact.Json),
            })]),
            ["qualityControl"] = new JsonArray([.. version.Tables.Rules.Select(rule => (JsonNode)new JsonObject
            {
                ["channel"] = rule.Channel, ["test"] = rule.Test, ["made"] = !rule.Off, ["thresholds"] = rule.ThresholdsEn, ["from"] = rule.From, ["fact"] = rule.FactId,
            })]),
        };
        if (version.Tables.Practice is { } practice)
        {
            provenance["practice"] = new JsonObject
            {
                ["leftOut"] = practice.IsLeftOut,
                ["readings"] = practice.Rows,
                ["runs"] = new JsonArray([.. practice.Runs.Select(run => (JsonNode)new JsonObject
                {
                    ["run"] = run.Run, ["startTimeUs"] = run.FromUtcUs, ["endTimeUs"] = run.ToUtcUs == long.MaxValue ? null : run.ToUtcUs, ["readings"] = run.Rows,
                })]),
            };
        }

        return provenance;
    }
}
