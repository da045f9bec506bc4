using System.Buffers.Binary;

namespace StemLab.Store.Journal;

/// <summary>Reads journal rows back into what they showed. Takes any bytes.</summary>
internal static class JournalReading
{
    /// <summary>True when the checksum is right and the version known.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> row) =>
        row.Length >= 5
        && BinaryPrimitives.ReadUInt32LittleEndian(row) == Crc32C.Of(row[4..])
        && row[4] == JournalRow.Version;

    /// <summary>Reads the rows one commit newly showed.</summary>
    /// <param name="row">The journal row.</param>
    /// <param name="decoder">Decodes native payloads.</param>
    /// <param name="segments">Where the segments go, in order of index.</param>
    /// <param name="keys">Where keys of foreign publishes go; null = not wanted.</param>
    /// <returns>False when the row is damaged; what was read so far stays.</returns>
    public static bool TryRead(ReadOnlySpan<byte> row, BlockDecoder decoder, SegmentCut segments, List<UInt128>? keys)
    {
        if (!IsWhole(row))
        {
            return false;
        }

        var reader = new ByteReader(row[5..]);
        while (reader.Left > 0)
        {
            var kind = (RecordKind)reader.Byte();
            var record = new ByteReader(reader.Bytes(reader.Count(reader.Left)));
            if (reader.IsBad || !TryRecord(kind, ref record, decoder, segments, keys))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Only the keys of foreign publishes.</summary>
    public static void ReadKeys(ReadOnlySpan<byte> row, List<UInt128> keys)
    {
        if (!IsWhole(row))
        {
            return;
        }

        var reader = new ByteReader(row[5..]);
        while (reader.Left > 0 && !reader.IsBad)
        {
            var kind = (RecordKind)reader.Byte();
            var record = new ByteReader(reader.Bytes(reader.Count(reader.Left)));
            if (kind == RecordKind.Foreign && !reader.IsBad)
            {
                record.Number();
                ReadKey(ref record, keys);
            }
        }
    }

    private static bool TryRecord(RecordKind kind, ref ByteReader record, BlockDecoder decoder, SegmentCut segments, List<UInt128>? keys) =>
        kind switch
        {
            RecordKind.Native => TryNative(ref record, decoder, segments),
            RecordKind.Foreign => TryForeign(ref record, segments, keys),
            RecordKind.Lost or RecordKind.Aside => true,
            _ => false,
        };

    private static bool TryNative(ref ByteReader record, BlockDecoder decoder, SegmentCut segments)
    {
        record.Number();
        record.Number();
        var count = record.Count(int.MaxValue);
        var series = new SeriesId[record.Count(record.Left)];
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = new SeriesId(record.Count(int.MaxValue));
        }

        var hidden = new (int Start, int Length)[record.Count(record.Left)];
        var at = 0;
        for (var i = 0; i < hidden.Length; i++)
        {
            var start = at + record.Count(count);
            hidden[i] = (start, record.Count(count));
            at = start + hidden[i].Length;
            if (at > count || at < 0)
            {
                return false;
            }
        }

        if (record.IsBad || !decoder(record.Bytes(record.Left), out var rows) || rows.Count != count || rows.Columns.Length != series.Length || !CoverAll(rows))
        {
            return false;
        }

        segments.Native(rows, series, hidden);
        return true;
    }

    private static bool CoverAll(BlockRows rows)
    {
        var next = 0;
        foreach (var column in rows.Columns)
        {
            if (column.Start != next || column.Length < 1 || column.Length > rows.Count - next)
            {
                return false;
            }

            next += column.Length;
        }

        return next == rows.Count;
    }

    private static bool TryForeign(ref ByteReader record, SegmentCut segments, List<UInt128>? keys)
    {
        record.Number();
        ReadKey(ref record, keys);
        var count = record.Count(record.Left);
        var t = 0L;
        for (var i = 0; i < count; i++)
        {
            var tag = record.Number();
            t = unchecked(t + record.Signed());
            var missing = (tag & 1) != 0 ? record.Byte() : (byte)0;
            var raw = (tag & 1) != 0 ? double.NaN : BitConverter.UInt64BitsToDouble(record.Fixed64());
            if (record.IsBad)
            {
                return false;
            }

            segments.Foreign(new StagedRow(new SeriesId((int)(tag >> 2)), t, raw, missing, (tag & 2) != 0));
        }

        return !record.IsBad;
    }

    private static void ReadKey(ref ByteReader record, List<UInt128>? keys)
    {
        if (record.Byte() == 0)
        {
            return;
        }

        var bytes = record.Bytes(16);
        if (!bytes.IsEmpty)
        {
            keys?.Add(BinaryPrimitives.ReadUInt128LittleEndian(bytes));
        }
    }
}
