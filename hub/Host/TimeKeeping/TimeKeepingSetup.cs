namespace StemLab.Hub.TimeKeeping;

/// <summary>Wires the hub's clock and its tie to UTC; needs the Facts room, a <see cref="BootSource"/> and a <see cref="TimeProvider"/>.</summary>
internal static class TimeKeepingSetup
{
    public static IServiceCollection AddTimeKeeping(this IServiceCollection services, UtcSource source) => services
        .AddSingleton(source)
        .AddSingleton<HubClock>()
        .AddSingleton<HubUtc>()
        .AddSingleton<Facts.HubNow>(provider => () => provider.GetRequiredService<HubClock>().Now)
        .AddSingleton<UtcWatch>()
        .AddHostedService(provider => provider.GetRequiredService<UtcWatch>());
}
