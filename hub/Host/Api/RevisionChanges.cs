using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>What changed between two revisions, as the API tells it. Pure.</summary>
internal static class RevisionChanges
{
    /// <param name="derivations">Knows both revisions.</param>
    /// <param name="from">The earlier one.</param>
    /// <param name="to">The later one, existing.</param>
    public static DescribeChangesResponse Between(DerivationBook derivations, long from, long to)
    {
        var then = derivations.At(to);
        var words = new ChangeWords(then);
        var facts = then.Inputs.Facts;
        var came = facts.All.Where(fact => fact.Revision > from).OrderBy(fact => fact.Revision).ThenBy(fact => fact.FactId.Value).ToArray();
        var answer = new DescribeChangesResponse { FromRevision = from, ToRevision = to };
        foreach (var fact in came.Where(fact => fact.Body is not ClockTie))
        {
            var (vi, en) = words.Of(fact);
            answer.Changes.Add(new FactChange
            {
                FactId = fact.FactId.ToString(),
                Kind = fact.Kind,
                Revision = fact.Revision,
                InForce = facts.IsEffective(fact.FactId),
                TextVi = vi,
                TextEn = en,
                Count = 1,
            });
        }

        // An agent compares its clock with the hub's many times a day: nobody wants to read each.
        var ties = came.Where(fact => fact.Body is ClockTie).ToArray();
        if (ties.Length > 0)
        {
            answer.Changes.Add(new FactChange
            {
                Kind = ClockTie.KindName,
                Revision = ties[^1].Revision,
                InForce = ties.Any(fact => facts.IsEffective(fact.FactId)),
                TextVi = $"Các đồng hồ được so với nhau {ties.Length} lần.",
                TextEn = $"Clocks were compared with each other {ties.Length} times.",
                Count = ties.Length,
            });
        }

        answer.Spans.AddRange(derivations.ChangesBetween(from, to).Select(span => new Changed { Channel = span.Channel, StartTimeUs = span.FromUtcUs, EndTimeUs = span.ToUtcUs, Revision = to }));
        return answer;
    }
}
