using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace StemLab.Hub.Export;

/// <summary>Codes one batch's columns, each in the smallest of a few simple forms. Little-endian. Pure.</summary>
/// <remarks>A column begins with its form (u8): 0 one value for all rows; 1 the values themselves; 2 (i64) the first, then differences as i32; 3 (f64) the bits of the column before.</remarks>
internal static class FrozenColumns
{
    private const byte Constant = 0;
    private const byte Plain = 1;
    private const byte Differences = 2;
    private const byte AsBefore = 3;

    /// <summary>Most bytes a batch of so many rows can take.</summary>
    public static int MostBytes(int rows) => (rows * ((8 * 8) + 4 + 4)) + (13 * 9);

    /// <summary>Writes the columns; returns the bytes used.</summary>
    public static int Write(ExportRows rows, Span<byte> into)
    {
        int n = rows.Count;
        int at = 0;
        at += Longs(rows.UtcUs.AsSpan(0, n), into[at..]);
        at += Longs(rows.SigmaUs.AsSpan(0, n), into[at..]);
        at += Longs(rows.TUs.AsSpan(0, n), into[at..]);
        at += Doubles(rows.Raw.AsSpan(0, n), default, into[at..]);
        at += Doubles(rows.Value.AsSpan(0, n), rows.Raw.AsSpan(0, n), into[at..]);
        at += Doubles(rows.Uncertainty.AsSpan(0, n), default, into[at..]);
        at += Bytes(rows.Flag.AsSpan(0, n), into[at..]);
        at += Bytes(rows.MachineFlag.AsSpan(0, n), into[at..]);
        at += Bytes(rows.HumanFlag.AsSpan(0, n), into[at..]);
        at += Bytes(rows.Missing.AsSpan(0, n), into[at..]);
        at += Words(MemoryMarshal.Cast<Science.Quality.FlagReasons, uint>(rows.Reason.AsSpan(0, n)), into[at..]);
        at += Doubles(rows.Latitude.AsSpan(0, n), default, into[at..]);
        at += Doubles(rows.Longitude.AsSpan(0, n), default, into[at..]);
        return at;
    }

    /// <summary>Reads columns of <see cref="ExportRows.Count"/> rows.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Write"/> makes.</exception>
    /// <param name="withPlaces">False for files of the first form, which had no places in their rows.</param>
    public static void Read(ReadOnlySpan<byte> from, ExportRows rows, bool withPlaces)
    {
        int n = rows.Count;
        try
        {
            ReadLongs(ref from, rows.UtcUs.AsSpan(0, n));
            ReadLongs(ref from, rows.SigmaUs.AsSpan(0, n));
            ReadLongs(ref from, rows.TUs.AsSpan(0, n));
            ReadDoubles(ref from, rows.Raw.AsSpan(0, n), default);
            ReadDoubles(ref from, rows.Value.AsSpan(0, n), rows.Raw.AsSpan(0, n));
            ReadDoubles(ref from, rows.Uncertainty.AsSpan(0, n), default);
            ReadBytes(ref from, rows.Flag.AsSpan(0, n));
            ReadBytes(ref from, rows.MachineFlag.AsSpan(0, n));
            ReadBytes(ref from, rows.HumanFlag.AsSpan(0, n));
            ReadBytes(ref from, rows.Missing.AsSpan(0, n));
            ReadWords(ref from, MemoryMarshal.Cast<Science.Quality.FlagReasons, uint>(rows.Reason.AsSpan(0, n)));
            if (!withPlaces)
            {
                rows.Latitude.AsSpan(0, n).Fill(double.NaN);
                rows.Longitude.AsSpan(0, n).Fill(double.NaN);
                return;
            }

            ReadDoubles(ref from, rows.Latitude.AsSpan(0, n), default);
            ReadDoubles(ref from, rows.Longitude.AsSpan(0, n), default);
        }
        catch (ArgumentOutOfRangeException cut)
        {
            throw new InvalidDataException("A batch of frozen rows is cut short", cut);
        }
    }

