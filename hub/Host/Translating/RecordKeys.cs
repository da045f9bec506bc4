using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace StemLab.Hub.Translating;

/// <summary>A record of texts as keys, and keys laid over a record. Pure.</summary>
internal static partial class RecordKeys
{
    /// <summary>What is no text: addresses of sheets, names of pictures, marks, and how a language calls itself.</summary>
    private static readonly string[] Fixed = [".key", ".mark", ".pictures.0.name", ".pictures.1.name", "Texts.language", "Texts.otherLanguage", "Texts.otherLanguageName"];

    /// <summary>Keys of a record with its texts.</summary>
    public static IEnumerable<(string Key, string Text)> Of(object record, JsonTypeInfo type) => Leaves(JsonSerializer.SerializeToNode(record, type), type.Type.Name);

    /// <summary>The record with the texts that are given for it, each with the same gaps as its own.</summary>
    public static object Overlaid(object record, JsonTypeInfo type, IReadOnlyDictionary<string, string> texts)
    {
        var node = JsonSerializer.SerializeToNode(record, type)!;
        foreach (var (key, own) in Leaves(node, type.Type.Name).ToArray())
        {
            if (texts.TryGetValue(key, out var text) && Gaps(text) == Gaps(own))
            {
                Put(node, key.Split('.')[1..], text);
            }
        }

        return node.Deserialize(type)!;
    }

    /// <summary>Gaps of a text in order of their numbers: "{0} {1}".</summary>
    public static string Gaps(string text) => string.Join(' ', Gap().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<(string Key, string Text)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject many => many.SelectMany(one => Leaves(one.Value, $"{path}.{one.Key}")),
        JsonArray list => list.SelectMany((one, i) => Leaves(one, string.Create(CultureInfo.InvariantCulture, $"{path}.{i}"))),
        JsonValue value when value.TryGetValue<string>(out var text) && !Fixed.Any(end => path.EndsWith(end, StringComparison.Ordinal)) => [(path, text)],
        _ => [],
    };

    private static void Put(JsonNode node, string[] path, string text)
    {
        for (var i = 0; i < path.Length - 1; i++)
        {
            node = (node is JsonArray list ? list[int.Parse(path[i], CultureInfo.InvariantCulture)] : node[path[i]])!;
        }

        if (node is JsonArray last)
        {
            last[int.Parse(path[^1], CultureInfo.InvariantCulture)] = text;
            return;
        }

        node[path[^1]] = text;
    }

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();
}
