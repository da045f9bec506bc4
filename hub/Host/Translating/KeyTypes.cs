using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Translating;

/// <summary>Generated readers and writers of key files.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(KeyTemplate))]
internal sealed partial class KeyTypes : JsonSerializerContext;

/// <summary>A key file as a translator sends it.</summary>
/// <param name="Name">How the language calls itself.</param>
/// <param name="Texts">By key.</param>
internal sealed record KeyFile(string Name, Dictionary<string, string> Texts);

/// <summary>A key file as a translator begins with it.</summary>
internal sealed record KeyTemplate(string Name, SortedDictionary<string, string> Texts);
