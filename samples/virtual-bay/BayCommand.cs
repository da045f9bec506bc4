using System.CommandLine;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;

namespace StemLab.VirtualBay;

/// <summary>The command line of the sample.</summary>
internal static class BayCommand
{
    /// <summary>What people type to start it.</summary>
    public const string Name = "virtual-bay";

    private static readonly Option<string> Data = new("--data")
    {
        Description = "data folder of the demo",
        DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stemlab-demo"),
    };

    private static readonly Option<int> Http = new("--http") { Description = "port of the page, like 5080; busy = the next free one", DefaultValueFactory = _ => 5080 };
    private static readonly Option<int> Grpc = new("--grpc") { Description = "port of native gRPC, like 5081; busy = the next free one", DefaultValueFactory = _ => 5081 };
    private static readonly Option<int> Mqtt = new("--mqtt") { Description = "port of MQTT, like 1883; busy = the next free one", DefaultValueFactory = _ => 1883 };
    private static readonly Option<string> Store = new("--store") { Description = "where readings are kept: embedded, or influx (the server of --influx-url, or an influxd of the demo's own)", DefaultValueFactory = _ => "embedded" };
    private static readonly Option<string?> InfluxUrl = new("--influx-url") { Description = "address of a running InfluxDB; default: an influxd found on PATH is started" };
    private static readonly Option<string> Language = new("--language") { Description = "console lines: en or vi", DefaultValueFactory = _ => Thread.CurrentThread.CurrentUICulture.TwoLetterISOLanguageName == "vi" ? "vi" : "en" };
    private static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "do not open the page" };
    private static readonly Option<int> Seed = new("--seed") { Description = "a whole number like 7; another number, another bay", DefaultValueFactory = _ => 1 };
    private static readonly Option<string[]> Replay = new("--replay") { Description = "play these files instead of the virtual bay (CSV or CSV.gz, comma separated or repeated)", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Speed = new("--speed") { Description = "of a replay: times faster than life, or max", DefaultValueFactory = _ => "max" };

    public static RootCommand Build()
    {
        var command = new RootCommand("A hub with eight simulated agents of a virtual bay, or with real data played back") { Data, Http, Grpc, Mqtt, Store, InfluxUrl, Language, NoBrowser, Seed, Replay, Speed };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var influx = arguments.GetValue(Store) == "influx" && arguments.GetValue(InfluxUrl) is null
            ? await InfluxProcess.StartAsync(arguments.GetValue(Data)!, cancellationToken)
            : null;
        var options = new HubOptions
        {
            DataFolder = arguments.GetValue(Data)!,
            HttpPort = arguments.GetValue(Http),
            GrpcPort = arguments.GetValue(Grpc),
            MqttPort = arguments.GetValue(Mqtt),
            Language = arguments.GetValue(Language)!,
            Demo = true,
            Store = arguments.GetValue(Store)!,
            InfluxUrl = influx?.Url.OriginalString ?? arguments.GetValue(InfluxUrl) ?? new HubOptions().InfluxUrl,
        };
        var files = (arguments.GetValue(Replay) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var stations = files.Length == 0
            ? Stations.OfTheBay(arguments.GetValue(Seed))
            : Stations.OfFiles(files, SpeedOf(arguments.GetValue(Speed)!));
        await using var hub = await HubHost.StartAsync(options, cancellationToken);
        foreach (var line in StartLines.Of(hub).SkipLast(1).Append(Stations.Line(stations, hub.Options.Language)).Concat(StartLines.Of(hub).TakeLast(1)))
        {
            Console.WriteLine(line);
        }

        if (!arguments.GetValue(NoBrowser))
        {
            Desktop.Open(hub.PageUrl);
        }

        await using var crew = Crew.Enrol(hub, stations);
        if (files.Length == 0)
        {
            FirstFacts.State(hub);
        }

        return await LiveAsync(hub.WaitForShutdownAsync, crew, hub.Options, Console.Error, cancellationToken);
    }

    /// <summary>Runs hub and agents until somebody stops the demo or either cannot go on: neither is of use without the other.</summary>
    /// <param name="serve">Ends with the hub; false = it could not go on.</param>
    /// <param name="crew">The agents.</param>
    /// <param name="options">The hub's.</param>
    /// <param name="errors">Where it is said that the hub could not go on.</param>
    /// <param name="cancellationToken">Stops the demo.</param>
    /// <returns>The hub's exit code: 0 = it was stopped, 1 = it could not go on.</returns>
    internal static async Task<int> LiveAsync(Func<CancellationToken, Task<bool>> serve, Crew crew, HubOptions options, TextWriter errors, CancellationToken cancellationToken)
    {
        using var noHub = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var noCrew = new CancellationTokenSource();
        var serving = serve(noCrew.Token);
        var measuring = crew.RunAsync(noHub.Token);
        await Task.WhenAny(serving, measuring);

        // The agents first: they hand over what they have while the hub still takes it.
        await noHub.CancelAsync();
        await measuring;
        await noCrew.CancelAsync();
        var isWhole = await serving;
        if (!isWhole)
        {
            await errors.WriteLineAsync(options.Language == "vi"
                ? $"Trạm của bản chạy thử không chạy tiếp được, nên các thiết bị mô phỏng cũng dừng. Nhật ký trong {Path.Combine(options.DataFolder, "logs")} nói vì sao"
                : $"The demo's hub cannot go on, so its simulated agents end too. The log in {Path.Combine(options.DataFolder, "logs")} says why");
        }

        return isWhole ? 0 : 1;
    }

    /// <summary>0 = as fast as possible.</summary>
    private static double SpeedOf(string text) =>
        text == "max" ? 0
        : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var speed) && speed > 0 ? speed
        : throw new StartRefusedException($"--speed {text}: give a number greater than 0, or max");
}
