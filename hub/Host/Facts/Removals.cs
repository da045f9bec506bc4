using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>A stretch of one input's rows during one boot, by global names: what an erasure or a retention was resolved to when it was made, for ever.</summary>
/// <param name="FromTUs">First t, µs of the boot; <see cref="long.MinValue"/> = from its beginning.</param>
/// <param name="ToTUs">First t not meant.</param>
/// <param name="Rows">Rows that stood there when it was made.</param>
internal sealed record RemovedSpan(
    [property: JsonPropertyName("boot")] Id128 Boot,
    [property: JsonPropertyName("agent")] Id128 Agent,
    [property: JsonPropertyName("port")] string Port,
    [property: JsonPropertyName("quantity")] string Quantity,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("config_rev")] uint ConfigRev,
    [property: JsonPropertyName("from_t_us")] long FromTUs,
    [property: JsonPropertyName("to_t_us")] long ToTUs,
    [property: JsonPropertyName("rows")] long Rows);

/// <summary>Rows of these spans are gone and stay gone, whoever brings them again. Cannot be taken back.</summary>
/// <param name="Campaign">Id of the campaign it was stated for; empty = for named channels, or for everything. Nothing states one yet.</param>
/// <param name="Channels">As named by the person; empty = all.</param>
/// <param name="FromUtcUs">As asked for, UTC µs; what counts are the spans.</param>
/// <param name="ToUtcUs">As asked for, exclusive; 0 = up to the last row there was.</param>
internal sealed record Erasure(
    [property: JsonPropertyName("campaign")] string Campaign,
    [property: JsonPropertyName("channels")] ImmutableArray<string> Channels,
    [property: JsonPropertyName("from_utc_us")] long FromUtcUs,
    [property: JsonPropertyName("to_utc_us")] long ToUtcUs,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("spans")] ImmutableArray<RemovedSpan> Spans) : FactBody
{
    public const string KindName = "erasure";

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>From now on rows older than <paramref name="KeepUs"/> are dropped, again and again, until the rule is superseded or withdrawn.</summary>
/// <param name="Campaign">As in <see cref="Erasure"/>.</param>
/// <param name="Channels">Names; empty = every channel that no other rule names.</param>
/// <param name="KeepUs">Age, µs, at least one day.</param>
internal sealed record RetentionRule(
    [property: JsonPropertyName("campaign")] string Campaign,
    [property: JsonPropertyName("channels")] ImmutableArray<string> Channels,
    [property: JsonPropertyName("keep_us")] long KeepUs,
    [property: JsonPropertyName("reason")] string Reason) : FactBody
{
    public const string KindName = "retention_rule";

    /// <summary>A shorter age would race readings still on their way.</summary>
    public const long LeastKeepUs = 86_400_000_000;

    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>What a rule dropped at one time. Says what is no longer here; rows of those times that come later are kept until the rule drops them too.</summary>
/// <param name="Rule">Fact id of the rule.</param>
/// <param name="BeforeUtcUs">Rows before this went, UTC µs.</param>
internal sealed record RetentionDrop(
    [property: JsonPropertyName("rule")] Id128 Rule,
    [property: JsonPropertyName("before_utc_us")] long BeforeUtcUs,
    [property: JsonPropertyName("spans")] ImmutableArray<RemovedSpan> Spans) : FactBody
{
    public const string KindName = "retention";

    [JsonIgnore]
    public override string Kind => KindName;
}
