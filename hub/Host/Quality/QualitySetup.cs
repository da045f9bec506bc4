namespace StemLab.Hub.Quality;

/// <summary>Wires quality control; needs Derive, Stream and the store.</summary>
internal static class QualitySetup
{
    public static IServiceCollection AddQuality(this IServiceCollection services) => services
        .AddSingleton<QualityBook>()
        .AddHostedService<QualityWatch>()
        .AddSingleton<Recheck>()
        .AddHostedService(provider => provider.GetRequiredService<Recheck>());
}
