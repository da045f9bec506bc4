using System.Globalization;

namespace StemLab.Benchmarks;

/// <summary>The published hub as a whole, beside what mosquitto + Node-RED + InfluxDB do with the same messages on the same machine.</summary>
internal static class HubBench
{
    private const int Devices = 20;
    private const int Window = 50;
    private const int ReadingsPerS = 1000;
    private const int Watchers = 40;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        figures.AtMost("hub_cold_start_to_first_reading_stored_s", await ColdStartAsync(build, folder.Path, scale.Of(1, 3, 7)), 0.8);

        using var hub = await ServerProcess.StartHubAsync(build, folder.Path);
        await Task.Delay(scale.Of(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(50)), TimeProvider.System, CancellationToken.None);
        figures.AtMost("hub_resident_idle_mb", hub.ResidentMb, 110);

        var turn = scale.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        using var load = new MqttLoad(hub.MqttPort, Devices);
        var messages = new Messages(Devices);
        Cost(hub, load, messages, turn / 4);
        figures.AtMost("hub_cpu_s_per_million_readings_at_1000_per_s", Cost(hub, load, messages, turn), 60);
        figures.AtMost("hub_resident_at_1000_per_s_mb", hub.ResidentMb, 150);
        await using (var crowd = await WatchCrowd.StartAsync(hub.GrpcPort, Watchers))
        {
            Cost(hub, load, messages, turn / 4);
            crowd.Begin(keepsEach: true);

            // The PUBACK leaves right after the commit, and is what a sender knows of it.
            Dictionary<long, long> committedUs = [];
            load.OnAcknowledged = (connection, number, atUs) => committedUs[messages.TimeOf(connection, number)] = atUs;
            figures.AtMost("hub_cpu_s_per_million_readings_at_1000_per_s_with_40_watchers", Cost(hub, load, messages, turn), 150);
            load.OnAcknowledged = null;
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"published to parsed p95 {crowd.Delays().Ms(0.95):0.0} ms, the commit inside"));
            figures.AtMost("hub_live_p95_ms_committed_to_parsed_40_watchers", crowd.DelaysAfter(committedUs).Ms(0.95), 30);
        }

        load.Run(messages.Write, Window, 0, turn / 4);
        figures.AtLeast("hub_small_messages_per_s_fsync_before_puback", load.Run(messages.Write, Window, 0, turn / 2).PerSecond, 40_000);

        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        var page = await PageWeight.OfAsync(client, "/");
        figures.AtMost("hub_page_gzip_kb", page.Bytes / 1000.0, 60);
        figures.AtMost("hub_page_requests", page.Requests, 10);
    }

    /// <summary>From starting the program to the PUBACK of a first reading, on a data folder in use before; median.</summary>
    private static async Task<double> ColdStartAsync(HubBuild build, string folder, int rounds)
    {
        List<double> seconds = [];
        for (var round = 0; round <= rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var hub = await ServerProcess.StartHubAsync(build, folder);
            using var load = new MqttLoad(hub.MqttPort, 1);
            load.Once(new Messages(1).Write);
            if (round > 0)
            {
                seconds.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            }
        }

        seconds.Sort();
        return seconds[seconds.Count / 2];
    }

    /// <summary>CPU seconds of the hub per million readings while they come at the steady rate.</summary>
    private static double Cost(ServerProcess hub, MqttLoad load, Messages messages, TimeSpan duration)
    {
        var before = hub.CpuSeconds;
        var result = load.Run(messages.Write, Window, ReadingsPerS, duration);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.PerSecond:0}/s, PUBACK p50 {result.AckTimes.Ms(0.5):0.00} p99 {result.AckTimes.Ms(0.99):0.00} ms, generator late by {result.LatestMs:0} ms at most"));
        return (hub.CpuSeconds - before) / result.Acked * 1e6;
    }
}
