namespace StemLab.Hub.Fleet;

/// <summary>Wires the fleet; needs the Facts and TimeKeeping rooms.</summary>
internal static class FleetSetup
{
    public static IServiceCollection AddFleet(this IServiceCollection services) => services
        .AddSingleton<FleetBook>()
        .AddSingleton<TriedBook>()
        .AddSingleton<AgentCommandDoor>()
        .AddSingleton<SettingsBook>()
        .AddSingleton<SettingsDelivery>()
        .AddHostedService(provider => provider.GetRequiredService<SettingsDelivery>());
}
