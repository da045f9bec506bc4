using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Agent.Operations;

/// <summary>How options are written: generated at build time, so that nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, WriteIndented = true, Converters = [typeof(Id128JsonConverter)])]
[JsonSerializable(typeof(AgentOptions))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>An identity as 32 lowercase hex digits; empty text = none.</summary>
internal sealed class Id128JsonConverter : JsonConverter<Id128>
{
    /// <inheritdoc/>
    public override Id128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is "" ? default
            : reader.TokenType == JsonTokenType.String && Id128.TryParse(reader.GetString(), out var id) ? id
            : throw new JsonException("expected 32 lowercase hex digits");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Id128 value, JsonSerializerOptions options) => writer.WriteStringValue(value.IsEmpty ? "" : value.ToString());
}
