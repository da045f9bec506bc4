using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Uploads;

/// <summary>Generated writers of answers.</summary>
[JsonSerializable(typeof(Upload))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>camelCase, letters of all languages as they are.</summary>
    public static AnswerJson Answers { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
