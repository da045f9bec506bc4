namespace StemLab.Hub.Retention;

/// <summary>Wires removals; needs Facts, TimeKeeping, Derive and the store.</summary>
internal static class RetentionSetup
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<RemovalBook>()
        .AddHostedService<RetentionSweep>();
}
