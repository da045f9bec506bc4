using System.Text.Json;

namespace StemLab.Science.Vectors;

/// <summary>Every vector file of the folder named by STEMLAB_VECTORS, else of tests/vectors. Whatever is in it is run.</summary>
internal static class VectorFiles
{
    internal static string Folder { get; } = Environment.GetEnvironmentVariable("STEMLAB_VECTORS") is { Length: > 0 } named ? named : Shipped();

    /// <summary>All cases of one topic, from whatever file; the document's own settings come along.</summary>
    internal static List<(JsonElement Document, JsonElement Case)> Cases(string topic)
    {
        var cases = new List<(JsonElement, JsonElement)>();
        foreach (var file in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement.Clone();
            if (TopicOf(root) == topic)
                cases.AddRange(root.GetProperty("cases").EnumerateArray().Select(one => (root, one)));
        }

        return cases;
    }

    /// <summary>Topics of all files and how many cases each has; files of another kind (the registry of properties) have none.</summary>
    internal static SortedDictionary<string, int> Topics()
    {
        var topics = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Folder, "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            if (TopicOf(document.RootElement) is { } topic)
                topics[topic] = topics.GetValueOrDefault(topic) + document.RootElement.GetProperty("cases").GetArrayLength();
        }

        return topics;
    }

    /// <summary>Runs all cases of a topic, prints counts by kind, and fails with the list of misses.</summary>
    internal static void Run(string topic, Func<JsonElement, string> kind, Func<JsonElement, JsonElement, string?> miss)
    {
        var misses = new List<string>();
        var counts = new SortedDictionary<string, (int Passed, int Failed)>(StringComparer.Ordinal);
        foreach (var (document, one) in Cases(topic))
        {
            string? why;
            try
            {
                why = miss(document, one);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                why = e.ToString();
            }

            var count = counts.GetValueOrDefault(kind(one));
            counts[kind(one)] = why is null ? (count.Passed + 1, count.Failed) : (count.Passed, count.Failed + 1);
            if (why is not null)
                misses.Add($"{(one.TryGetProperty("id", out var id) ? id.GetString() : one.GetRawText())}: {why}");
        }

        foreach (var (name, (passed, failed)) in counts)
            TestContext.Current.TestOutputHelper?.WriteLine($"{topic} {name}: {passed} passed, {failed} failed");

        // Where a person looks who did not ask for details.
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

    private static string? TopicOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("cases", out var cases) && cases.ValueKind == JsonValueKind.Array && root.TryGetProperty("topic", out var topic)
            ? topic.GetString()
            : null;

    private static string Shipped()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StemLab.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? ".", "tests", "vectors");
    }
}
