using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Bundles;

/// <summary>Wires field bundles and their endpoints.</summary>
internal static class BundlesSetup
{
    public static IServiceCollection AddBundles(this IServiceCollection services) => services
        .AddSingleton<BundleWriting>()
        .AddSingleton<BundleRoom>();

    public static void MapBundles(this WebApplication app)
    {
        app.MapPost("/bundles", (HttpContext context, BundleRoom room, AuditLog audit) => AnswerLines.ManyAsync(context, tell => WriteAsync(context, room, audit, tell))).RequireAuthorization(Policies.Export);
        app.MapMethods("/bundles/files/{name}", ["GET", "HEAD"], File).RequireAuthorization(Policies.Export);
        app.MapPost("/bundles/merge", (HttpContext context, BundleRoom room, UploadBook uploads, AuditLog audit, FactLog facts) =>
            AnswerLines.ManyAsync(context, tell => MergeAsync(context, room, uploads, audit, facts, tell))).RequireAuthorization(Policies.Admin);
        app.MapGet("/bundles/set-hash", (HttpContext context, BundleRoom room) => AnswerLines.OneAsync(context, () => Task.Run<JsonNode>(() => new JsonObject { ["setHash"] = room.SetHashNow() }))).RequireAuthorization(Policies.Export);
    }

    private static async Task<JsonNode> WriteAsync(HttpContext context, BundleRoom room, AuditLog audit, Func<JsonNode, Task> tell)
    {
        long? since = null;
        if (context.Request.Query["sinceUs"].ToString() is { Length: > 0 } text)
        {
            since = long.TryParse(text, out var us) && us >= 0 ? us : throw new RefusedException($"sinceUs={text} is no UTC in µs since 1970", $"sinceUs={text} không phải UTC tính bằng µs từ 1970");
        }

        var rows = 0L;
        var work = room.WriteAsync(since, count => Volatile.Write(ref rows, count), context.RequestAborted);
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None)) != work)
        {
            await tell(new JsonObject { ["rows"] = Volatile.Read(ref rows) });
        }

        var bundle = await work;
        audit.Add(AuditLog.Who(context.User), "bundle.write", bundle.Name);
        return new JsonObject
        {
            ["name"] = bundle.Name,
            ["path"] = $"/bundles/files/{bundle.Name}",
            ["size"] = bundle.Size,
            ["sha256"] = bundle.Sha256,
            ["contents"] = JsonSerializer.SerializeToNode(bundle.Contents, BundleAnswerJson.Default.BundleContents),
        };
    }

    /// <summary>With Range and ETag (its sha256), so that a cut download goes on where it stopped.</summary>
    private static IResult File(HttpContext context, BundleRoom room, string name)
    {
        if (room.PathOf(name) is not { } path)
        {
            return Results.Text("There is no such bundle any more: have a new one written\n", statusCode: StatusCodes.Status404NotFound);
        }

        context.Response.Headers.CacheControl = "private, no-store";
        return Results.File(path, "application/octet-stream", name, entityTag: new EntityTagHeaderValue($"\"{name}\""), enableRangeProcessing: true);
    }

    private static async Task<JsonNode> MergeAsync(HttpContext context, BundleRoom room, UploadBook uploads, AuditLog audit, FactLog facts, Func<JsonNode, Task> tell)
    {
        var id = context.Request.Query["upload"].ToString();
        MergeReport report;
        using (var use = uploads.Open(id))
        {
            var before = facts.Current.Revision;
            report = await room.MergeAsync(use.Path, so => tell(new JsonObject { ["progress"] = Told(so) }), context.RequestAborted);
            audit.Add(AuditLog.Who(context.User), "bundle.merge", $"hubs/{report.From}", before, facts.Current.Revision);
        }

        uploads.Remove(id);
        return new JsonObject { ["report"] = Told(report) };
    }

    private static JsonNode? Told(MergeReport report) => JsonSerializer.SerializeToNode(report, BundleAnswerJson.Default.MergeReport);
}
