using System.Collections.Immutable;

namespace StemLab.Hub.Access;

/// <summary>Where others reach this hub, for QR codes, kit files and snippets. Safe from any thread; told once, when the ports are open.</summary>
internal sealed class HubOrigin
{
    private volatile Reach _reach = new([], null, null, 0, 0);

    /// <summary>Addresses of the page, the best one first: network before this machine, TLS before plain. Empty until the hub listens.</summary>
    public ImmutableArray<Uri> PageUrls => _reach.PageUrls;

    /// <summary>The first of <see cref="PageUrls"/>.</summary>
    /// <exception cref="InvalidOperationException">Asked before the hub listens.</exception>
    public Uri PageUrl => _reach.PageUrls.IsEmpty ? throw new InvalidOperationException("BUG: nobody asks where a hub is that does not listen yet") : _reach.PageUrls[0];

    /// <summary>SHA-256 of the TLS certificate's DER, lower-case hex; null = this hub speaks no TLS.</summary>
    public string? TlsFingerprint => _reach.TlsFingerprint;

    /// <summary>The certificate of the hub's own authority, PEM; null = no TLS, or a certificate somebody gave it.</summary>
    public string? CaCertificatePem => _reach.CaCertificatePem;

    /// <summary>Port of MQTT over TLS; 0 = none.</summary>
    public int MqttTlsPort => _reach.MqttTlsPort;

    /// <summary>Port of plain MQTT on the network; 0 = on this machine only.</summary>
    public int MqttPlainPort => _reach.MqttPlainPort;

    /// <summary>True when other devices can reach it at all.</summary>
    public bool IsOnNetwork => PageUrls.Any(url => !url.IsLoopback);

    /// <summary>Where a person with a browser opens this hub: over the network where it is on one, else as the caller did.</summary>
    public Uri UrlForPeople(Uri here) => IsOnNetwork ? PageUrl : here;

    /// <summary>Where a student's phone does: plain where that was chosen, because a phone does not know the hub's own authority.</summary>
    public Uri UrlForPhones(Uri here) => PageUrls.FirstOrDefault(url => !url.IsLoopback && url.Scheme == "http") ?? UrlForPeople(here);

    public void Announce(ImmutableArray<Uri> pageUrls, string? tlsFingerprint, string? caCertificatePem, int mqttTlsPort, int mqttPlainPort) =>
        _reach = new Reach(pageUrls, tlsFingerprint, caCertificatePem, mqttTlsPort, mqttPlainPort);

    private sealed record Reach(ImmutableArray<Uri> PageUrls, string? TlsFingerprint, string? CaCertificatePem, int MqttTlsPort, int MqttPlainPort);
}
