using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Operations;
using StemLab.Hub.TakeHome;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.RunService: runs by their number or by their first letters, and what they were made for. Safe from any thread.</summary>
internal sealed class RunRpc(RunBook runs, ClassRuns purposes) : RunService.RunServiceBase
{
    private const int LeastLetters = 6;
    private const int UsualPage = 50;
    private const int MostPage = 500;

    [Authorize(Policies.Read)]
    public override Task<GetRunResponse> GetRun(GetRunRequest request, ServerCallContext context) => Task.FromResult(new GetRunResponse { Run = Wire(Find(request.Name)) });

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

        if (!Enum.IsDefined(request.Purpose))
        {
            throw Rpc.InvalidArgument("purpose", $"is {(int)request.Purpose}; expected 0 (all), 1 (real) or 2 (practice)");
        }

        var size = request.PageSize == 0 ? UsualPage : Math.Min(request.PageSize, MostPage);
        var all = runs.All().Where(run => request.Purpose == RunPurpose.Unspecified || request.Purpose == PurposeOf(run)).OrderByDescending(run => run.StartUs).ThenBy(run => run.Id.Value).ToList();
        var answer = new ListRunsResponse { NextPageToken = skip + size < all.Count ? (skip + size).ToString(CultureInfo.InvariantCulture) : "" };
        answer.Runs.AddRange(all.Skip(skip).Take(size).Select(Wire));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<SetRunPurposeResponse> SetRunPurpose(SetRunPurposeRequest request, ServerCallContext context)
    {
        if (request.Purpose is not (RunPurpose.Real or RunPurpose.Practice))
        {
            throw Rpc.InvalidArgument("purpose", $"is {(int)request.Purpose}; expected 1 (real) or 2 (practice)", "phải là 1 (thật) hoặc 2 (đo thử)");
        }

        var run = Find(request.Name);
        var revision = purposes.SetPurpose(run.Id, request.Purpose == RunPurpose.Practice, Caller.FactRole(context))
            ?? throw Rpc.FailedPrecondition("SAID_ALREADY", request.Name, run.IsPractice ? "This run is practice already" : "This run is real already", run.IsPractice ? "Lần đo này đã là đo thử" : "Lần đo này đã là đo thật");
        return Task.FromResult(new SetRunPurposeResponse { Run = Wire(Find(request.Name)), Revision = revision });
    }

    private RunView Find(string name)
    {
        var number = name.StartsWith("runs/", StringComparison.Ordinal) ? name["runs/".Length..].ToLowerInvariant() : "";
        var found = number.Length < LeastLetters ? [] : runs.All().Where(run => run.Id.ToString().StartsWith(number, StringComparison.Ordinal)).Take(2).ToList();
        return found is [var only] ? only : throw Rpc.NotFound("run", name);
    }

    private static RunPurpose PurposeOf(RunView run) => run.IsPractice ? RunPurpose.Practice : RunPurpose.Real;

    private static MeasuredRun Wire(RunView run) => new()
    {
        Name = $"runs/{run.Id}",
        Title = run.Title,
        Channels = { run.Channels.Select(channel => channel.Name) },
        StartTimeUs = run.StartUs,
        EndTimeUs = run.EndUs,
        Running = run.IsRunning,
        TimeKnown = run.IsTimeKnown,
        Purpose = PurposeOf(run),
    };
}
