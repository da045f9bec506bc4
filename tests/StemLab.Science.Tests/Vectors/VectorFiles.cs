using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.Science.Vectors;

/// <summary>One file of the folder of vectors.</summary>
/// <param name="Name">Path below the folder.</param>
/// <param name="Root">The document; undefined where it cannot be read.</param>
/// <param name="Topic">What its cases are about; null where it holds none.</param>
/// <param name="Fault">Why its cases cannot be run; null where they can, or where it holds none.</param>
internal sealed record VectorFile(string Name, JsonElement Root, string? Topic, string? Fault);

/// <summary>Every vector file of the folder named by STEMLAB_VECTORS, else of tests/vectors. Whatever is in it is run.</summary>
internal static class VectorFiles
{
    /// <summary>Topics somebody runs.</summary>
    internal static readonly string[] Topics = ["analysis", "nist-strd", "qartod", "qartod-series", "ucum-units", "water-and-air-physics"];

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    internal static string Shipped => Path.Combine(Clone.Root, "tests", "vectors");

    internal static string Folder { get; } = Environment.GetEnvironmentVariable("STEMLAB_VECTORS") is { Length: > 0 } named ? Named(named) : Shipped;

    /// <summary>All files ending in .json, however deep, in order of their names.</summary>
    internal static List<VectorFile> All(string? folder = null) =>
        [.. Directory.EnumerateFiles(folder ?? Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Select(file => Read(folder ?? Folder, file))];

    /// <summary>All cases of one topic, from whatever file; the document's own settings come along.</summary>
    internal static List<(JsonElement Document, JsonElement Case)> Cases(string topic, string? folder = null) =>
        [.. All(folder).Where(file => file.Topic == topic).SelectMany(file => file.Root.GetProperty("cases").EnumerateArray().Select(one => (file.Root, one)))];

    /// <summary>Runs all cases of a topic, prints counts by kind, and fails with the list of misses.</summary>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="kind">What counts are kept by.</param>
    /// <param name="miss">Why a case is not met; null where it is. What it throws is a miss.</param>
    /// <param name="folder">Another folder than <see cref="Folder"/>.</param>
    internal static void Run(string topic, Func<JsonElement, string> kind, Func<JsonElement, JsonElement, string?> miss, string? folder = null)
    {
        var misses = new List<string>();
        var counts = new SortedDictionary<string, (int Passed, int Failed)>(StringComparer.Ordinal);
        foreach (var (document, one) in Cases(topic, folder))
        {
            var (name, why) = ("not in form", default(string));
            try
            {
                name = kind(one);
                why = miss(document, one);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                why = e.ToString();
            }

            var count = counts.GetValueOrDefault(name);
            counts[name] = why is null ? (count.Passed + 1, count.Failed) : (count.Passed, count.Failed + 1);
            if (why is not null)
                misses.Add($"{Id(one)}: {why}");
        }

        foreach (var (name, (passed, failed)) in counts)
            TestContext.Current.TestOutputHelper?.WriteLine($"{topic} {name}: {passed} passed, {failed} failed");

        // Where a person looks who did not ask for details: `tests/vectors/check FOLDER`.
        if (folder is null)
            Console.WriteLine($"vectors, {topic}: {counts.Values.Sum(count => count.Passed)} passed, {counts.Values.Sum(count => count.Failed)} failed");
        Assert.True(misses.Count == 0, string.Join(Environment.NewLine, misses.Take(40).Append($"{misses.Count} misses")));
    }

    internal static double? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Numbers; null becomes NaN.</summary>
    internal static double[] Numbers(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN)]
            : [];

    internal static bool IsClose(double expected, double actual, JsonElement tolerance)
    {
        var (rel, abs) = (Number(tolerance, "rel") ?? 0, Number(tolerance, "abs") ?? 0);
        return Math.Abs(expected - actual) <= Math.Max(abs, rel * Math.Abs(expected)) || expected == actual;
    }

    private static VectorFile Read(string folder, string path)
    {
        var name = Path.GetRelativePath(folder, path);
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            root = document.RootElement.Clone();
        }
        catch (JsonException wrong)
        {
            return new VectorFile(name, default, null, $"cannot be read: {wrong.Message}");
        }

        // Files of another kind, as the registry of properties, hold no cases.
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("cases", out var cases))
            return new VectorFile(name, root, null, null);
        if (cases.ValueKind != JsonValueKind.Array)
            return new VectorFile(name, root, null, "its cases are no list");
        var topic = root.TryGetProperty("topic", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()!.Trim().ToLowerInvariant() : "";
        return Topics.Contains(topic)
            ? new VectorFile(name, root, topic, null)
            : new VectorFile(name, root, null, $"its topic is '{topic}'; those known here are {string.Join(", ", Topics)}");
    }

    private static string Id(JsonElement one) =>
        one.ValueKind == JsonValueKind.Object && one.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : one.GetRawText();

    /// <summary>A path that is not absolute counts from where the test was started, else from the repository.</summary>
    private static string Named(string path) =>
        new[] { Path.GetFullPath(path), Path.Combine(Clone.Root, path) }.FirstOrDefault(Directory.Exists) ?? throw new DirectoryNotFoundException($"STEMLAB_VECTORS names {path}, where no folder is");
}
