using System.Text;
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

    private static async Task<object> PreviewAsync(HttpContext context, ImportRoom room, UploadBook uploads)
    {
        using var use = uploads.Open(context.Request.Query["upload"].ToString());
        var hints = new ImportHints(use.Upload.Name, Query(context, "station"), Query(context, "zone"), Query(context, "start"));
        var proposal = await Task.Run(() => room.Propose(use.Path, hints, context.RequestAborted), context.RequestAborted);
        return new
        {
            mapping = proposal.IsOwnExport ? "" : MappingFile.Write(proposal.Mapping),
            proposal.IsOwnExport,
            proposal.NeedsZone,
            proposal.NeedsStart,
            proposal.Confidence,
            fields = proposal.Fields.Select(field => new { field.Field, field.Name, use = field.Use.ToString(), field.Property, field.Unit, field.Confidence, field.Why, field.Examples }),
            proposal.Notes,
            proposal.Sample,
            proposal.FirstUtcUs,
            proposal.Mapping.Station,
            proposal.Mapping.Encoding,
            proposal.Mapping.Delimiter,
            proposal.Mapping.Decimal,
            time = proposal.Mapping.Time,
            flags = proposal.Mapping.Flags,
        };
    }

    private static async Task<object> RunAsync(HttpContext context, ImportRoom room, UploadBook uploads, AuditLog audit, FactLog facts, Func<object, Task> tell)
    {
        var mapping = await MappingAsync(context);
        var id = context.Request.Query["upload"].ToString();
        ImportReport report;
        using (var use = uploads.Open(id))
        {
            var before = facts.Current.Revision;
            var role = context.User.IsInRole(Roles.Admin) ? FactRoles.Admin : FactRoles.Teacher;
            report = await room.RunAsync(use.Path, use.Upload.Name, mapping, role, so => tell(new { progress = so }), context.RequestAborted);
            var after = facts.Current.Revision;
            audit.Add(AuditLog.Who(context.User), "import.run", mapping?.Station ?? "export", after == before ? null : before, after == before ? null : after);
        }

        uploads.Remove(id);
        return new { report };
    }

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

        return MappingFile.Read(text, out var why) ?? throw new RefusedException($"The mapping cannot be read: {why}", $"Không đọc được tệp ánh xạ: {why}");
    }

    private static string Query(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: <= 100 } text ? text : "";
}
