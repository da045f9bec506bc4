using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using StemLab.Hub.Access;

namespace StemLab.Hub.Web;

/// <summary>Wires the pages: rendered by the server, kept alive by a few scripts of ours, nothing from another host.</summary>
internal static class WebSetup
{
    private const string LanguageCookie = "lang";

    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<PageAssets>();
        services.AddSingleton<PageModel>();
        services.AddRazorComponents();
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
    }

    public static void MapWeb(this WebApplication app)
    {
        app.Services.GetRequiredService<PageAssets>().Map(app);
        app.MapGet("/", (HttpContext context) => Page<BoardPage>(context)).RequireAuthorization(Policies.Read);
        app.MapGet("/agents", (HttpContext context) => Page<AgentsPage>(context)).RequireAuthorization(Policies.Read);
    }

    private static RazorComponentResult<T> Page<T>(HttpContext context)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return new RazorComponentResult<T>(new { Texts = TextsOf(context), Path = context.Request.Path.Value });
    }

    /// <summary>The language asked for in the address, else the one chosen before, else the browser's.</summary>
    private static Texts TextsOf(HttpContext context)
    {
        var asked = context.Request.Query["lang"].ToString();
        if (asked is "vi" or "en")
        {
            context.Response.Cookies.Append(LanguageCookie, asked, new CookieOptions { SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
            return Texts.Of(asked);
        }

        var before = context.Request.Cookies[LanguageCookie];
        var browser = context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value?[..Math.Min(2, language.Value.Length)]).FirstOrDefault(language => language is "vi" or "en");
        return Texts.Of(before is "vi" or "en" ? before : browser ?? "en");
    }
}
