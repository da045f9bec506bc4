using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using StemLab.Science.Texts;

namespace StemLab.Hub.Access;

/// <summary>Why no other device reaches a hub that listens to the network, the likeliest first, and what to do. Pure.</summary>
internal static class ReachWords
{
    public static Sentence Title { get; } = new("No other device has reached this hub yet. Likely because:", "Chưa có thiết bị nào khác vào được trạm này. Có thể vì:");

    public static Sentence Reached { get; } = new("Other devices reach this hub.", "Thiết bị khác vào được trạm này.");

    /// <summary>Why an address of this machine alone opens on no phone, and what to do.</summary>
    /// <param name="addresses">Of this machine in its networks.</param>
    /// <param name="httpPort">Of the page.</param>
    public static Sentence OnlyHere(IEnumerable<IPAddress> addresses, int httpPort)
    {
        IPAddress? address = addresses.FirstOrDefault(own => own.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(own));
        Sentence then = address is null
            ? new("Connect this computer to the Wi-Fi first.", "Trước hết hãy nối máy này vào Wi-Fi.")
            : new($"Phones then open http://{address}:{httpPort}", $"Khi đó điện thoại mở http://{address}:{httpPort}");
        return new(
            $"127.0.0.1 opens on this computer only. For phones, start the hub with: stemlab serve --listen 0.0.0.0 --plain pages,mqtt. {then.En}",
            $"127.0.0.1 chỉ mở được trên chính máy này. Để điện thoại vào được, hãy khởi động trạm bằng lệnh: stemlab serve --listen 0.0.0.0 --plain pages,mqtt. {then.Vi}");
    }

    /// <param name="urls">Where the hub is reached, as <see cref="HubOrigin.PageUrls"/> says.</param>
    /// <param name="mqttPorts">Ports of MQTT on the network.</param>
    /// <param name="wasAsked">Another device was heard in the same network.</param>
    /// <param name="system">Whose firewall it would be.</param>
    public static ImmutableArray<Sentence> Why(ImmutableArray<Uri> urls, IEnumerable<int> mqttPorts, bool wasAsked, PlatformID system)
    {
        Uri[] outside = [.. urls.Where(url => !url.IsLoopback)];
        if (outside.Length == 0)
        {
            return
            [
                new(
                    "This computer is in no network: connect it to the Wi-Fi or plug in the cable, then start the hub again.",
                    "Máy này chưa vào mạng nào: hãy nối Wi-Fi hoặc cắm dây mạng rồi khởi động lại trạm."),
            ];
        }

        Sentence firewall = Firewall([.. outside.Select(url => url.Port).Concat(mqttPorts.Where(port => port > 0)).Distinct()], wasAsked, system);
        Sentence[] apart = wasAsked ? [] : [Wifi(outside), Isolation];
        return [.. wasAsked ? [firewall, .. apart] : (Sentence[])[apart[0], firewall, apart[1]]];
    }

    private static Sentence Isolation { get; } = new(
        "The Wi-Fi keeps its devices apart (“guest network”, “client isolation”, “AP isolation”). Use another Wi-Fi, this computer’s own hotspot, or a cable; who looks after the Wi-Fi can switch it off.",
        "Wi-Fi không cho các thiết bị thấy nhau (“mạng khách”, “client isolation”, “AP isolation”). Hãy dùng Wi-Fi khác, điểm phát của chính máy này, hoặc dây mạng; người quản lý Wi-Fi có thể tắt chế độ đó.");

    private static Sentence Wifi(Uri[] outside)
    {
        string[] addresses = [.. outside.Select(url => url.Host.Trim('[', ']')).Distinct()];
        string list = string.Join(", ", addresses);
        string? begin = addresses.Select(text => IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork ? text[..(text.LastIndexOf('.') + 1)] : null)
            .FirstOrDefault(text => text is not null);
        return begin is null
            ? new($"The device is in another Wi-Fi. It must be in the same one as this computer ({list}); on a phone, switch mobile data off.", $"Thiết bị đang ở Wi-Fi khác. Nó phải cùng Wi-Fi với máy này ({list}); trên điện thoại hãy tắt dữ liệu di động.")
            : new(
                $"The device is in another Wi-Fi. This computer is {list}: the device’s own address should begin with “{begin}” too. On a phone, switch mobile data off.",
                $"Thiết bị đang ở Wi-Fi khác. Máy này là {list}: địa chỉ của thiết bị cũng nên bắt đầu bằng “{begin}”. Trên điện thoại hãy tắt dữ liệu di động.");
    }

    private static Sentence Firewall(int[] ports, bool wasAsked, PlatformID system)
    {
        string list = string.Join(", ", ports);
        Sentence how = system switch
        {
            PlatformID.Win32NT => new(
                "Windows Security, “Allow an app through firewall”: tick stemlab for private networks.",
                "Windows Security, “Allow an app through firewall”: đánh dấu stemlab cho mạng riêng (private)."),
            PlatformID.MacOSX => new("System Settings, Network, Firewall, Options: allow stemlab.", "System Settings, Network, Firewall, Options: cho phép stemlab."),
            _ => new(
                string.Join("; ", ports.Select(port => $"sudo ufw allow {port}/tcp")) + " (or as your firewall wants it).",
                string.Join("; ", ports.Select(port => $"sudo ufw allow {port}/tcp")) + " (hoặc theo cách của tường lửa bạn dùng)."),
        };
        return wasAsked
            ? new(
                $"A device in this network has asked for the hub and could not open it: a firewall on this computer closes its ports ({list}). {how.En}",
                $"Một thiết bị trong mạng đã hỏi tìm trạm mà không mở được: tường lửa trên máy này chặn các cổng ({list}). {how.Vi}")
            : new($"A firewall on this computer closes its ports ({list}). {how.En}", $"Tường lửa trên máy này chặn các cổng ({list}). {how.Vi}");
    }
}
