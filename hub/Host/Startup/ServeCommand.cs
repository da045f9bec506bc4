using System.CommandLine;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.Wire;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab serve</c>: run a hub until it is stopped.</summary>
internal static class ServeCommand
{
    private static readonly Option<FileInfo?> Config = new("--config") { Description = "JSON file with options (see hub/stemlab.json); options given here win" };
    private static readonly Option<string?> Data = new("--data") { Description = "data folder" };
    private static readonly Option<int?> Http = new("--http") { Description = "port of pages and JSON, like 5080; 0 = any free one" };
    private static readonly Option<int?> Grpc = new("--grpc") { Description = "port of native gRPC, like 5081; 0 = any free one" };
    private static readonly Option<int?> Mqtt = new("--mqtt") { Description = "port of MQTT, like 1883; 0 = any free one" };
    private static readonly Option<string[]> Listen = new("--listen") { Description = "address of this machine on which other devices may reach the hub (repeatable; 0.0.0.0 = all); works once it is set up" };
    private static readonly Option<string?> Plain = new("--plain") { Description = "what those addresses also carry without TLS: pages, grpc, mqtt" };
    private static readonly Option<int?> Tls = new("--tls") { Description = "TLS port of pages, gRPC and JSON on those addresses, like 5443" };
    private static readonly Option<int?> MqttTls = new("--mqtt-tls") { Description = "TLS port of MQTT on those addresses, like 8883" };
    private static readonly Option<bool> SetUpFromNetwork = new("--set-up-from-network") { Description = "before set-up, let those addresses in with the code of this console" };
    private static readonly Option<string?> Utc = new("--utc") { Description = "where UTC comes from: machine or none" };
    private static readonly Option<string?> Store = new("--store") { Description = "where readings are kept: embedded or influx" };
    private static readonly Option<string?> InfluxUrl = new("--influx-url") { Description = "address of the InfluxDB, like http://127.0.0.1:8086" };
    private static readonly Option<string?> Language = new("--language") { Description = "console lines: en or vi" };
    private static readonly Option<bool> Open = new("--open") { Description = "open the page where there is a desktop; `stemlab` alone does this" };

    public static Command Build()
    {
        var command = new Command("serve", "Run a hub on this machine") { Config, Data, Http, Grpc, Mqtt, Listen, Plain, Tls, MqttTls, SetUpFromNetwork, Utc, Store, InfluxUrl, Language, Open };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = FromFile(arguments.GetValue(Config));
        options = options with
        {
            DataFolder = arguments.GetValue(Data) ?? options.DataFolder,
            HttpPort = arguments.GetValue(Http) ?? options.HttpPort,
            GrpcPort = arguments.GetValue(Grpc) ?? options.GrpcPort,
            MqttPort = arguments.GetValue(Mqtt) ?? options.MqttPort,
            Listen = arguments.GetValue(Listen) is { Length: > 0 } addresses ? string.Join(',', addresses) : options.Listen,
            Plain = arguments.GetValue(Plain) ?? options.Plain,
            TlsPort = arguments.GetValue(Tls) ?? options.TlsPort,
            MqttTlsPort = arguments.GetValue(MqttTls) ?? options.MqttTlsPort,
            SetUpFromNetwork = arguments.GetValue(SetUpFromNetwork) || options.SetUpFromNetwork,
            UtcSource = arguments.GetValue(Utc) ?? options.UtcSource,
            Store = arguments.GetValue(Store) ?? options.Store,
            InfluxUrl = arguments.GetValue(InfluxUrl) ?? options.InfluxUrl,
            Language = arguments.GetValue(Language) ?? options.Language,
        };
        await using var hub = await HubHost.StartAsync(options, cancellationToken);
        foreach (var line in StartLines.Of(hub))
        {
            Console.WriteLine(line);
        }

        if (arguments.GetValue(Open))
        {
            Desktop.Open(hub.PageUrl);
        }

        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var origin = hub.Services.GetRequiredService<HubOrigin>();
        var reach = options.ListenList().IsEmpty
            ? Task.CompletedTask
            : ReachLines.WatchAsync(origin, hub.Services.GetRequiredService<FirstContact>(), options.Language == "vi", Console.Out, TimeProvider.System, stopped.Token);
        var givingBack = StartMemory.GiveBackAsync(TimeProvider.System, stopped.Token);
        var isWhole = await hub.WaitForShutdownAsync(cancellationToken);
        await stopped.CancelAsync();
        await Task.WhenAll(reach, givingBack).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return isWhole ? 0 : 1;
    }

    private static HubOptions FromFile(FileInfo? file)
    {
        if (file is null)
        {
            return new HubOptions();
        }

        string text;
        try
        {
            text = File.ReadAllText(file.FullName);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"--config {file.FullName}: {(Directory.Exists(file.FullName) ? "it is a folder; give a JSON file" : File.Exists(file.FullName) ? "whoever starts the hub may not read it; check its permissions" : "there is no such file")} (hub/stemlab.json shows every key)", failed);
        }

        var options = HubConfiguration.Read(text, out var problems);
        return problems.Count == 0 ? options : throw new StartRefusedException($"{file.Name}: {string.Join("; ", problems)}");
    }
}
