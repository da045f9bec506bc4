using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StemLab.Benchmarks;

/// <summary>What a run of the generator measured.</summary>
/// <param name="Acked">Publishes sent and acknowledged.</param>
/// <param name="Seconds">From the first publish to the last acknowledgement.</param>
/// <param name="AckTimes">From writing a publish to reading its PUBACK.</param>
/// <param name="LatestMs">How late the generator itself was at most; 0 when flat out.</param>
internal sealed record LoadResult(long Acked, double Seconds, Durations AckTimes, double LatestMs)
{
    public double PerSecond => Acked / Seconds;
}

/// <summary>Writes the topic and payload of one publish into a frame.</summary>
/// <param name="connection">Index of the sender.</param>
/// <param name="number">The sender's how-manieth publish, from 0 over all runs.</param>
/// <param name="into">Room for topic and payload.</param>
/// <returns>Bytes of topic (without its length) and of payload, one after the other in <paramref name="into"/>.</returns>
internal delegate (int Topic, int Payload) WritePublish(int connection, long number, Span<byte> into);

/// <summary>
/// The generator: many MQTT 3.1.1 connections with a window of QoS 1 publishes each, all driven by the one thread that calls <see cref="Run"/>. It runs in the benchmark's
/// process; the servers under test run in processes of their own. All sockets with TCP_NODELAY.
/// </summary>
internal sealed class MqttLoad : IDisposable
{
    private readonly Connection[] _connections;
    private readonly Dictionary<Socket, Connection> _bySocket = [];
    private readonly List<Socket> _waiting = [];
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly byte[] _sending = new byte[256 * 1024];
    private readonly int _largest;

    /// <summary>Connects.</summary>
    /// <param name="port">On 127.0.0.1.</param>
    /// <param name="connections">How many, each with a client id of its own: its user name where it has one.</param>
    /// <param name="largest">Bytes of the largest payload.</param>
    /// <param name="credentials">User name and password of a connection; null for none.</param>
    public MqttLoad(int port, int connections, int largest = 1024, Func<int, (string User, string Password)>? credentials = null)
    {
        _largest = largest + 256;
        _connections = [.. Enumerable.Range(0, connections).Select(index => new Connection(index, Open(port, index, credentials?.Invoke(index))))];
        foreach (var connection in _connections)
        {
            _bySocket.Add(connection.Socket, connection);
        }
    }

    /// <summary>Told of every acknowledgement by the generator's thread: connection, which of its publishes (from 0), when (µs).</summary>
    public Action<int, long, long>? OnAcknowledged { get; set; }

    /// <summary>Microseconds since 1970 by this machine's clock, on a scale that only goes forward.</summary>
    public static long NowUs => StartedUtcUs + (long)TimeProvider.System.GetElapsedTime(StartedAt).TotalMicroseconds;

    private static readonly long StartedAt = TimeProvider.System.GetTimestamp();
    private static readonly long StartedUtcUs = (long)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;

    /// <summary>Sends one publish of every connection and waits for its acknowledgement.</summary>
    public void Once(WritePublish write) => Run(write, window: 1, ratePerS: 0, TimeSpan.FromSeconds(30), mostEach: 1);

