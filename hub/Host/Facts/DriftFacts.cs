using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>What a probe read in standards some time after its calibration. Changes no value by itself.</summary>
/// <param name="Points">Raw in the unit of x of the calibration in force then, reference in the unit of its value; at least one.</param>
internal sealed record CalibrationCheck(
    [property: JsonPropertyName("probe")] Id128 Probe,
    [property: JsonPropertyName("at")] Instant At,
    [property: JsonPropertyName("points")] ImmutableArray<StandardReading> Points,
    [property: JsonPropertyName("note")] string Note) : FactBody
{
    public const string KindName = "calibration_check";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>The probe drifted from one calibration to a check or a later calibration: what lies between is spread along the way, what comes after it stays at its end.</summary>
/// <param name="FromCalibration">Fact id; while that fact is in force the spread acts on it.</param>
/// <param name="ToFact">Fact id of a check or a calibration of the same probe.</param>
/// <param name="Way">"linear": evenly in time.</param>
internal sealed record DriftSpread(
    [property: JsonPropertyName("probe")] Id128 Probe,
    [property: JsonPropertyName("from_calibration")] Id128 FromCalibration,
    [property: JsonPropertyName("to_fact")] Id128 ToFact,
    [property: JsonPropertyName("start")] Instant Start,
    [property: JsonPropertyName("end")] Instant End,
    [property: JsonPropertyName("way")] string Way,
    [property: JsonPropertyName("note")] string Note) : FactBody
{
    public const string KindName = "drift_spread";
    public const string Linear = "linear";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Everything on that boot happened between two UTC times: a person's word where no clock was met.</summary>
/// <param name="NotBeforeUtcUs">Absent = not bounded on that side.</param>
/// <param name="NotAfterUtcUs">Absent = not bounded on that side.</param>
internal sealed record BootBound(
    [property: JsonPropertyName("boot")] Id128 Boot,
    [property: JsonPropertyName("not_before_utc_us")] long? NotBeforeUtcUs,
    [property: JsonPropertyName("not_after_utc_us")] long? NotAfterUtcUs,
    [property: JsonPropertyName("source")] string Source) : FactBody
{
    public const string KindName = "boot_bound";

    [JsonIgnore]
    public override string Kind => KindName;
}
