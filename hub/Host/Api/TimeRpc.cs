using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Clocks;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.TimeService: what is known of time, and who tells it. Thin.</summary>
internal sealed class TimeRpc(ClockView view, PhoneVotes phones, DerivationBook derivations, FactLog facts, HubClock clock) : TimeService.TimeServiceBase
{
    private const int UsualPage = 500;
    private const int MostPage = 5_000;

    [Authorize(Policies.Read)]
    public override Task<GetTimeResponse> GetTime(GetTimeRequest request, ServerCallContext context) => Task.FromResult(view.Now());

    [Authorize(Policies.Read)]
    public override Task<ListBootsResponse> ListBoots(ListBootsRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.Owner is not ("" or "hub") && !(request.Owner.StartsWith("agents/", StringComparison.Ordinal) && Id128.TryParse(request.Owner.AsSpan("agents/".Length), out _)))
        {
            wrong.Add(("owner", $"'{request.Owner}' is not agents/{{32 hex}} or hub"));
        }

        if (request.AsOfRevision < 0)
        {
            wrong.Add(("as_of_revision", $"{request.AsOfRevision} is not a revision; 0 means the newest"));
        }

        if (request.PageSize < 0)
        {
            wrong.Add(("page_size", "is negative"));
        }

        var offset = 0;
        if (request.PageToken.Length > 0 && !int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            wrong.Add(("page_token", "is not one of this call"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var derivation = request.AsOfRevision == 0 ? derivations.Current : derivations.At(request.AsOfRevision);
        var boots = view.Boots(derivation, request.Owner);
        var size = request.PageSize == 0 ? UsualPage : Math.Min(request.PageSize, MostPage);
        var answer = new ListBootsResponse { Revision = derivation.Revision };
        answer.Boots.AddRange(boots.Skip(offset).Take(size));
        answer.NextPageToken = offset + size < boots.Length ? (offset + size).ToString(CultureInfo.InvariantCulture) : "";
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<StateAnchorResponse> StateAnchor(StateAnchorRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (AnchorRequest.Read(request, view, clock, wrong) is not { } anchor)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var stated = facts.Append(new FactDraft(anchor, clock.Now, FactRoles.Teacher)).Stated[0];
        return Task.FromResult(new StateAnchorResponse { Anchor = view.AnchorOf(stated), Time = view.Now() });
    }

    [Authorize(Policies.Teach)]
    public override Task<WithdrawAnchorResponse> WithdrawAnchor(WithdrawAnchorRequest request, ServerCallContext context)
    {
        FactUndo.Withdraw<UtcAnchor>(facts, clock, "anchor", request.FactId, request.Reason);
        return Task.FromResult(new WithdrawAnchorResponse { Time = view.Now() });
    }

    [Authorize(Policies.Take)]
    public override Task<ExchangePhoneClockResponse> ExchangePhoneClock(ExchangePhoneClockRequest request, ServerCallContext context)
    {
        var receivedUs = clock.NowUs();
        var wrong = new List<(string, string)>();
        Id128 exchange = default;
        if (request.Exchange.Length > 0 && !Id128.TryParse(request.Exchange, out exchange))
        {
            wrong.Add(("exchange", "is not one this hub gave; leave it empty to start"));
        }

        if (request.PhoneSentUs is < 0 or > FactCheck.LatestUtcUs)
        {
            wrong.Add(("phone_sent_us", $"{request.PhoneSentUs} is not UTC µs between 1970 and 2200"));
        }

        if (request.PhoneReceivedUs is < 0 or > FactCheck.LatestUtcUs)
        {
            wrong.Add(("phone_received_us", $"{request.PhoneReceivedUs} is not UTC µs between 1970 and 2200, or 0"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        if (!phones.TryTake(exchange, request.PhoneSentUs, request.PhoneReceivedUs, receivedUs, out var id, out var sentUs, out var phone))
        {
            throw Rpc.FailedPrecondition("EXCHANGE_OVER", request.Exchange, "this exchange is over or forgotten; start a new one with an empty exchange", "Lần so giờ này đã kết thúc; hãy bắt đầu lần mới");
        }

        var answer = new ExchangePhoneClockResponse { Exchange = id.ToString(), HubReceivedUs = receivedUs, HubSentUs = sentUs, Rounds = phone.Completed, More = phone.Vote is null };
        if (!answer.More)
        {
            answer.Phones = view.Weigh();
            answer.Done = answer.Phones.State is PhoneVote.Types.State.NotNeeded or PhoneVote.Types.State.Agreed;
            var now = view.Now();
            if (now.HasUtcUs)
            {
                answer.UtcUs = now.UtcUs;
            }

            if (now.HasSigmaUs)
            {
                answer.SigmaUs = now.SigmaUs;
            }
        }

        return Task.FromResult(answer);
    }
}
