using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using StemLab.Hub.Access;

namespace StemLab.Hub.Uploads;

/// <summary>Wires the files people bring: begun with a name, sent in pieces, used by Import and Bundles.</summary>
internal static class UploadsSetup
{
    public static IServiceCollection AddUploads(this IServiceCollection services) => services.AddSingleton<UploadBook>();

    public static void MapUploads(this WebApplication app)
    {
        app.MapPost("/uploads", (HttpContext context, UploadBook book) => AnswerLines.OneAsync(context, () => Task.FromResult(Told(book.Begin(context.Request.Query["name"].ToString()))))).RequireAuthorization(Policies.Teach);
        app.MapGet("/uploads/{id}", (HttpContext context, UploadBook book, string id) => AnswerLines.OneAsync(context, () => Task.FromResult(Told(book.Find(id))))).RequireAuthorization(Policies.Teach);
        app.MapPut("/uploads/{id}", (HttpContext context, UploadBook book, string id) => AnswerLines.OneAsync(context, () => PieceAsync(context, book, id))).RequireAuthorization(Policies.Teach);
        app.MapDelete("/uploads/{id}", (HttpContext context, UploadBook book, string id) => AnswerLines.OneAsync(context, () =>
        {
            book.Remove(id);
            return Task.FromResult<JsonNode>(new JsonObject());
        })).RequireAuthorization(Policies.Teach);
    }

    private static async Task<JsonNode> PieceAsync(HttpContext context, UploadBook book, string id)
    {
        if (!long.TryParse(context.Request.Query["offset"], out var offset) || offset < 0)
        {
            throw new RefusedException("Say at which byte this piece begins: ?offset=0", "Hãy cho biết phần này bắt đầu từ byte nào: ?offset=0");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        return Told(await book.AddAsync(id, offset, context.Request.Body, context.RequestAborted));
    }

    private static JsonNode Told(Upload upload) => JsonSerializer.SerializeToNode(upload, AnswerJson.Answers.Upload)!;
}
