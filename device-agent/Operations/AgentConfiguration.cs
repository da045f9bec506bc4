using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace StemLab.Agent.Operations;

/// <summary>Reads agent.json and join files into <see cref="AgentOptions"/>. Pure; says everything that is wrong at once.</summary>
internal static class AgentConfiguration
{
    private static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Names of all keys, with Sources[]. before those of a source.</summary>
    public static IEnumerable<string> KeyNames =>
        Keys(AgentJson.Default.AgentOptions).Concat(Keys(AgentJson.Default.SourceOptions).Select(key => "Sources[]." + key));

    /// <summary>Options from JSON texts (comments allowed); problems is empty when they hold.</summary>
    /// <param name="config">agent.json; null = none.</param>
    /// <param name="join">A join file as the hub wrote it: HubAddress, AgentId, Token, Slug, Tls and AuthorityPem of it win. Null = none.</param>
    /// <param name="problems">What is wrong, one sentence each.</param>
    /// <param name="asksToJoin">True where an identity may be missing: then a hub is asked.</param>
    public static AgentOptions Read(string? config, string? join, out IReadOnlyList<string> problems, bool asksToJoin = false)
    {
        var all = new List<string>();
        var options = config is null ? new AgentOptions() : Parse(config, all);
        if (join is not null)
        {
            var joined = Parse(join, all);
            options = options with { HubAddress = joined.HubAddress, AgentId = joined.AgentId, Token = joined.Token, Slug = joined.Slug, Tls = joined.Tls, AuthorityPem = joined.AuthorityPem };
        }

        problems = all.Count > 0 ? all : options.Problems(asksToJoin);
        return options;
    }

    /// <summary>What a hub set, as JSON of some keys of agent.json, over what an agent was told.</summary>
    /// <param name="content">JSON; keys that are not the hub's to set are refused.</param>
    /// <param name="told">Everything else, and what counts where a key is absent.</param>
    /// <param name="problems">What is wrong, one sentence each; empty when it holds.</param>
    public static AgentOptions ReadSettings(string content, AgentOptions told, out IReadOnlyList<string> problems)
    {
        var all = new List<string>();
        var read = Parse(content, all);
        if (all.Count == 0)
        {
            using var document = JsonDocument.Parse(content, Relaxed);
            var keys = document.RootElement.EnumerateObject().Select(entry => entry.Name).ToList();
            all.AddRange(keys.Except(HubSettings.Keys).Select(key => $"{key}: not the hub's to set; it may set {string.Join(", ", HubSettings.Keys)}"));
            told = told with
            {
                Measuring = keys.Contains(nameof(AgentOptions.Measuring)) ? read.Measuring : told.Measuring,
                HealthIntervalSeconds = keys.Contains(nameof(AgentOptions.HealthIntervalSeconds)) ? read.HealthIntervalSeconds : told.HealthIntervalSeconds,
                Sources = keys.Contains(nameof(AgentOptions.Sources)) ? read.Sources : told.Sources,
            };
        }

        problems = all.Count > 0 ? all : told.Problems(asksToJoin: true);
        return told;
    }

    private static AgentOptions Parse(string json, List<string> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Relaxed);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add("the file is not a JSON object: { \"HubAddress\": \"…\" }");
                return new AgentOptions();
            }

            var before = problems.Count;
            problems.AddRange(Unknown(document.RootElement, "", AgentJson.Default.AgentOptions));
            if (document.RootElement.TryGetProperty(nameof(AgentOptions.Sources), out var sources) && sources.ValueKind == JsonValueKind.Array)
            {
                problems.AddRange(sources.EnumerateArray().Where(source => source.ValueKind == JsonValueKind.Object)
                    .SelectMany((source, i) => Unknown(source, $"Sources[{i}].", AgentJson.Default.SourceOptions)));
            }

            return problems.Count > before ? new AgentOptions() : WithDefaults(document.RootElement).Deserialize(AgentJson.Default.AgentOptions) ?? new AgentOptions();
        }
        catch (JsonException wrong)
        {
            var place = wrong.Path is { Length: > 2 } path ? path[2..] : $"line {wrong.LineNumber + 1}, column {wrong.BytePositionInLine + 1}";
            problems.Add($"{place}: {wrong.Message.Split(" Path:")[0]}");
            return new AgentOptions();
        }
    }

    /// <summary>The file's values over the defaults: a generated reader gives absent init-only properties no value of their own.</summary>
    private static JsonObject WithDefaults(JsonElement file)
    {
        var whole = Over(JsonSerializer.SerializeToNode(new AgentOptions(), AgentJson.Default.AgentOptions)!.AsObject(), file);
        if (file.TryGetProperty(nameof(AgentOptions.Sources), out var sources) && sources.ValueKind == JsonValueKind.Array)
        {
            whole[nameof(AgentOptions.Sources)] = new JsonArray([.. sources.EnumerateArray().Select(source => source.ValueKind == JsonValueKind.Object
                ? Over(JsonSerializer.SerializeToNode(new SourceOptions(), AgentJson.Default.SourceOptions)!.AsObject(), source)
                : JsonNode.Parse(source.GetRawText()))]);
        }

        return whole;
    }

    private static JsonObject Over(JsonObject defaults, JsonElement values)
    {
        foreach (var entry in values.EnumerateObject())
        {
            defaults[entry.Name] = JsonNode.Parse(entry.Value.GetRawText(), documentOptions: Relaxed);
        }

        return defaults;
    }

    private static IEnumerable<string> Unknown(JsonElement element, string path, JsonTypeInfo type) =>
        element.EnumerateObject().Where(entry => !Keys(type).Contains(entry.Name))
            .Select(entry => $"{path}{entry.Name}: no such option; nearest is {Nearest(entry.Name, Keys(type))}");

    private static IEnumerable<string> Keys(JsonTypeInfo type) => type.Properties.Select(property => property.Name);

    private static string Nearest(string unknown, IEnumerable<string> keys) =>
        keys.MinBy(key => Distance(key.ToUpperInvariant(), unknown.ToUpperInvariant()) - CommonPrefix(key, unknown))!;

    private static int CommonPrefix(string a, string b) => a.Zip(b).TakeWhile(pair => char.ToUpperInvariant(pair.First) == char.ToUpperInvariant(pair.Second)).Count();

    /// <summary>Levenshtein distance; both texts are short.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[b.Length];
    }
}
