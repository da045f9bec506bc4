using System.Collections.Immutable;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.Retention;
using StemLab.Store;
using StemLab.V1;
using Fact = StemLab.Hub.Facts.Fact;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.StoreService: what is kept and what is not. Thin: what a removal means stands in <see cref="RemovalBook"/>.</summary>
internal sealed class StoreRpc(RemovalBook removals, FactLog facts, DerivationBook derivations, ObservationStore store) : V1.StoreService.StoreServiceBase
{
    [Authorize(Policies.Admin)]
    public override async Task<EraseReadingsResponse> EraseReadings(EraseReadingsRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.Channels.Count == 0)
        {
            wrong.Add(("channels", "name at least one channel; agents/-/channels/- means all"));
        }

        if (request.EndTimeUs != 0 && request.EndTimeUs <= request.StartTimeUs)
        {
            wrong.Add(("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}"));
        }

        ChannelSelection selection = Select(request.Channels, request.Reason, wrong);
        long to = request.EndTimeUs == 0 ? long.MaxValue : request.EndTimeUs;
        RemovalPlan plan = removals.Plan(derivation => selection.Of(derivation), request.StartTimeUs, to);
        var response = new EraseReadingsResponse { Count = plan.Rows, UnplacedChannels = { plan.Unplaced } };
        if (!request.ValidateOnly && await removals.EraseAsync(plan, [.. request.Channels], request.StartTimeUs, request.EndTimeUs, request.Reason, context.CancellationToken) is { } fact)
        {
            response.Fact = WireFact.To(fact, effective: true);
        }

        return response;
    }

    [Authorize(Policies.Admin)]
    public override async Task<SetRetentionResponse> SetRetention(SetRetentionRequest request, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.KeepUs != 0 && request.KeepUs < RetentionRule.LeastKeepUs)
        {
            wrong.Add(("keep_us", $"{request.KeepUs} is less than a day ({RetentionRule.LeastKeepUs}); 0 keeps for ever"));
        }

        Select(request.Channels, request.Reason, wrong);
        ImmutableArray<string> channels = request.Channels.Contains("agents/-/channels/-") ? [] : [.. request.Channels.Distinct()];
        if (request.ValidateOnly)
        {
            return new SetRetentionResponse { Count = request.KeepUs == 0 ? 0 : removals.WouldDrop(channels, request.KeepUs) };
        }

        (Fact? fact, long dropped) = await removals.SetRuleAsync(channels, request.KeepUs, request.Reason, context.CancellationToken);
        return new SetRetentionResponse { Fact = fact is null ? null : WireFact.To(fact, effective: true), Count = dropped };
    }

    [Authorize(Policies.Read)]
    public override Task<ListRemovalsResponse> ListRemovals(ListRemovalsRequest request, ServerCallContext context)
    {
        FactSnapshot snapshot = facts.Current;
        var response = new ListRemovalsResponse { HeldReason = removals.HeldReason };
        response.Facts.AddRange(snapshot.All.Where(fact => fact.Body is Erasure or RetentionRule or RetentionDrop)
            .OrderByDescending(fact => fact.Revision).ThenBy(fact => fact.FactId.Value)
            .Select(fact => WireFact.To(fact, snapshot.IsEffective(fact.FactId))));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Admin)]
    public override async Task<ReplayJournalResponse> ReplayJournal(ReplayJournalRequest request, ServerCallContext context)
    {
        if (request.BackUs <= 0)
        {
            throw Rpc.InvalidArgument("back_us", $"{request.BackUs} is not a time back, µs above 0");
        }

        var back = TimeSpan.FromMicroseconds(Math.Min(request.BackUs, (long)TimeSpan.FromDays(36_500).TotalMicroseconds));
        return await store.ReplayAsync(back, context.CancellationToken) is { } replayed
            ? new ReplayJournalResponse { FirstCommit = replayed.First, LastCommit = replayed.Last }
            : new ReplayJournalResponse();
    }

    private ChannelSelection Select(IReadOnlyCollection<string> names, string reason, List<(string Field, string Description)> wrong)
    {
        // In a dry run too: what the real one refuses must not look well there.
        if (reason.Length > RemovalFactCheck.LongestReason || string.IsNullOrWhiteSpace(reason))
        {
            wrong.Add(("reason", $"{(string.IsNullOrWhiteSpace(reason) ? "is empty" : $"{reason.Length} characters")}; say in 1 to {RemovalFactCheck.LongestReason} why, for whoever finds the gap"));
        }

        ChannelSelection selection = ChannelSelection.Parse(names, out ImmutableArray<string> malformed);
        wrong.AddRange(malformed.Take(20).Select(name => ("channels", $"'{name}' is not agents/{{32 hex}}/channels/{{id}}, agents/{{32 hex}}/channels/- or agents/-/channels/-")));
        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        Derivation derivation = derivations.Current;
        string? unknown = selection.Names.FirstOrDefault(name => !derivation.TryFindChannel(name, out _));
        if (unknown is not null)
        {
            throw Rpc.NotFound("channel", unknown);
        }

        string? computed = selection.Names.FirstOrDefault(name => derivation.TryFindChannel(name, out ChannelView? view) && !view.DerivedBy.IsEmpty);
        return computed is null
            ? selection
            : throw Rpc.FailedPrecondition(
                "COMPUTED",
                computed,
                "the channel is computed and has no readings of its own; name those it is computed from, or withdraw the derived channel",
                "Kênh này được tính ra và không có số đo riêng; hãy chọn các kênh dùng để tính, hoặc bỏ kênh tính ra.");
    }
}
