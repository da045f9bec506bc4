using System.Numerics;
using System.Runtime.InteropServices;

namespace StemLab.Store.Chunks;

/// <summary>The value column of a chunk: whole numbers over 10^k, packed against their least or as steps, whichever is smaller; else the doubles as they are.</summary>
internal sealed class ValueColumn
{
    private const byte Doubles = 0;
    private const byte Level = 1;
    private const byte Steps = 2;

    private long[] _whole = [];
    private ulong[] _packed = [];

    /// <summary>Writes at least one finite value.</summary>
    public void Write(ReadOnlySpan<double> values, ByteWriter into)
    {
        if (_whole.Length < values.Length)
        {
            _whole = new long[values.Length];
            _packed = new ulong[values.Length];
        }

        var whole = _whole.AsSpan(0, values.Length);
        var power = Decimals.TryScale(values, whole);
        if (power < 0)
        {
            into.Byte(Doubles);
            WriteDoubles(values, into);
            return;
        }

        Span(whole, out var least, out var greatest);
        var levelWidth = BitPacking.Width((ulong)greatest - (ulong)least);
        StepSpan(whole, out var leastStep, out var greatestStep);
        var stepWidth = BitPacking.Width((ulong)(greatestStep - leastStep));
        if (stepWidth < levelWidth)
        {
            WriteSteps(whole, power, leastStep, stepWidth, into);
            return;
        }

        WriteLevel(whole, power, least, levelWidth, into);
    }

    /// <summary>Reads exactly <c>into.Length</c> values.</summary>
    public static bool TryRead(ref ByteReader reader, Span<double> into, Span<ulong> work)
    {
        var mode = reader.Byte();
        if (mode == Doubles)
        {
            return TryReadDoubles(reader.Bytes(into.Length * 8), into);
        }

        var power = reader.Count(Decimals.MaxPower);
        var isSteps = mode == Steps;
        var first = reader.Signed();
        var least = isSteps ? reader.Signed() : first;
        var width = reader.Count(64);
        var count = isSteps ? into.Length - 1 : into.Length;
        var bytes = BitPacking.Bytes(count, width);
        if (reader.IsBad || mode > Steps || bytes > reader.Left)
        {
            return false;
        }

        var packed = work[..count];
        BitPacking.Unpack(reader.Bytes((int)bytes), width, packed);
        var whole = MemoryMarshal.Cast<double, long>(into);
        if (isSteps)
        {
            whole[0] = first;
            var at = first;
            for (var i = 0; i < packed.Length; i++)
            {
                whole[i + 1] = at = unchecked(at + least + (long)packed[i]);
            }
        }
        else
        {
            AddLeast(packed, least, whole);
        }

        ToDoubles(whole, Decimals.Powers[power], into);
        return true;
    }

    private void WriteLevel(ReadOnlySpan<long> whole, int power, long least, int width, ByteWriter into)
    {
        for (var i = 0; i < whole.Length; i++)
        {
            _packed[i] = (ulong)whole[i] - (ulong)least;
        }

        into.Byte(Level);
        into.Byte((byte)power);
        into.ZigZag(least);
        into.Byte((byte)width);
        BitPacking.Pack(_packed.AsSpan(0, whole.Length), width, into);
    }

    private void WriteSteps(ReadOnlySpan<long> whole, int power, long leastStep, int width, ByteWriter into)
    {
        for (var i = 1; i < whole.Length; i++)
        {
            _packed[i - 1] = (ulong)(whole[i] - whole[i - 1] - leastStep);
        }

        into.Byte(Steps);
        into.Byte((byte)power);
        into.ZigZag(whole[0]);
        into.ZigZag(leastStep);
        into.Byte((byte)width);
        BitPacking.Pack(_packed.AsSpan(0, whole.Length - 1), width, into);
    }

    private static void WriteDoubles(ReadOnlySpan<double> values, ByteWriter into)
    {
        foreach (var value in values)
        {
            into.Fixed64(BitConverter.DoubleToUInt64Bits(value));
        }
    }

    private static bool TryReadDoubles(ReadOnlySpan<byte> bytes, Span<double> into)
    {
        if (bytes.Length != into.Length * 8)
        {
            return false;
        }

        for (var i = 0; i < into.Length; i++)
        {
            into[i] = System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]);
            if (!double.IsFinite(into[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Span(ReadOnlySpan<long> whole, out long least, out long greatest)
    {
        (least, greatest) = (whole[0], whole[0]);
        foreach (var one in whole)
        {
            least = Math.Min(least, one);
            greatest = Math.Max(greatest, one);
        }
    }

    private static void StepSpan(ReadOnlySpan<long> whole, out long least, out long greatest)
    {
        (least, greatest) = whole.Length < 2 ? (0, 0) : (long.MaxValue, long.MinValue);
        for (var i = 1; i < whole.Length; i++)
        {
            var step = whole[i] - whole[i - 1];
            least = Math.Min(least, step);
            greatest = Math.Max(greatest, step);
        }
    }

    private static void AddLeast(ReadOnlySpan<ulong> packed, long least, Span<long> whole)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            whole[i] = unchecked(least + (long)packed[i]);
        }
    }

    /// <summary>In place: <paramref name="whole"/> and <paramref name="into"/> are the same memory.</summary>
    private static void ToDoubles(ReadOnlySpan<long> whole, long power, Span<double> into)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var divisor = new Vector<double>((double)power);
            for (; i <= whole.Length - Vector<long>.Count; i += Vector<long>.Count)
            {
                (Vector.ConvertToDouble(new Vector<long>(whole[i..])) / divisor).CopyTo(into[i..]);
            }
        }

        for (; i < whole.Length; i++)
        {
            into[i] = (double)whole[i] / power;
        }
    }
}
