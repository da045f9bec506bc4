using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MQTTnet;
using MQTTnet.Protocol;
using StemLab.Hub.Classroom;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>What somebody on the network would try over MQTT and at the ports themselves.</summary>
public sealed class MqttAttackTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_agent_cannot_speak_for_another_nor_listen_to_it()
    {
        await using var school = await School.OpenAsync();
        var (mine, other) = (school.Get<FleetBook>().Enrol("pond"), school.Get<FleetBook>().Enrol("pier"));
        using var agent = await ConnectAsync(school, mine, mine.Agent!.Id.ToString());
        var theirs = new Id128(other.Agent!.Id.Value);
        foreach (var topic in (string[])[Topics.Up(theirs), Topics.Cmd(new Id128(mine.Agent.Id.Value)), "stemlab/pond/ph", "$SYS/x"])
        {
            var result = await Soon.IsDoneAsync(agent.PublishStringAsync(topic, "x", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken), "PUBLISH is not answered");
            Assert.False(result.IsSuccess, topic);
        }

        foreach (var filter in (string[])["#", "+/#", "sl/#", "sl/1/+/up", Topics.Cmd(theirs), "$SYS/#", "stemlab/#", $"sl/1/{theirs}/#"])
        {
            var result = await Soon.IsDoneAsync(agent.SubscribeAsync(filter, cancellationToken: TestContext.Current.CancellationToken), "SUBSCRIBE is not answered");
            Assert.All(result.Items, item => Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, item.ResultCode));
        }

        Assert.False(school.Get<FleetBook>().PresenceOf(other.Agent.Id).Online);
    }

    [Fact]
    public async Task Nobody_throws_an_agent_out_by_taking_its_client_id()
    {
        await using var school = await School.OpenAsync();
        var (mine, thief) = (school.Get<FleetBook>().Enrol("pond"), school.Get<FleetBook>().Enrol("pier"));
        var id = mine.Agent!.Id.ToString();
        using var agent = await ConnectAsync(school, mine, id);

        foreach (var (user, password) in (IEnumerable<(string?, string?)>)[(thief.Agent!.Id.ToString(), thief.Token), (id, thief.Token), (id, ""), (id, "guess"), (null, null), ("reader", school.SecretOf(Roles.Seat))])
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var refused = await Soon.IsDoneAsync(client.ConnectAsync(Options(school, id, user, password), TestContext.Current.CancellationToken), "CONNECT is not answered");
            Assert.Equal(MqttClientConnectResultCode.NotAuthorized, refused.ResultCode);
        }

        Assert.True(await Soon.IsDoneAsync(agent.TryPingAsync(TestContext.Current.CancellationToken), "PINGREQ is not answered") && agent.IsConnected);
    }

    [Fact]
    public async Task A_will_and_a_retained_message_on_a_foreign_topic_reach_nobody()
    {
        await using var school = await School.OpenAsync();
        var (mine, other) = (school.Get<FleetBook>().Enrol("pond"), school.Get<FleetBook>().Enrol("pier"));
        var theirs = new Id128(other.Agent!.Id.Value);
        using var victim = await ConnectAsync(school, other, theirs.ToString());
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        victim.ApplicationMessageReceivedAsync += message =>
        {
            heard.TrySetResult(message.ApplicationMessage.Topic + message.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        };
        await Soon.IsDoneAsync(victim.SubscribeAsync(Topics.Cmd(theirs), cancellationToken: TestContext.Current.CancellationToken), "SUBSCRIBE is not answered");
        using (var attacker = new MqttClientFactory().CreateMqttClient())
        {
            var options = Options(school, mine.Agent!.Id.ToString(), mine.Agent.Id.ToString(), mine.Token);
            options.WillTopic = Topics.Cmd(theirs);
            options.WillPayload = "evil"u8.ToArray();
            Assert.Equal(MqttClientConnectResultCode.Success, (await attacker.ConnectAsync(options, TestContext.Current.CancellationToken)).ResultCode);
            await Soon.IsDoneAsync(attacker.PublishStringAsync(Topics.Cmd(theirs), "evil", MqttQualityOfServiceLevel.AtLeastOnce, retain: true, TestContext.Current.CancellationToken), "PUBLISH is not answered");
        }

        // Gone without DISCONNECT. What the hub itself sends afterwards is the first thing heard.
        await UntilAsync(() => !school.Get<FleetBook>().PresenceOf(mine.Agent!.Id).Online);
        await school.Get<FrontDoor>().SendCommandAsync(theirs, "good"u8.ToArray());
        Assert.EndsWith("good", await heard.Task.WaitAsync(Limit, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seats_token_listens_to_what_the_hub_says_and_nothing_else_until_the_session_ends()
    {
        await using var school = await School.OpenAsync();
        var sessions = school.Get<ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        var secret = sessions.Join(session)!.Value.Secret;
        using var student = new MqttClientFactory().CreateMqttClient();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        student.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        Assert.Equal(MqttClientConnectResultCode.Success, (await Soon.IsDoneAsync(student.ConnectAsync(Options(school, "phone", MqttAccess.ReaderName, secret), TestContext.Current.CancellationToken), "CONNECT is not answered")).ResultCode);

        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS0, Assert.Single((await Soon.IsDoneAsync(student.SubscribeAsync("stemlab/#", cancellationToken: TestContext.Current.CancellationToken), "SUBSCRIBE is not answered")).Items).ResultCode);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, Assert.Single((await Soon.IsDoneAsync(student.SubscribeAsync("lab/#", cancellationToken: TestContext.Current.CancellationToken), "SUBSCRIBE is not answered")).Items).ResultCode);
        Assert.False((await Soon.IsDoneAsync(student.PublishStringAsync("lab/pond/ph", "7", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken), "PUBLISH is not answered")).IsSuccess);

        sessions.End(session.Id);
        await gone.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        using var again = new MqttClientFactory().CreateMqttClient();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (await Soon.IsDoneAsync(again.ConnectAsync(Options(school, "phone", MqttAccess.ReaderName, secret), TestContext.Current.CancellationToken), "CONNECT is not answered")).ResultCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_open_mqtt_over_websocket()
    {
        await using var school = await School.OpenAsync();
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{School.Outside}:{school.Host.Options.HttpPort}/mqtt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_address_cannot_take_every_connection()
    {
        Assert.SkipWhen(IPAddress.IsLoopback(School.Outside), "this machine has no address but 127.0.0.1");
        await using var school = await School.OpenAsync(new Startup.DoorTimes { Connect = TimeSpan.FromMinutes(2) });
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < ConnectionLimit.Most; i++)
            {
                var half = new TcpClient();
                await half.ConnectAsync(School.Outside, school.Host.Options.MqttPort, TestContext.Current.CancellationToken);
                sockets.Add(half);
            }

            // A socket is connected before the hub has taken it: only then is it counted.
            await UntilAsync(() => school.Get<FrontDoor>().Connections.Count == ConnectionLimit.Most);
            using var last = new TcpClient();
            Assert.True(await IsRefusedAsync(last, school.Host.Options.HttpPort));
            Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(school.Client(at: school.MachineUrl), "v1/access")).Status);
        }
        finally
        {
            sockets.ForEach(half => half.Dispose());
        }
    }

    [Fact]
    public async Task Random_bytes_at_every_port_leave_the_hub_as_it_was()
    {
        await using var school = await School.OpenAsync();
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("STEMLAB_FUZZ_SECONDS"), out var asked) ? asked : 3;
        var options = school.Host.Options;
        var random = new Random(20261125);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        var sent = 0;
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(seconds))
        {
            foreach (var (port, isTls) in (IEnumerable<(int, bool)>)[(options.HttpPort, false), (options.GrpcPort, false), (options.MqttPort, false), (options.TlsPort, false), (options.MqttTlsPort, false), (options.TlsPort, true), (options.MqttTlsPort, true)])
            {
                await SendAsync(port, isTls, Noise(random));
                sent++;
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(school.Client(), "v1/access")).Status);
        using var agent = await ConnectAsync(school, school.Get<FleetBook>().Enrol("pond"));
        Assert.True(agent.IsConnected);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{sent} messages, memory grew by {grown / 1024} kB");
        Assert.InRange(grown, long.MinValue, 64 << 20);
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(1, 8192)];
        random.NextBytes(bytes);
        // Half of them begin as something the port knows.
        ReadOnlySpan<byte> start = random.Next(6) switch
        {
            0 => "GET / HTTP/1.1\r\n"u8,
            1 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            2 => [0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5],
            _ => [],
        };
        start[..Math.Min(start.Length, bytes.Length)].CopyTo(bytes);
        return bytes;
    }

    private static async Task SendAsync(int port, bool isTls, byte[] bytes)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(School.Outside, port, TestContext.Current.CancellationToken);
            System.IO.Stream stream = client.GetStream();
            if (isTls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, shown, _, _) => shown is not null);
                await tls.AuthenticateAsClientAsync(School.Outside.ToString());
                stream = tls;
            }

            await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.DisposeAsync();
        }
        catch (Exception hungUp) when (hungUp is IOException or SocketException)
        {
            // As it should.
        }
    }

    private static async Task<bool> IsRefusedAsync(TcpClient client, int port)
    {
        try
        {
            await client.ConnectAsync(School.Outside, port, TestContext.Current.CancellationToken);
            return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken) == 0;
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return true;
        }
    }

    private static MqttClientOptions Options(School school, string clientId, string? user, string? password)
    {
        var options = new MqttClientOptionsBuilder().WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithTcpServer(School.Outside.ToString(), school.Host.Options.MqttPort).WithClientId(clientId);
        return (user is null ? options : options.WithCredentials(user, password)).Build();
    }

    private static async Task<IMqttClient> ConnectAsync(School school, Enrolment enrolled, string? clientId = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var id = enrolled.Agent!.Id.ToString();
        var connected = await Soon.IsDoneAsync(client.ConnectAsync(Options(school, clientId ?? id, id, enrolled.Token), TestContext.Current.CancellationToken), "CONNECT is not answered");
        Assert.Equal(MqttClientConnectResultCode.Success, connected.ResultCode);
        return client;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, "it never came to that");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
