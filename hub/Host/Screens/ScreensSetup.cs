using StemLab.Hub.Access;

namespace StemLab.Hub.Screens;

/// <summary>Wires the room; needs Access, Derive, Facts, Fleet, Query and TimeKeeping.</summary>
internal static class ScreensSetup
{
    /// <summary>Where the logo is.</summary>
    public const string LogoPath = "/screen/logo";

    public static IServiceCollection AddScreens(this IServiceCollection services) => services
        .AddSingleton<ScreenBook>()
        .AddSingleton<WaitingScreens>()
        .AddSingleton<PublicCampaigns>()
        .AddSingleton<PublicBoard>();

    /// <summary>The city's logo, for anybody.</summary>
    public static void MapScreens(this WebApplication app) =>
        app.MapGet(LogoPath, (ScreenBook book, HttpContext context) =>
        {
            if (book.Settings is not { Logo: { Length: > 0 } logo })
            {
                return Results.NotFound();
            }

            context.Response.Headers.CacheControl = "public, max-age=60";
            return Results.Bytes([.. logo], TypeOf([.. logo]));
        }).RequireAuthorization(Policies.Open);

    /// <summary>"image/png" or "image/jpeg" by the first bytes; null = neither.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> picture) =>
        picture.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? "image/png" : picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg" : null;
}
