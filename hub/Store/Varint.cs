namespace StemLab.Store;

/// <summary>Little-endian base-128 numbers and zigzag, as in Protocol Buffers.</summary>
internal static class Varint
{
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}

/// <summary>Reads untrusted bytes: after the first impossible read everything is 0 and <see cref="IsBad"/> is true.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsBad { get; private set; }

    public readonly int Left => _rest.Length;

    public byte Byte()
    {
        var one = Bytes(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            IsBad = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ulong Number()
    {
        ulong value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var piece = _rest[i];
            if (i == 9 && piece > 1)
            {
                break;
            }

            value |= (ulong)(piece & 0x7f) << (7 * i);
            if (piece < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        IsBad = true;
        _rest = default;
        return 0;
    }

    public long Signed() => Varint.UnZigZag(Number());

    /// <summary>A count from 0 to <paramref name="max"/>; anything else is bad and reads as 0.</summary>
    public int Count(int max)
    {
        var value = Number();
        if (value <= (ulong)max)
        {
            return (int)value;
        }

        IsBad = true;
        _rest = default;
        return 0;
    }

    public ulong Fixed64()
    {
        var eight = Bytes(8);
        return eight.IsEmpty ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(eight);
    }

    public uint Fixed32()
    {
        var four = Bytes(4);
        return four.IsEmpty ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(four);
    }
}
