using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>
/// A hub's machine, a phone and a server of the internet, each in a network of its own that nothing else reaches. On the hub's machine NetworkManager runs on a system bus of its own, over copies of /etc and
/// /var/lib that are gone with it; from "sl-hub" a cable leads to the phone, from "sl-net" one to the internet. No machine of ours has a radio: <see cref="OnCable"/>. One test owns one.
/// </summary>
internal sealed class HotspotLab : IAsyncDisposable
{
    /// <summary>Of the server of the internet: a page on port 8080, and names that all have an IPv6 address.</summary>
    public const string Internet = "203.0.113.2";

    // 77: namespaces or mounts are not possible here. Its own number is read before /proc is its own, so that it is this machine's.
    private const string Machine = $$"""
        read -r pid _ < /proc/self/stat
        mount -t proc none /proc && mount -t sysfs -o ro none /sys && mount -t tmpfs none /run && mkdir -p /run/dbus /run/cable /run/e/u /run/e/w /run/v/u /run/v/w &&
          mount -t overlay none -o lowerdir=/etc,upperdir=/run/e/u,workdir=/run/e/w /etc && mount -t overlay none -o lowerdir=/var/lib,upperdir=/run/v/u,workdir=/run/v/w /var/lib &&
          ip link set lo up && ip netns add phone && ip netns add internet &&
          ip link add sl-hub type veth peer name sl-phone netns phone && ip link add sl-net type veth peer name sl-far netns internet && nft list ruleset > /dev/null || exit 77
        set -e
        rm -rf /etc/NetworkManager/system-connections /etc/NetworkManager/conf.d /var/lib/NetworkManager
        mkdir -p /etc/NetworkManager /etc/netns/phone /var/lib/NetworkManager
        printf '[main]\nplugins=keyfile\ndns=none\nno-auto-default=*\n[keyfile]\nunmanaged-devices=interface-name:sl-net\n' > /etc/NetworkManager/NetworkManager.conf
        ip addr add 203.0.113.1/24 dev sl-net; ip link set sl-net up
        ip -n internet link set lo up; ip -n internet addr add {{Internet}}/24 dev sl-far; ip -n internet link set sl-far up
        ip netns exec internet dnsmasq --conf-file=/dev/null --no-hosts --no-resolv --address=/#/2001:db8::1 --pid-file=/run/internet.pid
        mkdir /run/www; printf 'the internet' > /run/www/index.html
        ip netns exec internet python3 -m http.server 8080 --bind {{Internet}} --directory /run/www > /dev/null 2>&1 &
        rm -f /etc/resolv.conf; printf 'nameserver {{Internet}}\n' > /etc/resolv.conf
        : > /etc/netns/phone/resolv.conf; ip -n phone link set lo up; ip -n phone link set sl-phone up
        cat > /run/cable/nmcli <<'X'
        #!/bin/sh
        f=/etc/NetworkManager/system-connections/stemlab-hotspot.nmconnection
        [ "$*" != "connection reload" ] || [ ! -e $f ] || sed -i -e 's/^type=wifi$/type=ethernet/' -e '/^\[wifi/,/^$/d' $f
        PATH=${PATH#*:} exec nmcli "$@"
        X
        chmod +x /run/cable/nmcli
        dbus-daemon --system --nopidfile --fork
        echo "machine $pid"
        exec sleep 900
        """;

    private readonly RealProcess machine;
    private readonly List<RealProcess> running = [];
    private string pid = "";

    private HotspotLab(RealProcess machine) => this.machine = machine;

    /// <summary>
    /// With NetworkManager running; ends the test as skipped, by name, where networks of their own are not possible. That is so also where servers are required: rights cannot be installed, only programs can.
    /// </summary>
    public static async Task<HotspotLab> MakeAsync()
    {
        var lab = new HotspotLab(RealProcess.Start("unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", Machine]));
        var told = await Eventually.Get(() => Task.FromResult((lab.machine.HasExited, lab.machine.Output)), seen => seen.HasExited || seen.Output.Contains("machine ", StringComparison.Ordinal), "the machine is there");
        if (told.HasExited)
        {
            var code = await lab.machine.ExitAsync(RealProcess.Patience);
            await lab.DisposeAsync();

            Assert.SkipWhen(code == 77 || lab.machine.Output.Contains("unshare: ", StringComparison.Ordinal), $"networks of their own are not possible here (needs root): {lab.machine.Output.Trim()}");
            Assert.Fail(lab.machine.Output);
        }

        lab.pid = told.Output.Split("machine ")[1].Split('\n')[0].Trim();
        await lab.BootAsync();
        return lab;
    }

    /// <summary>Starts NetworkManager; whatever ran before is gone as after a power cut: its processes, its addresses, the packet filter.</summary>
    public async Task BootAsync()
    {
        await HubAsync("bash", "-c", """
            for told in /proc/[0-9]*/comm; do read -r name < $told; case $name in NetworkManager|nm-dispatcher) p=${told#/proc/}; kill -9 ${p%/comm};; esac; done
            for told in /run/nm-dnsmasq-*.pid; do [ ! -e $told ] || kill -9 $(cat $told); rm -f $told; done
            nft flush ruleset; ip addr flush dev sl-hub; ip link set sl-hub down; rm -rf /run/NetworkManager
            NetworkManager > /run/nm.log 2>&1
            """);
        await Eventually.True(async () => (await HubAsync("nmcli", "general")).Code == 0, "NetworkManager answers");
        await Eventually.True(async () => (await HubAsync("nmcli", "-g", "GENERAL.STATE", "device", "show", "sl-hub")).Output is { Length: > 0 } state && !state.StartsWith("20 ", StringComparison.Ordinal), "NetworkManager knows the device");
    }

    /// <summary>A program on the hub's machine, to its end.</summary>
    public Task<(int Code, string Output, string Errors)> HubAsync(string program, params IEnumerable<string> arguments) => RealProcess.RunAsync("nsenter", [.. Into, program, .. arguments]);

    /// <summary><c>stemlab …</c> on the hub's machine, to its end.</summary>
    public Task<(int Code, string Output, string Errors)> StemLabAsync(params string[] arguments)
    {
        var (program, before) = Programs.Of("stemlab");
        return HubAsync(program, [.. before, .. arguments]);
    }

    /// <summary>
    /// The same where a cable stands for the radio: between the command and NetworkManager the keyfile's Wi-Fi part becomes one of a cable; what it says of addresses, and every other file, stays as it was written.
    /// </summary>
    public Task<(int Code, string Output, string Errors)> OnCable(params string[] arguments)
    {
        var (program, before) = Programs.Of("stemlab");
        return HubAsync("sh", ["-c", "PATH=/run/cable:$PATH exec \"$@\"", "sh", program, .. before, .. arguments]);
    }

    /// <summary><c>stemlab …</c> on the hub's machine, which goes on until the machine ends.</summary>
    public void StartStemLab(params string[] arguments)
    {
        var (program, before) = Programs.Of("stemlab");
        running.Add(RealProcess.Start("nsenter", [.. Into, program, .. before, .. arguments]));
    }

    /// <summary>A program on the phone, to its end.</summary>
    public Task<(int Code, string Output, string Errors)> PhoneAsync(string program, params string[] arguments) => HubAsync("ip", ["netns", "exec", "phone", program, .. arguments]);

    /// <summary>Ends every program of the three machines: with the first of them the kernel kills the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await machine.DisposeAsync();
        foreach (var program in running)
        {
            await program.DisposeAsync();
        }
    }

    private string[] Into => ["--target", pid, "--net", "--mount", "--pid"];
}
