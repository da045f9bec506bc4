using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Screens;

/// <summary>Generated readers and writers: names of channels in hub.db, limits.json.</summary>
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(LimitsReader.Stated))]
internal sealed partial class ScreenJson : JsonSerializerContext;
