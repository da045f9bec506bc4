using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>
/// Thresholds of quality tests for some channels. Of several rules that speak of a channel and test, the narrower wins: channel, then site, then property;
/// equals are settled by the later. A test a rule does not name is left to the broader ones, at last to the registry's defaults.
/// </summary>
/// <param name="Property">Observed property it is for; empty with <paramref name="Channel"/> set.</param>
/// <param name="Channel">Channel name it is for; empty = every channel of the property.</param>
/// <param name="Site">Only while the agent is placed there; absent = anywhere.</param>
/// <param name="Unit">UCUM code of all thresholds; empty = the property's unit in the registry.</param>
/// <param name="Off">Tests not to be made: gross_range, spike, rate_of_change, flat_line, attenuated_signal, neighbour, multivariate.</param>
internal sealed record QualityRules(
    [property: JsonPropertyName("property")] string Property,
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("site")] Id128? Site,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("off")] ImmutableArray<string> Off,
    [property: JsonPropertyName("gross_range")] RangeLimits? GrossRange = null,
    [property: JsonPropertyName("spike")] ChangeLimits? Spike = null,
    [property: JsonPropertyName("rate_of_change")] ChangeLimits? RateOfChange = null,
    [property: JsonPropertyName("flat_line")] FlatLineLimits? FlatLine = null,
    [property: JsonPropertyName("attenuated_signal")] AttenuationLimits? Attenuation = null,
    [property: JsonPropertyName("neighbour")] CompanionLimits? Neighbour = null,
    [property: JsonPropertyName("multivariate")] CompanionLimits? Multivariate = null) : FactBody
{
    public const string KindName = "qc_rules";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>Outside the fail limits = fail, outside the suspect limits = suspect; absent = no limit on that side.</summary>
internal sealed record RangeLimits(
    [property: JsonPropertyName("fail_min")] double? FailMin = null,
    [property: JsonPropertyName("fail_max")] double? FailMax = null,
    [property: JsonPropertyName("suspect_min")] double? SuspectMin = null,
    [property: JsonPropertyName("suspect_max")] double? SuspectMax = null);

/// <summary>Above = suspect or fail; for spikes in the unit, for rates in the unit per second; absent = not asked.</summary>
internal sealed record ChangeLimits(
    [property: JsonPropertyName("suspect")] double? Suspect = null,
    [property: JsonPropertyName("fail")] double? Fail = null);

/// <summary>Still so long, s = suspect or fail; movement below the tolerance is none, 0 = not moving at all.</summary>
internal sealed record FlatLineLimits(
    [property: JsonPropertyName("suspect_s")] double SuspectSeconds,
    [property: JsonPropertyName("fail_s")] double FailSeconds,
    [property: JsonPropertyName("tolerance")] double Tolerance);

/// <summary>Standard deviation over the trailing period, s, below = suspect or fail.</summary>
internal sealed record AttenuationLimits(
    [property: JsonPropertyName("suspect")] double Suspect,
    [property: JsonPropertyName("fail")] double Fail,
    [property: JsonPropertyName("period_s")] double PeriodSeconds);

/// <summary>Another channel to compare with, within so many seconds. Neighbour: a larger difference than the limit = suspect. Multivariate: the limit is the companion's rate, per second.</summary>
internal sealed record CompanionLimits(
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("within_s")] double WithinSeconds,
    [property: JsonPropertyName("limit")] double Limit);

/// <summary>A person's word on a stretch of a channel: this flag, whatever the tests say. Of several on one row the one made last counts. Missing values stay missing.</summary>
/// <param name="From">First moment.</param>
/// <param name="To">First moment no longer meant.</param>
/// <param name="Flag">1 good, 2 not evaluated, 3 suspect, 4 fail.</param>
/// <param name="Reason">In the person's words; shown to others.</param>
internal sealed record HumanFlag(
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("from")] Instant From,
    [property: JsonPropertyName("to")] Instant To,
    [property: JsonPropertyName("flag")] int Flag,
    [property: JsonPropertyName("reason")] string Reason) : FactBody
{
    public const string KindName = "human_flag";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>A place where is measured. The fact that changes it supersedes the one before and bears the same site id.</summary>
/// <param name="Latitude">Degrees north, WGS 84; absent = not told.</param>
/// <param name="Longitude">Degrees east, WGS 84; absent = not told.</param>
internal sealed record Site(
    [property: JsonPropertyName("site")] Id128 SiteId,
    [property: JsonPropertyName("slug")] string Slug,
    [property: JsonPropertyName("name_en")] string NameEn,
    [property: JsonPropertyName("name_vi")] string NameVi,
    [property: JsonPropertyName("lat")] double? Latitude = null,
    [property: JsonPropertyName("lon")] double? Longitude = null) : FactBody
{
    public const string KindName = "site";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>From then on the agent is at that site, until its next placement; an absent site = nowhere named.</summary>
internal sealed record Placement(
    [property: JsonPropertyName("agent")] Id128 Agent,
    [property: JsonPropertyName("site")] Id128? Site,
    [property: JsonPropertyName("from")] Instant From) : FactBody
{
    public const string KindName = "placement";

    [JsonIgnore]
    public override string Kind => KindName;
}
