using System.CommandLine;
using System.Text.Json;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab store move | compare | requeue</c>: what concerns the InfluxDB of a running hub; it alone may write to its store.</summary>
internal static class FarCommand
{
    public static Command Move()
    {
        var to = new Option<string>("--to") { Description = "embedded: bring back what only InfluxDB has; influx: wait until InfluxDB has everything. Both end with counts and sums of both sides", Required = true };
        var command = new Command("move", "Move readings between series.db and InfluxDB, and count them on both sides") { to };
        to.Validators.Add(static given =>
        {
            if (given.Tokens is [{ Value: var side }] && side is not ("embedded" or "influx"))
            {
                given.AddError($"--to: '{side}' is no side; give embedded or influx, like --to influx.");
            }
        });
        command.SetAction((arguments, cancellationToken) => AskAsync(arguments, $"v1/store:move?to={Uri.EscapeDataString(arguments.GetRequiredValue(to))}", cancellationToken));
        return command;
    }

    public static Command Compare()
    {
        var command = new Command("compare", "Count and add up every series here and in InfluxDB");
        command.SetAction((arguments, cancellationToken) => AskAsync(arguments, "v1/store:compare", cancellationToken));
        return command;
    }

    public static Command Requeue()
    {
        var command = new Command("requeue", "Send the readings InfluxDB refused once more, after its settings were mended");
        command.SetAction((arguments, cancellationToken) => AskAsync(arguments, "v1/store:requeue", cancellationToken));
        return command;
    }

    /// <summary>Prints the hub's lines as they come; the last one says that it is done.</summary>
    private static async Task<int> AskAsync(ParseResult arguments, string path, CancellationToken cancellationToken)
    {
        var folder = StoreCommand.FolderOf(arguments);
        var hub = RunningHub.Find(folder) ?? throw new StartRefusedException($"No hub is running on {folder}: start one with `stemlab serve --data {folder}`, or give another folder with --data");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/"), Timeout = Timeout.InfiniteTimeSpan };
        LocalSecret.ShowFrom(folder, client);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new StartRefusedException($"The hub answered {(int)answer.StatusCode}");
            }

            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                using var said = JsonDocument.Parse(line);
                if (said.RootElement.TryGetProperty("error", out var error))
                {
                    throw new StartRefusedException(error.GetString()!);
                }

                if (said.RootElement.TryGetProperty("text", out var text))
                {
                    await arguments.InvocationConfiguration.Output.WriteLineAsync(text.GetString());
                }
                else if (said.RootElement.TryGetProperty("done", out _))
                {
                    return 0;
                }
            }

            throw new StartRefusedException("The hub stopped in the middle; start it again and repeat the command, nothing is lost");
        }
        catch (HttpRequestException unreachable)
        {
            throw new StartRefusedException($"The hub of {folder} does not answer: {unreachable.Message}. Start it again with `stemlab serve --data {folder}`", unreachable);
        }
    }
}
