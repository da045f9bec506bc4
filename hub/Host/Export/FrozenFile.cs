using System.Buffers.Binary;
using System.IO.Hashing;

namespace StemLab.Hub.Export;

/// <summary>Writes frozen rows: a version's own copy, which nothing that happens to the store can change. One thread at a time; the file is whole after <see cref="Finish"/>.</summary>
/// <remarks>
/// The file: "SLFROZ2\n" ("SLFROZ1\n" = the same without the two columns of places), then batches, each: length of the payload u32, CRC-32 of the payload u32, payload = channel i32, stretch i32, rows i32, then columns as
/// <see cref="FrozenColumns"/> writes them. Little-endian. Channels, stretches and counts stand beside it, in <see cref="FrozenTables"/>.
/// </remarks>
internal sealed class FrozenWriter(string path) : IDisposable
{
    internal const int HeadBytes = 8;
    internal const int BatchHeadBytes = 12;

    /// <summary>Most rows of a batch in any file: files of earlier versions have larger batches.</summary>
    internal const int MostRows = 65_536;

    private readonly PacedFile _file = Open(path);
    private readonly byte[] _buffer = new byte[HeadBytes + BatchHeadBytes + FrozenColumns.MostBytes(ExportRows.Capacity)];

    internal static ReadOnlySpan<byte> Magic => "SLFROZ2\n"u8;

    internal static ReadOnlySpan<byte> FirstMagic => "SLFROZ1\n"u8;

    /// <summary>Appends a batch; empty ones leave no trace.</summary>
    public void Add(ExportRows rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Span<byte> payload = _buffer.AsSpan(HeadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(payload, rows.Channel);
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], rows.Stretch);
        BinaryPrimitives.WriteInt32LittleEndian(payload[8..], rows.Count);
        payload = payload[..(BatchHeadBytes + FrozenColumns.Write(rows, payload[BatchHeadBytes..]))];
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(4), Crc32.HashToUInt32(payload));
        _file.Write(_buffer.AsSpan(0, HeadBytes + payload.Length));
    }

    /// <summary>Everything is on the disk.</summary>
    public void Finish() => _file.ToDisk();

    public void Dispose() => _file.Dispose();

    private static PacedFile Open(string path)
    {
        var file = new PacedFile(path);
        file.Write(Magic);
        return file;
    }
}

/// <summary>Reads frozen rows.</summary>
internal static class FrozenReader
{
    /// <summary>The batches in order. The same object is given each time, filled anew; another one where a batch is larger than those before.</summary>
    /// <exception cref="InvalidDataException">The file is not one of ours, cut short, or its bytes were changed.</exception>
    public static IEnumerable<ExportRows> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var buffer = new byte[FrozenWriter.BatchHeadBytes + FrozenColumns.MostBytes(ExportRows.Capacity)];
        var rows = new ExportRows();
        file.ReadAtLeast(buffer.AsSpan(0, FrozenWriter.Magic.Length), FrozenWriter.Magic.Length, throwOnEndOfStream: false);
        bool withPlaces = buffer.AsSpan(0, FrozenWriter.Magic.Length).SequenceEqual(FrozenWriter.Magic);
        Require(withPlaces || buffer.AsSpan(0, FrozenWriter.Magic.Length).SequenceEqual(FrozenWriter.FirstMagic), path, "it does not begin as one");
        while (true)
        {
            int head = file.ReadAtLeast(buffer.AsSpan(0, FrozenWriter.HeadBytes), FrozenWriter.HeadBytes, throwOnEndOfStream: false);
            if (head == 0)
            {
                yield break;
            }

            Require(head == FrozenWriter.HeadBytes, path, "it is cut short");
            Fill(file, path, ref buffer, ref rows, withPlaces);
            yield return rows;
        }
    }

    private static void Fill(FileStream file, string path, ref byte[] buffer, ref ExportRows rows, bool withPlaces)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(4));
        Require(length >= FrozenWriter.BatchHeadBytes && length <= FrozenWriter.BatchHeadBytes + FrozenColumns.MostBytes(FrozenWriter.MostRows), path, "a batch has an impossible length");
        buffer = length > buffer.Length ? new byte[length] : buffer;
        Span<byte> payload = buffer.AsSpan(0, length);
        Require(file.ReadAtLeast(payload, length, throwOnEndOfStream: false) == length, path, "it is cut short");
        Require(Crc32.HashToUInt32(payload) == crc, path, "a batch's checksum is wrong");
        int count = BinaryPrimitives.ReadInt32LittleEndian(payload[8..]);
        Require(count is > 0 and <= FrozenWriter.MostRows, path, "a batch has an impossible number of rows");
        rows = count > rows.UtcUs.Length ? new ExportRows(count) : rows;
        rows.Channel = BinaryPrimitives.ReadInt32LittleEndian(payload);
        rows.Stretch = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
        rows.Count = count;
        FrozenColumns.Read(payload[FrozenWriter.BatchHeadBytes..], rows, withPlaces);
    }

    private static void Require(bool holds, string path, string why)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} is not a whole file of frozen rows: {why}");
        }
    }
}
