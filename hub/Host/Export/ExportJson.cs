using System.Text.Json.Serialization;

namespace StemLab.Hub.Export;

/// <summary>Generated reader and writer of a version's tables.json.</summary>
[JsonSerializable(typeof(FrozenTables))]
internal sealed partial class ExportJson : JsonSerializerContext;
