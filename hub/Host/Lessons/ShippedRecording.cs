using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Lessons;

/// <summary>A recording that comes with the hub: what a class watches that has nothing which measures. Immutable.</summary>
/// <param name="Speed">How much faster than measured it is played.</param>
/// <param name="IntervalS">Usual step, s.</param>
/// <param name="Zone">Of the times in its tables.</param>
/// <param name="Source">Where it is from, as people read it.</param>
/// <param name="Parts">One a group; each has a table of its own.</param>
/// <param name="IsSimulated">Calculated; nothing of it was measured.</param>
/// <param name="Range">What its values may be where that is more than the range of their property; null = as ever.</param>
internal sealed record ShippedRecording(double Speed, double IntervalS, string Zone, RecordingWords Source, ImmutableArray<RecordingPart> Parts, bool IsSimulated = false, double[]? Range = null)
{
    private const string Folder = "recordings/";

    /// <summary>By name, as a lesson's <c>recording</c> says it.</summary>
    public static ImmutableSortedDictionary<string, ShippedRecording> All { get; } = ReadAll();

    /// <summary>The table of one part, unpacked: a time, then a column for each property with its unit in brackets.</summary>
    public static System.IO.Stream Open(string name, RecordingPart part) => new GZipStream(Resource($"{name}-{part.Key}.csv.gz"), CompressionMode.Decompress);

    private static ImmutableSortedDictionary<string, ShippedRecording> ReadAll()
    {
        using var text = Resource("recordings.json");
        return JsonSerializer.Deserialize(text, RecordingJson.Default.DictionaryStringShippedRecording)!.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static System.IO.Stream Resource(string file) => typeof(ShippedRecording).Assembly.GetManifestResourceStream(Folder + file) ?? throw new InvalidOperationException($"BUG: {Folder}{file} is not in the program");
}

/// <summary>One stretch of a recording: a place, a day or a cup.</summary>
/// <param name="Key">The end of its table's name.</param>
/// <param name="En">What people call it.</param>
/// <param name="Vi">The same.</param>
internal sealed record RecordingPart(string Key, string En, string Vi);

internal sealed record RecordingWords(string En, string Vi);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Dictionary<string, ShippedRecording>))]
internal sealed partial class RecordingJson : JsonSerializerContext;
