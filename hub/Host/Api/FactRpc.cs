using System.Collections.Immutable;
using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.V1;
using StemLab.Wire;
using Fact = StemLab.Hub.Facts.Fact;
using Withdrawal = StemLab.Hub.Facts.Withdrawal;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.FactService: lists, states and withdraws. Thin: what a request means stands in <see cref="FactRequest"/>.</summary>
internal sealed class FactRpc(FactLog facts, HubNow now) : V1.FactService.FactServiceBase
{
    private const int UsualPage = 100;
    private const int MostPage = 1000;

    private static readonly ImmutableArray<string> Kinds =
    [
        ClockTie.KindName, UtcAnchor.KindName, BootBound.KindName, Deployment.KindName, Calibration.KindName, CalibrationCheck.KindName, DriftSpread.KindName, Run.KindName,
        QualityRules.KindName, HumanFlag.KindName, Site.KindName, Placement.KindName, Withdrawal.KindName, KeptSample.KindName, DerivedChannelBody.KindName, Erasure.KindName,
        RetentionRule.KindName, RetentionDrop.KindName,
    ];

    [Authorize(Policies.Read)]
    public override Task<ListFactsResponse> ListFacts(ListFactsRequest request, ServerCallContext context)
    {
        (int skip, long revision) = Check(request);
        FactSnapshot snapshot = revision == 0 ? facts.Current : facts.At(revision);
        int size = request.PageSize == 0 ? UsualPage : Math.Min(request.PageSize, MostPage);
        Fact[] chosen =
        [
            .. (request.IncludeSuperseded ? snapshot.All : snapshot.Effective)
                .Where(fact => request.Kind.Length == 0 ? fact.Body is not UnknownBody : fact.Kind == request.Kind)
                .OrderByDescending(fact => fact.Revision).ThenBy(fact => fact.FactId.Value),
        ];
        var response = new ListFactsResponse { Revision = snapshot.Revision };
        response.Facts.AddRange(chosen.Skip(skip).Take(size).Select(fact => WireFact.To(fact, snapshot.IsEffective(fact.FactId))));
        response.NextPageToken = skip + size < chosen.Length ? string.Create(CultureInfo.InvariantCulture, $"{snapshot.Revision}.{skip + size}") : "";
        return Task.FromResult(response);
    }

    [Authorize(Policies.Teach)]
    public override Task<StateFactResponse> StateFact(StateFactRequest request, ServerCallContext context)
    {
        (ImmutableArray<FactDraft> drafts, ImmutableArray<FactProblem> problems) = FactRequest.Read(request.Fact, facts.Current, now(), FactRoles.Teacher);
        Refuse(problems);
        return Task.FromResult(new StateFactResponse { Fact = State(drafts) });
    }

    [Authorize(Policies.Teach)]
    public override Task<WithdrawFactResponse> WithdrawFact(WithdrawFactRequest request, ServerCallContext context)
    {
        if (!Id128.TryParse(request.FactId, out Id128 id))
        {
            throw Rpc.InvalidArgument("fact_id", $"is '{request.FactId}'; expected 32 lowercase hex digits");
        }

        if (!facts.Current.TryFind(id, out _))
        {
            throw Rpc.NotFound("stemlab.dev/Fact", request.FactId);
        }

        if (!facts.Current.IsEffective(id))
        {
            throw Rpc.FailedPrecondition("SUPERSEDED", request.FactId, "the fact is superseded or withdrawn already", "Điều này đã được thay hoặc rút lại rồi");
        }

        if (facts.Current.TryFind(id, out Fact? named) && named.Body is Erasure or RetentionDrop)
        {
            throw Rpc.FailedPrecondition("GONE", request.FactId, "these readings are gone; what was erased or dropped cannot be taken back", "Các số đo này đã bị xóa, không lấy lại được");
        }

        DerivedStatements.RefuseWhileNeeded(facts.Current, named!);
        var draft = new FactDraft(Before(facts.Current, named!) ?? new Withdrawal(request.Reason), now(), FactRoles.Teacher) { Supersedes = [id] };
        Refuse(FactCheck.Problems(draft));
        return Task.FromResult(new WithdrawFactResponse { Fact = State([draft]) });
    }

    /// <summary>
    /// A run or a site as it was before this fact said something else of it (that it ended, what it was made for, another name); null where the fact was its first, or where another still in force
    /// tells of it. Taken away without it, the run or site itself would be gone.
    /// </summary>
    private static FactBody? Before(FactSnapshot snapshot, Fact named) =>
        snapshot.Effective.Any(other => other.FactId != named.FactId && IsSameThing(other.Body, named.Body))
            ? null
            : named.Supersedes.Select(id => snapshot.TryFind(id, out Fact? before) ? before : null).OfType<Fact>().Where(before => IsSameThing(before.Body, named.Body)).MaxBy(before => before.Revision)?.Body;

    private static bool IsSameThing(FactBody one, FactBody other) => (one, other) switch
    {
        (Run a, Run b) => a.RunId == b.RunId,
        (Site a, Site b) => a.SiteId == b.SiteId,
        _ => false,
    };

    /// <summary>What to skip, and the revision to list: pages of one listing are all of the first one's revision.</summary>
    private static (int Skip, long Revision) Check(ListFactsRequest request)
    {
        var problems = new List<(string, string)>();
        if (request.Kind.Length > 0 && !Kinds.Contains(request.Kind))
        {
            problems.Add(("kind", $"is '{request.Kind}'; expected one of {string.Join(", ", Kinds)}, or empty for all"));
        }

        if (request.AsOfRevision < 0)
        {
            problems.Add(("as_of_revision", $"is {request.AsOfRevision}; expected 0 (newest) or a revision"));
        }

        if (request.PageSize < 0)
        {
            problems.Add(("page_size", $"is {request.PageSize}; expected 0 (the usual) to {MostPage}"));
        }

        (int Skip, long Revision) page = (0, request.AsOfRevision);
        if (request.PageToken.Length > 0 && !TryPage(request.PageToken, out page))
        {
            problems.Add(("page_token", "is not a token this hub gave"));
        }

        return problems.Count == 0 ? page : throw Rpc.InvalidArgument(problems);
    }

    private static bool TryPage(string token, out (int Skip, long Revision) page)
    {
        page = default;
        return token.Split('.') is [var revision, var skip]
            && int.TryParse(skip, NumberStyles.None, CultureInfo.InvariantCulture, out page.Skip)
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out page.Revision);
    }

    private static void Refuse(ImmutableArray<FactProblem> problems)
    {
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => ($"fact.{problem.Path}", problem.Text))]);
        }
    }

    private V1.Fact State(ImmutableArray<FactDraft> drafts)
    {
        FactCommit commit = facts.Append(drafts);
        return WireFact.To(commit.Stated[^1], facts.Current.IsEffective(commit.Stated[^1].FactId));
    }
}
