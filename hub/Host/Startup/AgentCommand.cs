using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab agent add SLUG</c>: asks the running hub for a new agent identity and writes the join file that <c>stemlab-agent run --join</c> takes.</summary>
internal static class AgentCommand
{
    public static Command Build()
    {
        var slug = new Argument<string>("slug") { Description = "short name for people: 1 to 32 of a-z, 0-9 and -" };
        var data = new Option<string?>("--data") { Description = "data folder of the running hub; default: the one `stemlab serve` uses" };
        var output = new Option<FileInfo?>("--out") { Description = "join file to write; default: SLUG.join.json here" };
        var add = new Command("add", "Make an identity with a random token for an agent") { slug, data, output };
        add.SetAction((arguments, cancellationToken) => AddAsync(
            arguments.GetRequiredValue(slug),
            Path.GetFullPath(arguments.GetValue(data) ?? new HubOptions().DataFolder),
            arguments.GetValue(output)?.FullName ?? Path.GetFullPath($"{arguments.GetRequiredValue(slug)}.join.json"),
            arguments.InvocationConfiguration.Output,
            cancellationToken));
        return new Command("agent", "Identities of agents") { add };
    }

    private static async Task<int> AddAsync(string slug, string folder, string file, TextWriter output, CancellationToken cancellationToken)
    {
        var hub = RunningHub.Find(folder) ?? throw new StartRefusedException($"No hub is running on {folder}: start one with `stemlab serve --data {folder}`, or give another folder with --data");
        if (File.Exists(file))
        {
            throw new StartRefusedException($"{file} exists already; give another name with --out");
        }

        // The file first: an identity whose token nobody has would bear the name for ever.
        await using var writer = Secret(file);
        try
        {
            await WriteAsync(hub, slug, folder, file, writer, output, cancellationToken);
            return 0;
        }
        catch
        {
            await writer.DisposeAsync();
            File.Delete(file);
            throw;
        }
    }

    private static async Task WriteAsync(RunningHub.Entry hub, string slug, string folder, string file, StreamWriter writer, TextWriter output, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        LocalSecret.ShowFrom(folder, client);
        using var answer = await PostAsync(client, slug, folder, cancellationToken);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(cancellationToken));
        if (!answer.IsSuccessStatusCode)
        {
            throw new StartRefusedException(body.RootElement.TryGetProperty("message", out var message) ? message.GetString()! : $"The hub answered {(int)answer.StatusCode}");
        }

        var id = body.RootElement.GetProperty("agent").GetProperty("name").GetString()!["agents/".Length..];
        var join = new JoinFile($"127.0.0.1:{hub.MqttPort}", id, body.RootElement.GetProperty("token").GetString()!, slug);
        await writer.WriteLineAsync(JsonSerializer.Serialize(join, StartupJson.Default.JoinFile).AsMemory(), cancellationToken);
        await writer.FlushAsync(cancellationToken);
        await output.WriteLineAsync($"{file}: identity and token of agent {slug}. Whoever has the file may send as this agent");
        await output.WriteLineAsync($"Start it: stemlab-agent run --config agent.json --join {file}");
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string slug, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PostAsync("v1/agents:enrol", LocalHub.Content(new JsonObject { ["slug"] = slug }), cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new StartRefusedException($"The hub of {folder} does not answer on {client.BaseAddress}: {unreachable.Message}. Start it again with `stemlab serve --data {folder}`", unreachable);
        }
    }

    /// <summary>Readable by the owner only from its first byte on.</summary>
    /// <exception cref="StartRefusedException">It cannot be written.</exception>
    private static StreamWriter Secret(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new StreamWriter(file, options);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file} cannot be written, so no identity was made: {FileWords.Why(failed)}. Give another path with --out", failed);
        }
    }

    /// <summary>The file an agent joins with; keys as device-agent reads them.</summary>
    internal sealed record JoinFile(string HubAddress, string AgentId, string Token, string Slug);
}
