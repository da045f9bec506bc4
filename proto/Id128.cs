using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;

namespace StemLab.Wire;

/// <summary>A global 128-bit identity (agent, boot, store, command…): random, minted once, never reused. The default value is the empty identity, which names nothing.</summary>
/// <remarks>On the wire 16 bytes big-endian; in topics and names 32 lowercase hex digits. Immutable value, safe from any thread.</remarks>
/// <param name="Value">The 128 bits; the first wire byte is the most significant.</param>
public readonly record struct Id128(UInt128 Value)
{
    /// <summary>Length on the wire, bytes.</summary>
    public const int Size = 16;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>True for the default value, which names nothing.</summary>
    public bool IsEmpty => Value == UInt128.Zero;

    /// <summary>Mints an identity from the system's cryptographic random source; never empty.</summary>
    public static Id128 New()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Id128 id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = new Id128(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        }
        while (id.IsEmpty);
        return id;
    }

    /// <summary>Reads exactly 16 bytes; false for any other length or for all zero bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Id128 id)
    {
        id = bytes.Length == Size ? new Id128(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : default;
        return !id.IsEmpty;
    }

    /// <summary>Reads exactly 32 lowercase hex digits; false for anything else, uppercase and all zeros included.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out Id128 id)
    {
        id = default;
        if (hex.Length != 2 * Size || hex.ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        id = new Id128(UInt128.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return !id.IsEmpty;
    }

    /// <summary>Writes 16 bytes big-endian; the span holds at least 16.</summary>
    public void Write(Span<byte> into) => BinaryPrimitives.WriteUInt128BigEndian(into, Value);

    /// <summary>The 16 bytes, big-endian, in a new array.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>The 16 bytes for a message field; the empty identity gives an empty field.</summary>
    public ByteString ToByteString() => IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(ToBytes());

    /// <summary>32 lowercase hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
