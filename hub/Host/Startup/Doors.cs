using System.Collections.Immutable;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Intake;
using StemLab.Hub.Operations;
using StemLab.Hub.Sockets;

namespace StemLab.Hub.Startup;

/// <summary>
/// Which addresses and ports a hub listens on, and the limits of each. Plain ports on this machine always; TLS on the addresses that were chosen; plain ones there only where chosen too.
/// Immutable.
/// </summary>
internal sealed class Doors
{
    private const long LargestBody = 4 * 1024 * 1024;
    private const int LargestHeaders = 16 * 1024;
    private const int MostConnections = 8192;
    private const int StreamsPerConnection = 100;
    private const double SlowestBodyBytesPerS = 240;

    private readonly HubOptions _options;
    private readonly ImmutableArray<IPAddress> _network;
    private readonly DoorTimes _times;

    private Doors(HubOptions options, ImmutableArray<IPAddress> network, HubCertificate? certificate, DoorTimes times)
    {
        _options = options;
        _times = times;
        _network = network;
        Certificate = certificate;
    }

    /// <summary>Null = no TLS, because nothing but this machine is listened to.</summary>
    public HubCertificate? Certificate { get; }

    /// <summary>Decides; nothing is opened yet.</summary>
    /// <exception cref="StartRefusedException">The network may not be listened to, or the certificate cannot be used.</exception>
    public static Doors Of(HubOptions options, IReadOnlyList<string> names, DoorTimes? times = null)
    {
        times ??= new DoorTimes();
        var network = options.ListenList();
        if (network.IsEmpty)
        {
            return new Doors(options, network, null, times);
        }

        if (options.Demo)
        {
            throw new StartRefusedException("A demo listens to this machine only, because whoever reaches it may do everything: leave --listen out, or run a hub of your own with `stemlab serve`");
        }

        if (!options.SetUpFromNetwork && !IsSetUp(options.DataFolder))
        {
            // Which port it will be is known only once it listens.
            var page = options.HttpPort == 0 ? "the page /setup that it then names" : $"http://127.0.0.1:{options.HttpPort}/setup";
            throw new StartRefusedException(
                $"This hub has no admin yet, so whoever reaches it could take it: start it without --listen, open {page} on this machine, then start it with --listen again (a machine without a screen: --set-up-from-network shows a code for it)");
        }

        try
        {
            var certificate = options.CertificateFile.Length > 0
                ? HubCertificate.Given(options.CertificateFile, options.CertificateKeyFile)
                : HubCertificate.Own(options.DataFolder, names, TimeProvider.System.GetUtcNow());
            return new Doors(options, network, certificate, times);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartRefusedException($"The TLS certificate cannot be used: {Certified(failed)}. Check CertificateFile and CertificateKeyFile (PEM), or leave both out and the hub makes its own", failed);
        }
    }

    private static string Certified(Exception failed) => failed is CryptographicException || FileWords.PathOf(failed) is not { } path ? FileWords.Why(failed) : $"{path}: {FileWords.Why(failed)}";

    /// <summary>Tries what the network is to be let in by, so that a refusal leaves nothing half-started.</summary>
    /// <exception cref="StartRefusedException">An address is not of this machine, or a port is taken.</exception>
    public void RequireFree()
    {
        IEnumerable<(string Key, string Flag, int Port)> tls = Certificate is null ? [] : [("TlsPort", "--tls", _options.TlsPort), ("MqttTlsPort", "--mqtt-tls", _options.MqttTlsPort)];
        IEnumerable<(string Name, string Key, string Flag, int Port)> plain = [("pages", "HttpPort", "--http", _options.HttpPort), ("grpc", "GrpcPort", "--grpc", _options.GrpcPort), ("mqtt", "MqttPort", "--mqtt", _options.MqttPort)];
        var wanted = _network.SelectMany(address => tls.Concat(plain.Where(port => _options.PlainList().Contains(port.Name)).Select(port => (port.Key, port.Flag, port.Port))).Select(port => (Address: address, Port: port)));
        if (wanted.Select(want => Ports.Refusal(new IPEndPoint(want.Address, want.Port.Port), want.Port.Key, want.Port.Flag)).FirstOrDefault(refusal => refusal is not null) is { } first)
        {
            throw new StartRefusedException(first);
        }
    }

