using System.Buffers.Binary;

namespace StemLab.Wire;

/// <summary>Reads protobuf fields from untrusted bytes; never throws, every failure is a false and <see cref="Failed"/>. One thread.</summary>
/// <remarks>Google.Protobuf's own parser throws and allocates per element; this one is fuzzed against it.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes, int origin = 0)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly int origin = origin;
    private int at;

    /// <summary>Offset in the whole payload of the next byte.</summary>
    public readonly int Offset => origin + at;

    /// <summary>True after the first malformed byte.</summary>
    public bool Failed { get; private set; }

    public readonly bool AtEnd => at >= bytes.Length;

    /// <summary>Next tag; false at the end or on failure.</summary>
    public bool TryTag(out int field, out int wireType)
    {
        field = 0;
        wireType = 0;
        if (AtEnd || !TryVarint(out var tag))
        {
            return false;
        }

        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return (tag >> 3) is > 0 and <= 0x1FFFFFFF || Fail();
    }

    public bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length)
            {
                return Fail();
            }

            var b = bytes[at++];
            if (shift == 63 && b > 1)
            {
                return Fail();
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return Fail();
    }

    public bool TryFixed64(out ulong value)
    {
        value = 0;
        if (bytes.Length - at < 8)
        {
            return Fail();
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        at += 8;
        return true;
    }

    /// <summary>A length-delimited field's content; a span into the payload.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> content, out int contentOffset)
    {
        content = default;
        contentOffset = 0;
        if (!TryVarint(out var length))
        {
            return false;
        }

        if (length > (ulong)(bytes.Length - at))
        {
            return Fail();
        }

        contentOffset = Offset;
        content = bytes.Slice(at, (int)length);
        at += (int)length;
        return true;
    }

    /// <summary>Passes over a field of a later version.</summary>
    public bool TrySkip(int wireType)
    {
        switch (wireType)
        {
            case 0:
                return TryVarint(out _);
            case 1:
                return TryFixed64(out _);
            case 2:
                return TryBytes(out _, out _);
            case 5:
                at += 4;
                return at <= bytes.Length || Fail();
            default:
                return Fail();
        }
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
