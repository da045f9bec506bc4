using System.Globalization;
using System.Text.Json;

namespace StemLab.Hub.Startup;

/// <summary>How a command brings a file to the running hub, and hears how far what it asked for is.</summary>
internal static class FileToHub
{
    private const int PieceBytes = 8 << 20;

    /// <summary>Sends a file in pieces; answers its id there.</summary>
    public static async Task<string> SendAsync(HttpClient hub, string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        using var begun = await LocalHub.SendAsync(() => hub.PostAsync($"uploads?name={Uri.EscapeDataString(Path.GetFileName(path))}", null, cancellationToken), hub, cancellationToken);
        var id = begun.RootElement.GetProperty("id").GetString()!;
        var buffer = new byte[PieceBytes];
        var sent = 0L;
        int read;
        while ((read = await file.ReadAtLeastAsync(buffer, PieceBytes, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            var at = sent;
            using var piece = await LocalHub.SendAsync(() => hub.PutAsync($"uploads/{id}?offset={at}", new ByteArrayContent(buffer, 0, read), cancellationToken), hub, cancellationToken);
            sent += read;
        }

        return id;
    }

    /// <summary>Asks for something long; each line is handed on, the last one is the answer.</summary>
    public static async Task<JsonDocument> FollowAsync(HttpClient hub, string path, HttpContent? body, Func<JsonElement, Task> each, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        try
        {
            using var answer = await hub.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            JsonDocument? last = null;
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                last?.Dispose();
                last = JsonDocument.Parse(line);
                if (last.RootElement.TryGetProperty("code", out _))
                {
                    throw new StartRefusedException(last.RootElement.GetProperty("message").GetString()!);
                }

                await each(last.RootElement);
            }

            return last ?? throw new StartRefusedException($"The hub answered {((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)} and nothing else");
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or JsonException)
        {
            throw new StartRefusedException($"The hub stopped answering: {cut.Message}. What was taken so far is kept; repeat the command and it goes on", cut);
        }
    }

    /// <summary>The hub need not keep the file any longer. One that does not answer forgets it at its next start.</summary>
    public static async Task ForgetAsync(HttpClient hub, string id)
    {
        try
        {
            using var removed = await hub.DeleteAsync($"uploads/{id}", CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            // What is wrong was said already.
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.SequentialScan);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{path} cannot be read: {FileWords.Why(absent)}", absent);
        }
    }
}
