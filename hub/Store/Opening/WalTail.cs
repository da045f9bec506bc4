using System.Buffers.Binary;

namespace StemLab.Store.Opening;

/// <summary>
/// Reads SQLite's write-ahead log before SQLite does, to be able to say what a crash left. Reads only; SQLite itself keeps every whole transaction and
/// passes over the rest. Format: sqlite.org/fileformat2.html#walformat.
/// </summary>
internal static class WalTail
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377f0682;

    // A recycled log still holds frames of earlier rounds behind its end; each round adds one to the first salt.
    private const uint EarlierRounds = 1 << 24;

    /// <summary>What stands after the last commit, and how many bytes.</summary>
    public static (LogTail Tail, long Bytes) Inspect(string walPath)
    {
        if (!File.Exists(walPath))
        {
            return (LogTail.None, 0);
        }

        using var file = new FileStream(walPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return file.Length == 0 ? (LogTail.Clean, 0) : (LogTail.Unfinished, file.Length);
        }

        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var pageBytes = (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        var sum = new Checksum(isBigEndian: (magic & 1) != 0);
        sum.Add(header.AsSpan(0, 24));
        if ((magic & ~1u) != Magic || pageBytes is < 512 or > 65536 || !sum.Is(header.AsSpan(24)))
        {
            return (header.AsSpan().ContainsAnyExcept((byte)0) ? LogTail.Garbage : LogTail.Zeroed, file.Length);
        }

        return Frames(file, header.AsSpan(16, 8), sum, pageBytes);
    }

    private static (LogTail Tail, long Bytes) Frames(FileStream file, ReadOnlySpan<byte> salts, Checksum sum, int pageBytes)
    {
        var frame = new byte[FrameHeaderBytes + pageBytes];
        var committedEnd = (long)HeaderBytes;
        var validEnd = committedEnd;
        while (true)
        {
            var read = file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                return validEnd == committedEnd ? (LogTail.Clean, 0) : (LogTail.Unfinished, validEnd - committedEnd);
            }

            var next = sum;
            next.Add(frame.AsSpan(0, 8));
            next.Add(frame.AsSpan(FrameHeaderBytes));
            if (read < frame.Length || !frame.AsSpan(8, 8).SequenceEqual(salts) || !next.Is(frame.AsSpan(16)))
            {
                return After(frame.AsSpan(0, read), salts, validEnd > committedEnd, file.Length - committedEnd);
            }

            sum = next;
            validEnd += frame.Length;
            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0)
            {
                committedEnd = validEnd;
            }
        }
    }

    private static (LogTail Tail, long Bytes) After(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> salts, bool hasUnfinished, long bytes)
    {
        if (!frame.ContainsAnyExcept((byte)0))
        {
            return (LogTail.Zeroed, bytes);
        }

        if (frame.Length >= 16 && frame.Slice(8, 8).SequenceEqual(salts))
        {
            return (LogTail.Unfinished, bytes);
        }

        var age = frame.Length < 16
            ? 0
            : BinaryPrimitives.ReadUInt32BigEndian(salts) - BinaryPrimitives.ReadUInt32BigEndian(frame[8..]);
        if (age is > 0 and < EarlierRounds)
        {
            return hasUnfinished ? (LogTail.Unfinished, bytes) : (LogTail.Clean, 0);
        }

        return (frame.Length < 16 ? LogTail.Unfinished : LogTail.Garbage, bytes);
    }

    private struct Checksum(bool isBigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var i = 0; i + 8 <= bytes.Length; i += 8)
            {
                _first += Word(bytes[i..]) + _second;
                _second += Word(bytes[(i + 4)..]) + _first;
            }
        }

        public readonly bool Is(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
