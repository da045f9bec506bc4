using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab export DATASET</c>: has the running hub freeze a version, and fetches its files; a cut download goes on where it stopped.</summary>
internal static class ExportCommand
{
    private static readonly Dictionary<string, string> Formats = new(StringComparer.Ordinal)
    {
        ["csv"] = "DATASET_FORMAT_CSV",
        ["netcdf"] = "DATASET_FORMAT_NETCDF",
        ["parquet"] = "DATASET_FORMAT_PARQUET",
        ["excel-vi"] = "DATASET_FORMAT_EXCEL_VI",
        ["excel-en"] = "DATASET_FORMAT_EXCEL_EN",
        ["codap"] = "DATASET_FORMAT_CODAP",
    };

    private static readonly Argument<string> Dataset = new("dataset") { Description = "short name: 1 to 32 of a-z, 0-9 and -" };
    private static readonly Argument<string[]> Channels = new("channel") { Description = "name or display name of a channel (\"pond ph\"); none = all", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Data = new("--data") { Description = "data folder of the running hub; default: the one `stemlab serve` uses" };
    private static readonly Option<string?> Title = new("--title") { Description = "title; asked for the first time only" };
    private static readonly Option<string?> Creator = new("--creator") { Description = "organisation to cite; asked for the first time only" };
    private static readonly Option<string> Licence = new("--licence") { Description = "SPDX identifier", DefaultValueFactory = _ => "CC-BY-4.0" };
    private static readonly Option<string?> Campaign = new("--campaign") { Description = "campaign it belongs to: its readings, organisation and licence, said once on the page Datasets" };
    private static readonly Option<string?> From = new("--from") { Description = "first time wanted, like 2026-11-25T10:00Z (without zone: this machine's)" };
    private static readonly Option<string?> To = new("--to") { Description = "first time not wanted" };
    private static readonly Option<string[]> Sites = new("--site") { Description = "slug of a site; only while the agent was there" };
    private static readonly Option<string[]> Runs = new("--run") { Description = "id of a run; only its channels and its time" };
    private static readonly Option<int[]> Flags = new("--flag") { Description = "QARTOD flags that count: 1, 2, 3, 4, 9, like --flag 1 --flag 2; default all" };
    private static readonly Option<string> Origin = new("--origin") { Description = "usual, real, simulated or any", DefaultValueFactory = _ => "usual" };
    private static readonly Option<string> Purpose = new("--purpose") { Description = "usual (no practice; with --run all of that run), real, practice or any", DefaultValueFactory = _ => "usual" };
    private static readonly Option<long> Revision = new("--revision") { Description = "revision of the facts, a whole number like 12; default the newest" };
    private static readonly Option<string[]> Format = new("--format") { Description = $"{string.Join(", ", Formats.Keys)}; default csv, netcdf, parquet" };
    private static readonly Option<DirectoryInfo?> Out = new("--out") { Description = "folder for the files; default: here" };

    public static Command Build()
    {
        var command = new Command("export", "Freeze readings into a version that never changes, and fetch its files") { Dataset, Channels, Data, Title, Creator, Licence, Campaign, From, To, Sites, Runs, Flags, Origin, Purpose, Revision, Format, Out };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string[] formats = [.. (arguments.GetValue(Format) ?? []).SelectMany(text => text.Split(','))];
        if (formats.FirstOrDefault(format => !Formats.ContainsKey(format)) is { } unknown)
        {
            throw new StartRefusedException($"--format: '{unknown}' is not one of {string.Join(", ", Formats.Keys)}");
        }

        // Before anything is frozen: files that cannot be put anywhere need no version.
        var folder = FolderOf(arguments);
        var output = arguments.InvocationConfiguration.Output;
        using var hub = LocalHub.Client(Path.GetFullPath(arguments.GetValue(Data) ?? new Operations.HubOptions().DataFolder));
        var slug = arguments.GetRequiredValue(Dataset);
        await DescribeAsync(hub, slug, arguments, cancellationToken);
        var ask = new JsonObject
        {
            ["selection"] = new JsonObject
            {
                ["channels"] = LocalHub.List(await LocalHub.NamesAsync(hub, arguments.GetValue(Channels) ?? [], cancellationToken)),
                ["sites"] = LocalHub.List(arguments.GetValue(Sites) ?? []),
                ["runs"] = LocalHub.List(arguments.GetValue(Runs) ?? []),
                ["startTimeUs"] = LocalHub.TimeOf("--from", arguments.GetValue(From)) ?? 0,
                ["endTimeUs"] = LocalHub.TimeOf("--to", arguments.GetValue(To)) ?? 0,
                ["flags"] = new JsonArray([.. (arguments.GetValue(Flags) ?? []).Select(flag => (JsonNode)flag)]),
                ["origin"] = OriginOf(arguments.GetRequiredValue(Origin)),
                ["purpose"] = PurposeOf(arguments.GetRequiredValue(Purpose)),
                ["asOfRevision"] = arguments.GetValue(Revision),
                ["campaign"] = CampaignName(arguments),
            },
            ["formats"] = LocalHub.List(formats.Select(format => Formats[format])),
        };
        using var begun = await LocalHub.PostAsync(hub, $"v1/datasets/{slug}/versions", ask, cancellationToken);
        var name = begun.RootElement.GetProperty("version").GetProperty("name").GetString()!;
        using var version = await FollowAsync(hub, name, output, cancellationToken);
        foreach (var file in version.RootElement.GetProperty("files").EnumerateArray())
        {
            await FetchAsync(hub, file, folder, cancellationToken);
            await output.WriteLineAsync($"{file.GetProperty("sha256").GetString()}  {file.GetProperty("fileName").GetString()}");
        }

        var rows = version.RootElement;
        await output.WriteLineAsync($"{name}: {rows.GetProperty("rowCount")} readings at revision {rows.GetProperty("revision")}, rows SHA-256 {rows.GetProperty("rowsSha256").GetString()}");
        if (rows.TryGetProperty("practice", out var practice) && practice.TryGetProperty("leftOut", out var isOut) && isOut.GetBoolean())
        {
            await output.WriteLineAsync($"Left out: {practice.GetProperty("rowCount")} readings of practice runs ({practice.GetProperty("runs").GetArrayLength()}); --purpose any takes them too");
        }

        if (rows.TryGetProperty("sameRowsAs", out var same) && same.GetString() is { Length: > 0 } earlier)
        {
            await output.WriteLineAsync($"Exactly the same rows as {earlier}");
        }

        return 0;
    }

    private static string FolderOf(ParseResult arguments)
    {
        var folder = arguments.GetValue(Out)?.FullName ?? Directory.GetCurrentDirectory();
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"--out: the folder {folder} cannot be made: {FileWords.Why(failed)}. Nothing was frozen", failed);
        }
    }

    private static string CampaignName(ParseResult arguments) => arguments.GetValue(Campaign) is { } slug ? $"campaigns/{slug}" : "";

    private static string OriginOf(string text) => text switch
    {
        "usual" => "ORIGIN_UNSPECIFIED",
        "real" => "ORIGIN_REAL",
        "simulated" => "ORIGIN_SIMULATED",
        "any" => "ORIGIN_ANY",
        _ => throw new StartRefusedException($"--origin: '{text}' is not usual, real, simulated or any"),
    };

    private static string PurposeOf(string text) => text switch
    {
        "usual" => "PURPOSE_UNSPECIFIED",
        "real" => "PURPOSE_REAL",
        "practice" => "PURPOSE_PRACTICE",
        "any" => "PURPOSE_ANY",
        _ => throw new StartRefusedException($"--purpose: '{text}' is not usual, real, practice or any"),
    };

    private static async Task DescribeAsync(HttpClient hub, string slug, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var known = await LocalHub.SendAsync(() => hub.GetAsync("v1/datasets", cancellationToken), hub, cancellationToken);
        var isKnown = known.RootElement.TryGetProperty("datasets", out var list) && list.EnumerateArray().Any(dataset => dataset.GetProperty("name").GetString() == $"datasets/{slug}");
        if (isKnown && arguments.GetValue(Title) is null && arguments.GetValue(Creator) is null)
        {
            return;
        }

        if (CampaignName(arguments) is { Length: > 0 } campaign)
        {
            // What is not said here is as the campaign says.
            var licence = arguments.GetResult(Licence) is { Implicit: false } ? arguments.GetRequiredValue(Licence) : "";
            using var within = await LocalHub.PostAsync(
                hub, $"v1/datasets/{slug}:describe", About(new JsonObject { ["campaign"] = campaign, ["title"] = arguments.GetValue(Title) ?? "", ["creator"] = arguments.GetValue(Creator) ?? "", ["licence"] = licence }), cancellationToken);
            return;
        }

        var creator = arguments.GetValue(Creator) ?? throw new StartRefusedException($"'{slug}' is new: say whom to cite with --creator \"Our school\" (and --title, --licence), or name its --campaign");
        using var described = await LocalHub.PostAsync(
            hub, $"v1/datasets/{slug}:describe", About(new JsonObject { ["title"] = arguments.GetValue(Title) ?? slug, ["creator"] = creator, ["licence"] = arguments.GetRequiredValue(Licence) }), cancellationToken);
    }

    private static JsonObject About(JsonObject dataset) => new() { ["dataset"] = dataset };

    /// <summary>Says how far it is, a line each ten percent, until it is ready.</summary>
    private static async Task<JsonDocument> FollowAsync(HttpClient hub, string name, TextWriter output, CancellationToken cancellationToken)
    {
        using var answer = await hub.GetAsync($"v1/{name}:watch", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var told = 0;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            using var said = JsonDocument.Parse(line);
            if (!said.RootElement.TryGetProperty("version", out var version))
            {
                continue;
            }

            switch (version.GetProperty("state").GetString())
            {
                case "STATE_READY":
                    return JsonDocument.Parse(version.GetRawText());
                case "STATE_FAILED":
                    throw new StartRefusedException(version.GetProperty("reasonEn").GetString()!);
            }

            var percent = version.GetProperty("progressPercent").GetInt32();
            if (percent / 10 > told / 10)
            {
                told = percent;
                await output.WriteLineAsync($"{percent} %  {version.GetProperty("progressStep").GetString()}");
            }
        }

        throw new StartRefusedException($"The hub stopped in the middle of {name}; start it again and repeat the command");
    }

    private static async Task FetchAsync(HttpClient hub, JsonElement file, string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Path.GetFileName(file.GetProperty("fileName").GetString()!));
        var part = path + ".part";
        using (var request = new HttpRequestMessage(HttpMethod.Get, file.GetProperty("path").GetString()!.TrimStart('/')))
        {
            var have = File.Exists(part) ? new FileInfo(part).Length : 0;
            if (have > 0)
            {
                request.Headers.Range = new RangeHeaderValue(have, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{file.GetProperty("sha256").GetString()}\""));
            }

            using var answer = await hub.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var goesOn = answer.StatusCode == System.Net.HttpStatusCode.PartialContent;
            await using var into = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
            await answer.Content.CopyToAsync(into, cancellationToken);
        }

        await using (var whole = File.OpenRead(part))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(whole, cancellationToken)) != file.GetProperty("sha256").GetString())
            {
                throw new StartRefusedException($"{path} did not arrive as the hub has it; remove {part} and repeat the command");
            }
        }

        File.Move(part, path, overwrite: true);
    }
}
