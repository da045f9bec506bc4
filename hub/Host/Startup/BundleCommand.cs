using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab bundle write FILE</c>, <c>stemlab bundle merge FILE|URL</c>: everything a hub holds on one stick, and into another hub; a cut copy goes on where it stopped.</summary>
internal static class BundleCommand
{
    /// <summary>Another hub's token, for a bundle that is fetched from it: not on the command line, where others on the machine see it.</summary>
    private const string TokenVariable = "STEMLAB_TOKEN";

    private static readonly Argument<string> File = new("file") { Description = "the bundle" };
    private static readonly Argument<string> Source = new("source") { Description = "a bundle: file, or http(s) address of one" };
    private static readonly Option<string?> Data = new("--data") { Description = "data folder of the running hub; default: the one `stemlab serve` uses" };
    private static readonly Option<string?> Since = new("--since") { Description = "only readings from then on, like 2026-11-25T10:00Z (without zone: this machine's)" };

    public static Command Build()
    {
        var write = new Command("write", "Write all readings and facts of the hub into one file") { File, Data, Since };
        write.SetAction((arguments, cancellationToken) => WriteAsync(arguments, cancellationToken));
        var merge = new Command("merge", $"Take a bundle in; again, or in another order, gives the same. A hub's address wants a token in {TokenVariable}") { Source, Data };
        merge.SetAction((arguments, cancellationToken) => MergeAsync(arguments, cancellationToken));
        var hash = new Command("hash", "One number over everything the hub holds: equal on two hubs that merged each other") { Data };
        hash.SetAction((arguments, cancellationToken) => HashAsync(arguments, cancellationToken));
        return new Command("bundle", "Carry a hub's readings to another hub") { write, merge, hash };
    }

    private static async Task<int> WriteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.InvocationConfiguration.Output;
        using var hub = Client(arguments);
        var since = LocalHub.TimeOf("--since", arguments.GetValue(Since));
        var path = Path.GetFullPath(arguments.GetRequiredValue(File));
        if (Directory.Exists(path))
        {
            throw new StartRefusedException($"{path} is a folder: name the file to write, like {Path.Combine(path, "school.stemlab")}");
        }

        using var answer = await FileToHub.FollowAsync(
            hub,
            since is { } us ? $"bundles?sinceUs={us.ToString(CultureInfo.InvariantCulture)}" : "bundles",
            null,
            async line =>
            {
                if (line.TryGetProperty("rows", out var rows))
                {
                    await output.WriteLineAsync($"{rows.GetInt64():N0} readings");
                }
            },
            cancellationToken);
        var bundle = answer.RootElement;
        var part = $"{path}.{bundle.GetProperty("sha256").GetString()![..8]}.part";
        await FetchAsync(hub, bundle.GetProperty("path").GetString()!.TrimStart('/'), part, cancellationToken);
        await RequireAsync(part, bundle.GetProperty("sha256").GetString()!, cancellationToken);
        System.IO.File.Move(part, path, overwrite: true);
        var contents = bundle.GetProperty("contents");
        await output.WriteLineAsync($"{bundle.GetProperty("sha256").GetString()}  {path}");
        await output.WriteLineAsync($"{contents.GetProperty("rows").GetInt64():N0} readings, {contents.GetProperty("facts").GetInt64():N0} facts, {contents.GetProperty("agents").GetInt32()} agents, {bundle.GetProperty("size").GetInt64():N0} bytes");
        var damaged = contents.GetProperty("damaged").GetInt64();
        if (damaged > 0)
        {
            await output.WriteLineAsync($"{damaged:N0} readings are damaged in this hub's store and are not in it: `stemlab store verify` names them");
        }

        return 0;
    }

    private static async Task<int> MergeAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.InvocationConfiguration.Output;
        var source = arguments.GetRequiredValue(Source);
        using var hub = Client(arguments);
        var path = source;
        if (Uri.TryCreate(source, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            path = await DownloadAsync(address!, output, cancellationToken);
        }

        var upload = await FileToHub.SendAsync(hub, path, cancellationToken);
        using var answer = await FileToHub.FollowAsync(
            hub,
            $"bundles/merge?upload={upload}",
            null,
            async line =>
            {
                if (line.TryGetProperty("progress", out var so))
                {
                    await output.WriteLineAsync($"{100 * so.GetProperty("read").GetInt64() / Math.Max(1, so.GetProperty("size").GetInt64())} %  {so.GetProperty("new").GetInt64():N0} new, {so.GetProperty("duplicate").GetInt64():N0} duplicate");
                }
            },
            cancellationToken);
        if (path != source)
        {
            System.IO.File.Delete(path);
        }

        var report = answer.RootElement.GetProperty("report");
        await output.WriteLineAsync(report.GetProperty("sentence").GetProperty("en").GetString());
        foreach (var part in report.GetProperty("damaged").EnumerateArray())
        {
            await output.WriteLineAsync($"lost: part {(part.GetProperty("hash").GetString() is { Length: > 0 } hash ? hash : "without name")}{Where(part)}");
        }

        return report.GetProperty("isWhole").GetBoolean() ? 0 : 1;
    }

    private static async Task<int> HashAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var hub = Client(arguments);
        using var answer = await LocalHub.SendAsync(() => hub.GetAsync("bundles/set-hash", cancellationToken), hub, cancellationToken);
        await arguments.InvocationConfiguration.Output.WriteLineAsync(answer.RootElement.GetProperty("setHash").GetString());
        return 0;
    }

    private static string Where(JsonElement part) => part.GetProperty("fromByte").GetInt64() is >= 0 and var from ? $", bytes {from} to {part.GetProperty("toByte").GetInt64()}" : "";

    private static HttpClient Client(ParseResult arguments) => LocalHub.Client(Path.GetFullPath(arguments.GetValue(Data) ?? new Operations.HubOptions().DataFolder));

    /// <summary>Fetches another hub's bundle into a file of its own name; a part that is there goes on.</summary>
    private static async Task<string> DownloadAsync(Uri address, TextWriter output, CancellationToken cancellationToken)
    {
        using var far = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token)
        {
            far.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.ToString())))[..16];
        var part = Path.Combine(Path.GetTempPath(), $"stemlab-{name}.part");
        await output.WriteLineAsync($"Fetching {address}");
        try
        {
            await FetchAsync(far, address.ToString(), part, cancellationToken);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            throw new StartRefusedException($"{address} cannot be fetched: {cut.Message}. Repeat the command and it goes on where it stopped", cut);
        }

        return part;
    }

    private static async Task FetchAsync(HttpClient from, string address, string part, CancellationToken cancellationToken)
    {
        var have = System.IO.File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var answer = await from.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // All of it, or of another one: only its checks can tell, so from the beginning.
            System.IO.File.Delete(part);
            await FetchAsync(from, address, part, cancellationToken);
            return;
        }

        answer.EnsureSuccessStatusCode();
        await using var into = new FileStream(part, answer.StatusCode == HttpStatusCode.PartialContent ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await answer.Content.CopyToAsync(into, cancellationToken);
    }

    private static async Task RequireAsync(string part, string sha256, CancellationToken cancellationToken)
    {
        await using (var whole = System.IO.File.OpenRead(part))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(whole, cancellationToken)) == sha256)
            {
                return;
            }
        }

        // Begun with another bundle, or torn: next time from the beginning.
        System.IO.File.Delete(part);
        throw new StartRefusedException($"{part} did not arrive as the hub has it; repeat the command");
    }
}
