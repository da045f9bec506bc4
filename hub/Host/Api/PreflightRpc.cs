using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Preflight;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.PreflightService. Thin.</summary>
[Authorize(Policies.Teach)]
internal sealed class PreflightRpc(BeforeTrip before, AfterTrip after) : PreflightService.PreflightServiceBase
{
    public override Task<GetPreflightResponse> GetPreflight(GetPreflightRequest request, ServerCallContext context) => before.CheckAsync(context.CancellationToken);

    public override Task<GetPostflightResponse> GetPostflight(GetPostflightRequest request, ServerCallContext context) => Task.FromResult(after.Check());
}
