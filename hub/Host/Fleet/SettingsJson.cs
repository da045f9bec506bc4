using System.Text.Json.Serialization;

namespace StemLab.Hub.Fleet;

/// <summary>Generated reader and writer of settings. What an older content does not say is as usual; a null where a text belongs is no content of ours.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SettingsContent))]
internal sealed partial class SettingsJson : JsonSerializerContext;
