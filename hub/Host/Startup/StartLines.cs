using StemLab.Hub.Access;
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
        foreach (var line in SetUpLines(hub, vi))
        {
            yield return line;
        }

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
        if (hub.Services.GetRequiredService<SetupState>().IsOwnerAtMachine)
        {
            yield return vi
                ? $"  Thử: mosquitto_pub -p {hub.MqttPort} -t lab/pond/ph -m 7,1"
                : $"  Try: mosquitto_pub -p {hub.MqttPort} -t lab/pond/ph -m 7.1";
        }

        yield return vi ? "  Dừng: Ctrl+C" : "  Stop: Ctrl+C";
    }

    /// <summary>Where others reach it; before set-up the code, and as a picture for a phone where a phone could come.</summary>
    private static IEnumerable<string> SetUpLines(HubHost hub, bool vi)
    {
        var origin = hub.Services.GetRequiredService<HubOrigin>();
        if (origin.IsOnNetwork)
        {
            var urls = string.Join("  ", origin.PageUrls.Where(url => !url.IsLoopback));
            yield return vi ? $"  Thiết bị khác mở: {urls}" : $"  Other devices open: {urls}";
        }

        if (hub.Options.Demo || hub.Services.GetRequiredService<SetupCode>().Shown is not { } code)
        {
            yield break;
        }

        yield return vi ? $"  Thiết lập trên máy này: {hub.PageUrl}setup   từ máy khác cần mã {code}" : $"  Set it up on this machine: {hub.PageUrl}setup   from another one with the code {code}";
        if (origin.IsOnNetwork)
        {
            using var picture = new QRCoder.AsciiQRCode(QRCoder.QRCodeGenerator.GenerateQrCode($"{new Uri(origin.PageUrl, "setup")}#{code}", QRCoder.QRCodeGenerator.ECCLevel.L));
            yield return picture.GetGraphicSmall();
        }
    }
}
