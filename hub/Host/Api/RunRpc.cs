using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.Hub.TakeHome;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.RunService: runs by their number or by their first letters. Safe from any thread.</summary>
internal sealed class RunRpc(RunBook runs) : RunService.RunServiceBase
{
    private const int LeastLetters = 6;
    private const int UsualPage = 50;
    private const int MostPage = 500;

    [Authorize(Policies.Read)]
    public override Task<GetRunResponse> GetRun(GetRunRequest request, ServerCallContext context)
    {
        var number = request.Name.StartsWith("runs/", StringComparison.Ordinal) ? request.Name["runs/".Length..].ToLowerInvariant() : "";
        var found = number.Length < LeastLetters ? [] : runs.All().Where(run => run.Id.ToString().StartsWith(number, StringComparison.Ordinal)).Take(2).ToList();
        return found is [var only] ? Task.FromResult(new GetRunResponse { Run = Wire(only) }) : throw Rpc.NotFound("run", request.Name);
    }

    [Authorize(Policies.Read)]
    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context)
    {
        var skip = 0;
        if (request.PageToken.Length > 0 && !int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            throw Rpc.InvalidArgument("page_token", "is not one of this call");
        }

        if (request.PageSize < 0)
        {
            throw Rpc.InvalidArgument("page_size", "is negative");
        }

        var size = request.PageSize == 0 ? UsualPage : Math.Min(request.PageSize, MostPage);
        var all = runs.All().OrderByDescending(run => run.StartUs).ThenBy(run => run.Id.Value).ToList();
        var answer = new ListRunsResponse { NextPageToken = skip + size < all.Count ? (skip + size).ToString(CultureInfo.InvariantCulture) : "" };
        answer.Runs.AddRange(all.Skip(skip).Take(size).Select(Wire));
        return Task.FromResult(answer);
    }

    private static MeasuredRun Wire(RunView run) => new()
    {
        Name = $"runs/{run.Id}",
        Title = run.Title,
        Channels = { run.Channels.Select(channel => channel.Name) },
        StartTimeUs = run.StartUs,
        EndTimeUs = run.EndUs,
        Running = run.IsRunning,
        TimeKnown = run.IsTimeKnown,
    };
}
