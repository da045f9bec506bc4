using System.Collections.Immutable;
using System.Globalization;
using System.Net.Mime;
using System.Security.Claims;
using System.Text;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Query;

namespace StemLab.Hub.TakeHome;

/// <summary>
/// Wires what is taken home. A run is shown to whoever has its address: 128 random bits, told only to those who measured it or may read the hub, and counted by address like every other knock.
/// It holds readings and samples, never a note or a name.
/// </summary>
internal static class TakeHomeSetup
{
    // A table in memory is 20 MB at most; a class that asks at once waits in turn.
    private static readonly SemaphoreSlim Tables = new(2);

    public static IServiceCollection AddTakeHome(this IServiceCollection services) => services
        .AddSingleton<TakeHomeWords>()
        .AddSingleton<RunBook>()
        .AddSingleton<GroupTakeHome>()
        .AddSingleton<OwnColumns>()
        .AddSingleton<TakeHomeFile>();

    public static void MapTakeHome(this WebApplication app)
    {
        app.MapGet("/lesson/take-home", HomeAsync).RequireAuthorization(Policies.Take);
        app.MapGet("/runs/{run}", ShowAsync).RequireAuthorization(Policies.Knock).RequireRateLimiting(Policies.Knock);
        app.MapGet("/runs/{run}/{form}", SendAsync).RequireAuthorization(Policies.Knock).RequireRateLimiting(Policies.Knock);
    }

    private static async Task ShowAsync(HttpContext context, string run, RunBook runs, TakeHomeFile file, SetupState setup)
    {
        if (await FindAsync(context, run, runs) is not { } found)
        {
            return;
        }

        var content = new TakeHomeContent { Title = found.Title, School = setup.SchoolName, Runs = [found], Samples = runs.SamplesOf([found]) };
        await SendFileAsync(context, content, file);
    }

    /// <summary>What the caller's group takes home.</summary>
    private static async Task HomeAsync(HttpContext context, GroupTakeHome groups, ClassSessions sessions, OwnColumns own, TakeHomeFile file)
    {
        var seat = context.User.FindFirstValue(HubAuthentication.CredentialClaim) is { } id ? sessions.SeatOf(long.Parse(id, CultureInfo.InvariantCulture)) : null;
        if (seat is null || groups.Of(seat, WordsOf(context)) is not { } content)
        {
            await RefuseAsync(context, WordsOf(context).NoGroup);
            return;
        }

        if (await ColumnsAsync(context) is not { } columns)
        {
            return;
        }

        // A file without a column is better than none: what is wrong with one stands in it.
        var (runs, refused) = own.Beside(content.Runs, columns, WordsOf(context));
        await SendFileAsync(context, content with { Runs = runs, Refused = refused }, file);
    }

    /// <summary>Sends a file to look at; with "?save" one to keep.</summary>
    private static async Task SendFileAsync(HttpContext context, TakeHomeContent content, TakeHomeFile file)
    {
        RequestGuard.HeadPage(context);
        var html = await file.MakeAsync(content, WordsOf(context), ZoneOf(context), context.RequestAborted);
        context.Response.Headers.ContentSecurityPolicy = TakeHomePage.Policy;
        Name(context, TakeHomeFile.NameOf(content, ".html"), context.Request.Query.ContainsKey("save"));
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }

    private static async Task SendAsync(HttpContext context, string run, string form, RunBook runs, OwnColumns own, ReadingQuery query)
    {
        RunTableForm? wanted = form switch { "csv" => RunTableForm.Csv, "excel-vi" => RunTableForm.ExcelVi, "excel-en" => RunTableForm.ExcelEn, "codap" => RunTableForm.Codap, _ => null };
        if (wanted is null)
        {
            await RefuseAsync(context, "There is csv, excel-vi, excel-en and codap");
            return;
        }

        if (await FindAsync(context, run, runs) is not { } found || await ColumnsAsync(context) is not { } columns)
        {
            return;
        }

        // A spreadsheet of one language has words of that language, whatever the page's is.
        var texts = wanted switch { RunTableForm.ExcelVi => TakeHomeTexts.Vietnamese, RunTableForm.ExcelEn => TakeHomeTexts.English, _ => WordsOf(context) };
        var text = new RunTableText(wanted.Value, texts, ZoneOf(context));
        await Tables.WaitAsync(context.RequestAborted);
        try
        {
            (var beside, var refused) = own.Beside([found], columns, texts);
            if (!refused.IsEmpty)
            {
                await RefuseAsync(context, string.Join("; ", refused), StatusCodes.Status400BadRequest);
                return;
            }

            found = beside[0];
            var table = await RunTable.ReadAsync(query, found, wanted == RunTableForm.Codap ? RunTableText.MostLinesForCodap : RunTableText.MostLines, context.RequestAborted);
            var content = new TakeHomeContent { Title = found.Title, Runs = [found] };
            Name(context, TakeHomeFile.NameOf(content, $"-{text.Name}.csv"), isSaved: true);
            context.Response.ContentType = "text/csv; charset=utf-8";
            await using var into = new StreamWriter(context.Response.Body, new UTF8Encoding(text.HasMark));
            await text.WriteAsync(table, into, channel => TakeHomeFile.HeadingOf(channel, found.Channels, texts), context.RequestAborted);
        }
        finally
        {
            Tables.Release();
        }
    }

    /// <summary>Columns of the student's own, as the page hands them over; null = refused.</summary>
    private static async Task<ImmutableArray<OwnColumn>?> ColumnsAsync(HttpContext context)
    {
        if (OwnColumns.TryRead(context.Request.Query["columns"].ToString(), out var columns))
        {
            return columns;
        }

        await RefuseAsync(context, WordsOf(context).WrongColumns, StatusCodes.Status400BadRequest);
        return null;
    }

    /// <summary>Null = refused: there is no such run, or the caller is to predict before looking.</summary>
    private static async Task<RunView?> FindAsync(HttpContext context, string run, RunBook runs)
    {
        if (runs.Find(run) is not { } found)
        {
            await RefuseAsync(context, WordsOf(context).NoSuchRun);
            return null;
        }

        var (withheld, classes) = (context.RequestServices.GetRequiredService<WithheldValues>(), context.RequestServices.GetRequiredService<ClassBook>());
        var isTeacher = Policies.RolesOf[Policies.Teach].Any(context.User.IsInRole);
        if (withheld.From(context.User) || (!isTeacher && classes.HidesRun(found.Id.ToString())))
        {
            await RefuseAsync(context, WordsOf(context).Say(WithheldValues.English, WithheldValues.Vietnamese), StatusCodes.Status403Forbidden);
            return null;
        }

        return found;
    }

    private static Task RefuseAsync(HttpContext context, string sentence, int status = StatusCodes.Status404NotFound)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{sentence}\n", context.RequestAborted);
    }

    private static void Name(HttpContext context, string name, bool isSaved) =>
        context.Response.Headers.ContentDisposition = new ContentDisposition { FileName = name, Inline = !isSaved }.ToString();

    private static TakeHomeTexts WordsOf(HttpContext context) => context.RequestServices.GetRequiredService<TakeHomeWords>().Of(context);

    /// <summary>The reader's time zone, as the page tells it ("Asia/Ho_Chi_Minh"); else the hub's.</summary>
    private static TimeZoneInfo ZoneOf(HttpContext context) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(context.Request.Query["zone"].ToString(), out var zone) ? zone : TimeZoneInfo.Local;
}
