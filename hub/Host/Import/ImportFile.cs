using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Import;

/// <summary>Opens what people bring: a file as it is, packed by gzip, or alone in a zip. A bomb does not get far: what comes out is bounded. Pure but for reading.</summary>
internal static class ImportFile
{
    /// <summary>Largest text, unpacked.</summary>
    public const long MostBytes = 32L << 30;

    /// <summary>More than so many times the packed size is no table of readings.</summary>
    public const int MostRatio = 400;

    private const long AlwaysAllowed = 64L << 20;

    /// <summary>Longest list of contents of a zip, bytes: some ten thousand names. It is held in memory whole.</summary>
    private const long MostListBytes = 1L << 20;

    /// <summary>Reads a packed file to its end once, so that nothing of a damaged one is ever taken: a changed bit looks like a reading until the checksum at the end says otherwise.</summary>
    /// <exception cref="RefusedException">It is damaged, cut off, or unpacks to too much.</exception>
    public static void RequireWhole(string path, CancellationToken cancellationToken)
    {
        using var file = Open(path);
        if (file is not UnpackedStream unpacked)
        {
            return;
        }

        var buffer = new byte[1 << 16];
        var sum = new Crc32();
        int read;
        while ((read = unpacked.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum.Append(buffer.AsSpan(0, read));
        }

        // gzip's own reader checks its sum; a zip's does not.
        if (unpacked.Crc is { } told && told != sum.GetCurrentHashAsUInt32())
        {
            throw Damaged();
        }
    }

    /// <exception cref="RefusedException">A zip without a table in it, or damaged.</exception>
    public static System.IO.Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.SequentialScan);
        try
        {
            Span<byte> head = stackalloc byte[4];
            var read = file.ReadAtLeast(head, 4, throwOnEndOfStream: false);
            file.Position = 0;
            if (read >= 2 && head[0] == 0x1F && head[1] == 0x8B)
            {
                return new UnpackedStream(new GZipStream(file, CompressionMode.Decompress), () => file.Position);
            }

            return read == 4 && head.SequenceEqual("PK\u0003\u0004"u8) ? OfZip(file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>When an experiment of phyphox began, as the telephone's clock told and its zip says (meta/time.csv), as UTC; null = it is none, or was stopped and went on.</summary>
    public static string? StartOf(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            if (zip.GetEntry("meta/time.csv") is not { IsEncrypted: false, Length: < 1 << 16 } clock)
            {
                return null;
            }

            using var text = new StreamReader(clock.Open());
            var letters = new char[1 << 16];
            double[] starts = [.. new string(letters, 0, text.ReadBlock(letters)).Split('\n').Select(line => line.Split([',', ';', '\t'])).Where(cells => cells.Length > 2 && cells[0].Trim(' ', '"') == "START")
                .Select(cells => double.TryParse(cells[2].Trim(' ', '"'), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? seconds : 0)];
            return starts is [> 1e8 and < 1e10]
                ? DateTime.UnixEpoch.AddMicroseconds(Math.Round(starts[0] * 1e6)).ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture)
                : null;
        }
        catch (Exception other) when (other is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static UnpackedStream OfZip(FileStream file)
    {
        try
        {
            RequireShortList(file);
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            var tables = zip.Entries.Where(entry => Path.GetExtension(entry.Name).ToLowerInvariant() is ".csv" or ".tsv" or ".txt" && entry.Name != "README.txt").ToArray();
            // What phyphox says of the telephone and of its clock is no table of readings.
            tables = [.. tables.Where(entry => !entry.FullName.StartsWith("meta/", StringComparison.Ordinal))];

            // A bundle of ours, or of others in the form of a data package, has its readings in data.csv.
            tables = tables.FirstOrDefault(entry => entry.FullName == "data.csv") is { } data ? [data] : tables;
            if (tables.Length != 1)
            {
                throw new RefusedException(
                    $"The zip holds {tables.Length} tables (.csv, .tsv, .txt); bring it with exactly one, or the tables one by one",
                    $"Tệp zip có {tables.Length} bảng (.csv, .tsv, .txt); hãy để đúng một bảng, hoặc đưa từng bảng lên");
            }

            if (tables[0].IsEncrypted)
            {
                throw new RefusedException("The table in the zip is locked with a password: unpack it, then bring the table", "Bảng trong tệp zip bị khóa bằng mật khẩu: hãy giải nén rồi đưa bảng lên");
            }

            // What the list claims is believed up to the size of the file.
            var packed = Math.Clamp(tables[0].CompressedLength, 1, file.Length);
            return new UnpackedStream(tables[0].Open(), () => packed, tables[0].Crc32, zip);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw Damaged();
        }
    }

    /// <summary>The list of a zip's contents lies between the place its last record names and that record.</summary>
    private static void RequireShortList(FileStream file)
    {
        var tail = new byte[(int)Math.Min(file.Length, 65_557)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        file.Position = 0;
        var at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || at + 20 > tail.Length)
        {
            throw Damaged();
        }

        // All ones: the place is told elsewhere, which only a file of more than 4 GB needs.
        var (length, from) = (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12)), BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16)));
        var list = from == uint.MaxValue && file.Length > from ? length : Math.Max(length, file.Length - tail.Length + at - from);
        if (list > MostListBytes)
        {
            throw new RefusedException("The zip holds far too many files: bring the table alone", "Tệp zip chứa quá nhiều tệp: hãy chỉ đưa bảng lên");
        }
    }

    /// <summary>Bytes of the file itself that are read, for progress.</summary>
    public static long PackedPosition(System.IO.Stream opened) => opened is UnpackedStream unpacked ? unpacked.Packed : opened.Position;

    public static RefusedException Damaged() =>
        new("The packed file is damaged or cut off: nothing of it was taken. Copy it again from where it came", "Tệp nén bị hỏng hoặc bị cắt cụt: chưa lấy gì từ tệp. Hãy sao chép lại từ nơi gốc");

    /// <summary>Passes on what is unpacked until it is too much.</summary>
    private sealed class UnpackedStream(System.IO.Stream unpacked, Func<long> packedBytes, uint? crc = null, IDisposable? owner = null) : System.IO.Stream
    {
        private long _given;

        /// <summary>CRC-32 the file tells of what is unpacked; null where its reader checks that itself.</summary>
        public uint? Crc => crc;

        public long Packed => packedBytes();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = unpacked.Read(buffer);
            }
            catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
            {
                throw Damaged();
            }

            _given += read;
            if (_given > MostBytes || (_given > AlwaysAllowed && _given / MostRatio > packedBytes()))
            {
                throw new RefusedException(
                    "The packed file unpacks to far more than a table of readings would: it is not read any further",
                    "Tệp nén bung ra lớn hơn nhiều so với một bảng số đo: trạm không đọc tiếp");
            }

            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                unpacked.Dispose();
                owner?.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
