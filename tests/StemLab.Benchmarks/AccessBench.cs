using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;
using MQTTnet;
using StemLab.Hub.Access;

namespace StemLab.Benchmarks;

/// <summary>
/// What access control costs: 200 agents that come back at once over TLS after a power cut, 40 phones that join a class, and the CPU a message costs with everybody
/// showing a token against the same build with nobody showing any.
/// </summary>
internal static class AccessBench
{
    private const int Devices = 20;
    private const int ReadingsPerS = 1000;
    private const string Passphrase = "con ca bay qua nui";

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var build = await HubBuild.PublishedAsync(scale);
        await ReconnectAsync(figures, build, scale.Of(5, 200, 200), scale.Of(3, 40, 40));
        await CpuAsync(figures, build, scale);
    }

    private static async Task ReconnectAsync(Figures figures, HubBuild build, int agents, int phones)
    {
        using var folder = new BenchFolder();
        (string Id, string Token)[] enrolled;
        using (var first = await ServerProcess.StartHubAsync(build, folder.Path))
        {
            using var owner = Client(first.HttpPort);
            enrolled = await Task.WhenAll(Enumerable.Range(0, agents).Select(i => EnrolAsync(owner, $"ag-{i}")));
            await PostAsync(owner, "v1/access:setUp", new { schoolName = "Trường Hạ Long", passphrase = Passphrase });
        }

        var (tls, mqttTls) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        using var hub = await ServerProcess.StartHubAsync(build, folder.Path, "--listen", "127.0.0.1", "--tls", $"{tls}", "--mqtt-tls", $"{mqttTls}");
        var clients = enrolled.Select(_ => new MqttClientFactory().CreateMqttClient()).ToArray();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(clients.Select((client, i) => ConnectAsync(client, enrolled[i], mqttTls)));
        figures.AtMost("access_s_until_200_agents_are_back_over_tls", TimeProvider.System.GetElapsedTime(started).TotalSeconds, 5);
        Array.ForEach(clients, client => client.Dispose());

        using var teacher = Client(hub.HttpPort);
        LocalSecret.ShowFrom(folder.Path, teacher);
        var opened = await PostAsync(teacher, "v1/classSessions", new { });
        var code = opened.GetProperty("session").GetProperty("code").GetString()!;
        started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, phones).Select(_ => JoinAsync(hub.HttpPort, code)));
        figures.AtMost("access_s_until_40_phones_have_joined", TimeProvider.System.GetElapsedTime(started).TotalSeconds, 10);
    }

    /// <summary>Two hubs of one build side by side, turn and turn about, so that what else the machine does meets both.</summary>
    private static async Task CpuAsync(Figures figures, HubBuild build, Scale scale)
    {
        var watchers = scale.Of(2, 100, 200);
        var turn = scale.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));
        var turns = scale.Of(1, 3, 5);
        using var openFolder = new BenchFolder();
        using var closedFolder = new BenchFolder();
        using var open = await ServerProcess.StartHubAsync(build, openFolder.Path);
        using var closed = await ServerProcess.StartHubAsync(build, closedFolder.Path);
        var (makers, reader) = await CloseAsync(closed.HttpPort, closedFolder.Path);
        using var openLoad = new MqttLoad(open.MqttPort, Devices);
        using var closedLoad = new MqttLoad(closed.MqttPort, Devices, credentials: i => makers[i]);
        var (openMessages, closedMessages) = (new Messages(Devices), new Messages(Devices));
        openLoad.Once(openMessages.Write);
        closedLoad.Once(closedMessages.Write);
        var intake = Ratio(Turns);
        figures.AtMost("access_percent_cpu_added_to_a_message_taken_in", intake, 10);
        await using var openCrowd = await WatchCrowd.StartAsync(open.GrpcPort, watchers);
        await using var closedCrowd = await WatchCrowd.StartAsync(closed.GrpcPort, watchers, reader);
        figures.AtMost("access_percent_cpu_added_to_a_message_watched", Ratio(Turns), 10);

        (double Open, double Closed) Turns() => (Cpu(open, openLoad, openMessages, turn), Cpu(closed, closedLoad, closedMessages, turn));
        double Ratio(Func<(double Open, double Closed)> run)
        {
            run();
            var all = Enumerable.Range(0, turns).Select(_ => run()).ToArray();
            Console.Error.WriteLine($"CPU s a million messages, off and on: {string.Join("; ", all.Select(pair => $"{pair.Open * 1e6:0} {pair.Closed * 1e6:0}"))}");
            return ((all.Sum(pair => pair.Closed) / all.Sum(pair => pair.Open)) - 1) * 100;
        }
    }

    /// <summary>CPU seconds a message.</summary>
    private static double Cpu(ServerProcess hub, MqttLoad load, Messages messages, TimeSpan duration)
    {
        var before = hub.CpuSeconds;
        var result = load.Run(messages.Write, 50, ReadingsPerS, duration);
        return (hub.CpuSeconds - before) / Math.Max(1, result.Acked);
    }

    /// <summary>Sets a hub up; its makers and a reader get tokens.</summary>
    private static async Task<((string User, string Password)[] Makers, string Reader)> CloseAsync(int port, string folder)
    {
        using var machine = Client(port);
        LocalSecret.ShowFrom(folder, machine);
        await PostAsync(machine, "v1/access:setUp", new { schoolName = "Trường Hạ Long", passphrase = Passphrase });
        var makers = new (string, string)[Devices];
        for (var i = 0; i < Devices; i++)
        {
            var slug = $"dev{i:D3}";
            makers[i] = (slug, (await PostAsync(machine, "v1/makers", new { slug, topic = $"lab/{slug}" })).GetProperty("token").GetString()!);
        }

        var token = await PostAsync(machine, "v1/access/tokens", new { displayName = "bench", role = "researcher", days = 1 });
        return (makers, token.GetProperty("secret").GetString()!);
    }

    private static async Task<(string Id, string Token)> EnrolAsync(HttpClient owner, string slug)
    {
        var answer = await PostAsync(owner, "v1/agents:enrol", new { slug });
        return (answer.GetProperty("agent").GetProperty("name").GetString()!["agents/".Length..], answer.GetProperty("token").GetString()!);
    }

    private static async Task ConnectAsync(IMqttClient client, (string Id, string Token) agent, int port)
    {
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(agent.Id).WithCredentials(agent.Id, agent.Token).WithTimeout(TimeSpan.FromSeconds(60))
            .WithTlsOptions(tls => tls.UseTls().WithSslProtocols(SslProtocols.Tls13).WithCertificateValidationHandler(shown => shown.Certificate is not null)).Build();
        var connected = await client.ConnectAsync(options);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new InvalidOperationException($"an agent was refused: {connected.ResultCode}");
        }

        await client.SubscribeAsync($"sl/1/{agent.Id}/ack", MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
    }

    /// <summary>What a phone does: the page, its files, the code, then the board.</summary>
    private static async Task JoinAsync(int port, string code)
    {
        using var phone = Client(port);
        await phone.GetStringAsync(new Uri($"j/{code}", UriKind.Relative));
        await PostAsync(phone, "v1/classSessions:join", new { code });
        await phone.GetStringAsync(new Uri("", UriKind.Relative));
        await phone.GetStringAsync(new Uri("v1/channels", UriKind.Relative));
    }

    private static HttpClient Client(int port) => new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{path}: {text}");
    }
}
