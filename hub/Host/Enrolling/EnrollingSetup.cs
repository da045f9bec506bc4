namespace StemLab.Hub.Enrolling;

/// <summary>Wires the room; needs Access, Facts, Fleet, Operations and TimeKeeping.</summary>
internal static class EnrollingSetup
{
    public static IServiceCollection AddEnrolling(this IServiceCollection services) => services
        .AddSingleton<HubKey>()
        .AddSingleton<HubDoors>()
        .AddSingleton<Challenges>()
        .AddSingleton<JoinCodeBook>()
        .AddSingleton<KitBook>()
        .AddSingleton<KnockBook>()
        .AddSingleton<Enroller>()
        .AddHostedService<HubBeacon>();
}
