using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Science.Texts;
using StemLab.Store;

namespace StemLab.Hub.Uploads;

/// <summary>Answers of endpoints that take or give files: JSON, or a line of JSON whenever there is something to tell, the last one the result or a refusal with a code. Stateless.</summary>
internal static class AnswerLines
{
    /// <summary>One answer; what is refused becomes its status and sentence.</summary>
    public static async Task OneAsync(HttpContext context, Func<Task<JsonNode>> work)
    {
        JsonNode answer;
        try
        {
            answer = await work();
        }
        catch (Exception refused) when (RefusalOf(refused) is not null)
        {
            var (sentence, status) = RefusalOf(refused)!.Value;
            context.Response.StatusCode = status;
            answer = RefusalNode(context, sentence, status);
        }

        await context.Response.WriteAsJsonAsync(answer, AnswerJson.Answers.JsonNode, cancellationToken: context.RequestAborted);
    }

    /// <summary>Work that takes long: it may write a line at any time; the answer's head is sent with the first.</summary>
    public static async Task ManyAsync(HttpContext context, Func<Func<JsonNode, Task>, Task<JsonNode>> work)
    {
        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        JsonNode last;
        try
        {
            last = await work(line => WriteAsync(context, line));
        }
        catch (Exception refused) when (RefusalOf(refused) is not null)
        {
            var (sentence, status) = RefusalOf(refused)!.Value;
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json; charset=utf-8";
            }

            last = RefusalNode(context, sentence, status);
        }

        await WriteAsync(context, last);
    }

    private static async Task WriteAsync(HttpContext context, JsonNode line)
    {
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, AnswerJson.Answers.JsonNode), context.RequestAborted);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>In the form of a google.rpc.Status, as all faces of the hub refuse.</summary>
    private static JsonNode RefusalNode(HttpContext context, Sentence sentence, int status) => JsonSerializer.SerializeToNode(
        new Refusal(
            status is StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge ? 3 : status == StatusCodes.Status404NotFound ? 5 : 9,
            context.Request.Headers.AcceptLanguage.ToString().StartsWith("vi", StringComparison.Ordinal) ? sentence.Vi : sentence.En,
            [Refusal.Localized("en", sentence.En), Refusal.Localized("vi", sentence.Vi)]),
        RefusalJson.Answers.Refusal)!;

    private static (Sentence Sentence, int Status)? RefusalOf(Exception exception) => exception switch
    {
        RefusedException refused => (refused.Sentence, refused.Status),
        StoreUnavailableException => (
            new Sentence($"The readings cannot be stored now: {exception.Message}. What was stored so far is kept; do the same again when there is room", $"Hiện không lưu được số đo: {exception.Message}. Phần đã lưu vẫn còn; hãy làm lại khi đã có chỗ trống"),
            StatusCodes.Status507InsufficientStorage),
        IOException or SqliteException => (
            new Sentence($"The hub's disk is full or failing: {exception.Message.TrimEnd('.')}. What was stored so far is kept; make room, then do the same again", $"Đĩa của trạm đầy hoặc bị lỗi: {exception.Message.TrimEnd('.')}. Phần đã lưu vẫn còn; hãy dọn chỗ trống rồi làm lại"),
            StatusCodes.Status507InsufficientStorage),
        _ => null,
    };
}
