using StemLab.V1;

namespace StemLab.Hub.Facts;

/// <summary>Facts that take readings out, as the API shows them. Pure.</summary>
internal static class RemovalFactWire
{
    public static ErasureFact To(Erasure erasure)
    {
        var wire = new ErasureFact { Campaign = erasure.Campaign, StartTimeUs = erasure.FromUtcUs, EndTimeUs = erasure.ToUtcUs, Reason = erasure.Reason };
        wire.Channels.AddRange(erasure.Channels);
        wire.Spans.AddRange(erasure.Spans.Select(To));
        return wire;
    }

    public static RetentionRuleFact To(RetentionRule rule)
    {
        var wire = new RetentionRuleFact { Campaign = rule.Campaign, KeepUs = rule.KeepUs, Reason = rule.Reason };
        wire.Channels.AddRange(rule.Channels);
        return wire;
    }

    public static RetentionFact To(RetentionDrop retention)
    {
        var wire = new RetentionFact { RuleFactId = retention.Rule.ToString(), BeforeTimeUs = retention.BeforeUtcUs };
        wire.Spans.AddRange(retention.Spans.Select(To));
        return wire;
    }

    private static V1.RemovedSpan To(RemovedSpan span) => new()
    {
        BootId = span.Boot.ToString(),
        Agent = $"agents/{span.Agent}",
        Port = span.Port,
        Quantity = span.Quantity,
        UnitUcum = span.Unit,
        ConfigRev = span.ConfigRev,
        FromTUs = span.FromTUs,
        ToTUs = span.ToTUs,
        Rows = span.Rows,
    };
}
