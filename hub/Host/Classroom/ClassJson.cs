using System.Text.Json.Serialization;

namespace StemLab.Hub.Classroom;

/// <summary>How a class at work stands in hub.db. A key that is absent has its default; null where a value must be is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ClassAtWork))]
internal sealed partial class ClassJson : JsonSerializerContext;
