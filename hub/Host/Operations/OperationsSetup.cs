using StemLab.Hub.Access;

namespace StemLab.Hub.Operations;

/// <summary>Endpoints for whoever watches the process.</summary>
internal static class OperationsSetup
{
    public static void MapOperations(this WebApplication app) =>
        app.MapGet("/livez", () => Results.Text("ok\n")).RequireAuthorization(Policies.Open);
}
