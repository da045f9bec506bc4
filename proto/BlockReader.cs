using System.Buffers.Binary;
using StemLab.Wire.V1;

namespace StemLab.Wire;

/// <summary>Takes one Block message apart; one use, one thread. Rows go into arrays of the declared count, so a lying count is refused before anything is allocated.</summary>
internal ref struct BlockReader(ReadOnlySpan<byte> body, int origin)
{
    private readonly ReadOnlySpan<byte> body = body;
    private readonly int origin = origin;
    private ulong streamId;
    private ulong catalogHash;
    private ulong firstSeq;
    private ulong declared;
    private long baseTUs;
    private Id128 bootId;
    private int columnCount;
    private RejectReason reason;
    private int failedAt;
    private long[] tUs = [];
    private double[] raw = [];
    private byte[] missing = [];
    private int filled;

    /// <summary>The block, or null and the reason.</summary>
    public DecodedBlock? Read(out Rejection rejection)
    {
        var headHolds = ReadHead() && CheckHead();
        var columns = headHolds ? ReadColumns() : [];
        rejection = reason == RejectReason.None
            ? default
            : new Rejection(reason, failedAt, streamId, firstSeq, headHolds ? (uint)declared : 0);
        return reason != RejectReason.None
            ? null
            : new DecodedBlock
            {
                StreamId = streamId,
                BootId = bootId,
                CatalogHash = catalogHash,
                FirstSeq = firstSeq,
                TUs = tUs,
                Raw = raw,
                Missing = missing,
                Columns = columns,
            };
    }

    private bool ReadHead()
    {
        var reader = new WireReader(body, origin);
        while (reader.TryTag(out var field, out var wireType))
        {
            var ok = true;
            ulong number;
            switch (field, wireType)
            {
                case (1, 1): ok = reader.TryFixed64(out streamId); break;
                case (2, 2):
                    ok = reader.TryBytes(out var id, out _);
                    if (ok && !Id128.TryRead(id, out bootId))
                    {
                        return Fail(RejectReason.BadBootId, reader.Offset);
                    }

                    break;
                case (3, 1): ok = reader.TryFixed64(out catalogHash); break;
                case (4, 0): ok = reader.TryVarint(out firstSeq); break;
                case (5, 0): ok = reader.TryVarint(out declared); break;
                case (6, 0):
                    ok = reader.TryVarint(out number);
                    baseTUs = (long)number;
                    break;
                case (7, 2):
                    ok = reader.TryBytes(out _, out _);
                    columnCount++;
                    break;
                default: ok = reader.TrySkip(wireType); break;
            }

            if (!ok)
            {
                break;
            }
        }

        return !reader.Failed || Fail(RejectReason.NotProtobuf, reader.Offset);
    }

    private bool CheckHead()
    {
        if (bootId.IsEmpty)
        {
            return Fail(RejectReason.BadBootId, origin);
        }

        if (declared == 0 || columnCount == 0)
        {
            return Fail(RejectReason.EmptyBlock, origin);
        }

        // A row costs at least one byte of time, so a longer claim is a lie.
        if (declared > (ulong)body.Length)
        {
            return Fail(RejectReason.CountMismatch, origin);
        }

        return firstSeq <= long.MaxValue - declared || Fail(RejectReason.BadSequence, origin);
    }

    private DecodedColumn[] ReadColumns()
    {
        tUs = new long[(int)declared];
        raw = new double[(int)declared];
        missing = new byte[(int)declared];
        var columns = new DecodedColumn[columnCount];
        var next = 0;
        var previousInput = -1;
        var reader = new WireReader(body, origin);
        while (reader.TryTag(out var field, out var wireType))
        {
            if (field != 7 || wireType != 2)
            {
                _ = reader.TrySkip(wireType);
                continue;
            }

            _ = reader.TryBytes(out var bytes, out var offset);
            var start = filled;
            if (!ReadColumn(bytes, offset, out var input))
            {
                return [];
            }

            if (input <= previousInput || filled == start)
            {
                _ = Fail(RejectReason.BadColumnOrder, offset);
                return [];
            }

            previousInput = input;
            columns[next++] = new DecodedColumn(input, start, filled - start);
        }

        if ((ulong)filled != declared)
        {
            _ = Fail(RejectReason.CountMismatch, origin);
        }

        return columns;
    }

    /// <summary>Fields stand in the order of the .proto, as every protobuf writer puts them: times come before missing rows.</summary>
    private bool ReadColumn(ReadOnlySpan<byte> bytes, int offset, out int input)
    {
        input = 0;
        var start = filled;
        ulong inputNumber = 0, exponent = 0;
        ReadOnlySpan<byte> mantissas = default, doubles = default;
        var mantissasAt = 0;
        var reader = new WireReader(bytes, offset);
        while (reader.TryTag(out var field, out var wireType))
        {
            var ok = true;
            switch (field, wireType)
            {
                case (1, 0): ok = reader.TryVarint(out inputNumber); break;
                case (2, 2):
                    ok = reader.TryBytes(out var times, out var timesAt);
                    if (ok && !ReadTimes(times, timesAt))
                    {
                        return false;
                    }

                    break;
                case (3, 0): ok = reader.TryVarint(out exponent); break;
                case (4, 2): ok = reader.TryBytes(out mantissas, out mantissasAt); break;
                case (5, 2): ok = reader.TryBytes(out doubles, out _); break;
                case (6, 2):
                    ok = reader.TryBytes(out var gap, out var gapAt);
                    if (ok && !ReadMissing(gap, gapAt, start))
                    {
                        return false;
                    }

                    break;
                default: ok = reader.TrySkip(wireType); break;
            }

            if (!ok)
            {
                break;
            }
        }

        if (reader.Failed)
        {
            return Fail(RejectReason.NotProtobuf, reader.Offset);
        }

        if (inputNumber > ushort.MaxValue)
        {
            return Fail(RejectReason.BadColumnOrder, offset);
        }

        input = (int)inputNumber;
        return doubles.IsEmpty
            ? ReadMantissas(mantissas, mantissasAt, start, exponent)
            : ReadDoubles(doubles, mantissas, offset, start);
    }

    private bool ReadTimes(ReadOnlySpan<byte> bytes, int offset)
    {
        var reader = new WireReader(bytes, offset);
        var t = baseTUs;
        for (var first = true; !reader.AtEnd; first = false)
        {
            if (!reader.TryVarint(out var dt))
            {
                return Fail(RejectReason.NotProtobuf, reader.Offset);
            }

            if ((dt == 0 && !first) || dt > long.MaxValue || t > long.MaxValue - (long)dt)
            {
                return Fail(RejectReason.BadTimes, reader.Offset);
            }

            if (filled == tUs.Length)
            {
                return Fail(RejectReason.CountMismatch, reader.Offset);
            }

            t += (long)dt;
            tUs[filled++] = t;
        }

        return true;
    }

    private bool ReadMissing(ReadOnlySpan<byte> bytes, int offset, int start)
    {
        ulong row = 0, why = 0;
        var reader = new WireReader(bytes, offset);
        while (reader.TryTag(out var field, out var wireType))
        {
            var ok = (field, wireType) switch
            {
                (1, 0) => reader.TryVarint(out row),
                (2, 0) => reader.TryVarint(out why),
                _ => reader.TrySkip(wireType),
            };
            if (!ok)
            {
                return Fail(RejectReason.NotProtobuf, reader.Offset);
            }
        }

        if (reader.Failed || row >= (ulong)(filled - start) || why is 0 or > (ulong)MissingReason.Late || missing[start + (int)row] != 0)
        {
            return Fail(reader.Failed ? RejectReason.NotProtobuf : RejectReason.BadMissing, offset);
        }

        missing[start + (int)row] = (byte)why;
        raw[start + (int)row] = double.NaN;
        return true;
    }

    private bool ReadMantissas(ReadOnlySpan<byte> bytes, int offset, int start, ulong exponent)
    {
        if (exponent > ScaledColumn.MaxExponent)
        {
            return Fail(RejectReason.BadValues, offset);
        }

        var reader = new WireReader(bytes, offset);
        var mantissa = 0L;
        for (var row = start; row < filled; row++)
        {
            if (missing[row] != 0)
            {
                continue;
            }

            if (!reader.TryVarint(out var zigzag))
            {
                return Fail(RejectReason.CountMismatch, reader.Offset);
            }

            mantissa = unchecked(mantissa + ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)));
            if (mantissa is > ScaledColumn.MaxMantissa or < -ScaledColumn.MaxMantissa)
            {
                return Fail(RejectReason.BadValues, reader.Offset);
            }

            raw[row] = ScaledColumn.Value(mantissa, (int)exponent);
        }

        return reader.AtEnd || Fail(RejectReason.CountMismatch, reader.Offset);
    }

    private bool ReadDoubles(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mantissas, int offset, int start)
    {
        if (!mantissas.IsEmpty)
        {
            return Fail(RejectReason.BadValues, offset);
        }

        var at = 0;
        for (var row = start; row < filled; row++)
        {
            if (missing[row] != 0)
            {
                continue;
            }

            if (bytes.Length - at < sizeof(double))
            {
                return Fail(RejectReason.CountMismatch, offset);
            }

            var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..]);
            at += sizeof(double);
            if (!double.IsFinite(value))
            {
                return Fail(RejectReason.BadValues, offset);
            }

            raw[row] = value;
        }

        return at == bytes.Length || Fail(RejectReason.CountMismatch, offset);
    }

    private bool Fail(RejectReason why, int offset)
    {
        reason = why;
        failedAt = offset;
        return false;
    }
}
