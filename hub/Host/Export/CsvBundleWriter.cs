using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>The CSV bundle: data.csv, datapackage.json, README.txt, CITATION.cff, provenance.json, datacite.json, .zenodo.json, GET-A-DOI.txt and card.html in one zip.</summary>
internal sealed class CsvBundleWriter : IExportWriter
{
    private static readonly DateTimeOffset NoDate = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DatasetFormat Format => DatasetFormat.Csv;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        string name = $"{version.Stem}-csv.zip";
        using var zip = new ZipArchive(new PacedFile(Path.Combine(folder, name)), ZipArchiveMode.Create);
        PackagedFile data = WriteData(version, zip, written, cancellationToken);
        Add(zip, version, "datapackage.json", DataPackage.Of(version, [data]).ToJsonString(DataPackage.Readable));
        Add(zip, version, "README.txt", DatasetWords.Readme(version));
        Add(zip, version, "CITATION.cff", DataPackage.Cff(version));
        Add(zip, version, "provenance.json", Provenance.Of(version).ToJsonString(DataPackage.Readable));
        Add(zip, version, "datacite.json", DataPackage.DataCite(version).ToJsonString(DataPackage.Readable));
        Add(zip, version, ".zenodo.json", DataPackage.Zenodo(version).ToJsonString(DataPackage.Readable));
        Add(zip, version, "GET-A-DOI.txt", GetADoi.Text(version));
        Add(zip, version, "card.html", DatasetCard.Html(version, "vi", "en"));
        return [name];
    }

    private static PackagedFile WriteData(FrozenVersion version, ZipArchive zip, Action<long> written, CancellationToken cancellationToken)
    {
        ZipArchiveEntry entry = zip.CreateEntry("data.csv", CompressionLevel.Fastest);
        entry.LastWriteTime = DateOf(version);
        using System.IO.Stream packed = entry.Open();
        using var beside = new BesideStream(packed);
        using var counted = new CountedStream(beside);
        CsvRows.Write(version, counted, written, cancellationToken);
        beside.Flush();
        return new PackagedFile("data.csv", counted.Bytes, counted.Sha256());
    }

    private static void Add(ZipArchive zip, FrozenVersion version, string name, string text)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = DateOf(version);
        using System.IO.Stream into = entry.Open();
        into.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Not the hour of writing: the same version gives the same bytes.</summary>
    private static DateTimeOffset DateOf(FrozenVersion version) => version.About.HasFrozenTimeUs ? DateTimeOffset.UnixEpoch.AddTicks(version.About.FrozenTimeUs * 10) : NoDate;

    /// <summary>Passes bytes on, and counts and hashes them.</summary>
    private sealed class CountedStream(System.IO.Stream into) : System.IO.Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Bytes { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Bytes;

        public override long Position { get => Bytes; set => throw new NotSupportedException(); }

        public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            into.Write(buffer);
            _hash.AppendData(buffer);
            Bytes += buffer.Length;
        }

        public override void Flush() => into.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
