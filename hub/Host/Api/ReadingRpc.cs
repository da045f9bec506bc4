using Google.Protobuf.Collections;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Live;
using StemLab.Hub.Operations;
using StemLab.Hub.Query;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.ReadingService: checks the question, hands it to Query or Live.</summary>
[Authorize(Policies.Show)]
internal sealed class ReadingRpc(ObservationStore store, ReadingQuery query, DerivationBook derivations, LiveFeed live) : ReadingService.ReadingServiceBase
{
    private const int MostChannelNames = 1_000;

    public override Task<GetLatestReadingsResponse> GetLatestReadings(GetLatestReadingsRequest request, ServerCallContext context)
    {
        var selection = Select(request.Channels, []);
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        var answer = new GetLatestReadingsResponse { Revision = derivation.Revision, Commit = snapshot.Commit };
        answer.Readings.AddRange(query.Latest(snapshot, derivation, selection.Of(derivation)));
        return Task.FromResult(answer);
    }

    public override async Task QueryReadings(QueryReadingsRequest request, IServerStreamWriter<QueryReadingsResponse> responseStream, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.Channels.Count == 0)
        {
            wrong.Add(("channels", "name at least one channel; agents/-/channels/- means all"));
        }

        if (request.MaxBuckets is < 0 or > ReadingQuery.MostBuckets)
        {
            wrong.Add(("max_buckets", $"{request.MaxBuckets} is not 0 (raw rows) to {ReadingQuery.MostBuckets}"));
        }

        if (request.EndTimeUs != 0 && request.EndTimeUs <= request.StartTimeUs)
        {
            wrong.Add(("end_time_us", $"{request.EndTimeUs} is not after start_time_us {request.StartTimeUs}"));
        }

        if (request.BaselineCase == QueryReadingsRequest.BaselineOneofCase.BaselineRevision && request.BaselineRevision <= 0)
        {
            wrong.Add(("baseline_revision", $"{request.BaselineRevision} is not a revision; name one above 0, or leave it out"));
        }

        if (request.AsOfRevision < 0)
        {
            wrong.Add(("as_of_revision", $"{request.AsOfRevision} is not a revision; 0 means the newest"));
        }
        else if (request.AsOfRevision > derivations.Current.Revision)
        {
            wrong.Add(("as_of_revision", $"{request.AsOfRevision} is later than the newest revision, {derivations.Current.Revision}"));
        }

        var selection = Select(request.Channels, wrong, request.AsOfRevision);
        await foreach (var answer in query.RunAsync(request, selection, context.CancellationToken))
        {
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    [Authorize(Policies.Read)]
    public override Task<DescribeChangesResponse> DescribeChanges(DescribeChangesRequest request, ServerCallContext context)
    {
        var newest = derivations.Current.Revision;
        var wrong = new List<(string, string)>();
        if (request.FromRevision < 0 || request.FromRevision > newest)
        {
            wrong.Add(("from_revision", $"{request.FromRevision} is not 0 to {newest}"));
        }

        if (request.ToRevision < 0 || request.ToRevision > newest)
        {
            wrong.Add(("to_revision", $"{request.ToRevision} is not 0 (newest) to {newest}"));
        }

        var to = request.ToRevision == 0 ? newest : request.ToRevision;
        if (wrong.Count == 0 && request.FromRevision > to)
        {
            wrong.Add(("from_revision", $"{request.FromRevision} is later than to_revision {to}"));
        }

        return wrong.Count > 0 ? throw Rpc.InvalidArgument(wrong) : Task.FromResult(RevisionChanges.Between(derivations, request.FromRevision, to));
    }

    public override async Task WatchReadings(WatchReadingsRequest request, IServerStreamWriter<WatchReadingsResponse> responseStream, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.Channels.Count == 0)
        {
            wrong.Add(("channels", "name at least one channel; agents/-/channels/- means all"));
        }

        if (request.MinIntervalUs is < 0 or > 60_000_000)
        {
            wrong.Add(("min_interval_us", $"{request.MinIntervalUs} is not 0 to 60000000"));
        }

        if (!(request.MaxRateHz >= 0) || double.IsInfinity(request.MaxRateHz))
        {
            wrong.Add(("max_rate_hz", "give 0 (everything) or a positive rate"));
        }

        if (request.StartCase == WatchReadingsRequest.StartOneofCase.LookbackUs && request.LookbackUs < 0)
        {
            wrong.Add(("lookback_us", $"{request.LookbackUs} is negative"));
        }

        WatchCursor? cursor = null;
        if (request.StartCase == WatchReadingsRequest.StartOneofCase.Cursor)
        {
            cursor = WatchCursor.TryParse(request.Cursor, out var parsed) ? parsed : null;
            if (cursor is null)
            {
                wrong.Add(("cursor", "not a cursor of this API; start by time instead"));
            }
        }

        var selection = Select(request.Channels, wrong);

        // gRPC sends a message as it is; the JSON face reads it.
        var sendsBytes = context.GetHttpContext().Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        await live.WatchAsync(request, cursor, selection, responseStream.WriteAsync, context.CancellationToken, sendsBytes);
    }

    /// <summary>Reads channel names; throws with every violation found so far and its own.</summary>
    /// <param name="revision">A channel that was withdrawn since is known as of then; 0 = the newest.</param>
    private ChannelSelection Select(RepeatedField<string> names, List<(string Field, string Description)> wrong, long revision = 0)
    {
        var selection = ChannelSelection.Parse(names, out var malformed);
        wrong.AddRange(malformed.Take(20).Select(name => ("channels", $"'{name}' is not agents/{{32 hex}}/channels/{{id}}, agents/{{32 hex}}/channels/- or agents/-/channels/-")));
        if (names.Count > MostChannelNames)
        {
            wrong.Add(("channels", $"{names.Count} names; at most {MostChannelNames}, or use agents/-/channels/-"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var derivation = derivations.Current;
        var unknown = selection.Names.FirstOrDefault(name => !derivation.TryFindChannel(name, out _) && !(revision > 0 && derivations.At(revision).TryFindChannel(name, out _)));
        return unknown is null ? selection : throw Rpc.NotFound("channel", unknown);
    }
}
