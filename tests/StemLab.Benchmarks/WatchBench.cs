namespace StemLab.Benchmarks;

/// <summary>200 watchers of 1,000 readings a second: what they cost the hub beyond taking the readings, and how late they see them.</summary>
internal static class WatchBench
{
    private const int Devices = 20;
    private const int ReadingsPerS = 1000;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var watchers = scale.Of(3, 200, 200);
        var turn = scale.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        using var hub = await ServerProcess.StartHubAsync(build, folder.Path);
        using var load = new MqttLoad(hub.MqttPort, Devices);
        var messages = new Messages(Devices);
        load.Once(messages.Write);
        Cpu(hub, load, messages, turn / 2);
        var alone = Cpu(hub, load, messages, turn);
        await using var crowd = await WatchCrowd.StartAsync(hub.GrpcPort, watchers);
        Cpu(hub, load, messages, turn / 2);
        crowd.Begin(keepsEach: true);

        // The PUBACK leaves right after the commit, and is what a sender knows of it.
        Dictionary<long, long> committedUs = [];
        load.OnAcknowledged = (connection, number, atUs) => committedUs[messages.TimeOf(connection, number)] = atUs;
        var watched = Cpu(hub, load, messages, turn);
        await Console.Error.WriteLineAsync($"alone {alone:0.0} %, watched {watched:0.0} % of a core; {crowd.Messages / turn.TotalSeconds / watchers:0.0} messages/s a watcher; published to parsed p50 {crowd.Delays().Ms(0.5):0.0} ms, p99 {crowd.Delays().Ms(0.99):0.0} ms, the commit inside");
        figures.AtMost("watch_cpu_percent_of_a_core_beyond_intake_200_watchers_1000_per_s", watched - alone, 10);
        figures.AtMost("watch_p99_ms_committed_to_parsed", crowd.DelaysAfter(committedUs).Ms(0.99), FlushIntervalMs + 20);
    }

    private const double FlushIntervalMs = 100;

    /// <summary>Per cent of one core the hub uses while readings come.</summary>
    private static double Cpu(ServerProcess hub, MqttLoad load, Messages messages, TimeSpan duration)
    {
        var before = hub.CpuSeconds;
        var result = load.Run(messages.Write, 50, ReadingsPerS, duration);
        return (hub.CpuSeconds - before) / result.Seconds * 100;
    }
}