    private static int Longs(ReadOnlySpan<long> values, Span<byte> into)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into[1..], values[0]);
        if (!values.ContainsAnyExcept(values[0]))
        {
            into[0] = Constant;
            return 9;
        }

        int at = 9;
        for (int i = 1; i < values.Length; i++)
        {
            Int128 step = (Int128)values[i] - values[i - 1];
            if (step < int.MinValue || step > int.MaxValue)
            {
                into[0] = Plain;
                MemoryMarshal.AsBytes(values).CopyTo(into[1..]);
                return 1 + (8 * values.Length);
            }

            BinaryPrimitives.WriteInt32LittleEndian(into[at..], (int)step);
            at += 4;
        }

        into[0] = Differences;
        return at;
    }

    private static int Doubles(ReadOnlySpan<double> values, ReadOnlySpan<double> before, Span<byte> into)
    {
        ReadOnlySpan<ulong> bits = MemoryMarshal.Cast<double, ulong>(values);
        if (!bits.ContainsAnyExcept(bits[0]))
        {
            into[0] = Constant;
            BinaryPrimitives.WriteUInt64LittleEndian(into[1..], bits[0]);
            return 9;
        }

        if (bits.SequenceEqual(MemoryMarshal.Cast<double, ulong>(before)))
        {
            into[0] = AsBefore;
            return 1;
        }

        into[0] = Plain;
        MemoryMarshal.AsBytes(values).CopyTo(into[1..]);
        return 1 + (8 * values.Length);
    }

    private static int Bytes(ReadOnlySpan<byte> values, Span<byte> into)
    {
        bool isConstant = !values.ContainsAnyExcept(values[0]);
        into[0] = isConstant ? Constant : Plain;
        values[..(isConstant ? 1 : values.Length)].CopyTo(into[1..]);
        return 1 + (isConstant ? 1 : values.Length);
    }

    private static int Words(ReadOnlySpan<uint> values, Span<byte> into)
    {
        bool isConstant = !values.ContainsAnyExcept(values[0]);
        into[0] = isConstant ? Constant : Plain;
        MemoryMarshal.AsBytes(values[..(isConstant ? 1 : values.Length)]).CopyTo(into[1..]);
        return 1 + (4 * (isConstant ? 1 : values.Length));
    }

    private static byte Form(ref ReadOnlySpan<byte> from)
    {
        byte form = from.IsEmpty ? throw new InvalidDataException("A batch of frozen rows is cut short") : from[0];
        from = from[1..];
        return form;
    }

    private static void ReadLongs(ref ReadOnlySpan<byte> from, Span<long> into)
    {
        byte form = Form(ref from);
        if (form == Plain)
        {
            Take(ref from, 8 * into.Length).CopyTo(MemoryMarshal.AsBytes(into));
            return;
        }

        long value = BinaryPrimitives.ReadInt64LittleEndian(Take(ref from, 8));
        into.Fill(value);
        if (form == Differences)
        {
            ReadOnlySpan<int> steps = MemoryMarshal.Cast<byte, int>(Take(ref from, 4 * (into.Length - 1)));
            for (int i = 0; i < steps.Length; i++)
            {
                into[i + 1] = value += steps[i];
            }
        }
        else if (form != Constant)
        {
            throw Unknown(form);
        }
    }

    private static void ReadDoubles(ref ReadOnlySpan<byte> from, Span<double> into, ReadOnlySpan<double> before)
    {
        switch (Form(ref from))
        {
            case Constant:
                into.Fill(BinaryPrimitives.ReadDoubleLittleEndian(Take(ref from, 8)));
                break;
            case Plain:
                Take(ref from, 8 * into.Length).CopyTo(MemoryMarshal.AsBytes(into));
                break;
            case AsBefore when before.Length == into.Length:
                before.CopyTo(into);
                break;
            case var form:
                throw Unknown(form);
        }
    }

    private static void ReadBytes(ref ReadOnlySpan<byte> from, Span<byte> into)
    {
        switch (Form(ref from))
        {
            case Constant:
                into.Fill(Take(ref from, 1)[0]);
                break;
            case Plain:
                Take(ref from, into.Length).CopyTo(into);
                break;
            case var form:
                throw Unknown(form);
        }
    }

    private static void ReadWords(ref ReadOnlySpan<byte> from, Span<uint> into)
    {
        switch (Form(ref from))
        {
            case Constant:
                into.Fill(BinaryPrimitives.ReadUInt32LittleEndian(Take(ref from, 4)));
                break;
            case Plain:
                Take(ref from, 4 * into.Length).CopyTo(MemoryMarshal.AsBytes(into));
                break;
            case var form:
                throw Unknown(form);
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int count)
    {
        ReadOnlySpan<byte> taken = from[..count];
        from = from[count..];
        return taken;
    }

    private static InvalidDataException Unknown(byte form) => new($"A column of frozen rows has the form {form}, which this version does not know");
}
