namespace StemLab.Hub.Translating;

/// <summary>Wires the room.</summary>
internal static class TranslatingSetup
{
    public static IServiceCollection AddTranslating(this IServiceCollection services) => services.AddSingleton<KeyFiles>().AddSingleton<Phrases>();
}
