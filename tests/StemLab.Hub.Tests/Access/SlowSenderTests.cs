using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using StemLab.Hub.Startup;

namespace StemLab.Hub.Access;

/// <summary>Connections that say nothing, or say it for ever: at every port they are let go, and the hub goes on answering others.</summary>
public sealed class SlowSenderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly DoorTimes Short = new()
    {
        Headers = TimeSpan.FromSeconds(2),
        Handshake = TimeSpan.FromSeconds(2),
        Idle = TimeSpan.FromSeconds(2),
        SlowBody = TimeSpan.FromSeconds(2),
        Connect = TimeSpan.FromSeconds(2),
    };

    private static readonly byte[] Connect = [0x10, 0x40, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5];

    [Fact]
    public async Task Half_open_and_dripping_connections_are_closed_at_every_port()
    {
        await using var school = await School.OpenAsync(Short);
        var options = school.Host.Options;
        var request = "GET / HTTP/1.1\r\nHost: hub\r\nX-Slow: "u8.ToArray();
        var body = Encoding.ASCII.GetBytes($"POST /v1/access:signIn HTTP/1.1\r\nHost: {School.Outside}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{");
        var socket = Encoding.ASCII.GetBytes(
            $"GET /mqtt HTTP/1.1\r\nHost: {School.Outside}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
        (string What, int Port, bool IsTls, byte[] First, byte[] Drip)[] slow =
        [
            ("pages, silent", options.HttpPort, false, [], []),
            ("pages, headers that never end", options.HttpPort, false, request, "a"u8.ToArray()),
            ("pages, a body that never ends", options.HttpPort, false, body, " "u8.ToArray()),
            ("gRPC, silent", options.GrpcPort, false, [], []),
            ("gRPC, a preface letter by letter", options.GrpcPort, false, "PRI * HTTP/2"u8.ToArray(), []),
            ("MQTT, silent", options.MqttPort, false, [], []),
            ("MQTT, a CONNECT that never ends", options.MqttPort, false, Connect, [0]),
            ("MQTT over WebSocket, no CONNECT", options.HttpPort, false, socket, []),
            ("TLS, no handshake", options.TlsPort, false, [], []),
            ("TLS, a handshake byte by byte", options.TlsPort, false, [0x16, 3, 1, 2, 0], [1]),
            ("TLS, silent after the handshake", options.TlsPort, true, [], []),
            ("TLS, headers that never end", options.TlsPort, true, request, "a"u8.ToArray()),
            ("MQTT over TLS, no handshake", options.MqttTlsPort, false, [], []),
            ("MQTT over TLS, silent after the handshake", options.MqttTlsPort, true, [], []),
            ("MQTT over TLS, a CONNECT that never ends", options.MqttTlsPort, true, Connect, [0]),
        ];

        var closed = await Task.WhenAll(slow.Select(async one => (one.What, Closed: await IsClosedAsync(one.Port, one.IsTls, one.First, one.Drip))));

        Assert.All(closed, one => Assert.True(one.Closed, one.What));
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(school.Client(), "v1/access")).Status);
    }

    [Fact]
    public void A_hub_waits_no_longer_than_its_security_paper_says() =>
        Assert.Equal((15, 10, 130, 5, 10), (Seconds(one => one.Headers), Seconds(one => one.Handshake), Seconds(one => one.Idle), Seconds(one => one.SlowBody), Seconds(one => one.Connect)));

    private static int Seconds(Func<DoorTimes, TimeSpan> of) => (int)of(new DoorTimes()).TotalSeconds;

    /// <summary>Sends the first bytes, then one more every tenth of a second, until the other side lets go.</summary>
    private static async Task<bool> IsClosedAsync(int port, bool isTls, byte[] first, byte[] drip)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(School.Outside, port, limit.Token);
            System.IO.Stream stream = client.GetStream();
            if (isTls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, shown, _, _) => shown is not null);
                await tls.AuthenticateAsClientAsync(School.Outside.ToString());
                stream = tls;
            }

            await stream.WriteAsync(first, limit.Token);
            var end = ReadToEndAsync(stream, limit.Token);
            while (!end.IsCompleted)
            {
                await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token));
                if (drip.Length > 0 && !end.IsCompleted)
                {
                    await stream.WriteAsync(drip, limit.Token);
                }
            }

            await end;
            return true;
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task ReadToEndAsync(System.IO.Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[1024];
        while (await stream.ReadAsync(bytes, cancellationToken) > 0)
        {
        }
    }
}
