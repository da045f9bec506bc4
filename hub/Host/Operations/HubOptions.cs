using System.Collections.Immutable;
using System.Net;

namespace StemLab.Hub.Operations;

/// <summary>What a hub is started with. Immutable; bound once in <c>Program.cs</c>; an empty file makes a working hub. Every key stands in <c>hub/stemlab.json</c>.</summary>
internal sealed record HubOptions
{
    /// <summary>Folder of series.db, hub.db, keys and logs; made if absent. Default: <c>stemlab</c> in the local application data of whoever starts the hub.</summary>
    public string DataFolder { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stemlab");

    /// <summary>Port of pages, JSON, gRPC-Web and MQTT over WebSocket on 127.0.0.1. Default 5080; 0 = any free one; 0 to 65535.</summary>
    public int HttpPort { get; init; } = 5080;

    /// <summary>Port of native gRPC (HTTP/2 without TLS) on 127.0.0.1. Default 5081; 0 = any free one; 0 to 65535.</summary>
    public int GrpcPort { get; init; } = 5081;

    /// <summary>Port of MQTT on 127.0.0.1. Default 1883; 0 = any free one; 0 to 65535.</summary>
    public int MqttPort { get; init; } = 1883;

    /// <summary>Addresses of this machine on which other devices may reach the hub, separated by commas, over TLS; 0.0.0.0 = all. Needs the set-up. Default empty: this machine only.</summary>
    public string Listen { get; init; } = "";

    /// <summary>What those addresses also carry without TLS, separated by commas: <c>pages</c>, <c>grpc</c>, <c>mqtt</c>. Default empty: nothing.</summary>
    public string Plain { get; init; } = "";

    /// <summary>Port of pages, gRPC, gRPC-Web, JSON and MQTT over WebSocket by TLS on <see cref="Listen"/>. Default 5443; 0 = any free one, with one address only; 0 to 65535.</summary>
    public int TlsPort { get; init; } = 5443;

    /// <summary>Port of MQTT by TLS on <see cref="Listen"/>. Default 8883; 0 = any free one, with one address only; 0 to 65535.</summary>
    public int MqttTlsPort { get; init; } = 8883;

    /// <summary>File with a TLS certificate and its chain, PEM. Default empty: the hub makes its own.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>File with that certificate's private key, PEM. Default empty.</summary>
    public string CertificateKeyFile { get; init; } = "";

    /// <summary>True: a hub nobody has set up may listen on <see cref="Listen"/>, where it answers only who has the code of its console. For machines without a screen. Default false.</summary>
    public bool SetUpFromNetwork { get; init; }

    /// <summary>Names, separated by commas, by which people reach this hub beside its addresses and the machine's name: "hub.school.vn". Default empty.</summary>
    public string HostNames { get; init; } = "";

    /// <summary>True: everything in this data folder is simulated or replayed, pages say so, and a busy port is replaced by the next free one. Default false.</summary>
    public bool Demo { get; init; }

    /// <summary>Where UTC comes from: <c>machine</c> (its clock, with the bound the kernel states) or <c>none</c> (anchors come later, by fact). Default machine.</summary>
    public string UtcSource { get; init; } = "machine";

    /// <summary>How often the store writes: <c>default</c> (at once), <c>sd-card</c> (every 500 ms, so that a card lasts) or <c>auto</c> (sd-card where the data folder is on an mmc device). Default auto.</summary>
    public string StorePreset { get; init; } = "auto";

    /// <summary>Where readings are kept for good: <c>embedded</c> (series.db alone) or <c>influx</c> (an InfluxDB as well; series.db then keeps to a size). Default embedded.</summary>
    public string Store { get; init; } = "embedded";

    /// <summary>Address of the InfluxDB (1.x, 2.x or 3.x) where <see cref="Store"/> is influx. Default http://127.0.0.1:8086.</summary>
    public string InfluxUrl { get; init; } = "http://127.0.0.1:8086";

    /// <summary>Its database (1.x, 3.x) or bucket (2.x); made when absent. Default stemlab.</summary>
    public string InfluxDatabase { get; init; } = "stemlab";

    /// <summary>File with its token (2.x, 3.x). Default empty: none.</summary>
    public string InfluxTokenFile { get; init; } = "";

    /// <summary>Its user (1.x). Default empty: none.</summary>
    public string InfluxUser { get; init; } = "";

    /// <summary>File with that user's password. Default empty: none.</summary>
    public string InfluxPasswordFile { get; init; } = "";

    /// <summary>File with a token that may only read, for queries. Default empty: queries use the writing account.</summary>
    public string InfluxReadTokenFile { get; init; } = "";

    /// <summary>User that may only read, for queries. Default empty: queries use the writing account.</summary>
    public string InfluxReadUser { get; init; } = "";

    /// <summary>File with the reading user's password. Default empty: none.</summary>
    public string InfluxReadPasswordFile { get; init; } = "";

    /// <summary>Who carries lines there: <c>http</c> (our own calls, any version) or <c>client</c> (the package InfluxDB.Client, 2.x only, in builds that have it). Default http.</summary>
    public string InfluxWriter { get; init; } = "http";

    /// <summary>Organisation of an InfluxDB 2.x, needed with <see cref="InfluxWriter"/> client. Default empty: none.</summary>
    public string InfluxOrganisation { get; init; } = "";

    /// <summary>Size of series.db in MB above which its oldest readings stay in InfluxDB only. Default 4096; at least 64.</summary>
    public int InfluxCacheMb { get; init; } = 4096;

    /// <summary>Language of lines on the console: <c>en</c> or <c>vi</c>. Default en. Pages follow the reader's browser.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The InfluxDB part; null where <see cref="Store"/> is embedded.</summary>
    public StemLab.Store.Influx.InfluxOptions? InfluxOptions() => Store != "influx" ? null : new()
    {
        Url = new Uri(InfluxUrl),
        Database = InfluxDatabase,
        Organisation = OrNull(InfluxOrganisation),
        TokenFile = OrNull(InfluxTokenFile),
        User = OrNull(InfluxUser),
        PasswordFile = OrNull(InfluxPasswordFile),
        ReadTokenFile = OrNull(InfluxReadTokenFile),
        ReadUser = OrNull(InfluxReadUser),
        ReadPasswordFile = OrNull(InfluxReadPasswordFile),
        CacheBytes = (long)InfluxCacheMb << 20,
    };

    /// <summary><see cref="Listen"/> one by one; those that are no address are left out, <see cref="Problems"/> names them.</summary>
    public ImmutableArray<IPAddress> ListenList() => [.. Split(Listen).Select(text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>().Distinct()];

    /// <summary><see cref="Plain"/> one by one.</summary>
    public IReadOnlyList<string> PlainList() => Split(Plain);

    /// <summary><see cref="HostNames"/> one by one.</summary>
    public IReadOnlyList<string> HostNameList() => Split(HostNames);

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    /// <summary>All problems at once, each with key, what was found and what is expected; empty when the options hold.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        foreach (var (key, port) in ((string, int)[])[(nameof(HttpPort), HttpPort), (nameof(GrpcPort), GrpcPort), (nameof(MqttPort), MqttPort), (nameof(TlsPort), TlsPort), (nameof(MqttTlsPort), MqttTlsPort)])
        {
            if (port is < 0 or > 65535)
            {
                problems.Add($"{key}: {port} is not a port; give 1 to 65535, or 0 for any free one");
            }
        }

        var fixedPorts = new[] { HttpPort, GrpcPort, MqttPort }.Where(port => port != 0).ToArray();
        if (fixedPorts.Distinct().Count() != fixedPorts.Length)
        {
            problems.Add($"HttpPort, GrpcPort, MqttPort: {HttpPort}, {GrpcPort}, {MqttPort} must differ");
        }

        problems.AddRange(NetworkProblems());
        if (UtcSource is not ("machine" or "none"))
        {
            problems.Add($"UtcSource: '{UtcSource}' is not known; give machine or none");
        }

        if (StorePreset is not ("auto" or "default" or "sd-card"))
        {
            problems.Add($"StorePreset: '{StorePreset}' is not known; give auto, default or sd-card");
        }

        if (Store is not ("embedded" or "influx"))
        {
            problems.Add($"Store: '{Store}' is not known; give embedded or influx");
        }

        if (InfluxWriter is not ("http" or "client"))
        {
            problems.Add($"InfluxWriter: '{InfluxWriter}' is not known; give http or client");
        }
        else if (InfluxWriter == "client" && !StemLab.InfluxDbClient.NamedClient.IsBuiltIn)
        {
            problems.Add($"InfluxWriter: {StemLab.InfluxDbClient.NamedClient.HowToGetIt}");
        }
        else if (InfluxWriter == "client" && (InfluxTokenFile.Length == 0 || InfluxOrganisation.Length == 0))
        {
            problems.Add("InfluxWriter: client needs InfluxTokenFile and InfluxOrganisation, those of an InfluxDB 2.x");
        }

        if (InfluxCacheMb < 64)
        {
            problems.Add($"InfluxCacheMb: {InfluxCacheMb} is too little to work with; give 64 or more");
        }

        if (!Uri.TryCreate(InfluxUrl, UriKind.Absolute, out _))
        {
            problems.Add($"InfluxUrl: '{InfluxUrl}' is no address; give one like http://127.0.0.1:8086");
        }
        else if (InfluxOptions() is { } influx)
        {
            problems.AddRange(influx.Problems().Select(problem => $"Influx…: {problem}"));
        }

        if (Language is not ("en" or "vi"))
        {
            problems.Add($"Language: '{Language}' is not known; give en or vi");
        }

        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            problems.Add("DataFolder: empty; give a folder the hub may write to");
        }

        return problems;
    }

    private IEnumerable<string> NetworkProblems()
    {
        foreach (var text in Split(Listen).Where(text => !IPAddress.TryParse(text, out _)))
        {
            yield return $"Listen: '{text}' is no address; give one of this machine, like 192.168.1.20, or 0.0.0.0 for all";
        }

        foreach (var text in PlainList().Where(text => text is not ("pages" or "grpc" or "mqtt")))
        {
            yield return $"Plain: '{text}' is not known; give pages, grpc, mqtt or several with commas";
        }

        if (CertificateFile.Length > 0 != CertificateKeyFile.Length > 0)
        {
            yield return "CertificateFile, CertificateKeyFile: give both or none";
        }

        if (ListenList().Length > 1 && (TlsPort == 0 || MqttTlsPort == 0))
        {
            yield return "TlsPort, MqttTlsPort: 0 needs a single address in Listen; give ports";
        }

        if (Listen.Length > 0 && TlsPort == MqttTlsPort && TlsPort != 0)
        {
            yield return $"TlsPort, MqttTlsPort: both are {TlsPort}; they must differ";
        }
    }
}
