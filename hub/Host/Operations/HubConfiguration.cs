using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StemLab.Hub.Operations;

/// <summary>Reads a configuration file into <see cref="HubOptions"/>. Pure but for the file; says everything that is wrong at once.</summary>
internal static class HubConfiguration
{
    private static readonly PropertyInfo[] Keys = typeof(HubOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(property => property.CanWrite).ToArray();

    private static readonly OperationsJson Json = new(new JsonSerializerOptions { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

    /// <summary>Names of all keys, as they stand in the file.</summary>
    public static IEnumerable<string> KeyNames => Keys.Select(key => key.Name);

    /// <summary>Options from a JSON text (comments allowed); problems is empty when they hold.</summary>
    public static HubOptions Read(string json, out IReadOnlyList<string> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems = ["the file is not a JSON object: { \"DataFolder\": \"…\" }"];
                return new HubOptions();
            }

            var unknown = document.RootElement.EnumerateObject().Where(entry => Keys.All(key => key.Name != entry.Name))
                .Select(entry => $"{entry.Name}: no such option; nearest is {Nearest(entry.Name)}").ToList();
            if (unknown.Count > 0)
            {
                problems = unknown;
                return new HubOptions();
            }

            if (document.RootElement.EnumerateObject().FirstOrDefault(entry => entry.Value.ValueKind == JsonValueKind.Null) is { Value.ValueKind: JsonValueKind.Null } nothing)
            {
                problems = [$"{nothing.Name}: null is no value; leave it out, or give {Expected(Array.Find(Keys, key => key.Name == nothing.Name)!)}"];
                return new HubOptions();
            }

            var options = OptionsOf(document.RootElement);
            problems = options.Problems();
            return options;
        }
        catch (JsonException wrong)
        {
            var key = Array.Find(Keys, key => key.Name == JsonFault.NameOf(wrong));
            problems = [$"{JsonFault.Of(wrong).En}{(key is null ? "; hub/stemlab.json shows every key" : $"; give {Expected(key)}")}"];
            return new HubOptions();
        }
    }

    /// <summary>Read twice: the first time to say where in the file something is wrong, the second time with the defaults of what it does not name.</summary>
    private static HubOptions OptionsOf(JsonElement given)
    {
        given.Deserialize(Json.HubOptions);
        var all = JsonSerializer.SerializeToNode(new HubOptions(), Json.HubOptions)!.AsObject();
        foreach (var entry in given.EnumerateObject())
        {
            all[entry.Name] = JsonNode.Parse(entry.Value.GetRawText());
        }

        return all.Deserialize(Json.HubOptions)!;
    }

    /// <summary>What a key wants, with what it is by default as the example.</summary>
    private static string Expected(PropertyInfo key) => key.GetValue(new HubOptions()) switch
    {
        bool => "true or false",
        string { Length: > 0 } text => $"a text in quotes, like \"{text}\"",
        string => "a text in quotes",
        var number => string.Create(CultureInfo.InvariantCulture, $"a whole number, like {number}"),
    };

    private static string Nearest(string unknown) =>
        Keys.Select(key => key.Name).MinBy(name => Distance(name.ToUpperInvariant(), unknown.ToUpperInvariant()))!;

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
