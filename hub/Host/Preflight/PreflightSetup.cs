using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Query;

namespace StemLab.Hub.Preflight;

/// <summary>Wires the room; needs Access, Classroom, Clocks, Derive, Fleet and Query.</summary>
internal static class PreflightSetup
{
    public static IServiceCollection AddPreflight(this IServiceCollection services) => services
        .AddSingleton<ProbeCare>()
        .AddSingleton(provider => new DryRun(
            provider.GetRequiredService<ReadingQuery>(), provider.GetRequiredService<DerivationBook>(), provider.GetRequiredService<AccessOptions>().DataFolder,
            provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<BeforeTrip>()
        .AddSingleton<AfterTrip>();
}
