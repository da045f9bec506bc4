using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Influx;

/// <summary>Generated readers and writers: the memory of current values, in which every key must be, and lines of answers.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CurrentValues.Memory))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class InfluxJson : JsonSerializerContext;
