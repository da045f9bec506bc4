using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>The agent as a Pi gets it: 16 channels at 100 Hz read from a tree of the kernel's shape, sent to a real hub; then a day's backlog.</summary>
internal static class AgentBench
{
    private const int Channels = 16;
    private const long IntervalUs = 10_000;
    private const int DayChannels = 4;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var program = await AgentProgram.PublishedAsync(scale);
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        using var hub = await ServerProcess.StartHubAsync(build, Path.Combine(folder.Path, "hub"));
        await FastAsync(figures, scale, program, hub, Directory.CreateDirectory(Path.Combine(folder.Path, "fast")).FullName);
        await AgentBaselines.TimerAsync(figures, scale.Of(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)));
        await DrainAsync(figures, scale, program, hub, Directory.CreateDirectory(Path.Combine(folder.Path, "day")).FullName);
        AgentBaselines.JsonDrain(figures, hub, scale.Of(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)), 86_400L * DayChannels);
        await AgentBus.RunAsync(figures, scale);
        AgentCosts.Wire(figures);
        AgentBaselines.JsonBytes(figures);
        await AgentCosts.AllocationsAsync(figures, scale, Directory.CreateDirectory(Path.Combine(folder.Path, "alloc")).FullName);
        AgentCosts.Wear(figures, scale, Directory.CreateDirectory(Path.Combine(folder.Path, "wear")).FullName);
    }

    private static async Task FastAsync(Figures figures, Scale scale, (string, string[]) program, ServerProcess hub, string folder)
    {
        var root = Tree(folder);
        await ConfigureAsync(hub, folder, "fast", $$"""{ "DataFolder": "{{folder}}/data", "HealthIntervalSeconds": 0, "Sources": [ { "Kind": "iio", "Port": "adc", "IntervalSeconds": 0.01 } ] }""");
        string[] arguments = ["--config", $"{folder}/agent.json", "--join", $"{folder}/join.json", "--root", root];
        List<double> ready = [];
        for (var start = scale.Of(1, 5, 9); start > 0; start--)
        {
            using var once = await AgentProgram.StartAsync(program, folder, arguments);
            ready.Add(once.ReadyMs);
            await once.StopAsync();
        }

        ready.Sort();
        figures.AtMost("agent_ready_ms", ready[ready.Count / 2], 100);

        var turn = scale.Of(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(30));
        using var agent = await AgentProgram.StartAsync(program, folder, arguments);
        await PauseAsync(turn / 4);
        var (cpu, at) = (agent.CpuSeconds, TimeProvider.System.GetTimestamp());
        await PauseAsync(turn);
        figures.AtMost("agent_cpu_percent_of_a_core_16_channels_100_hz", (agent.CpuSeconds - cpu) / TimeProvider.System.GetElapsedTime(at).TotalSeconds * 100, 3);
        var memory = agent.Memory();
        figures.AtMost("agent_resident_mb_16_channels_100_hz", memory.ResidentMb, 25);
        figures.Stated("agent_resident_peak_mb_16_channels_100_hz", memory.PeakMb);
        figures.Stated("agent_proportional_mb_16_channels_100_hz", memory.ShareMb);
        await Console.Error.WriteLineAsync($"resident MB: {AgentBaselines.Parts(agent.Id)}");

        using var watching = new CancellationTokenSource();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.GrpcPort}");
        using var call = new ReadingService.ReadingServiceClient(channel).WatchReadings(new WatchReadingsRequest { Channels = { "agents/-/channels/-" } }, cancellationToken: watching.Token);
        await call.ResponseStream.MoveNext(CancellationToken.None);
        var reading = DrinkAsync(call.ResponseStream, watching.Token);
        await PauseAsync(turn / 2);
        await watching.CancelAsync();
        await reading;
        await agent.StopAsync();
        if (scale != Scale.Smoke)
        {
            await AgentBaselines.JustInTimeAsync(figures, folder, arguments, turn / 4);
        }

        var blocks = Blocks(Path.Combine(folder, "data", "outbox.db"));
        var late = blocks.SelectMany(block => block.TUs).Select(t => t % IntervalUs).Order().ToList();
        figures.AtMost("agent_lateness_p50_ms_100_hz", late[late.Count / 2] / 1000.0, 0.5);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"lateness p99 {late[(int)(late.Count * 0.99)] / 1000.0:0.###} ms over {late.Count} readings"));

        // The last blocks were sealed while somebody watched.
        var spans = blocks.TakeLast(scale.Of(4, 24, 100)).SkipLast(1).Select(block => block.TUs.Max() - block.TUs.Min()).Order().ToList();
        figures.AtMost("agent_sealed_after_ms_while_watched", spans[spans.Count / 2] / 1000.0, 100);
    }

    /// <summary>A day of four channels at 1 Hz, kept while no hub was there; from the agent's start to the last reading stored.</summary>
    private static async Task DrainAsync(Figures figures, Scale scale, (string, string[]) program, ServerProcess hub, string folder)
    {
        var seconds = scale.Of(600, 86_400, 86_400);
        await using (var file = new StreamWriter(Path.Combine(folder, "day.csv")))
        {
            await file.WriteLineAsync("datetime,temp,ph,do_mgl,turb");
            var at = new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc);
            for (var second = 0; second < seconds; second++)
            {
                var wave = Math.Sin(second / 7_000.0);
                await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{at.AddSeconds(second):yyyy-MM-dd HH:mm:ss},{27 + wave:0.00},{8.05 + (wave / 10):0.000},{6.9 - wave:0.00},{3 + (second % 7 / 10.0):0.0}"));
            }
        }

        var config = $$"""{ "HubAddress": "127.0.0.1:1", "DataFolder": "{{folder}}/data", "HealthIntervalSeconds": 0, "Sources": [ { "Kind": "replay", "Path": "{{folder}}/day.csv", "Speed": 0 } ] }""";
        var name = await ConfigureAsync(hub, folder, "day", config);
        string[] arguments = ["--config", $"{folder}/agent.json", "--join", $"{folder}/join.json", "--root", folder];
        var join = await File.ReadAllTextAsync($"{folder}/join.json");
        await File.WriteAllTextAsync($"{folder}/join.json", join.Replace($":{hub.MqttPort}", ":1", StringComparison.Ordinal));
        using (var offline = await AgentProgram.StartAsync(program, folder, arguments))
        {
            var outbox = Path.Combine(folder, "data", "outbox.db");
            await UntilAsync(() => Task.FromResult(Kept(outbox) >= (long)seconds * DayChannels - 60_000));
            await offline.StopAsync();
        }

        await File.WriteAllTextAsync($"{folder}/join.json", join);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        var started = TimeProvider.System.GetTimestamp();
        using var agent = await AgentProgram.StartAsync(program, folder, arguments);
        await UntilAsync(async () =>
        {
            using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri($"v1/{name}", UriKind.Relative)));
            return answer.RootElement.GetProperty("agent").TryGetProperty("account", out var account) && account.TryGetProperty("stored", out var stored)
                && long.Parse(stored.GetRawText().Trim('"'), CultureInfo.InvariantCulture) >= (long)seconds * DayChannels;
        });
        figures.AtMost("agent_drains_a_day_of_4_channels_s", TimeProvider.System.GetElapsedTime(started).TotalSeconds, 5);
        await agent.StopAsync();
    }

    /// <summary>An ADC of 16 channels as the kernel shows it.</summary>
    private static string Tree(string folder)
    {
        var node = Directory.CreateDirectory(Path.Combine(folder, "root/sys/devices/platform/soc/1-0048/iio:device0")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "root/sys/bus/iio/devices"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "root/sys/bus/iio/devices/iio:device0"), node);
        File.WriteAllText(Path.Combine(node, "name"), "ads1015\n");
        File.WriteAllText(Path.Combine(node, "in_voltage_scale"), "0.125000000\n");
        for (var channel = 0; channel < Channels; channel++)
        {
            File.WriteAllText(Path.Combine(node, $"in_voltage{channel}_raw"), $"{12_000 + channel}\n");
        }

        return Path.Combine(folder, "root");
    }

    private static async Task<string> ConfigureAsync(ServerProcess hub, string folder, string slug, string config)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        using var answer = await client.PostAsJsonAsync("v1/agents:enrol", new { slug });
        answer.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        var name = body.RootElement.GetProperty("agent").GetProperty("name").GetString()!;
        await File.WriteAllTextAsync($"{folder}/agent.json", config);
        await File.WriteAllTextAsync($"{folder}/join.json", JsonSerializer.Serialize(new
        {
            HubAddress = $"127.0.0.1:{hub.MqttPort}",
            AgentId = name["agents/".Length..],
            Token = body.RootElement.GetProperty("token").GetString(),
            Slug = slug,
        }));
        return name;
    }

    private static List<DecodedBlock> Blocks(string outbox)
    {
        using var connection = new SqliteConnection($"Data Source={outbox};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload FROM block WHERE lost = 0 ORDER BY id";
        using var reader = command.ExecuteReader();
        var blocks = new List<DecodedBlock>();
        while (reader.Read())
        {
            if (UpDecoder.Decode(reader.GetFieldValue<byte[]>(0), out var block, out _, out _) == UpVerdict.Block)
            {
                blocks.Add(block!);
            }
        }

        return blocks;
    }

    private static long Kept(string outbox)
    {
        if (!File.Exists(outbox))
        {
            return 0;
        }

        using var connection = new SqliteConnection($"Data Source={outbox};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(sum(count), 0) FROM block";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static async Task DrinkAsync(Grpc.Core.IAsyncStreamReader<WatchReadingsResponse> messages, CancellationToken cancellationToken)
    {
        try
        {
            while (await messages.MoveNext(cancellationToken))
            {
                // Somebody looks; what it shows does not matter here.
            }
        }
        catch (Exception end) when (end is Grpc.Core.RpcException or OperationCanceledException)
        {
            // It looked long enough.
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (!await reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static Task PauseAsync(TimeSpan span) => Task.Delay(span, TimeProvider.System, CancellationToken.None);
}
