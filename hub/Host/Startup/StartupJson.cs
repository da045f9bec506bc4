using System.Text.Json.Serialization;

namespace StemLab.Hub.Startup;

/// <summary>Generated readers and writers of files for people: a backup's list, a join file. Every key must be there.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HubBackup.Contents))]
[JsonSerializable(typeof(AgentCommand.JoinFile))]
internal sealed partial class StartupJson : JsonSerializerContext;
