using System.Text.Json.Serialization;

namespace StemLab.Hub.Operations;

/// <summary>Generated readers and writers of hub.json and of the configuration file. They give a key that a file lacks no default: <see cref="HubConfiguration"/> lays the defaults under.</summary>
[JsonSerializable(typeof(RunningHub.Entry))]
[JsonSerializable(typeof(HubOptions))]
internal sealed partial class OperationsJson : JsonSerializerContext;
