using System.Text.Json.Serialization;

namespace StemLab.Hub.Preflight;

/// <summary>Generated reader and writer of <see cref="BackupList"/>'s file.</summary>
[JsonSerializable(typeof(KeptBackup[]))]
internal sealed partial class BackupListJson : JsonSerializerContext;
