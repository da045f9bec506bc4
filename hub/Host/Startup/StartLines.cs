using StemLab.Hub.Fleet;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary>The few lines a person reads when a hub has started; about eight.</summary>
internal static class StartLines
{
    public static IEnumerable<string> Of(HubHost hub)
    {
        var vi = hub.Options.Language == "vi";
        yield return vi ? $"StemLab đang lắng nghe. Mở trang: {hub.PageUrl}" : $"StemLab is listening. Open the page: {hub.PageUrl}";
        yield return vi ? $"  Ứng dụng gRPC: 127.0.0.1:{hub.GrpcPort}   MQTT: 127.0.0.1:{hub.MqttPort}" : $"  Apps by gRPC: 127.0.0.1:{hub.GrpcPort}   MQTT: 127.0.0.1:{hub.MqttPort}";
        if (hub.ReplacedPorts.Count > 0)
        {
            var ports = string.Join(", ", hub.ReplacedPorts.Select(port => $"{port.Asked} → {port.Taken}"));
            yield return vi ? $"  Cổng đang bận, dùng cổng kế tiếp: {ports}" : $"  Ports in use, the next free ones taken: {ports}";
        }

        foreach (var line in FoundLines.Of(
            hub.Services.GetRequiredService<ObservationStore>().Health.Opened,
            hub.Services.GetRequiredService<FleetBook>().Current.Agents.Length,
            hub.Services.GetRequiredService<StorePreset>(),
            vi))
        {
            yield return line;
        }

        var store = hub.Options.InfluxOptions() is { } influx ? $"InfluxDB {influx.Url} ({influx.Database})" : vi ? "nhúng sẵn" : "embedded";
        yield return vi ? $"  Kho dữ liệu: {store}, thư mục {hub.Options.DataFolder}" : $"  Store: {store}, in {hub.Options.DataFolder}";
        yield return vi
            ? $"  Thử: mosquitto_pub -p {hub.MqttPort} -t lab/pond/ph -m 7,1"
            : $"  Try: mosquitto_pub -p {hub.MqttPort} -t lab/pond/ph -m 7.1";
        yield return vi ? "  Dừng: Ctrl+C" : "  Stop: Ctrl+C";
    }
}