    /// <summary>Opens the ports; in the order page, gRPC, MQTT, then TLS page and TLS MQTT, so that the bound ports can be told apart.</summary>
    public void Open(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxConcurrentUpgradedConnections = MostConnections / 2;
        limits.MaxRequestBodySize = LargestBody;
        limits.MaxRequestHeadersTotalSize = LargestHeaders;
        limits.RequestHeadersTimeout = _times.Headers;
        limits.KeepAliveTimeout = _times.Idle;
        limits.MinRequestBodyDataRate = new MinDataRate(SlowestBodyBytesPerS, _times.SlowBody);
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        var perAddress = new ConnectionLimit(ConnectionLimit.Most);
        var contact = kestrel.ApplicationServices.GetRequiredService<FirstContact>();
        void Listen(IPEndPoint address, Action<ListenOptions> open) => kestrel.Listen(address, port =>
        {
            port.Use(next => connection =>
            {
                contact.Connected(connection.RemoteEndPoint);
                return perAddress.PassAsync(connection, next);
            });
            open(port);
        });
        foreach (var (number, name, open) in ((int, string, Action<ListenOptions>)[])
        [
            (_options.HttpPort, "pages", port =>
            {
                port.Protocols = HttpProtocols.Http1;
                port.Use(SocketThreads.ReadInPool);
            }),
            (_options.GrpcPort, "grpc", port => port.Protocols = HttpProtocols.Http2),
            (_options.MqttPort, "mqtt", port => port.UseMqttDoor()),
        ])
        {
            foreach (var address in PlainAddresses(name))
            {
                // Many small messages: their sockets are read together.
                Listen(name == "mqtt" ? new GatheredEndPoint(address, number) : new IPEndPoint(address, number), open);
            }
        }

        if (Certificate is null)
        {
            return;
        }

        var watch = kestrel.ApplicationServices.GetRequiredService<CertificateWatch>();
        void Tls(HttpsConnectionAdapterOptions https)
        {
            https.ServerCertificateSelector = (_, _) => watch.Current;
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            https.HandshakeTimeout = _times.Handshake;
        }

        foreach (var address in _network)
        {
            Listen(new IPEndPoint(address, _options.TlsPort), port =>
            {
                port.Protocols = HttpProtocols.Http1AndHttp2;
                port.Use(SocketThreads.ReadInPool);
                port.UseHttps(Tls);
            });
            Listen(new IPEndPoint(address, _options.MqttTlsPort), port =>
            {
                port.Use(SocketThreads.ReadInPool);
                port.UseHttps(Tls);
                port.UseMqttDoor();
            });
        }
    }

    /// <summary>The options with the ports the system gave, from the addresses in the order they were opened.</summary>
    public HubOptions WithBound(HubOptions options, IEnumerable<string> addresses)
    {
        var ports = addresses.Select(address => BindingAddressPort(address)).ToArray();
        var (http, grpc) = (PlainAddresses("pages").Count, PlainAddresses("grpc").Count);
        var tls = http + grpc + PlainAddresses("mqtt").Count;
        options = options with { HttpPort = ports[0], GrpcPort = ports[http], MqttPort = ports[http + grpc] };
        return Certificate is null ? options : options with { TlsPort = ports[tls], MqttTlsPort = ports[tls + 1] };
    }

    /// <summary>Where others reach the hub: TLS before plain, network before this machine.</summary>
    public ImmutableArray<Uri> PageUrls(HubOptions bound)
    {
        IPAddress[] outside = [.. _network.SelectMany(Reached).Distinct()];
        return
        [
            .. outside.Select(address => new UriBuilder("https", address.ToString(), bound.TlsPort).Uri),
            .. _options.PlainList().Contains("pages") ? outside.Select(address => new UriBuilder("http", address.ToString(), bound.HttpPort).Uri) : [],
            new Uri($"http://127.0.0.1:{bound.HttpPort}/"),
        ];
    }

    /// <summary>An any-address is reached by every address of this machine, those of version 4 first.</summary>
    private static IEnumerable<IPAddress> Reached(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        ? HubCertificate.Addresses().Where(own => !IPAddress.IsLoopback(own)).OrderBy(own => own.AddressFamily)
        : [address];

    private static int BindingAddressPort(string address) => int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsSetUp(string dataFolder)
    {
        try
        {
            return SetupState.Peek(dataFolder);
        }
        catch (SqliteException unreadable)
        {
            throw new StartRefusedException($"hub.db in {dataFolder} cannot be read: {unreadable.Message.TrimEnd('.')}. `stemlab store restore` brings a backup back", unreadable);
        }
    }

    /// <summary>This machine, and the network where plain was chosen; an any-address holds this machine already.</summary>
    private List<IPAddress> PlainAddresses(string name)
    {
        if (!_options.PlainList().Contains(name))
        {
            return [IPAddress.Loopback];
        }

        return _network.Any(address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? [.. _network] : [IPAddress.Loopback, .. _network.Where(address => !address.Equals(IPAddress.Loopback))];
    }
}
