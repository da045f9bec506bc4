using System.Buffers.Binary;

namespace StemLab.Hub.Export;

/// <summary>Bytes that grow at their end and are used again. Little-endian. One thread at a time.</summary>
internal sealed class ByteRoom
{
    private byte[] _bytes = new byte[1 << 12];

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for at least so many bytes behind what is written; <see cref="Took"/> says how many of them count.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(Length + bytes, 2 * _bytes.Length));
        }

        return _bytes.AsSpan(Length);
    }

    public void Took(int bytes) => Length += bytes;

    public void Add(byte one)
    {
        Room(1)[0] = one;
        Length++;
    }

    public void Add(ReadOnlySpan<byte> many)
    {
        many.CopyTo(Room(many.Length));
        Length += many.Length;
    }

    public void AddInt(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), number);
        Length += 4;
    }

    /// <summary>Seven bits a byte, the lowest first (LEB128).</summary>
    public void AddVarint(ulong number)
    {
        Span<byte> room = Room(10);
        int at = 0;
        for (; number >= 0x80; number >>= 7)
        {
            room[at++] = (byte)(number | 0x80);
        }

        room[at++] = (byte)number;
        Length += at;
    }

    /// <summary>A varint whose lowest bit is the sign.</summary>
    public void AddZigzag(long number) => AddVarint((ulong)((number << 1) ^ (number >> 63)));
}
