using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.Samples;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Statistics;
using StemLab.V1;
using Fact = StemLab.Hub.Facts.Fact;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.SampleService: checks the question, hands it to Samples.</summary>
internal sealed class SampleRpc(SteadyReader steady, OwnSamples own, SitesNear sites, BucketTesting buckets, FactLog facts, DerivationBook derivations, HubClock clock, TimeProvider time) : SampleService.SampleServiceBase
{
    /// <summary>Least time between two messages of a watch, and its longest life.</summary>
    internal static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    internal static readonly TimeSpan LongestWatch = TimeSpan.FromHours(1);

    private const int UsualPage = 100;
    private const int MostPage = 1_000;

    [Authorize(Policies.Read)]
    public override async Task WatchSteadiness(WatchSteadinessRequest request, IServerStreamWriter<WatchSteadinessResponse> responseStream, ServerCallContext context)
    {
        var rule = Rule(request.Channel, request.WindowUs, request.Tolerance);
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Beat, time);
        do
        {
            var window = steady.Judge(request.Channel, rule) ?? throw Rpc.NotFound("channel", request.Channel);
            await responseStream.WriteAsync(new WatchSteadinessResponse { Steadiness = SampleTexts.Wire(window) }, context.CancellationToken);
        }
        while (time.GetElapsedTime(started) < LongestWatch && await timer.WaitForNextTickAsync(context.CancellationToken));
    }

    [Authorize(Policies.Read)]
    public override Task<SuggestSitesResponse> SuggestSites(SuggestSitesRequest request, ServerCallContext context)
    {
        var here = sites.Of(request.Channel) ?? throw Rpc.NotFound("channel", request.Channel);
        var answer = new SuggestSitesResponse { Here = here.IsHere };
        if (here.Fix is { } fix)
        {
            (answer.Latitude, answer.Longitude, answer.AgeUs) = (fix.Latitude, fix.Longitude, fix.AgeUs);
        }

        foreach (var near in here.Sites)
        {
            var name = PlaceNames.Of(near.Site);
            var told = new SuggestedSite { Slug = near.Site.Slug, Name = new Sentence { En = name.En, Vi = name.Vi } };
            if (near.DistanceM is { } metres)
            {
                told.DistanceM = metres;
            }

            answer.Sites.Add(told);
        }

        return Task.FromResult(answer);
    }

    [Authorize(Policies.Take)]
    public override Task<KeepSampleResponse> KeepSample(KeepSampleRequest request, ServerCallContext context)
    {
        var window = steady.Judge(request.Channel, Rule(request.Channel, request.WindowUs, request.Tolerance)) ?? throw Rpc.NotFound("channel", request.Channel);
        if (window is not { Start: { } start, End: { } end, State: { Mean: { } mean } } || (!window.IsSteady && !request.EvenIfUnsteady))
        {
            var why = SampleTexts.Of(window);
            throw Rpc.FailedPrecondition("NOT_STEADY", request.Channel, why.En, why.Vi);
        }

        var body = new KeptSample(
            request.Channel, window.Unit, mean, window.State.Sd ?? 0, window.State.Count, start, end, request.Site.Trim(), request.Note.Trim(), window.IsSteady, window.WorstFlag);
        var draft = new FactDraft(body, clock.Now, Caller.FactRole(context));
        var problems = FactCheck.Problems(draft);
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => (problem.Path.Replace("sample.", "", StringComparison.Ordinal), problem.Text))]);
        }

        var kept = facts.Append(draft).Stated[0];
        if (Caller.Credential(context) is { } credential)
        {
            own.Remember(kept.FactId.ToString(), credential);
        }

        return Task.FromResult(new KeepSampleResponse { Sample = SampleOf(kept, derivations.Current) });
    }

    [Authorize(Policies.Read)]
    public override Task<ListSamplesResponse> ListSamples(ListSamplesRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.AsOfRevision < 0)
        {
            wrong.Add(("as_of_revision", $"{request.AsOfRevision} is not a revision; 0 means the newest"));
        }

        if (request.PageSize < 0)
        {
            wrong.Add(("page_size", "is negative"));
        }

        var skip = 0;
        if (request.PageToken.Length > 0 && !int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            wrong.Add(("page_token", "is not one of this call"));
        }

        if (request.EndTimeUs != 0 && request.EndTimeUs <= request.StartTimeUs)
        {
            wrong.Add(("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var derivation = request.AsOfRevision == 0 ? derivations.Current : derivations.At(request.AsOfRevision);
        V1.Sample[] all =
        [
            .. derivation.Inputs.Facts.Of<KeptSample>()
                .Where(kept => (request.Channel.Length == 0 || kept.Body.Channel == request.Channel) && (request.Site.Length == 0 || kept.Body.Site == request.Site))
                .OrderByDescending(kept => kept.Fact.Revision).ThenBy(kept => kept.Fact.FactId.Value)
                .Select(kept => SampleOf(kept.Fact, derivation))
                .Where(sample => !sample.HasStartTimeUs || (sample.EndTimeUs >= request.StartTimeUs && (request.EndTimeUs == 0 || sample.StartTimeUs < request.EndTimeUs))),
        ];
        var size = request.PageSize == 0 ? UsualPage : Math.Min(request.PageSize, MostPage);
        var answer = new ListSamplesResponse { Revision = derivation.Revision, NextPageToken = skip + size < all.Length ? (skip + size).ToString(CultureInfo.InvariantCulture) : "" };
        answer.Samples.AddRange(all.Skip(skip).Take(size));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Take)]
    public override Task<WithdrawSampleResponse> WithdrawSample(WithdrawSampleRequest request, ServerCallContext context)
    {
        if (Caller.FactRole(context) == FactRoles.Student && !(Caller.Credential(context) is { } seat && own.IsOf(request.FactId, seat)))
        {
            throw Rpc.FailedPrecondition("NOT_YOUR_SAMPLE", request.FactId, "Only who kept a sample takes it back; ask your teacher", "Ai giữ mẫu đo thì người đó rút lại được; em hãy nhờ thầy cô");
        }

        FactUndo.Withdraw<KeptSample>(facts, clock, "sample", request.FactId, request.Reason);
        return Task.FromResult(new WithdrawSampleResponse());
    }

    [Authorize(Policies.Read)]
    public override Task<RunBucketTestResponse> RunBucketTest(RunBucketTestRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.Channels.Count is < 2 or > BucketTesting.MostChannels || request.Channels.Distinct().Count() != request.Channels.Count)
        {
            wrong.Add(("channels", $"name 2 to {BucketTesting.MostChannels} different channels"));
        }

        if (request.EndTimeUs != 0 && request.EndTimeUs <= request.StartTimeUs)
        {
            wrong.Add(("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}"));
        }

        if (request.AsOfRevision < 0)
        {
            wrong.Add(("as_of_revision", $"{request.AsOfRevision} is not a revision; 0 means the newest"));
        }

        return wrong.Count > 0 ? throw Rpc.InvalidArgument(wrong) : Task.FromResult(buckets.Run(request, context.CancellationToken));
    }

    /// <summary>The rule asked for; null = the usual one.</summary>
    private SteadyRule? Rule(string channel, long windowUs, double tolerance)
    {
        var wrong = new List<(string, string)>();
        if (windowUs != 0 && windowUs is < 2_000_000 or > 600_000_000)
        {
            wrong.Add(("window_us", $"{windowUs} is not 0 (as usual) or 2000000 to 600000000"));
        }

        if (!(tolerance >= 0) || double.IsInfinity(tolerance))
        {
            wrong.Add(("tolerance", $"{tolerance} is not 0 (as usual) or a positive number"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        if (!derivations.Current.TryFindChannel(channel, out var view))
        {
            throw Rpc.NotFound("channel", channel);
        }

        var usual = SteadyReader.UsualRule(view, view.UnitUcum);
        return new SteadyRule(
            windowUs == 0 ? usual.WindowSeconds : windowUs / 1e6, tolerance == 0 ? usual.MostChange : tolerance, tolerance == 0 ? usual.MostSd : tolerance, usual.Fewest);
    }

    private static V1.Sample SampleOf(Fact fact, Derivation derivation)
    {
        var kept = ((KeptSample)fact.Body).ToWire();
        var body = (KeptSample)fact.Body;
        var sample = new V1.Sample
        {
            FactId = fact.FactId.ToString(),
            Channel = kept.Channel,
            Mean = kept.Mean,
            Sd = kept.Sd,
            Count = kept.Count,
            UnitUcum = kept.UnitUcum,
            Start = kept.Start,
            End = kept.End,
            Site = kept.Site,
            Note = kept.Note,
            Steady = kept.Steady,
            Flag = kept.Flag,
            ByRole = fact.ByRole,
            Revision = fact.Revision,
        };
        if (derivation.Instants.TryToUtc(body.Start, out var startUs, out var sigmaUs) && derivation.Instants.TryToUtc(body.End, out var endUs, out _))
        {
            (sample.StartTimeUs, sample.EndTimeUs) = (startUs, endUs);
            if (sigmaUs != long.MaxValue)
            {
                sample.SigmaUs = sigmaUs;
            }
        }

        return sample;
    }
}
