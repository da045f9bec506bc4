using System.Net;
using StemLab.Hub.Hotspot;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>
/// <c>stemlab hotspot</c> with the real NetworkManager, its own dnsmasq and the packet filter, and a phone with a DHCP client. Without a radio: NetworkManager reads the keyfile as it is written, and brings it up with
/// a cable in place of the Wi-Fi.
/// </summary>
public sealed class HotspotTests
{
    private const string Keyfile = "/etc/NetworkManager/system-connections/stemlab-hotspot.nmconnection";

    [ServerFact(["NetworkManager", "nmcli", "dbus-daemon", "dnsmasq", "nft", "ip", "unshare", "nsenter", "udhcpc", "busybox", "curl", "python3"])]
    public async Task A_phone_gets_an_address_every_name_and_the_hub_and_nothing_beyond_until_it_is_switched_off()
    {
        using var folder = new TempFolder();
        await SetUpAsync(folder.Path);
        await using var lab = await HotspotLab.MakeAsync();

        // As after a power cut: the hub is there before the Wi-Fi is.
        lab.StartStemLab("serve", "--data", folder.Path, "--listen", "0.0.0.0", "--plain", "pages,mqtt");
        await Eventually.True(async () => (await lab.HubAsync("curl", "-s", "http://127.0.0.1:5080/livez")).Code == 0, "the hub runs");
        var on = await lab.OnCable("hotspot", "on", "--interface", "sl-hub", "--name", "Vịnh Hạ Long");
        Assert.True(on.Code == 0, on.Errors);
        Assert.Contains("stemlab serve --listen 0.0.0.0 --plain pages,mqtt", on.Output, StringComparison.Ordinal);

        // :: Step 1: address, way and names come by DHCP
        await JoinAsync(lab);
        Assert.Contains("default via 10.42.0.1", (await lab.PhoneAsync("ip", "route")).Output, StringComparison.Ordinal);
        Assert.Equal("nameserver 10.42.0.1", (await lab.PhoneAsync("cat", "/etc/resolv.conf")).Output.Trim());

        // :: Step 2: every name is the hub, and no question about one leaves the hub's machine
        Assert.Equal(["10.42.0.1"], await NamesAsync(lab, "a", "www.example.org"));
        Assert.Equal(["2001:db8::1"], await NamesAsync(lab, "aaaa", "www.example.org", HotspotLab.Internet, ofHub: true));
        Assert.Empty(await NamesAsync(lab, "aaaa", "www.example.org"));

        // :: Step 3: port 80 is the hub's page, and phones get the answers that keep them in the Wi-Fi
        await ReachesAsync(lab);
        Assert.Equal("Microsoft Connect Test", (await lab.PhoneAsync("curl", "-s", "http://www.msftconnecttest.com/connecttest.txt")).Output.Trim());
        Assert.Contains("Success", (await lab.PhoneAsync("curl", "-s", "http://captive.apple.com/hotspot-detect.html")).Output, StringComparison.Ordinal);
        Assert.Contains("<title>", (await lab.PhoneAsync("curl", "-sL", "-H", "accept: text/html", "http://10.42.0.1/")).Output, StringComparison.Ordinal);

        // :: Step 4: nothing is passed on; without the filter it would be
        const string far = $"http://{HotspotLab.Internet}:8080/";
        Assert.Equal("the internet", (await lab.HubAsync("curl", "-s", far)).Output.Trim());
        Assert.NotEqual(0, (await lab.PhoneAsync("curl", "-s", "--max-time", "2", far)).Code);
        Assert.Equal(0, (await lab.HubAsync("nft", "delete", "table", "ip", "stemlab_hotspot")).Code);
        Assert.Equal("the internet", (await lab.PhoneAsync("curl", "-s", "--max-time", "20", far)).Output.Trim());

        // :: Step 5: after a power cut it comes back whole, without a word
        await lab.BootAsync();
        await JoinAsync(lab);
        await ReachesAsync(lab);
        Assert.NotEqual(0, (await lab.PhoneAsync("curl", "-s", "--max-time", "2", far)).Code);

        // :: Step 6: switched off by another hand, and on again; then off for good
        Assert.Equal(0, (await lab.HubAsync("nmcli", "connection", "down", HotspotPlan.Name)).Code);
        await Eventually.True(async () => !await IsFilteredAsync(lab), "no filter is left on a device that is no hotspot any more");
        Assert.Equal(0, (await lab.HubAsync("nmcli", "connection", "up", HotspotPlan.Name)).Code);
        await Eventually.True(() => IsFilteredAsync(lab), "the filter is back");
        var off = await lab.OnCable("hotspot", "off");
        Assert.True(off.Code == 0, off.Errors);
        await NothingIsLeftAsync(lab);
        Assert.NotEqual(0, (await lab.PhoneAsync("udhcpc", "-i", "sl-phone", "-n", "-q", "-t", "2", "-T", "1")).Code);
    }

