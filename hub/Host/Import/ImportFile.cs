using System.IO.Compression;
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

    private static UnpackedStream OfZip(FileStream file)
    {
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            var tables = zip.Entries.Where(entry => Path.GetExtension(entry.Name).ToLowerInvariant() is ".csv" or ".tsv" or ".txt" && entry.Name != "README.txt").ToArray();
            // A bundle of ours, or of others in the form of a data package, has its readings in data.csv.
            tables = tables.FirstOrDefault(entry => entry.FullName == "data.csv") is { } data ? [data] : tables;
            if (tables.Length != 1)
            {
                throw new RefusedException(
                    $"The zip holds {tables.Length} tables (.csv, .tsv, .txt); bring it with exactly one, or the tables one by one",
                    $"Tệp zip có {tables.Length} bảng (.csv, .tsv, .txt); hãy để đúng một bảng, hoặc đưa từng bảng lên");
            }

            var packed = Math.Max(1, tables[0].CompressedLength);
            return new UnpackedStream(tables[0].Open(), () => packed, zip);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
    }

    /// <summary>Bytes of the file itself that are read, for progress.</summary>
    public static long PackedPosition(System.IO.Stream opened) => opened is UnpackedStream unpacked ? unpacked.Packed : opened.Position;

    public static RefusedException Damaged() =>
        new("The packed file is damaged or cut off: copy it again. What was read before the damage is kept", "Tệp nén bị hỏng hoặc bị cắt: hãy sao chép lại. Phần đọc được trước chỗ hỏng vẫn được giữ");

    /// <summary>Passes on what is unpacked until it is too much.</summary>
    private sealed class UnpackedStream(System.IO.Stream unpacked, Func<long> packedBytes, IDisposable? owner = null) : System.IO.Stream
    {
        private long _given;

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
            catch (InvalidDataException)
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
