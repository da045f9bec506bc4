namespace StemLab.Hub.Facts;

/// <summary>Wires the fact log over one hub.db.</summary>
internal static class FactsSetup
{
    /// <param name="databasePath">Full path of hub.db; its folder exists.</param>
    public static IServiceCollection AddFacts(this IServiceCollection services, string databasePath) => services
        .AddSingleton(_ => HubDatabase.Open(databasePath))
        .AddSingleton(provider => HubIdentity.Of(provider.GetRequiredService<HubDatabase>()))
        .AddSingleton<FactLog>()
        .AddSingleton<TieBook>();
}
