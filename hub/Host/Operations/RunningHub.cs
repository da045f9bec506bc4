using System.Text.Json;

namespace StemLab.Hub.Operations;

/// <summary>What a running hub tells others on the machine: <c>hub.json</c> in its data folder, written when it listens, removed when it stops.</summary>
internal sealed class RunningHub(IHostApplicationLifetime lifetime)
{
    private const string FileName = "hub.json";
    private volatile HubOptions? announced;

    /// <summary>The options the hub really runs with; null until it listens.</summary>
    public HubOptions? Options => announced;

    /// <summary>Writes the file; once, when all ports are open.</summary>
    public void Announce(HubOptions options)
    {
        announced = options;
        var path = Path.Combine(options.DataFolder, FileName);
        File.WriteAllText(path, JsonSerializer.Serialize(new Entry(Environment.ProcessId, options.HttpPort, options.GrpcPort, options.MqttPort), OperationsJson.Default.Entry));
        lifetime.ApplicationStopped.Register(() => File.Delete(path));
    }

    /// <summary>Finds the hub that runs on a data folder; null when none does, or its file says nothing that can be.</summary>
    public static Entry? Find(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        try
        {
            var told = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), OperationsJson.Default.Entry) : null;
            return told is { HttpPort: > 0 and <= 65535, GrpcPort: > 0 and <= 65535, MqttPort: > 0 and <= 65535 } ? told : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Where a running hub listens on 127.0.0.1.</summary>
    internal sealed record Entry(int Pid, int HttpPort, int GrpcPort, int MqttPort);
}
