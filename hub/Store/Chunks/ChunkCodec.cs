namespace StemLab.Store.Chunks;

/// <summary>Chunk format 1, described with byte diagrams in FORMAT.md. Writing is one thread a codec; reading is pure and takes any bytes.</summary>
internal sealed class ChunkCodec
{
    public const byte Version = 1;
    public const int MaxRows = 65_536;
    private const byte HasMissing = 1;

    private readonly ByteWriter _writer = new();
    private readonly ValueColumn _values = new();
    private ulong[] _deltas = [];
    private double[] _present = [];

    /// <summary>Encodes rows with strictly ascending times.</summary>
    /// <param name="tUs">1 … <see cref="MaxRows"/> times.</param>
    /// <param name="raw">Same length; ignored where missing.</param>
    /// <param name="missing">Same length, or empty when no row is missing.</param>
    /// <returns>The bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        var present = raw;
        if (missing.ContainsAnyExcept((byte)0))
        {
            present = Present(raw, missing);
        }
        else
        {
            missing = default;
        }

        _writer.Clear();
        _writer.Byte(Version);
        _writer.Byte((byte)(missing.IsEmpty ? 0 : HasMissing));
        _writer.Number((ulong)tUs.Length);
        WriteTimes(tUs);
        if (!missing.IsEmpty)
        {
            WriteReasons(missing);
        }

        if (!present.IsEmpty)
        {
            _values.Write(present, _writer);
        }

        _writer.Fixed32(Crc32C.Of(_writer.Written));
        return _writer.Written;
    }

    /// <summary>Decodes a chunk. False, and nothing worse, for any other bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, DecodedChunk into)
    {
        if (bytes.Length < 8 || bytes[0] != Version
            || System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Of(bytes[..^4]))
        {
            return false;
        }

        return TryDecodeBody(bytes[1..^4], into);
    }

    /// <summary>The body without version and checksum, so that a fuzzer gets past the checksum.</summary>
    internal static bool TryDecodeBody(ReadOnlySpan<byte> body, DecodedChunk into)
    {
        var reader = new ByteReader(body);
        var flags = reader.Byte();
        var count = reader.Count(MaxRows);
        if (reader.IsBad || flags > HasMissing || count == 0)
        {
            return false;
        }

        into.Size(count);
        if (!TryReadTimes(ref reader, into))
        {
            return false;
        }

        var present = count;
        if (flags == HasMissing && !TryReadReasons(ref reader, into, out present))
        {
            return false;
        }

        if (present > 0 && !ValueColumn.TryRead(ref reader, into.Raw.AsSpan(0, present), into.Work(present)))
        {
            return false;
        }

        if (reader.IsBad || reader.Left != 0)
        {
            return false;
        }

        if (into.Missing is { } reasons)
        {
            Spread(into.Raw.AsSpan(0, count), reasons, present);
        }

        return true;
    }

    private void WriteTimes(ReadOnlySpan<long> tUs)
    {
        _writer.ZigZag(tUs[0]);
        var count = tUs.Length - 1;
        if (count == 0)
        {
            return;
        }

        if (_deltas.Length < count)
        {
            _deltas = new ulong[count];
        }

        var deltas = _deltas.AsSpan(0, count);
        var least = ulong.MaxValue;
        for (var i = 0; i < count; i++)
        {
            deltas[i] = (ulong)tUs[i + 1] - (ulong)tUs[i];
            least = Math.Min(least, deltas[i]);
        }

        var all = 0UL;
        for (var i = 0; i < count; i++)
        {
            deltas[i] -= least;
            all |= deltas[i];
        }

        var power = all == 0 ? 0 : CommonPower(deltas);
        var greatest = 0UL;
        if (power > 0)
        {
            var unit = Decimals.Powers[power];
            for (var i = 0; i < count; i++)
            {
                deltas[i] /= (ulong)unit;
            }
        }

        foreach (var delta in deltas)
        {
            greatest |= delta;
        }

        var width = BitPacking.Width(greatest);
        _writer.Number(least);
        _writer.Byte((byte)power);
        _writer.Byte((byte)width);
        BitPacking.Pack(deltas, width, _writer);
    }

    private static bool TryReadTimes(ref ByteReader reader, DecodedChunk into)
    {
        var times = into.TUs.AsSpan(0, into.Count);
        var time = reader.Signed();
        times[0] = time;
        var count = times.Length - 1;
        if (count == 0)
        {
            return !reader.IsBad;
        }

        var least = reader.Number();
        var power = reader.Count(Decimals.MaxPower);
        var width = reader.Count(64);
        var bytes = BitPacking.Bytes(count, width);
        if (reader.IsBad || bytes > reader.Left)
        {
            return false;
        }

        var deltas = into.Work(count);
        BitPacking.Unpack(reader.Bytes((int)bytes), width, deltas);
        var unit = (ulong)Decimals.Powers[power];
        var isAscending = true;
        for (var i = 0; i < count; i++)
        {
            var next = (long)((ulong)time + least + (deltas[i] * unit));
            isAscending &= next > time;
            times[i + 1] = time = next;
        }

        return isAscending;
    }

    /// <summary>The greatest power of ten, at most 9, that divides every number.</summary>
    private static int CommonPower(ReadOnlySpan<ulong> numbers)
    {
        var power = Decimals.MaxPower;
        foreach (var number in numbers)
        {
            while (power > 0 && number % (ulong)Decimals.Powers[power] != 0)
            {
                power--;
            }

            if (power == 0)
            {
                break;
            }
        }

        return power;
    }

    private void WriteReasons(ReadOnlySpan<byte> missing)
    {
        while (!missing.IsEmpty)
        {
            var length = missing.IndexOfAnyExcept(missing[0]);
            length = length < 0 ? missing.Length : length;
            _writer.Number((ulong)length);
            _writer.Byte(missing[0]);
            missing = missing[length..];
        }
    }

    private static bool TryReadReasons(ref ByteReader reader, DecodedChunk into, out int present)
    {
        var reasons = into.MakeMissing().AsSpan(0, into.Count);
        present = 0;
        while (!reasons.IsEmpty)
        {
            var length = reader.Count(reasons.Length);
            var reason = reader.Byte();
            if (reader.IsBad || length == 0)
            {
                return false;
            }

            reasons[..length].Fill(reason);
            present += reason == 0 ? length : 0;
            reasons = reasons[length..];
        }

        return true;
    }

    private ReadOnlySpan<double> Present(ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        if (_present.Length < raw.Length)
        {
            _present = new double[raw.Length];
        }

        var count = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (missing[i] == 0)
            {
                _present[count++] = raw[i];
            }
        }

        return _present.AsSpan(0, count);
    }

    /// <summary>Moves the present values, packed at the front, to their rows, from the end.</summary>
    private static void Spread(Span<double> raw, ReadOnlySpan<byte> reasons, int present)
    {
        for (var i = raw.Length - 1; i >= 0; i--)
        {
            raw[i] = reasons[i] == 0 ? raw[--present] : double.NaN;
        }
    }
}
