using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>Careless and hostile senders against a real hub process: it stays up, does not grow, and every message is counted by its reason.</summary>
public sealed class HostileTests
{
    private const int BadPayloads = 10_000;

    /// <summary>What a run of the same size again may cost on top of the first, which warms the process up.</summary>
    private const long MostGrowthBytes = 48L << 20;

    [Fact]
    public async Task Random_bytes_oversized_packets_and_ten_thousand_bad_payloads_leave_it_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await AttackAsync(hub, 1);
        await QuietAsync(hub);
        var (rss, files) = Size(hub.Pid);

        await AttackAsync(hub, 2);
        await QuietAsync(hub);
        var (rssAfter, filesAfter) = Size(hub.Pid);
        TestContext.Current.TestOutputHelper?.WriteLine($"RSS {rss >> 20} → {rssAfter >> 20} MiB, open files {files} → {filesAfter}");
        Assert.InRange(rssAfter, 0, rss + MostGrowthBytes);
        Assert.InRange(filesAfter, 0, files + 8);

        var counters = (await hub.Api.StateAsync()).Counters;
        var rejected = counters.Where(counter => counter.Key.StartsWith("rejected.", StringComparison.Ordinal)).Sum(counter => counter.Value);
        Assert.Equal(2L * BadPayloads, rejected);
        Assert.Equal(rejected + counters.GetValueOrDefault("stored"), counters["received"]);
        long Closed(string reason) => counters.GetValueOrDefault("closed." + reason);
        Assert.Equal((2L * 300, 2L), (Closed("not_mqtt") + Closed("malformed"), Closed("oversized")));

        await using var honest = new ForeignClient(hub.Where.MqttPort);
        Assert.True(await honest.TryNextAsync());
    }

    private static async Task AttackAsync(HubProcess hub, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);

            // Anything but the beginning of a CONNECT, whose length might promise more than 4 kB.
            noise[0] |= 0x20;
            await SendRawAsync(hub, noise);
        }

        // A header that promises 256 MB, before CONNECT.
        await SendRawAsync(hub, [0x10, 0xFF, 0xFF, 0xFF, 0x7F]);
        using var client = new MqttClientFactory().CreateMqttClient();
        await ConnectAsync(hub, client);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, BadPayloads), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
            async (i, stop) => await client.PublishBinaryAsync($"evil/{i % 100}/ph", Bad(i), MqttQualityOfServiceLevel.AtLeastOnce, false, stop));
        await client.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Task<MqttClientConnectResult> ConnectAsync(HubProcess hub, IMqttClient client) => client.ConnectAsync(
        new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", hub.Where.MqttPort).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311).WithClientId("evil").Build(), TestContext.Current.CancellationToken);

    private static byte[] Bad(int number) => (number % 5) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes("{\"ph\":" + new string('[', 1 + (number % 50))),
        2 => Encoding.UTF8.GetBytes($"not a number {number}"),
        3 => [0x9F, 0xFF, (byte)number],
        _ => Encoding.UTF8.GetBytes("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":7}}}}}"),
    };

    /// <summary>Writes and waits until the hub has closed the connection.</summary>
    private static async Task SendRawAsync(HubProcess hub, byte[] bytes)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", hub.Where.MqttPort, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            socket.Client.Shutdown(SocketShutdown.Send);
            var answer = new byte[256];
            while (await stream.ReadAsync(answer, TestContext.Current.CancellationToken) > 0)
            {
                // Whatever it says, it has to end.
            }
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            // Reset: ended too.
        }
    }

    /// <summary>No connection of the attack is left.</summary>
    private static Task QuietAsync(HubProcess hub) => Eventually.True(
        async () =>
        {
            using var page = await hub.Http.GetAsync("/livez", TestContext.Current.CancellationToken);
            var open = (await File.ReadAllLinesAsync($"/proc/{hub.Pid}/net/tcp", TestContext.Current.CancellationToken))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Count(fields => fields.Length > 3 && fields[1].EndsWith(":" + hub.Where.MqttPort.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal) && fields[3] == "01");
            return page.IsSuccessStatusCode && open == 0;
        },
        "all connections of the attack closed");

    private static (long Rss, int Files) Size(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024, Directory.GetFiles($"/proc/{pid}/fd").Length);
    }
}
