using System.Buffers.Binary;

namespace StemLab.Store;

/// <summary>
/// Bytes that grow at their end and are used again: fixed numbers little-endian, others of as many bytes as they need (base 128, the lowest seven bits first; signed ones zigzag), as in Protocol Buffers,
/// Thrift's compact protocol and Parquet. Never refuses a value. One thread at a time.
/// </summary>
public sealed class ByteWriter
{
    private const int MostNumberBytes = 10;

    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What is written so far; holds until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew; room of more than 4 MiB is given back.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > 4 << 20)
        {
            _bytes = new byte[1024];
        }
    }

    /// <summary>Takes back everything after a mark.</summary>
    /// <param name="length">A <see cref="Length"/> of before, bytes; 0 to the present one.</param>
    public void Truncate(int length) => Length = length;

    /// <summary>The next bytes, to be filled by the caller: until then they hold anything. Holds until the next write.</summary>
    /// <param name="count">How many; 0 or more. What turns out not to be needed is taken back by <see cref="Truncate"/>.</param>
    /// <returns>Exactly that many bytes, which count as written.</returns>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Reserve(1)[0] = value;

    /// <summary>Bytes as they are, without their count.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>A number of 1 to 10 bytes, seven bits each, the lowest first.</summary>
    public void Number(ulong value)
    {
        var room = Reserve(MostNumberBytes);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[count++] = (byte)(value | 0x80);
        }

        room[count++] = (byte)value;
        Length -= MostNumberBytes - count;
    }

    /// <summary>A number with a sign: the sign becomes its lowest bit, then as <see cref="Number"/>.</summary>
    public void ZigZag(long value) => Number(Varint.ZigZag(value));

    /// <summary>Eight bytes.</summary>
    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    /// <summary>Four bytes.</summary>
    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    /// <summary>Four bytes over others.</summary>
    /// <param name="at">Where they begin, bytes from the beginning; all four are written already.</param>
    /// <param name="value">What they become.</param>
    public void Set32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);
}
