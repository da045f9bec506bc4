namespace StemLab.Hub.Derive;

/// <summary>Wires the one derive function; needs Facts, TimeKeeping, Fleet and the store.</summary>
internal static class DeriveSetup
{
    public static IServiceCollection AddDerive(this IServiceCollection services) => services
        .AddSingleton<StoredExtents>()
        .AddSingleton<DerivationBook>()
        .AddHostedService<DerivationWatch>();
}
