using System.Text.Json.Serialization;

namespace StemLab.Hub.Classroom;

/// <summary>How a class at work stands in hub.db.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClassAtWork))]
internal sealed partial class ClassJson : JsonSerializerContext;
