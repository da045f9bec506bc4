using System.Collections.Immutable;
using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using HumanFlag = StemLab.Hub.Facts.HumanFlag;
using Instant = StemLab.Hub.Facts.Instant;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.QualityService: rules, flags and reasons in words; what they mean stands in the Quality room.</summary>
[Authorize(Policies.Show)]
internal sealed class QualityRpc(ObservationStore store, DerivationBook derivations, QualityBook quality, Recheck recheck, FactLog facts, HubNow now) : QualityService.QualityServiceBase
{
    private const int UsualPage = 1_000;
    private const int MostPage = 10_000;

    public override Task<GetQcRulesResponse> GetQcRules(GetQcRulesRequest request, ServerCallContext context)
    {
        Derivation derivation = At(request.AsOfRevision);
        ChannelView channel = ChannelOf(derivation, request.Channel);
        ChannelRules rules = quality.RulesOf(derivation).Of(channel)[^1].Rules;
        var answer = new GetQcRulesResponse
        {
            Effective = RuleWords.Effective(rules, channel),
            UnitUcum = channel.UnitUcum,
            Source = rules.DefaultSource,
            Revision = derivation.Revision,
        };
        answer.Tests.AddRange(RuleWords.Tests(rules, channel.Property?.Symbol ?? channel.UnitUcum));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<SetQcRulesResponse> SetQcRules(SetQcRulesRequest request, ServerCallContext context)
    {
        QcRulesFact rules = request.Rules ?? new QcRulesFact();
        RequireKnown(rules);
        var wire = new V1.Fact { QcRules = rules };
        wire.Supersedes.AddRange(facts.Current.Of<QualityRules>().Where(known => IsSameScope(known.Body, rules)).Select(known => known.Fact.FactId.ToString()));
        (ImmutableArray<FactDraft> drafts, ImmutableArray<FactProblem> problems) = FactRequest.Read(wire, facts.Current, now(), FactRoles.Teacher);
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => (problem.Path.Replace("qc_rules.", "rules.", StringComparison.Ordinal), problem.Text))]);
        }

        Derivation before = derivations.Current;
        FactCommit commit = facts.Append(drafts);
        Derivation after = derivations.Current;
        var answer = new SetQcRulesResponse { Fact = WireFact.To(commit.Stated[^1], effective: true) };
        answer.Channels.AddRange(after.Channels.Where(channel => IsJudgedAnew(before, after, channel)).Select(channel => channel.Name));
        return Task.FromResult(answer);
    }

    public override async Task<ListFlagStretchesResponse> ListFlagStretches(ListFlagStretchesRequest request, ServerCallContext context)
    {
        (long from, int size) = Page(request);
        using StoreSnapshot snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        Derivation derivation = At(request.AsOfRevision);
        ChannelView channel = ChannelOf(derivation, request.Channel);
        await quality.WaitThroughAsync(snapshot.Commit, context.CancellationToken);
        long to = request.EndTimeUs == 0 ? long.MaxValue : request.EndTimeUs;
        (List<FlaggedStretch> found, long? next) = new FlaggedStretches(snapshot, derivation, quality, channel).Find(from, to, size, context.CancellationToken);
        var answer = new ListFlagStretchesResponse { Revision = derivation.Revision, Commit = snapshot.Commit, NextPageToken = next?.ToString(CultureInfo.InvariantCulture) ?? "" };
        answer.Stretches.AddRange(found);
        return answer;
    }

    [Authorize(Policies.Take)]
    public override Task<FlagStretchResponse> FlagStretch(FlagStretchRequest request, ServerCallContext context)
    {
        using StoreSnapshot snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        Derivation derivation = derivations.Current;
        ChannelView channel = ChannelOf(derivation, request.Channel);
        if (request.EndTimeUs <= request.StartTimeUs)
        {
            throw Rpc.InvalidArgument("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}");
        }

        (List<(Id128 Boot, long FirstT, long LastT)> parts, long readings) = Parts(snapshot, derivation, channel, request, context.CancellationToken);
        FactDraft[] drafts =
        [
            .. parts.Select(part => new FactDraft(
                new HumanFlag(channel.Name, Instant.AtBoot(part.Boot, part.FirstT), Instant.AtBoot(part.Boot, part.LastT + 1), (int)request.Flag, request.Reason), now(), Caller.FactRole(context))),
        ];
        (string, string)[] problems = [.. drafts.SelectMany(draft => FactCheck.Problems(draft)).Select(problem => (problem.Path.Replace("human_flag.", "", StringComparison.Ordinal), problem.Text)).Distinct()];
        if (problems.Length > 0)
        {
            throw Rpc.InvalidArgument(problems);
        }

        FactCommit commit = facts.Append(drafts);
        var answer = new FlagStretchResponse { Readings = readings };
        answer.Facts.AddRange(commit.Stated.Select(fact => WireFact.To(fact, effective: true)));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Read)]
    public override async Task WatchRecheck(WatchRecheckRequest request, IServerStreamWriter<WatchRecheckResponse> responseStream, ServerCallContext context)
    {
        while (true)
        {
            (RecheckProgress progress, Task moved) = recheck.State;
            var step = new WatchRecheckResponse { Done = progress.Done, Total = progress.Total, Running = progress.IsRunning, Channel = progress.Channel };
            await responseStream.WriteAsync(step, context.CancellationToken);
            if (!progress.IsRunning)
            {
                return;
            }

            await moved.WaitAsync(context.CancellationToken);
        }
    }

    private static bool IsSameScope(QualityRules known, QcRulesFact rules) =>
        known.Property == rules.Property && known.Channel == rules.Channel && (known.Site?.ToString() ?? "") == rules.SiteId;

    private static ChannelView ChannelOf(Derivation derivation, string name) =>
        derivation.TryFindChannel(name, out ChannelView? channel) ? channel : throw Rpc.NotFound("stemlab.dev/Channel", name);

    /// <summary>Consecutive rows of one boot each, all that lie in the stretch as it is shown.</summary>
    private static (List<(Id128 Boot, long FirstT, long LastT)> Parts, long Readings) Parts(
        StoreSnapshot snapshot, Derivation derivation, ChannelView channel, FlagStretchRequest request, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<Id128, (long FirstT, long LastT)>();
        long readings = 0;
        var rows = new ChannelRows(snapshot, derivation, channel, request.StartTimeUs, request.EndTimeUs);
        while (rows.TryNext(8_192, out RowStretch stretch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<long> tUs = stretch.Run.TUs.Span;
            var boot = new Id128(stretch.Series.Entry.Boot.Value);
            (long first, long last) = parts.GetValueOrDefault(boot, (long.MaxValue, long.MinValue));
            parts[boot] = (Math.Min(first, tUs[stretch.From]), Math.Max(last, tUs[stretch.From + stretch.Count - 1]));
            readings += stretch.Count;
            rows.Release();
        }

        return readings == 0
            ? throw Rpc.FailedPrecondition("NO_READINGS", channel.Name, "there is no reading in this stretch; choose one with readings", "Đoạn này không có số đo nào; hãy chọn đoạn có số đo")
            : ([.. parts.Select(part => (part.Key, part.Value.FirstT, part.Value.LastT))], readings);
    }

    private Derivation At(long revision) => revision switch
    {
        < 0 => throw Rpc.InvalidArgument("as_of_revision", $"{revision} is not a revision; 0 means the newest"),
        0 => derivations.Current,
        _ when revision > derivations.Current.Revision => throw Rpc.InvalidArgument("as_of_revision", $"{revision} is later than the newest revision, {derivations.Current.Revision}"),
        _ => derivations.At(revision),
    };

    /// <summary>What a person names is here, and its unit fits: a rule that could never speak is a mistake.</summary>
    private void RequireKnown(QcRulesFact rules)
    {
        if (rules.Channel.Length > 0 && ChannelOf(derivations.Current, rules.Channel) is { UnitUcum.Length: > 0 } channel
            && rules.UnitUcum.Length > 0 && Ucum.TryParse(rules.UnitUcum, out _) && !Ucum.TryConvert(rules.UnitUcum, channel.UnitUcum, out _))
        {
            throw Rpc.InvalidArgument("rules.unit_ucum", $"is '{rules.UnitUcum}', which cannot be converted to {channel.UnitUcum}, the unit of {channel.Name}");
        }

        if (Id128.TryParse(rules.SiteId, out Id128 site) && !facts.Current.Of<Site>().Any(known => known.Body.SiteId == site))
        {
            throw Rpc.InvalidArgument("rules.site_id", $"is '{rules.SiteId}', which is no site of this hub");
        }
    }

    private bool IsJudgedAnew(Derivation before, Derivation after, ChannelView channel)
    {
        ImmutableArray<RuleSpan> now = quality.RulesOf(after).Of(channel);
        return !before.TryFindChannel(channel.Name, out ChannelView? then)
            || quality.RulesOf(before).Of(then) is var old && (old.Length != now.Length || old.Zip(now).Any(pair => pair.First.FromUtcUs != pair.Second.FromUtcUs || !pair.First.Rules.JudgesLike(pair.Second.Rules)));
    }

    private static (long From, int Size) Page(ListFlagStretchesRequest request)
    {
        var wrong = new List<(string, string)>();
        long from = request.StartTimeUs;
        if (request.PageToken.Length > 0 && !long.TryParse(request.PageToken, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out from))
        {
            wrong.Add(("page_token", "is not a token this hub gave"));
        }

        if (request.PageSize is < 0 or > MostPage)
        {
            wrong.Add(("page_size", $"{request.PageSize} is not 0 (the usual) to {MostPage}"));
        }

        if (request.EndTimeUs != 0 && request.EndTimeUs <= request.StartTimeUs)
        {
            wrong.Add(("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}"));
        }

        return wrong.Count > 0 ? throw Rpc.InvalidArgument(wrong) : (from, request.PageSize == 0 ? UsualPage : request.PageSize);
    }
}
