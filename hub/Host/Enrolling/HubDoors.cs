using System.Collections.Immutable;
using System.Text.Json;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Enrolling;

/// <summary>Where this hub is reached, as agents are told. Safe from any thread.</summary>
internal sealed class HubDoors(HubOrigin origin, RunningHub running, HubKey key, HubClock clock, SetupState setup)
{
    /// <summary>In place of an address: the asker sits on this machine.</summary>
    public const string ThisMachine = "loopback";

    /// <summary>Certificate of the hub's own authority; empty where there is none.</summary>
    public string AuthorityPem => origin.CaCertificatePem ?? "";

    /// <summary>Addresses of its pages, the best first.</summary>
    public ImmutableArray<string> Pages => [.. origin.PageUrls.Select(url => url.AbsoluteUri)];

    /// <summary>Ports of plain MQTT and of MQTT over TLS; 0 = none for that asker. On this machine MQTT is plain: the TLS port may listen to other addresses only.</summary>
    public (int Plain, int Tls) MqttPorts(bool isLoopback) => isLoopback && running.Options is { } options ? (options.MqttPort, 0) : (origin.MqttPlainPort, origin.MqttTlsPort);

    /// <summary>What the cards of a kit carry.</summary>
    public string KitFile(Kit kit, byte[] privateKey) => JsonSerializer.Serialize(
        new KitContent(kit.Id.ToString(), Convert.ToBase64String(privateKey), clock.HubId.ToString(), Convert.ToBase64String(key.PublicKey), setup.SchoolName, [.. Pages]), KitJson.Default.KitContent);
}
