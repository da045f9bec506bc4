using Microsoft.Extensions.Diagnostics.HealthChecks;
using StemLab.Hub.Access;
using StemLab.Store;

namespace StemLab.Hub.Operations;

/// <summary>Endpoints for whoever watches the process: alive = it answers; ready = it takes readings. Both say nothing else about the hub.</summary>
internal static class OperationsSetup
{
    public static void AddOperations(this IServiceCollection services) => services.AddGrpcHealthChecks().AddCheck<StoreReadiness>("store");

    public static void MapOperations(this WebApplication app)
    {
        app.MapGet("/livez", () => Results.Text("ok\n")).RequireAuthorization(Policies.Open);
        app.MapGet("/readyz", (ObservationStore store) => store.Health.Trouble is null ? Results.Text("ok\n") : Results.Text("readings are not taken\n", statusCode: StatusCodes.Status503ServiceUnavailable))
            .RequireAuthorization(Policies.Open);
        app.MapWhenAsked(routes => routes.MapGrpcHealthChecksService().RequireAuthorization(Policies.Open));
    }

    /// <summary>SERVING while the store takes readings.</summary>
    private sealed class StoreReadiness(ObservationStore store) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(store.Health.Trouble is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
