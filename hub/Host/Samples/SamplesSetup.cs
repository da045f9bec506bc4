namespace StemLab.Hub.Samples;

/// <summary>Wires keep-when-steady and the bucket test; needs Derive, Query, TimeKeeping and the store.</summary>
internal static class SamplesSetup
{
    public static IServiceCollection AddSamples(this IServiceCollection services) => services
        .AddSingleton<SteadyReader>()
        .AddSingleton<OwnSamples>()
        .AddSingleton<SitesNear>()
        .AddSingleton<BucketTesting>();
}
