using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StemLab.Store.Chunks;

/// <summary>Numbers of a common width of 0 to 64 bits, one after the other, least significant bit first, in little-endian bytes.</summary>
internal static class BitPacking
{
    public static int Width(ulong greatest) => 64 - BitOperations.LeadingZeroCount(greatest);

    public static long Bytes(int count, int width) => (((long)count * width) + 7) / 8;

    public static void Pack(ReadOnlySpan<ulong> values, int width, ByteWriter into)
    {
        if (width == 0)
        {
            return;
        }

        var target = into.Reserve((int)Bytes(values.Length, width));
        UInt128 pending = 0;
        var bits = 0;
        var at = 0;
        foreach (var value in values)
        {
            pending |= (UInt128)value << bits;
            bits += width;
            if (bits >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(target[at..], (ulong)pending);
                at += 8;
                pending >>= 64;
                bits -= 64;
            }
        }

        for (; bits > 0; bits -= 8)
        {
            target[at++] = (byte)pending;
            pending >>= 8;
        }
    }

    /// <summary>Unpacks <c>into.Length</c> numbers; <paramref name="packed"/> has exactly <see cref="Bytes"/> of them.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int width, Span<ulong> into)
    {
        if (width == 0)
        {
            into.Clear();
            return;
        }

        var i = 0;
        if (width <= 56 && packed.Length >= 8)
        {
            // As long as eight whole bytes can be read from where the number starts.
            var mask = (1UL << width) - 1;
            var fast = (int)Math.Min(into.Length, ((((long)packed.Length - 8) * 8) / width) + 1);
            ref var bytes = ref MemoryMarshal.GetReference(packed);
            var bit = 0L;
            for (; i < fast; i++, bit += width)
            {
                into[i] = (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, (nint)(bit >> 3))) >> (int)(bit & 7)) & mask;
            }
        }

        for (; i < into.Length; i++)
        {
            into[i] = One(packed, (long)i * width, width);
        }
    }

    private static ulong One(ReadOnlySpan<byte> packed, long bit, int width)
    {
        UInt128 value = 0;
        var first = (int)(bit >> 3);
        var last = (int)((bit + width - 1) >> 3);
        for (var at = last; at >= first; at--)
        {
            value = (value << 8) | packed[at];
        }

        value >>= (int)(bit & 7);
        return width == 64 ? (ulong)value : (ulong)value & ((1UL << width) - 1);
    }
}