    /// <summary>Publishes until the time is over or each connection has sent its share, then waits for the last acknowledgement.</summary>
    /// <param name="write">The publishes.</param>
    /// <param name="window">Publishes of a connection without answer.</param>
    /// <param name="ratePerS">Of all connections, evenly spread; 0 = as fast as the windows allow.</param>
    /// <param name="duration">How long to send.</param>
    /// <param name="mostEach">Publishes of one connection at most.</param>
    public LoadResult Run(WritePublish write, int window, double ratePerS, TimeSpan duration, long mostEach = long.MaxValue)
    {
        var started = NowUs;
        var end = started + (long)duration.TotalMicroseconds;
        var stepUs = ratePerS > 0 ? 1e6 * _connections.Length / ratePerS : 0;
        foreach (var connection in _connections)
        {
            connection.Begin(started, ratePerS > 0 ? 1e6 / ratePerS * connection.Index : 0, stepUs, mostEach);
        }

        var times = new Durations();
        var latest = 0L;
        while (true)
        {
            var now = NowUs;
            foreach (var connection in _connections)
            {
                if (now < end)
                {
                    latest = Math.Max(latest, Send(connection, write, window, now));
                }
            }

            if (now >= end || _connections.All(connection => connection.IsDone))
            {
                if (_connections.All(connection => connection.InFlight == 0))
                {
                    break;
                }

                if (NowUs > end + 30_000_000)
                {
                    throw new TimeoutException("publishes stay unanswered");
                }
            }

            Receive(times, stepUs > 0 ? 1000 : 50_000);
        }

        return new LoadResult(_connections.Sum(connection => connection.Acked), (NowUs - started) / 1e6, times, stepUs > 0 ? latest / 1000.0 : 0);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Socket.Dispose();
        }
    }

    /// <summary>Writes what is due and fits the window, many publishes a write. Returns how late the first of them is, µs.</summary>
    private long Send(Connection connection, WritePublish write, int window, long nowUs)
    {
        var late = connection.LateUs(nowUs);
        var bytes = 0;
        while (connection.MaySend(window, NowUs))
        {
            if (_sending.Length - bytes < _largest)
            {
                connection.Socket.Send(_sending.AsSpan(0, bytes));
                bytes = 0;
            }

            bytes += Frame(connection, write, _sending.AsSpan(bytes));
        }

        if (bytes > 0)
        {
            connection.Socket.Send(_sending.AsSpan(0, bytes));
        }

        return late;
    }

    private static int Frame(Connection connection, WritePublish write, Span<byte> into)
    {
        // Room for the longest fixed header in front; the frame is moved to its place afterwards.
        const int Header = 5;
        var body = into[Header..];
        var (topic, payload) = write(connection.Index, connection.Number, body[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)topic);
        var id = connection.NextPacketId();
        body.Slice(2 + topic, payload).CopyTo(body[(4 + topic)..]);
        BinaryPrimitives.WriteUInt16BigEndian(body[(2 + topic)..], id);
        var length = 4 + topic + payload;
        var at = 0;
        into[at++] = 0x32;
        for (var rest = length; ;)
        {
            var digit = (byte)(rest & 0x7F);
            rest >>= 7;
            into[at++] = (byte)(rest > 0 ? digit | 0x80 : digit);
            if (rest == 0)
            {
                break;
            }
        }

        body[..length].CopyTo(into[at..]);
        connection.Sent(id, NowUs);
        return at + length;
    }

    private void Receive(Durations times, int waitUs)
    {
        _waiting.Clear();
        foreach (var connection in _connections)
        {
            _waiting.Add(connection.Socket);
        }

        Socket.Select(_waiting, null, null, waitUs);
        foreach (var socket in _waiting)
        {
            var count = socket.Receive(_received);
            if (count == 0)
            {
                throw new IOException("the server closed a connection");
            }

            _bySocket[socket].Take(_received.AsSpan(0, count), NowUs, times, OnAcknowledged);
        }
    }

    private static Socket Open(int port, int index, (string User, string Password)? credentials)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(ConnectPacket(credentials?.User ?? $"load{index:D3}", credentials));
        var answer = new byte[4];
        for (var got = 0; got < answer.Length;)
        {
            var count = socket.Receive(answer.AsSpan(got));
            got = count > 0 ? got + count : throw new IOException("the server refused the connection");
        }

        return answer is [0x20, 2, _, 0] ? socket : throw new IOException($"the server refused the connection, code {answer[3]}");
    }

    private static byte[] ConnectPacket(string id, (string User, string Password)? credentials)
    {
        using var body = new MemoryStream();
        Text("MQTT");
        body.Write([4, (byte)(credentials is null ? 0x02 : 0xC2), 0, 0]);
        Text(id);
        if (credentials is { } given)
        {
            Text(given.User);
            Text(given.Password);
        }

        return [0x10, (byte)body.Length, .. body.ToArray()];

        void Text(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            body.Write([(byte)(utf8.Length >> 8), (byte)utf8.Length]);
            body.Write(utf8);
        }
    }

    /// <summary>One sender. The generator's thread only.</summary>
    private sealed class Connection(int index, Socket socket)
    {
        private readonly long[] _sentUs = new long[ushort.MaxValue + 1];
        private readonly byte[] _partial = new byte[4];
        private int _partialBytes;
        private ushort _packetId;
        private double _dueUs;
        private double _stepUs;
        private long _most;
        private long _sent;

        public int Index { get; } = index;

        public Socket Socket { get; } = socket;

        /// <summary>Publishes written since connecting.</summary>
        public long Number { get; private set; }

        public long Acked { get; private set; }

        public long InFlight => _sent - Acked;

        public bool IsDone => _sent >= _most;

        public void Begin(long startUs, double offsetUs, double stepUs, long most)
        {
            (_dueUs, _stepUs, _most, _sent, Acked) = (startUs + offsetUs, stepUs, most, 0, 0);
        }

        public bool MaySend(int window, long nowUs) => _sent < _most && InFlight < window && (_stepUs == 0 || _dueUs <= nowUs);

        public long LateUs(long nowUs) => _stepUs == 0 || IsDone ? 0 : Math.Max(0, nowUs - (long)_dueUs);

        public ushort NextPacketId() => _packetId = _packetId == ushort.MaxValue ? (ushort)1 : (ushort)(_packetId + 1);

        public void Sent(ushort id, long nowUs)
        {
            _sentUs[id] = nowUs;
            _dueUs += _stepUs;
            _sent++;
            Number++;
        }

        /// <summary>Reads PUBACKs; anything else is not expected here.</summary>
        public void Take(ReadOnlySpan<byte> bytes, long nowUs, Durations times, Action<int, long, long>? onAcknowledged)
        {
            foreach (var one in bytes)
            {
                _partial[_partialBytes++] = one;
                if (_partialBytes < 4)
                {
                    continue;
                }

                _partialBytes = 0;
                if (_partial is not [0x40, 2, _, _])
                {
                    throw new IOException($"the server sent packet type {_partial[0] >> 4} where a PUBACK was expected");
                }

                onAcknowledged?.Invoke(Index, Number - InFlight, nowUs);
                Acked++;
                times.Add(nowUs - _sentUs[BinaryPrimitives.ReadUInt16BigEndian(_partial.AsSpan(2))]);
            }
        }
    }
}
