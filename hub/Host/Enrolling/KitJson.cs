using System.Text.Json.Serialization;

namespace StemLab.Hub.Enrolling;

/// <summary>What the cards of a kit carry; keys as device-agent reads them. Immutable.</summary>
internal sealed record KitContent(string Kit, string KitKey, string HubId, string HubKey, string HubName, string[] Pages);

/// <summary>Generated writer of a kit's file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(KitContent))]
internal sealed partial class KitJson : JsonSerializerContext;
