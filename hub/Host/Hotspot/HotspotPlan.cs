using System.Collections.Immutable;
using System.Net;

namespace StemLab.Hub.Hotspot;

/// <summary>
/// The Wi-Fi a Linux hub makes by itself: what NetworkManager, its dnsmasq and the packet filter are told. DHCP and DNS come from NetworkManager's shared mode; every name leads to
/// the hub, whose answers to connectivity checks keep phones in the Wi-Fi; port 80 leads to the hub's page. Immutable, pure.
/// </summary>
/// <param name="Interface">Wi-Fi device: "wlan0".</param>
/// <param name="Ssid">Name of the Wi-Fi, 1 to 32 bytes.</param>
/// <param name="Passphrase">8 to 63 printable ASCII characters; empty = an open Wi-Fi.</param>
/// <param name="Address">The hub's in that Wi-Fi; the network is its /24.</param>
/// <param name="HttpPort">Of the hub's page.</param>
internal sealed record HotspotPlan(string Interface, string Ssid, string Passphrase, IPAddress Address, int HttpPort)
{
    /// <summary>NetworkManager's name of the connection.</summary>
    public const string Name = "stemlab-hotspot";

    /// <summary>The packet filter's name of what is written here.</summary>
    public const string Table = "stemlab_hotspot";

    /// <summary>Where every file goes, below /etc, with its content.</summary>
    public ImmutableArray<(string Path, string Text)> Files => [(ConnectionPath, Connection()), (DnsPath, Dns()), (FilterPath, Filter()), (ScriptPath, Script)];

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> Paths => [ConnectionPath, DnsPath, FilterPath, ScriptPath];

    public static string ConnectionPath => $"NetworkManager/system-connections/{Name}.nmconnection";

    public static string DnsPath => "NetworkManager/dnsmasq-shared.d/stemlab.conf";

    public static string FilterPath => "stemlab/hotspot.nft";

    /// <summary>The only file that is run: NetworkManager's dispatcher does so whenever a connection comes or goes, also after a restart of the machine.</summary>
    public static string ScriptPath => "NetworkManager/dispatcher.d/50-stemlab-hotspot";

    /// <summary>All that is wrong with it, each with what to do.</summary>
    public IEnumerable<string> Problems()
    {
        if (Interface.Length is 0 or > 15 || !Interface.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            yield return $"--interface '{Interface}' is no network device; `ip link` lists them";
        }

        if (System.Text.Encoding.UTF8.GetByteCount(Ssid) is 0 or > 32 || Ssid.Any(char.IsControl))
        {
            yield return $"--name '{Ssid}' must have 1 to 32 bytes on one line";
        }

        if (Passphrase.Length > 0 && (Passphrase.Length is < 8 or > 63 || !Passphrase.All(letter => letter is >= ' ' and <= '~')))
        {
            yield return "--passphrase must have 8 to 63 letters, digits and signs without accents";
        }

        if (HttpPort is < 1 or > 65535)
        {
            yield return $"--http {HttpPort} is no port";
        }
    }

    private string Connection() => $"""
        [connection]
        id={Name}
        type=wifi
        interface-name={Interface}
        autoconnect=true
        autoconnect-priority=10

        [wifi]
        mode=ap
        band=bg
        ssid={Escaped(Ssid.Replace(";", "\\;", StringComparison.Ordinal))}
        {(Passphrase.Length == 0 ? "" : $"""

        [wifi-security]
        key-mgmt=wpa-psk
        proto=rsn
        pairwise=ccmp
        group=ccmp
        psk={Escaped(Passphrase)}

        """)}
        [ipv4]
        method=shared
        address1={Address}/24

        [ipv6]
        method=disabled

        """;

    private string Dns() => $"""
        # Written by `stemlab hotspot`. There is no internet here: every name leads to the hub, and no question about one goes further.
        address=/#/{Address}
        local=/#/
        no-resolv
        dhcp-authoritative
        dhcp-lease-max=250

        """;

    private string Filter() => $$"""
        table ip {{Table}}
        delete table ip {{Table}}
        table ip {{Table}} {
          chain prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            iifname "{{Interface}}" tcp dport 80 redirect to :{{HttpPort}}
          }
          chain forward {
            type filter hook forward priority filter; policy accept;
            iifname "{{Interface}}" drop
          }
        }

        """;

    private static string Script => $"""
        #!/bin/sh
        # Written by `stemlab hotspot`: the packet filter comes and goes with the Wi-Fi, also after a restart of the machine.
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        [ "$CONNECTION_ID" = {Name} ] || exit 0
        case "$2" in
          up) nft -f /etc/{FilterPath} ;;
          down) nft delete table ip {Table} ;;
        esac

        """;

    /// <summary>As a keyfile of GLib takes it: a blank at the beginning and backslashes would be read otherwise. (A name of only numbers and ";" would be read as bytes but for a backslash before each ";".)</summary>
    private static string Escaped(string text)
    {
        var plain = text.Replace("\\", "\\\\", StringComparison.Ordinal);
        return plain.StartsWith(' ') ? $"\\s{plain[1..]}" : plain;
    }
}
