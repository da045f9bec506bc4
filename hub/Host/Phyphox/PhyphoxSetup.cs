using System.Collections.Immutable;
using System.Net.Mime;
using StemLab.Hub.Access;
using StemLab.Hub.Intake;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;

namespace StemLab.Hub.Phyphox;

/// <summary>Wires the room: phones fetch an experiment by its code and post what they measure. Needs Access, Facts, Fleet, Intake, Store and TimeKeeping.</summary>
internal static class PhyphoxSetup
{
    /// <summary>Where phones post.</summary>
    public const string PostPath = "/phyphox";

    public static IServiceCollection AddPhyphox(this IServiceCollection services) => services.AddSingleton<PhoneBook>();

    public static void MapPhyphox(this WebApplication app)
    {
        app.MapGet(PostPath + "/{code}", Fetch).RequireAuthorization(Policies.Knock).RequireRateLimiting(Policies.Knock);

        // A class of forty posts forty times a second: counted are the wrong ones only.
        app.MapPost(PostPath, TakeAsync).RequireAuthorization(Policies.Open);
    }

    /// <summary>The experiment of a code, with a key of this phone's own.</summary>
    private static IResult Fetch(string code, HttpContext context, PhoneBook phones, WrongCodes wrong, HubOrigin origin)
    {
        var address = context.Connection.RemoteIpAddress;
        if (wrong.WaitOf(address) > TimeSpan.Zero)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        if (phones.Find(code) is not { } experiment)
        {
            wrong.Count(address);
            return Results.NotFound();
        }

        if (phones.Join(experiment) is not { } joined)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        context.Response.Headers.CacheControl = "no-store";
        var here = origin.UrlForPhones(new Uri($"{context.Request.Scheme}://{context.Request.Host}/"));
        var file = PhyphoxFile.Write($"{experiment.Title} ({joined.Slug})", experiment.Sensors, experiment.RateHz, new Uri(here, PostPath), joined.Key);
        return Results.File(System.Text.Encoding.UTF8.GetBytes(file), MediaTypeNames.Application.Xml, $"{joined.Slug}.phyphox");
    }

    /// <summary>One post: rows on the hub's own clock, so many seconds ago; answered when they are on the disk.</summary>
    private static async Task<IResult> TakeAsync(
        HttpContext context, PhoneBook phones, WrongCodes wrong, IntakeCounters counters, Settlement settlement, ForeignIntake intake, Fleet.FleetBook fleet, HubClock clock, ObservationStore store)
    {
        var address = context.Connection.RemoteIpAddress;
        if (wrong.WaitOf(address) > TimeSpan.Zero)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var arrivedUs = clock.NowUs();
        if (await BodyAsync(context) is not { } body)
        {
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        if (PhyphoxPost.Read(body, out var reason) is not { } post)
        {
            counters.Add(IntakeCount.Received);
            counters.Add(reason switch { "no_time" => IntakeCount.RejectedNoNumbers, "too_many" => IntakeCount.RejectedTooLong, _ => IntakeCount.RejectedBadJson });
            return Results.Json(new PostRefused($"This is no post of an experiment of this hub ({reason}): fetch the experiment again"), PhyphoxJson.Answers.PostRefused, statusCode: StatusCodes.Status400BadRequest);
        }

        if (phones.PhoneOf(post.Key) is not { } agent)
        {
            wrong.Count(address);
            counters.Add(IntakeCount.Received);
            counters.Add(IntakeCount.RejectedNotActive);
            return Results.Json(new PostRefused("This experiment is over: fetch it again"), PhyphoxJson.Answers.PostRefused, statusCode: StatusCodes.Status401Unauthorized);
        }

        if (post.Unused > 0)
        {
            counters.Add(IntakeCount.IgnoredKeys, post.Unused);
        }

        fleet.Seen(agent);
        if (post.Rows.IsEmpty)
        {
            return Results.Json(new PostStored(0), PhyphoxJson.Answers.PostStored);
        }

        await intake.DeclareHubBootsAsync(context.RequestAborted);
        ImmutableArray<ForeignRow> rows = [.. post.Rows.Select(row => new ForeignRow(
            new InputDeclaration(row.Port, row.Sensor.Quantity, row.Sensor.Unit, 0), Math.Max(0, arrivedUs - (long)(row.AgoS * 1e6)), row.Value, 0))];
        var submission = new ForeignRows(agent, new BootId(clock.BootId.Value), rows, null, BumpIfNotLater: false);
        try
        {
            await store.SubmitAsync(submission, context.RequestAborted);
            settlement.Settle(submission, await submission.Completion, new TouchedRanges());
        }
        catch (StoreUnavailableException)
        {
            settlement.Refused(submission);
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        return Results.Json(new PostStored(rows.Length), PhyphoxJson.Answers.PostStored);
    }

    private static async Task<byte[]?> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            if (body.Length + read > PhyphoxPost.MostBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
