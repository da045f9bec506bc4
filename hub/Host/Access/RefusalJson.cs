using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Access;

/// <summary>A refusal as the rpcs answer it in JSON: a google.rpc.Status. Immutable.</summary>
/// <param name="Code">Of google.rpc.Code.</param>
/// <param name="Message">For people, English.</param>
/// <param name="Details">Each with its "@type"; absent = none, and not written.</param>
internal sealed record Refusal(int Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, string>[]? Details = null)
{
    /// <summary>A detail: the same sentence in a language.</summary>
    public static Dictionary<string, string> Localized(string locale, string message) => new(StringComparer.Ordinal)
    {
        ["@type"] = "type.googleapis.com/google.rpc.LocalizedMessage",
        ["locale"] = locale,
        ["message"] = message,
    };
}

/// <summary>Generated writer of refusals.</summary>
[JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : JsonSerializerContext
{
    /// <summary>As ASP.NET writes answers: camelCase, letters of all languages as they are.</summary>
    public static RefusalJson Answers { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
