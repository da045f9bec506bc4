using System.CommandLine;
using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary>How a command speaks with the hub that runs on this machine: by its JSON face, with the secret that lies in its data folder.</summary>
internal static class LocalHub
{
    public static long? TimeOf(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at)
            ? (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            : throw new StartRefusedException($"{option}: '{text}' is no time; give one like 2026-11-25T10:00Z");
    }

    public static async Task<int> AskAsync(ParseResult arguments, Func<HttpClient, TextWriter, Task<int>> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var hub = Client(StoreCommand.FolderOf(arguments));
        return await ask(hub, arguments.InvocationConfiguration.Output);
    }

    public static HttpClient Client(string folder)
    {
        var hub = RunningHub.Find(folder) ?? throw new StartRefusedException($"No hub is running on {folder}: start one with `stemlab serve --data {folder}`, or give another folder with --data");
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/"), Timeout = TimeSpan.FromMinutes(30) };
        LocalSecret.ShowFrom(folder, client);
        return client;
    }

    /// <summary>Full names stay; a display name stands for the one channel that bears it.</summary>
    public static async Task<string[]> NamesAsync(HttpClient hub, string[] asked, CancellationToken cancellationToken)
    {
        if (Array.TrueForAll(asked, name => name.StartsWith("agents/", StringComparison.Ordinal)))
        {
            return asked;
        }

        using var answer = await SendAsync(() => hub.GetAsync("v1/channels", cancellationToken), hub, cancellationToken);
        var known = answer.RootElement.GetProperty("channels").EnumerateArray().Select(channel => (Name: channel.GetProperty("name").GetString()!, Display: channel.GetProperty("displayName").GetString())).ToArray();
        return Array.ConvertAll(asked, name =>
        {
            var named = name.StartsWith("agents/", StringComparison.Ordinal) ? [name] : known.Where(channel => channel.Display == name).Select(channel => channel.Name).ToArray();
            return named.Length == 1
                ? named[0]
                : throw new StartRefusedException(known.Length == 0
                    ? $"No channel is called '{name}': this hub has no channels yet"
                    : $"{named.Length} channels are called '{name}'; there are: {string.Join(", ", known.Take(30).Select(channel => $"{channel.Display} ({channel.Name})"))}");
        });
    }

    public static Task<JsonDocument> PostAsync(HttpClient hub, string path, JsonObject ask, CancellationToken cancellationToken) =>
        SendAsync(() => hub.PostAsync(path, Content(ask), cancellationToken), hub, cancellationToken);

    /// <summary>What is asked, as the body of a request.</summary>
    public static StringContent Content(JsonObject ask) => new(ask.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);

    /// <summary>A list of texts in what is asked.</summary>
    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    public static async Task<JsonDocument> SendAsync(Func<Task<HttpResponseMessage>> send, HttpClient hub, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await send();
            var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(cancellationToken));
            if (answer.IsSuccessStatusCode)
            {
                return body;
            }

            using (body)
            {
                throw new StartRefusedException(body.RootElement.TryGetProperty("message", out var message) ? message.GetString()! : $"The hub answered {(int)answer.StatusCode}");
            }
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or JsonException)
        {
            throw new StartRefusedException($"The hub does not answer on {hub.BaseAddress}: {unreachable.Message}. Start it again with `stemlab serve`", unreachable);
        }
    }

    /// <summary>A count; absent = 0.</summary>
    public static long Number(JsonDocument answer, string key) => answer.RootElement.TryGetProperty(key, out var value) ? value.GetInt64() : 0;
}
