using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab access …</c> and <c>stemlab audit</c>: what only who sits at the hub's machine may do, and what happened. They ask the running hub.</summary>
internal static class AccessCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "data folder of the running hub; default: the one `stemlab serve` uses" };

    public static Command Build()
    {
        var reset = new Command("reset-admin", "Give the admin a new passphrase (asked for, or one line on the input); every sign-in of the admin ends") { Data };
        reset.SetAction(async (arguments, cancellationToken) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            var passphrase = await AskPassphraseAsync(output, cancellationToken);
            using var answer = await SendAsync(Folder(arguments), HttpMethod.Post, "v1/access:resetAdmin", new JsonObject { ["newPassphrase"] = passphrase }, cancellationToken);
            await output.WriteLineAsync("The admin has a new passphrase; every sign-in of the admin has ended");
            return 0;
        });
        var forget = new Command("forget-sessions", "End every class session and delete what it left behind: seats, aliases, codes") { Data };
        forget.SetAction(async (arguments, cancellationToken) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            using var open = await SendAsync(Folder(arguments), HttpMethod.Get, "v1/classSessions", null, cancellationToken);
            var sessions = open.RootElement.TryGetProperty("sessions", out var list) ? list.EnumerateArray().Select(session => Text(session, "name")).ToArray() : [];
            foreach (var session in sessions)
            {
                using var ended = await SendAsync(Folder(arguments), HttpMethod.Delete, $"v1/{session}", null, cancellationToken);
            }

            await output.WriteLineAsync($"{sessions.Length} class sessions ended and forgotten");
            return 0;
        });
        return new Command("access", "Who may come in") { reset, forget };
    }

    /// <summary><c>stemlab audit</c>: lists what was done, newest first, or writes it all into a file.</summary>
    public static Command BuildAudit()
    {
        var file = new Option<FileInfo?>("--out") { Description = "write everything as CSV into this file; must not exist" };
        var command = new Command("audit", "List who did what and when, newest first") { Data, file };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var folder = Folder(arguments);
            if (arguments.GetValue(file) is not { } target)
            {
                using var newest = await PageAsync(folder, "", cancellationToken);
                await WriteAsync(arguments.InvocationConfiguration.Output, folder, newest, onlyNewest: true, cancellationToken);
                return 0;
            }

            if (target.Exists)
            {
                throw new StartRefusedException($"{target.FullName} exists already; choose another name");
            }

            using var first = await PageAsync(folder, "", cancellationToken);

            try
            {
                await using var writer = new StreamWriter(target.FullName);
                await WriteAsync(writer, folder, first, onlyNewest: false, cancellationToken);
            }
            catch (StartRefusedException)
            {
                // Half a list would stand in the way of the next one.
                target.Delete();
                throw;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                throw new StartRefusedException($"{target.FullName} cannot be written: {FileWords.Why(failed)}");
            }

            await arguments.InvocationConfiguration.Output.WriteLineAsync($"{target.FullName}: everything that was written down");
            return 0;
        });
        return command;
    }

    private static string Folder(ParseResult arguments) => Path.GetFullPath(arguments.GetValue(Data) ?? new HubOptions().DataFolder);

    private static Task<JsonDocument> PageAsync(string folder, string before, CancellationToken cancellationToken) =>
        SendAsync(folder, HttpMethod.Get, $"v1/access/audit?pageSize=500{before}", null, cancellationToken);

    /// <param name="first">Asked for before anything is written: a refusal stands alone.</param>
    private static async Task WriteAsync(TextWriter output, string folder, JsonDocument first, bool onlyNewest, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("id,utc,who,action,subject,from_revision,to_revision");
        var last = await WriteAsync(output, first);
        while (last.Length > 0 && !onlyNewest)
        {
            using var page = await PageAsync(folder, $"&beforeId={last}", cancellationToken);
            last = await WriteAsync(output, page);
        }
    }

    /// <summary>Writes a page; the id of its last entry, empty where it has none.</summary>
    private static async Task<string> WriteAsync(TextWriter output, JsonDocument page)
    {
        var last = "";
        foreach (var entry in page.RootElement.TryGetProperty("entries", out var entries) ? entries.EnumerateArray() : [])
        {
            last = Text(entry, "id");
            await output.WriteLineAsync(string.Join(',', last, Utc(entry), Text(entry, "who"), Text(entry, "action"), Quoted(Text(entry, "subject")), Text(entry, "fromRevision"), Text(entry, "toRevision")));
        }

        return last;
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static string Utc(JsonElement entry) =>
        long.TryParse(Text(entry, "utcUs"), CultureInfo.InvariantCulture, out var us) ? DateTimeOffset.UnixEpoch.AddMicroseconds(us).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    /// <summary>A spreadsheet must not take what a stranger typed for a formula.</summary>
    private static string Quoted(string text) => $"\"{(text.Length > 0 && "=+-@".Contains(text[0], StringComparison.Ordinal) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<string> AskPassphraseAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            return await Console.In.ReadLineAsync(cancellationToken) ?? "";
        }

        await output.WriteAsync("New passphrase of the admin: ");
        var typed = new List<char>();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.RemoveRange(Math.Max(0, typed.Count - 1), Math.Min(1, typed.Count));
                continue;
            }

            typed.Add(key.KeyChar);
        }

        await output.WriteLineAsync();
        return string.Concat(typed);
    }

    private static async Task<JsonDocument> SendAsync(string folder, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var hub = RunningHub.Find(folder) ?? throw new StartRefusedException($"No hub is running on {folder}: start one with `stemlab serve --data {folder}`, or give another folder with --data");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        LocalSecret.ShowFrom(folder, client);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : LocalHub.Content(body) };
            using var answer = await client.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return JsonDocument.Parse(text);
            }

            throw new StartRefusedException(MessageOf(text) ?? $"The hub answered {(int)answer.StatusCode}: run the command as the user the hub runs as, because only that one may read its secret in {folder}");
        }
        catch (HttpRequestException unreachable)
        {
            throw new StartRefusedException($"The hub of {folder} does not answer: {unreachable.Message}. Start it again with `stemlab serve --data {folder}`", unreachable);
        }
    }

    private static string? MessageOf(string answer)
    {
        try
        {
            using var status = JsonDocument.Parse(answer);
            return status.RootElement.TryGetProperty("message", out var message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
