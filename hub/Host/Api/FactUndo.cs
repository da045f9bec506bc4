using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>Takes back one fact of a kind, or refuses with what it is instead.</summary>
internal static class FactUndo
{
    /// <param name="alsoWith">Facts that go with it.</param>
    /// <returns>The new revision.</returns>
    public static long Withdraw<TBody>(FactLog facts, HubClock clock, string type, string factId, string reason, params Id128[] alsoWith)
        where TBody : FactBody
    {
        if (!Id128.TryParse(factId, out var id))
        {
            throw Rpc.InvalidArgument("fact_id", $"is '{factId}'; expected 32 lowercase hex digits");
        }

        if (!facts.Current.TryFind(id, out var fact) || fact.Body is not TBody)
        {
            throw Rpc.NotFound(type, factId);
        }

        if (!facts.Current.IsEffective(id))
        {
            throw Rpc.FailedPrecondition("SUPERSEDED", factId, "it is superseded or withdrawn already", "Điều này đã được thay hoặc rút lại rồi");
        }

        var draft = new FactDraft(new Withdrawal(reason), clock.Now, FactRoles.Teacher) { Supersedes = [id, .. alsoWith.Where(facts.Current.IsEffective)] };
        var problems = FactCheck.Problems(draft);
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => ("reason", problem.Text))]);
        }

        return facts.Append(draft).Revision;
    }
}
