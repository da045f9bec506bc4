using System.Buffers.Binary;

namespace StemLab.Store.Journal;

/// <summary>What a record in a journal row is.</summary>
internal enum RecordKind : byte
{
    /// <summary>A native block, its payload verbatim.</summary>
    Native = 1,

    /// <summary>A statement of loss, its payload verbatim.</summary>
    Lost = 2,

    /// <summary>Rows of a foreign sender.</summary>
    Foreign = 3,

    /// <summary>Bytes kept in the table aside.</summary>
    Aside = 4,
}

/// <summary>Builds the blob of one journal row: checksum, then records. Layout in FORMAT.md. Writer thread only; reused.</summary>
internal sealed class JournalRow
{
    public const byte Version = 1;
    private readonly ByteWriter _bytes = new();
    private readonly ByteWriter _body = new();

    public bool IsEmpty => _bytes.Length <= 5;

    public int Length => _bytes.Length;

    public void Begin()
    {
        _bytes.Clear();
        _bytes.Fixed32(0);
        _bytes.Byte(Version);
    }

    /// <summary>Seals the row; the bytes stay valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Seal()
    {
        _bytes.Set32(0, Crc32C.Of(_bytes.Written[4..]));
        return _bytes.Written;
    }

    /// <param name="stream">Local number of the stream.</param>
    /// <param name="block">The block.</param>
    /// <param name="series">Series of each column.</param>
    /// <param name="hidden">Rows not newly shown, ascending and apart.</param>
    public void Native(int stream, NativeBlock block, ReadOnlySpan<SeriesId> series, List<(int Start, int Length)> hidden)
    {
        _body.Clear();
        _body.Number((ulong)stream);
        _body.Number(block.FirstSeq);
        _body.Number((ulong)block.Count);
        _body.Number((ulong)series.Length);
        foreach (var one in series)
        {
            _body.Number((ulong)one.Value);
        }

        _body.Number((ulong)hidden.Count);
        var at = 0;
        foreach (var (start, length) in hidden)
        {
            _body.Number((ulong)(start - at));
            _body.Number((ulong)length);
            at = start + length;
        }

        Record(RecordKind.Native, block.Payload.Span);
    }

    public void Lost(int stream, LostRange lost)
    {
        _body.Clear();
        _body.Number((ulong)stream);
        _body.Number(lost.FirstSeq);
        _body.Number(lost.Count);
        _body.Byte((byte)lost.Reason);
        Record(RecordKind.Lost, lost.Payload.Span);
    }

    public void Aside(long asideId)
    {
        _body.Clear();
        _body.Number((ulong)asideId);
        Record(RecordKind.Aside, default);
    }

    public void Foreign(int stream, RedeliveryKey? key, ReadOnlySpan<StagedRow> rows)
    {
        _body.Clear();
        _body.Number((ulong)stream);
        _body.Byte((byte)(key is null ? 0 : 1));
        if (key is { } some)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(_body.Reserve(16), some.Value);
        }

        _body.Number((ulong)rows.Length);
        var t = 0L;
        foreach (var row in rows)
        {
            _body.Number(((ulong)row.Series.Value << 2) | (row.IsHidden ? 2UL : 0) | (row.Missing != 0 ? 1UL : 0));
            _body.ZigZag(unchecked(row.TUs - t));
            t = row.TUs;
            if (row.Missing != 0)
            {
                _body.Byte(row.Missing);
            }
            else
            {
                _body.Fixed64(BitConverter.DoubleToUInt64Bits(row.Raw));
            }
        }

        Record(RecordKind.Foreign, default);
    }

    /// <summary>Rows of one series as foreign rows without a key; rows that changed nothing are not told again.</summary>
    public void Column(int stream, SeriesId series, BlockRows rows, List<(int Start, int Length)> hidden)
    {
        _body.Clear();
        _body.Number((ulong)stream);
        _body.Byte(0);
        _body.Number((ulong)(rows.Count - hidden.Sum(run => run.Length)));
        var (t, next, i) = (0L, 0, 0);
        while (i < rows.Count)
        {
            if (next < hidden.Count && hidden[next].Start == i)
            {
                i += hidden[next++].Length;
                continue;
            }

            var reason = rows.Missing[i];
            _body.Number(((ulong)series.Value << 2) | (reason != 0 ? 1UL : 0));
            _body.ZigZag(unchecked(rows.TUs[i] - t));
            t = rows.TUs[i];
            if (reason != 0)
            {
                _body.Byte(reason);
            }
            else
            {
                _body.Fixed64(BitConverter.DoubleToUInt64Bits(rows.Raw[i]));
            }

            i++;
        }

        Record(RecordKind.Foreign, default);
    }

    private void Record(RecordKind kind, ReadOnlySpan<byte> payload)
    {
        _bytes.Byte((byte)kind);
        _bytes.Number((ulong)(_body.Length + payload.Length));
        _bytes.Bytes(_body.Written);
        _bytes.Bytes(payload);
    }
}

/// <summary>A foreign row as it is stored.</summary>
/// <param name="Series">Its series.</param>
/// <param name="TUs">Time, after any bump.</param>
/// <param name="Raw">Value; NaN where missing.</param>
/// <param name="Missing">0 or the reason.</param>
/// <param name="IsHidden">Not newly shown.</param>
internal readonly record struct StagedRow(SeriesId Series, long TUs, double Raw, byte Missing, bool IsHidden);
