using System.Globalization;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.Benchmarks;

/// <summary>MQTT to durable: small publishes beside mosquitto under the same generator, and native blocks of many readings.</summary>
internal static class IntakeBench
{
    private const int Connections = 50;
    private const int Window = 20;
    private const int PayloadBytes = 200;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        using var hub = await ServerProcess.StartHubAsync(build, Path.Combine(folder.Path, "hub"));
        var acked = await BesideMosquittoAsync(figures, scale, hub, folder.Path);
        acked += await NativeAsync(figures, scale, hub);
        var stored = await StoredAsync(hub);
        if (stored != acked)
        {
            throw new InvalidOperationException($"BUG: {acked} readings were acknowledged, {stored} are stored");
        }
    }

    /// <summary>In turns, medians of the rounds after the first.</summary>
    private static async Task<long> BesideMosquittoAsync(Figures figures, Scale scale, ServerProcess hub, string folder)
    {
        using var mosquitto = await ServerProcess.StartMosquittoAsync(folder);
        if (mosquitto is null)
        {
            await Console.Error.WriteLineAsync("mosquitto is not installed: no figure beside it (tests/install-servers installs it)");
        }

        var turn = scale.Of(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        using var toHub = new MqttLoad(hub.MqttPort, Connections);
        using var toMosquitto = mosquitto is null ? null : new MqttLoad(mosquitto.MqttPort, Connections);
        var messages = new Messages(Connections, PayloadBytes);
        List<double> ours = [];
        List<double> theirs = [];
        var acked = 0L;
        for (var round = 0; round < 4; round++)
        {
            var peer = toMosquitto?.Run(messages.Write, Window, 0, turn);
            var own = toHub.Run(messages.Write, Window, 0, turn);
            acked += own.Acked;
            if (round > 0)
            {
                ours.Add(own.PerSecond);
                theirs.Add(peer?.PerSecond ?? 0);
            }
        }

        ours.Sort();
        theirs.Sort();
        if (mosquitto is not null)
        {
            figures.AtLeast("intake_publishes_over_mosquitto_200_bytes", ours[1] / theirs[1], 1.0);
        }

        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"hub {ours[1]:0}/s, mosquitto {theirs[1]:0}/s"));
        return acked;
    }

    /// <summary>Blocks of 1,000 readings of ten inputs, sealed before the clock runs; four agents.</summary>
    private static async Task<long> NativeAsync(Figures figures, Scale scale, ServerProcess hub)
    {
        const int Agents = 4;
        var blocks = scale.Of(20, 1000, 5000);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        var agents = new List<NativeSender>();
        for (var i = 0; i < Agents; i++)
        {
            agents.Add(await NativeSender.EnrolAsync(client, $"bench-{i}", blocks));
        }

        using var load = new MqttLoad(hub.MqttPort, Agents, 64 * 1024, i => (agents[i].Id.ToString(), agents[i].Token));
        load.Once((connection, _, into) => agents[connection].WriteBirth(into));
        var result = load.Run((connection, number, into) => agents[connection].WriteBlock((int)number - 1, into), Window, 0, TimeSpan.FromMinutes(2), blocks);
        figures.AtLeast("intake_native_readings_per_s", result.PerSecond * NativeSender.RowsOfABlock, 500_000);
        return result.Acked * NativeSender.RowsOfABlock;
    }

    /// <summary>Every reading there is, counted by the hub's own query. Times that senders claimed before the hub knew UTC are kept as rows of their own and left out here.</summary>
    private static async Task<long> StoredAsync(ServerProcess hub)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.GrpcPort}");
        using var call = new ReadingService.ReadingServiceClient(channel).QueryReadings(new QueryReadingsRequest { Channels = { "agents/-/channels/-" }, MaxBuckets = 1 });
        var stored = 0L;
        var claimedTimes = new HashSet<uint>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var answer = call.ResponseStream.Current;
            claimedTimes.UnionWith(answer.ChannelNames.Where(named => named.Value.EndsWith("/sent~sent_time", StringComparison.Ordinal)).Select(named => named.Key));
            stored += answer.Buckets.Where(block => !claimedTimes.Contains(block.ChannelRef)).Sum(block => block.Count.Sum() + block.Excluded.Sum());
        }

        return stored;
    }
}
