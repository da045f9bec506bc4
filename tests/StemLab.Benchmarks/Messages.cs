using System.Buffers.Text;
using System.Text;

namespace StemLab.Benchmarks;

/// <summary>What makers' devices publish: one message = one reading, with the sender's time, as the stack a school would use today gets it. One generator thread.</summary>
internal sealed class Messages
{
    private readonly byte[][] _topics;
    private const int Remembered = 1 << 16;

    private readonly long[] _lastUs;
    private readonly long[][] _timesUs;
    private readonly byte[] _filler;

    /// <param name="connections">Senders, a device each: <c>lab/dev007/water</c>.</param>
    /// <param name="bytes">Payload bytes, filled up by a text where needed; 0 = as they come, about 50.</param>
    public Messages(int connections, int bytes = 0)
    {
        _topics = [.. Enumerable.Range(0, connections).Select(index => Encoding.UTF8.GetBytes($"lab/dev{index:D3}/water"))];
        _lastUs = new long[connections];
        _timesUs = [.. Enumerable.Range(0, connections).Select(_ => new long[Remembered])];
        _filler = bytes == 0 ? [] : [.. ",\"note\":\""u8, .. Enumerable.Repeat((byte)'x', bytes), .. "\"}"u8];
        Bytes = bytes;
    }

    private int Bytes { get; }

    /// <summary>The time a publish carries, µs; of the newest 65,536 of a connection.</summary>
    public long TimeOf(int connection, long number) => _timesUs[connection][number % Remembered];

    /// <summary><c>{"ph":7.12,"seq":N,"t":µs}</c>, t strictly increasing per device.</summary>
    public (int Topic, int Payload) Write(int connection, long number, Span<byte> into)
    {
        _topics[connection].CopyTo(into);
        var topic = _topics[connection].Length;
        var at = into[topic..];
        "{\"ph\":7."u8.CopyTo(at);
        var length = 8;
        at[length++] = (byte)('0' + (number % 10));
        at[length++] = (byte)('0' + (number / 10 % 10));
        ",\"seq\":"u8.CopyTo(at[length..]);
        length += 7;
        Utf8Formatter.TryFormat(number, at[length..], out var written);
        length += written;
        ",\"t\":"u8.CopyTo(at[length..]);
        length += 5;
        var now = _lastUs[connection] = Math.Max(MqttLoad.NowUs, _lastUs[connection] + 1);
        _timesUs[connection][number % Remembered] = now;
        Utf8Formatter.TryFormat(now, at[length..], out written);
        length += written;
        if (Bytes > 0)
        {
            _filler.AsSpan(0, Bytes - length - 2).CopyTo(at[length..]);
            length = Bytes - 2;
            at[length++] = (byte)'"';
        }

        at[length++] = (byte)'}';
        return (topic, length);
    }
}
