using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.ResponseCompression;
using StemLab.Hub.Access;
using StemLab.Hub.Screens;

namespace StemLab.Hub.Web;

/// <summary>Wires the pages: rendered by the server, kept alive by a few scripts of ours, nothing from another host.</summary>
internal static class WebSetup
{
    private const string LanguageCookie = "lang";

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Razor finds pages and their parameters by reflection: the program keeps this assembly whole (Program.props). No JSON.")]
    public static void AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<PageAssets>();
        services.AddSingleton<Languages>();
        services.AddSingleton<PageModel>();
        services.AddSingleton<ClassReport>();
        services.AddRazorComponents();
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddResponseCompression(options => options.Providers.Add<GzipCompressionProvider>());

        // A page is packed well rather than fast: it goes to forty phones over one Wi-Fi.
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = System.IO.Compression.CompressionLevel.Optimal);
    }

    /// <summary>
    /// Pages and answers go out zipped; a live stream does not: each of its small messages would cost more than it saves, and a packer that packs well keeps messages back. Called before routing.
    /// </summary>
    public static void UseWebCompression(this WebApplication app) => app.UseWhen(context => !IsLive(context.Request.Path), zipped => zipped.UseResponseCompression());

    /// <summary>By its verb: every rpc that tells what happens from now on is called :watch… in JSON (tested).</summary>
    internal static bool IsLive(PathString path) => path.Value is { } text && text.AsSpan(text.LastIndexOf('/') + 1).Contains(":watch", StringComparison.Ordinal);

    public static void MapWeb(this WebApplication app)
    {
        app.Services.GetRequiredService<PageAssets>().Map(app);
        app.MapGet("/", (HttpContext context) => Page<BoardPage>(
            context, (nameof(BoardPage.ByProperty), context.Request.Query["by"] == "property"), (nameof(BoardPage.Agent), context.Request.Query["agent"].ToString()))).RequireAuthorization(Policies.Show);
        app.MapGet("/agents", (HttpContext context) => Page<AgentsPage>(context)).RequireAuthorization(Policies.Read);
        app.MapGet("/agents/add", (HttpContext context) => Page<AddPage>(context)).RequireAuthorization(Policies.Admin);
        app.MapGet("/agents/labels", (HttpContext context) => Page<LabelsPage>(context)).RequireAuthorization(Policies.Admin);
        app.MapGet("/agents/{agent}/channels/{channel}", (HttpContext context, string agent, string channel) => Page<ChannelPage>(context, ("Of", $"agents/{agent}/channels/{channel}"))).RequireAuthorization(Policies.Show);
        app.MapGet("/calibrate", (HttpContext context) => Page<CalibratePage>(context, Of(context))).RequireAuthorization(Policies.Read);
        app.MapGet("/derived", (HttpContext context) => Page<DerivedPage>(context, Of(context))).RequireAuthorization(Policies.Read);
        app.MapGet("/datasets", (HttpContext context) => Page<DatasetsPage>(context)).RequireAuthorization(Policies.Export);
        app.MapGet("/import", (HttpContext context) => Page<ImportPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/samples", (HttpContext context) => Page<SamplesPage>(context, Of(context))).RequireAuthorization(Policies.Read);
        app.MapGet("/time", (HttpContext context) => Page<TimePage>(context)).RequireAuthorization(Policies.Read);
        app.MapGet("/lesson", (HttpContext context) => Page<LessonPage>(context, Of(context))).RequireAuthorization(Policies.Open);
        MapDoors(app);
        MapClass(app);
        app.MapGet("/me", (HttpContext context) => Page<MePage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/people", (HttpContext context) => Page<PeoplePage>(context)).RequireAuthorization(Policies.Admin);
        app.MapGet("/audit", (HttpContext context) => Page<AuditPage>(context, (nameof(AuditPage.Before), long.TryParse(context.Request.Query["before"], out var before) ? before : (long?)null))).RequireAuthorization(Policies.Admin);
        MapTrips(app);
        app.MapGet("/changes", (HttpContext context) => Page<ChangesPage>(context)).RequireAuthorization(Policies.Read);
    }

    /// <summary>Start, before and after a trip, what the public sees, help.</summary>
    private static void MapTrips(WebApplication app)
    {
        app.MapScreens();
        app.MapGet("/start", (HttpContext context) => Page<StartPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/preflight", (HttpContext context) => Page<PreflightPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/preflight/cards", (HttpContext context) => Page<JoinCardsPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/phones", (HttpContext context) => Page<PhonesPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/screens", (HttpContext context) => Page<ScreensPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/help/{who?}", (HttpContext context, string? who) => Page<HelpPage>(context, (nameof(HelpPage.Who), who ?? ""))).RequireAuthorization(Policies.Open);
        app.MapGet("/public/campaigns/{slug}", (HttpContext context, string slug) => Page<PublicCampaignPage>(context, (nameof(PublicCampaignPage.Slug), slug))).RequireAuthorization(Policies.Open);
        app.MapGet("/public", (HttpContext context) => Page<PublicPage>(context)).RequireAuthorization(Policies.Open);
        app.MapGet(ScreenBook.Page, (HttpContext context) => Page<ScreenPage>(context, (nameof(ScreenPage.IsAttached), KeepScreen(context)))).RequireAuthorization(Policies.Open);
    }

    /// <summary>True for an attached screen, whose cookie is given anew: it must not run out while somebody looks at it every day.</summary>
    private static bool KeepScreen(HttpContext context)
    {
        if (!context.User.IsInRole(Roles.Kiosk) || context.User.FindFirst(HubAuthentication.ScopeClaim)?.Value != ScreenBook.Page)
        {
            return false;
        }

        if (context.Request.Cookies[HubAuthentication.Cookie] is { } secret)
        {
            context.Response.Cookies.Append(
                HubAuthentication.Cookie, secret, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = ScreenBook.CookieLasts, IsEssential = true, Path = "/" });
        }

        return true;
    }

    /// <summary>Pages a teacher runs a class with. The report is a page, and with save=1 the same as one file that needs nothing else.</summary>
    private static void MapClass(WebApplication app)
    {
        app.MapGet("/class", (HttpContext context) => Page<ClassPage>(context)).RequireAuthorization(Policies.Teach);
        app.MapGet("/class/lesson", (HttpContext context) => Page<LessonFormPage>(context, Of(context))).RequireAuthorization(Policies.Teach);
        app.MapGet("/wall/{session}", (HttpContext context, string session) => Page<WallPage>(context, (nameof(WallPage.Session), NumberOf(session)))).RequireAuthorization(Policies.Teach);
        app.MapGet("/wall/{session}/report", (HttpContext context, string session) =>
        {
            var isSaved = context.Request.Query["save"] == "1";
            if (isSaved)
            {
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"stemlab-lesson-{NumberOf(session)}.html\"";
            }

            return Page<ReportPage>(context, (nameof(ReportPage.Session), NumberOf(session)), (nameof(ReportPage.Save), isSaved));
        }).RequireAuthorization(Policies.Teach);
    }

    private static long NumberOf(string text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Pages for who is not in yet. Joining tells a class apart by the code in the address, which opens a seat and nothing else.</summary>
    private static void MapDoors(WebApplication app)
    {
        app.MapGet("/setup", (HttpContext context) => Page<SetUpPage>(context, (nameof(SetUpPage.NeedsCode), !HostNames.IsAtMachine(context)))).RequireAuthorization(Policies.Open);
        app.MapGet("/signin", (HttpContext context) => Page<SignInPage>(
            context,
            (nameof(SignInPage.Then), context.Request.Query["then"].ToString()),
            (nameof(SignInPage.IsRefused), context.Request.Query.ContainsKey("then") && context.User.Identity?.IsAuthenticated == true))).RequireAuthorization(Policies.Open);
        app.MapGet("/invite", (HttpContext context) => Page<InvitePage>(context)).RequireAuthorization(Policies.Open);
        app.MapGet("/kiosk", (HttpContext context) => Page<KioskPage>(context)).RequireAuthorization(Policies.Open);
        app.MapGet("/j/{code?}", (HttpContext context, string? code) => Page<JoinPage>(context, (nameof(JoinPage.Code), code ?? ""))).RequireAuthorization(Policies.Open);
    }

    /// <summary>Which channel or agent a page is about: its resource name.</summary>
    private static (string Name, object? Value) Of(HttpContext context) => ("Of", context.Request.Query["of"].ToString());

    /// <remarks>IResult: what calls the endpoints is generated before the pages' own types are.</remarks>
    [SuppressMessage("Performance", "CA1859", Justification = "See the remark.")]
    private static IResult Page<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(HttpContext context, params (string Name, object? Value)[] more)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        // Both: going from one to the other would change the browser's process just the same.
        RequestGuard.HeadPage(context, isForPupils: typeof(T) == typeof(JoinPage) || typeof(T) == typeof(LessonPage));
        var parameters = more.ToDictionary(one => one.Name, one => one.Value);
        parameters["Texts"] = TextsOf(context);
        parameters["Path"] = context.Request.Path.Value;
        return new RazorComponentResult<T>(parameters);
    }

    /// <summary>The language asked for in the address, else the one chosen before, else the browser's.</summary>
    private static Texts TextsOf(HttpContext context)
    {
        var languages = context.RequestServices.GetRequiredService<Languages>();
        var asked = context.Request.Query["lang"].ToString();
        if (languages.Has(asked))
        {
            context.Response.Cookies.Append(LanguageCookie, asked, new CookieOptions { SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
            return languages.Of(asked);
        }

        var before = context.Request.Cookies[LanguageCookie];
        var browser = context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value?.Split('-')[0]).FirstOrDefault(language => language is not null && languages.Has(language));
        return languages.Of(before is not null && languages.Has(before) ? before : browser ?? "en");
    }
}