    [ServerFact(["NetworkManager", "nmcli", "dbus-daemon", "dnsmasq", "nft", "ip", "unshare", "nsenter", "udhcpc", "busybox", "curl", "python3"])]
    public async Task NetworkManager_reads_the_keyfile_as_it_was_meant_and_allows_no_old_cipher()
    {
        using var folder = new TempFolder();
        await using var lab = await HotspotLab.MakeAsync();
        (string Ssid, string Passphrase)[] difficult =
        [
            ("Vịnh Hạ Long", "K7M4XPQRST"), ("Lớp 🐙 6A", "~!@#$%^&*()"), ("2026", "20262026"), ("65;66;", "65;66;67;68;"), ("65;66", @"a#b c;d\e="), (" a", " b c d e "),
            (@"a\;b", @"\s\n\t\\;;"), (@"\s", "\"quotes\""), ("0x41", "0x4142434445"), ("#a=b[c]", "# comment"), ("a ", "%s$HOME`x`"),
        ];
        string[] asked =
        [
            "connection.type", "connection.interface-name", "802-11-wireless.mode", "802-11-wireless.band", "802-11-wireless.ssid", "ipv4.method", "ipv4.addresses", "ipv6.method",
            "802-11-wireless-security.key-mgmt", "802-11-wireless-security.proto", "802-11-wireless-security.pairwise", "802-11-wireless-security.group", "802-11-wireless-security.psk",
        ];
        foreach (var (ssid, passphrase) in difficult)
        {
            await LoadAsync(lab, folder, ssid, passphrase);

            // A passphrase is told a moment later than the rest.
            var read = await Eventually.Get(
                async () => (await lab.HubAsync("nmcli", "--escape", "no", "--show-secrets", "--get-values", string.Join(',', asked), "connection", "show", HotspotPlan.Name)).Output.TrimEnd('\n').Split('\n'),
                lines => lines.Length == asked.Length,
                "NetworkManager tells all of it");
            Assert.Equal(["802-11-wireless", "wlan0", "ap", "bg", ssid, "shared", "10.42.0.1/24", "disabled", "wpa-psk", "rsn", "ccmp", "ccmp", passphrase], read);
        }

        await LoadAsync(lab, folder, "open to anybody", "");
        Assert.DoesNotContain("security", (await lab.HubAsync("nmcli", "connection", "show", HotspotPlan.Name)).Output, StringComparison.Ordinal);
    }

    [ServerFact(["NetworkManager", "nmcli", "dbus-daemon", "dnsmasq", "nft", "ip", "unshare", "nsenter", "udhcpc", "busybox", "curl", "python3"])]
    public async Task What_NetworkManager_cannot_switch_on_is_one_sentence_and_leaves_nothing()
    {
        await using var lab = await HotspotLab.MakeAsync();
        Refused.InOneSentence(await lab.StemLabAsync("hotspot", "on", "--interface", "sl-hub"), "nmcli connection up", "device");
        await NothingIsLeftAsync(lab);
    }

    /// <summary>NetworkManager takes the keyfile to itself, unchanged.</summary>
    private static async Task LoadAsync(HotspotLab lab, TempFolder folder, string ssid, string passphrase)
    {
        var plan = new HotspotPlan("wlan0", ssid, passphrase, IPAddress.Parse("10.42.0.1"), 5080);
        Assert.Empty(plan.Problems());
        await File.WriteAllTextAsync(folder.File("keyfile"), plan.Files.Single(file => file.Path == HotspotPlan.ConnectionPath).Text, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await lab.HubAsync("install", "-D", "-m", "600", folder.File("keyfile"), Keyfile)).Code);
        Assert.Equal((0, "", ""), await lab.HubAsync("nmcli", "connection", "load", Keyfile));
    }

    private static async Task NothingIsLeftAsync(HotspotLab lab)
    {
        Assert.DoesNotContain(HotspotPlan.Name, (await lab.HubAsync("nmcli", "-g", "NAME", "connection", "show")).Output, StringComparison.Ordinal);
        await Eventually.True(async () => (await lab.HubAsync("nft", "list", "tables")).Output.Length == 0, "nothing is filtered any more, by us or by NetworkManager");
        Assert.Equal("", (await lab.HubAsync("ls", HotspotPlan.Paths.Select(path => $"/etc/{path}"))).Output);
    }

    private static async Task<bool> IsFilteredAsync(HotspotLab lab) => (await lab.HubAsync("nft", "list", "tables")).Output.Contains("stemlab_hotspot", StringComparison.Ordinal);

    private static async Task JoinAsync(HotspotLab lab)
    {
        var lease = await lab.PhoneAsync("udhcpc", "-i", "sl-phone", "-n", "-q", "-t", "30", "-T", "1");
        Assert.True(lease.Code == 0, lease.Errors);
        Assert.Contains("10.42.0.", (await lab.PhoneAsync("ip", "-4", "-br", "addr", "show", "sl-phone")).Output, StringComparison.Ordinal);
    }

    private static Task ReachesAsync(HotspotLab lab) => Eventually.True(
        async () => (await lab.PhoneAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", "http://connectivitycheck.gstatic.com/generate_204")).Output.Trim() == "204",
        "the hub answers the phone on port 80");

    /// <summary>Addresses of a name as the phone is told them.</summary>
    private static async Task<string[]> NamesAsync(HotspotLab lab, string type, string name, string server = "10.42.0.1", bool ofHub = false)
    {
        string[] question = ["nslookup", $"-type={type}", name, server];
        var told = ofHub ? await lab.HubAsync("busybox", question) : await lab.PhoneAsync("busybox", question);
        return [.. told.Output.Split('\n').SkipWhile(line => !line.StartsWith("Name:", StringComparison.Ordinal)).Where(line => line.StartsWith("Address:", StringComparison.Ordinal)).Select(line => line.Split(' ', 2)[1].Trim())];
    }

    /// <summary>The data folder of a hub that has a name, so that others may reach it.</summary>
    private static async Task SetUpAsync(string folder)
    {
        await using var before = await OpenHub.StartAsync(folder);
    }
}
