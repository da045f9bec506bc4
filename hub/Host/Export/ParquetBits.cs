using System.Buffers.Binary;
using System.Numerics;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>Parquet's two packed encodings: runs and packed bits for small numbers (RLE), packed differences for times (DELTA_BINARY_PACKED). Pure.</summary>
internal static class ParquetBits
{
    private const int Eight = 8;
    private const int BlockValues = 128;
    private const int PartValues = 32;
    private const int Parts = BlockValues / PartValues;

    /// <summary>Bits for numbers below a count; at least one.</summary>
    public static int Width(int count) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)count - 1));

    /// <summary>Numbers of so many bits as runs of equal ones, and packed in eights between them.</summary>
    public static void Runs(ReadOnlySpan<ushort> values, int width, ByteWriter into)
    {
        int packed = 0;
        int at = 0;
        while (at + Eight <= values.Length)
        {
            ushort first = values[at];
            if (values.Slice(at, Eight).ContainsAnyExcept(first))
            {
                at += Eight;
                continue;
            }

            Pack(values[packed..at], width, into);
            int run = values[at..].IndexOfAnyExcept(first);
            run = run < 0 ? values.Length - at : run;
            Run(first, run, width, into);
            packed = at += run;
        }

        Pack(values[packed..], width, into);
    }

    /// <summary>Numbers by their differences: 128 to a block, each quarter as wide as its own need. They may wrap around.</summary>
    public static void Differences(ReadOnlySpan<ulong> values, ByteWriter into)
    {
        into.Number(BlockValues);
        into.Number(Parts);
        into.Number((ulong)values.Length);
        into.ZigZag(values.IsEmpty ? 0 : (long)values[0]);
        Span<ulong> steps = stackalloc ulong[BlockValues];
        for (int from = 1; from < values.Length; from += BlockValues)
        {
            int count = Math.Min(BlockValues, values.Length - from);
            long least = long.MaxValue;
            for (int i = 0; i < count; i++)
            {
                long step = (long)(values[from + i] - values[from + i - 1]);
                steps[i] = (ulong)step;
                least = Math.Min(least, step);
            }

            for (int i = 0; i < count; i++)
            {
                steps[i] -= (ulong)least;
            }

            steps[count..].Clear();
            into.ZigZag(least);
            Block(steps, count, into);
        }
    }

    private static void Block(ReadOnlySpan<ulong> steps, int count, ByteWriter into)
    {
        Span<byte> widths = stackalloc byte[Parts];
        for (int part = 0; part < Parts; part++)
        {
            ulong bits = 0;
            foreach (ulong step in steps.Slice(part * PartValues, PartValues))
            {
                bits |= step;
            }

            widths[part] = (byte)(64 - BitOperations.LeadingZeroCount(bits));
        }

        into.Bytes(widths);
        for (int part = 0; part * PartValues < count; part++)
        {
            PackWide(steps.Slice(part * PartValues, PartValues), widths[part], into);
        }
    }

    private static void Run(ushort value, int count, int width, ByteWriter into)
    {
        into.Number((ulong)count << 1);
        into.Byte((byte)value);
        if (width > 8)
        {
            into.Byte((byte)(value >> 8));
        }
    }

    /// <summary>The last eight are filled up with zeros, which readers do not look at.</summary>
    private static void Pack(ReadOnlySpan<ushort> values, int width, ByteWriter into)
    {
        if (values.IsEmpty)
        {
            return;
        }

        int eights = (values.Length + Eight - 1) / Eight;
        into.Number(((ulong)eights << 1) | 1);
        int from = into.Length;
        Span<byte> room = into.Reserve((eights * width) + 16);
        int whole = values.Length / Eight;
        for (int i = 0; i < whole; i++)
        {
            PackEight(values.Slice(i * Eight, Eight), width, room[(i * width)..]);
        }

        if (whole < eights)
        {
            Span<ushort> last = stackalloc ushort[Eight];
            last.Clear();
            values[(whole * Eight)..].CopyTo(last);
            PackEight(last, width, room[(whole * width)..]);
        }

        into.Truncate(from + (eights * width));
    }

    private static void PackEight(ReadOnlySpan<ushort> eight, int width, Span<byte> into)
    {
        ulong low = eight[0] | ((ulong)eight[1] << width) | ((ulong)eight[2] << (2 * width)) | ((ulong)eight[3] << (3 * width));
        ulong high = eight[4] | ((ulong)eight[5] << width) | ((ulong)eight[6] << (2 * width)) | ((ulong)eight[7] << (3 * width));
        BinaryPrimitives.WriteUInt128LittleEndian(into, low | ((UInt128)high << (4 * width)));
    }

    private static void PackWide(ReadOnlySpan<ulong> values, int width, ByteWriter into)
    {
        int from = into.Length;
        Span<byte> room = into.Reserve((PartValues * 8) + 8);
        ulong bits = 0;
        int used = 0;
        int at = 0;
        foreach (ulong value in values)
        {
            bits |= value << used;
            used += width;
            if (used >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(room[at..], bits);
                at += 8;
                used -= 64;
                bits = used == 0 ? 0 : value >> (width - used);
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(room[at..], bits);
        into.Truncate(from + (PartValues / 8 * width));
    }
}
