namespace StemLab.Hub.Clocks;

/// <summary>Wires what people and phones say of time; needs Facts, TimeKeeping, Fleet, Derive and the store.</summary>
internal static class ClocksSetup
{
    public static IServiceCollection AddClocks(this IServiceCollection services) => services
        .AddSingleton<PhoneVotes>()
        .AddSingleton<ClockView>();
}
