using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Phyphox;

/// <summary>Answer to a post: so many readings are on the disk.</summary>
internal sealed record PostStored(int Stored);

/// <summary>Answer to a post that was not taken, for people.</summary>
internal sealed record PostRefused(string Message);

/// <summary>Generated readers and writers: the sensors of an experiment in hub.db, answers to posts.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(PostStored))]
[JsonSerializable(typeof(PostRefused))]
internal sealed partial class PhyphoxJson : JsonSerializerContext
{
    /// <summary>camelCase, letters of all languages as they are.</summary>
    public static PhyphoxJson Answers { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
