using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Import;

/// <summary>Wires imports and their endpoints: a proposal for a file that was brought, then the import by an accepted mapping.</summary>
internal static class ImportSetup
{
    private const int LongestMapping = 1 << 20;

    public static IServiceCollection AddImport(this IServiceCollection services) => services.AddSingleton<ImportRoom>();

    public static void MapImport(this WebApplication app)
    {
        app.MapPost("/import/preview", (HttpContext context, ImportRoom room, UploadBook uploads) => AnswerLines.OneAsync(context, () => PreviewAsync(context, room, uploads))).RequireAuthorization(Policies.Teach);
        app.MapPost("/import/run", (HttpContext context, ImportRoom room, UploadBook uploads, AuditLog audit, FactLog facts) =>
            AnswerLines.ManyAsync(context, tell => RunAsync(context, room, uploads, audit, facts, tell))).RequireAuthorization(Policies.Teach);
    }

    private static async Task<JsonNode> PreviewAsync(HttpContext context, ImportRoom room, UploadBook uploads)
    {
        using var use = uploads.Open(context.Request.Query["upload"].ToString());
        var hints = new ImportHints(use.Upload.Name, Query(context, "station"), Query(context, "zone"), Query(context, "start"));
        var proposal = await Task.Run(() => room.Propose(use.Path, hints, context.RequestAborted), context.RequestAborted);
        return JsonSerializer.SerializeToNode(ImportPreview.Of(proposal), ImportAnswerJson.Default.ImportPreview)!;
    }

    private static async Task<JsonNode> RunAsync(HttpContext context, ImportRoom room, UploadBook uploads, AuditLog audit, FactLog facts, Func<JsonNode, Task> tell)
    {
        var mapping = await MappingAsync(context);
        var id = context.Request.Query["upload"].ToString();
        ImportReport report;
        using (var use = uploads.Open(id))
        {
            var before = facts.Current.Revision;
            var role = context.User.IsInRole(Roles.Admin) ? FactRoles.Admin : FactRoles.Teacher;
            report = await room.RunAsync(use.Path, use.Upload.Name, mapping, role, so => tell(new JsonObject { ["progress"] = Told(so) }), context.RequestAborted);
            var after = facts.Current.Revision;
            audit.Add(AuditLog.Who(context.User), "import.run", mapping?.Station ?? "export", after == before ? null : before, after == before ? null : after);
        }

        uploads.Remove(id);
        return new JsonObject { ["report"] = Told(report) };
    }

    private static JsonNode? Told(ImportReport report) => JsonSerializer.SerializeToNode(report, ImportAnswerJson.Default.ImportReport);

    /// <summary>The mapping in the body; null for an empty one.</summary>
    private static async Task<ImportMapping?> MappingAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var buffer = new char[LongestMapping];
        var length = await reader.ReadBlockAsync(buffer, context.RequestAborted);
        var text = new string(buffer, 0, length);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return MappingFile.Read(text, out var why) ?? throw new RefusedException(
            $"The mapping cannot be read: {why.En}. `stemlab import FILE` without --mapping writes a whole one down",
            $"Không đọc được tệp ánh xạ: {why.Vi}. Lệnh `stemlab import TỆP` không có --mapping sẽ ghi ra một tệp đầy đủ");
    }

    private static string Query(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: <= 100 } text ? text : "";
}
