using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>What a fact says. Immutable; the property order is the canonical JSON order, so it is part of the format.</summary>
internal abstract record FactBody
{
    /// <summary>Name of the kind as it is stored and listed, snake_case.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}

/// <summary>Boot A's clock showed <paramref name="TAUs"/> when boot B's showed <paramref name="TBUs"/>, within <paramref name="SigmaUs"/>.</summary>
internal sealed record ClockTie(
    [property: JsonPropertyName("boot_a")] Id128 BootA,
    [property: JsonPropertyName("t_a_us")] long TAUs,
    [property: JsonPropertyName("boot_b")] Id128 BootB,
    [property: JsonPropertyName("t_b_us")] long TBUs,
    [property: JsonPropertyName("sigma_us")] long SigmaUs) : FactBody
{
    public const string KindName = "clock_tie";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Boot's clock showed <paramref name="TUs"/> at UTC <paramref name="UtcUs"/>, within <paramref name="SigmaUs"/> (half-width of a 99.9 % bound).</summary>
/// <param name="Source">"ntp", "rtc", "gps", "teacher"… On a boot of kind utc an anchor with t = utc states the sender's declared sigma.</param>
internal sealed record UtcAnchor(
    [property: JsonPropertyName("boot")] Id128 Boot,
    [property: JsonPropertyName("t_us")] long TUs,
    [property: JsonPropertyName("utc_us")] long UtcUs,
    [property: JsonPropertyName("sigma_us")] long SigmaUs,
    [property: JsonPropertyName("source")] string Source) : FactBody
{
    public const string KindName = "utc_anchor";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>From then on this probe hangs at that port, until the next deployment there.</summary>
internal sealed record Deployment(
    [property: JsonPropertyName("agent")] Id128 Agent,
    [property: JsonPropertyName("port")] string Port,
    [property: JsonPropertyName("probe")] Id128 Probe,
    [property: JsonPropertyName("probe_model")] string ProbeModel,
    [property: JsonPropertyName("probe_serial")] string ProbeSerial,
    [property: JsonPropertyName("from")] Instant From) : FactBody
{
    public const string KindName = "deployment";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>From then on a reading of the probe means value = slope · x + offset (or what <paramref name="Method"/> says), until its next calibration for the same quantity.</summary>
/// <param name="InputQuantity">Input it applies to; empty = the inputs that yield <paramref name="OutputProperty"/> by themselves (all of the port, when that is empty too).</param>
/// <param name="InputUnit">Unit of x; empty = the channel's unit.</param>
/// <param name="OutputProperty">Property it yields; empty = unchanged.</param>
/// <param name="OutputUnit">Unit of value; empty = that of the property.</param>
/// <param name="Method">How it was made, and what else leads from x to the value; absent = slope and offset alone. Left out of the JSON when absent, so older facts keep their bytes.</param>
internal sealed record Calibration(
    [property: JsonPropertyName("probe")] Id128 Probe,
    [property: JsonPropertyName("input_quantity")] string InputQuantity,
    [property: JsonPropertyName("input_unit")] string InputUnit,
    [property: JsonPropertyName("output_property")] string OutputProperty,
    [property: JsonPropertyName("output_unit")] string OutputUnit,
    [property: JsonPropertyName("slope")] double Slope,
    [property: JsonPropertyName("offset")] double Offset,
    [property: JsonPropertyName("valid_from")] Instant ValidFrom,
    [property: JsonPropertyName("note")] string Note,
    [property: JsonPropertyName("method"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CalibrationMethod? Method = null) : FactBody
{
    public const string KindName = "calibration";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>A named stretch of time over some channels. The fact that stops it supersedes the one that started it and bears the same run id.</summary>
/// <param name="End">Absent = still running.</param>
/// <param name="Purpose">Absent = real; <see cref="Practice"/>. Left out of the JSON when absent, so older facts keep their bytes.</param>
internal sealed record Run(
    [property: JsonPropertyName("run")] Id128 RunId,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("channels")] ImmutableArray<string> Channels,
    [property: JsonPropertyName("start")] Instant Start,
    [property: JsonPropertyName("end")] Instant? End,
    [property: JsonPropertyName("purpose"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Purpose = null) : FactBody
{
    public const string KindName = "run";

    /// <summary>Tried out, shown, got wrong: readings are kept as ever, and left out of datasets unless asked for.</summary>
    public const string Practice = "practice";

    [JsonIgnore]
    public bool IsPractice => Purpose == Practice;

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Nothing in the place of what it supersedes: an undo.</summary>
internal sealed record Withdrawal(
    [property: JsonPropertyName("reason")] string Reason) : FactBody
{
    public const string KindName = "withdrawal";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>A kind this version does not know (merged from a newer hub): kept and passed on as it came, derived from by nobody.</summary>
internal sealed record UnknownBody(string KindAsSent, string Json) : FactBody
{
    public override string Kind => KindAsSent;
}
