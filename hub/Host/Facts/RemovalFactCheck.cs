using System.Collections.Immutable;

namespace StemLab.Hub.Facts;

/// <summary>What may be wrong with facts that take readings out. Pure.</summary>
internal static class RemovalFactCheck
{
    /// <summary>Characters of why something was taken out.</summary>
    public const int LongestReason = 500;

    public static void Body(ImmutableArray<FactProblem>.Builder found, FactBody body)
    {
        switch (body)
        {
            case Erasure erasure:
                FactCheck.Text(found, "erasure.reason", erasure.Reason, least: 1, LongestReason);
                Spans(found, "erasure.spans", erasure.Spans);
                break;
            case RetentionRule rule:
                FactCheck.Text(found, "retention_rule.reason", rule.Reason, least: 1, LongestReason);
                if (rule.KeepUs < RetentionRule.LeastKeepUs)
                {
                    found.Add(new("retention_rule.keep_us", $"is {rule.KeepUs}; expected at least one day, {RetentionRule.LeastKeepUs}"));
                }

                break;
            case RetentionDrop retention:
                FactCheck.Named(found, "retention.rule", retention.Rule);
                Spans(found, "retention.spans", retention.Spans);
                break;
        }
    }

    private static void Spans(ImmutableArray<FactProblem>.Builder found, string path, ImmutableArray<RemovedSpan> spans)
    {
        if (spans.IsDefaultOrEmpty)
        {
            found.Add(new(path, "is empty; found no rows to take out"));
            return;
        }

        foreach (RemovedSpan span in spans)
        {
            FactCheck.Named(found, $"{path}.boot", span.Boot);
            FactCheck.Named(found, $"{path}.agent", span.Agent);
            if (span.ToTUs <= span.FromTUs)
            {
                found.Add(new(path, $"ends at {span.ToTUs}, not after its start {span.FromTUs}"));
            }
        }
    }
}
