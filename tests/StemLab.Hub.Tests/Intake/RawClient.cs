using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StemLab.Hub.Intake;

/// <summary>A packet as it stood on the wire.</summary>
internal sealed record RawPacket(int Type, int Flags, byte[] Body)
{
    public const int ConnAck = 2;
    public const int Publish = 3;
    public const int PubAck = 4;
    public const int PubRec = 5;
    public const int PubComp = 7;
    public const int SubAck = 9;
    public const int PingResp = 13;
    public const int Disconnect = 14;

    /// <summary>Of PUBACK, PUBREC, PUBCOMP, SUBACK.</summary>
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Body);

    /// <summary>Reason of an answer: 0 where it is left out.</summary>
    public byte Reason => Body.Length > 2 ? Body[2] : (byte)0;
}

/// <summary>MQTT by hand over a socket, so that a test says exactly what goes over the wire. One user.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _one = new byte[1];

    private RawClient(bool v5) => IsV5 = v5;

    public bool IsV5 { get; }

    public RawPacket ConnAck { get; private set; } = null!;

    public static async Task<RawClient> OpenAsync(int port, bool v5 = false, int receiveBytes = 0)
    {
        var client = new RawClient(v5);
        if (receiveBytes > 0)
        {
            client._socket.ReceiveBufferSize = receiveBytes;
        }

        await client._socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Patience);
        return client;
    }

    public static async Task<RawClient> ConnectAsync(int port, RawConnect connect)
    {
        var client = await OpenAsync(port, connect.IsV5, connect.ReceiveBytes);
        await client.SendAsync(Connect(connect));
        client.ConnAck = await client.ReadAsync() ?? throw new InvalidOperationException("closed instead of CONNACK");
        return client;
    }

    public static byte[] Connect(RawConnect connect)
    {
        var flags = (connect.IsClean ? 2 : 0) | (connect.Will is null ? 0 : 4) | (connect.Username is null ? 0 : 0x80) | (connect.Password is null ? 0 : 0x40);
        List<byte> body = [.. Text("MQTT"), (byte)(connect.IsV5 ? 5 : 4), (byte)flags, (byte)(connect.KeepAlive >> 8), (byte)connect.KeepAlive];
        if (connect.IsV5)
        {
            body.Add(0);
        }

        body.AddRange(Text(connect.ClientId));
        if (connect.Will is { } will)
        {
            if (connect.IsV5)
            {
                body.Add(0);
            }

            body.AddRange(Text(will.Topic));
            body.AddRange(Text(will.Payload));
        }

        if (connect.Username is not null)
        {
            body.AddRange(Text(connect.Username));
        }

        if (connect.Password is not null)
        {
            body.AddRange(Text(connect.Password));
        }

        return Packet(0x10, [.. body]);
    }

    public byte[] Publish(string topic, ReadOnlySpan<byte> payload, int qos = 1, ushort id = 1, bool dup = false, bool retain = false, byte[]? properties = null) =>
        Publish(Encoding.UTF8.GetBytes(topic), payload, qos, id, dup, retain, properties);

    public byte[] Publish(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos = 1, ushort id = 1, bool dup = false, bool retain = false, byte[]? properties = null)
    {
        List<byte> body = [(byte)(topic.Length >> 8), (byte)topic.Length, .. topic];
        if (qos > 0)
        {
            body.AddRange([(byte)(id >> 8), (byte)id]);
        }

        if (IsV5)
        {
            properties ??= [];
            body.Add((byte)properties.Length);
            body.AddRange(properties);
        }

        body.AddRange(payload);
        return Packet((byte)(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)), [.. body]);
    }

    public byte[] Publish(string topic, string payload, int qos = 1, ushort id = 1, bool dup = false, bool retain = false) =>
        Publish(topic, Encoding.UTF8.GetBytes(payload), qos, id, dup, retain);

    public static byte[] PubRel(ushort id) => Packet(0x62, [(byte)(id >> 8), (byte)id]);

    public static byte[] PingReq => [0xC0, 0];

    public byte[] Subscribe(ushort id, params (string Filter, int Qos)[] filters)
    {
        List<byte> body = [(byte)(id >> 8), (byte)id];
        if (IsV5)
        {
            body.Add(0);
        }

        foreach (var (filter, qos) in filters)
        {
            body.AddRange(Text(filter));
            body.Add((byte)qos);
        }

        return Packet(0x82, [.. body]);
    }

    public Task SendAsync(params IEnumerable<byte[]> packets) => _socket.SendAsync(packets.SelectMany(packet => packet).ToArray()).WaitAsync(Patience);

    /// <summary>Sends as much as the other side takes without waiting.</summary>
    public int TrySend(byte[] bytes)
    {
        _socket.Blocking = false;
        try
        {
            return _socket.Send(bytes, SocketFlags.None, out _);
        }
        finally
        {
            _socket.Blocking = true;
        }
    }

    public async Task<RawPacket> ExchangeAsync(params byte[][] packets)
    {
        await SendAsync(packets);
        return await ReadAsync() ?? throw new InvalidOperationException("closed instead of an answer");
    }

    /// <summary>The next packet; null when the other side closed.</summary>
    public async Task<RawPacket?> ReadAsync()
    {
        var first = await ByteAsync();
        if (first < 0)
        {
            return null;
        }

        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var one = await ByteAsync();
            length |= (one & 0x7F) << shift;
            if ((one & 0x80) == 0)
            {
                break;
            }
        }

        var body = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = await _socket.ReceiveAsync(body.AsMemory(read), SocketFlags.None).AsTask().WaitAsync(Patience);
            if (more == 0)
            {
                return null;
            }

            read += more;
        }

        return new RawPacket(first >> 4, first & 15, body);
    }

    public async Task<RawPacket> ReadAsync(int type)
    {
        var packet = await ReadAsync();
        Assert.NotNull(packet);
        Assert.Equal(type, packet.Type);
        return packet;
    }

    /// <summary>Reads on to the end; true when the other side closed, with what came before.</summary>
    public async Task<List<RawPacket>> ReadToEndAsync()
    {
        var packets = new List<RawPacket>();
        while (await ReadAsync() is { } packet)
        {
            packets.Add(packet);
        }

        return packets;
    }

    public void Dispose() => _socket.Dispose();

    public static byte[] Packet(byte first, ReadOnlySpan<byte> body)
    {
        List<byte> packet = [first];
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 127 ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.AddRange(body);
        return [.. packet];
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private async Task<int> ByteAsync()
    {
        try
        {
            return await _socket.ReceiveAsync(_one, SocketFlags.None).WaitAsync(Patience) == 0 ? -1 : _one[0];
        }
        catch (SocketException)
        {
            return -1;
        }
    }
}
