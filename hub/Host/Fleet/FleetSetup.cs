namespace StemLab.Hub.Fleet;

/// <summary>Wires the fleet; needs the Facts and TimeKeeping rooms, its service also Derive and the store.</summary>
internal static class FleetSetup
{
    public static IServiceCollection AddFleet(this IServiceCollection services) => services
        .AddSingleton<FleetBook>()
        .AddSingleton<AgentCommandDoor>();

    public static void MapFleet(this WebApplication app) => app.MapGrpcService<FleetService>();
}
