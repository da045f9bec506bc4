using System.Globalization;
using System.Text;
using StemLab.Store.Chunks;
using StemLab.Store.Journal;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;

namespace StemLab.Store.Format;

/// <summary>The bytes of FORMAT.md, written by today's code and taken apart piece by piece, beside a checked-in copy. A difference is a format change: it needs a new version byte.</summary>
public sealed class FormatTests
{
    private readonly StringBuilder _text = new();

    [Fact]
    public void Bytes_on_disk_are_as_their_snapshot_says()
    {
        ChunkOf("chunk: level values, missing rows", [1000, 2000, 3000, 5000], [7.05, 7.01, double.NaN, 7.03], [0, 0, 2, 0]);
        ChunkOf("chunk: steps", [-5, 0, 7, 9], [100, 102, 104, 107], []);
        ChunkOf("chunk: doubles", [1, 2], [-0.0, Math.PI], []);
        JournalRowOf();
        LedgerOf();
        Tables();
        var path = Path.Combine(AppContext.BaseDirectory, "Format", "Format.snapshot.txt");
        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        var actual = _text.ToString().ReplaceLineEndings("\n");
        if (expected != actual)
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "Format.actual.txt"), actual);
        }

        Assert.Equal(expected, actual);
    }

    private void ChunkOf(string title, long[] t, double[] v, byte[] m)
    {
        Title(title);
        var bytes = new ChunkCodec().Encode(t, v, m).ToArray();
        var at = 0;
        Piece(bytes, ref at, 1, "version");
        var hasMissing = bytes[at] == 1;
        Piece(bytes, ref at, 1, "flags: 1 = has missing rows");
        Number(bytes, ref at, "rows");
        Number(bytes, ref at, "first t, zigzag");
        Number(bytes, ref at, "least step of t");
        Piece(bytes, ref at, 1, "power of ten folded out of the steps");
        Piece(bytes, ref at, Packed(bytes[at], t.Length - 1) + 1, "bits a step, packed steps above the least");
        for (var rows = 0; hasMissing && rows < t.Length;)
        {
            rows += bytes[at];
            Piece(bytes, ref at, 2, "run of rows, reason (0 = raw)");
        }

        Values(bytes, ref at, v.Count(double.IsFinite));
        Piece(bytes, ref at, 4, "CRC-32C of all before, little-endian");
        Assert.Equal(bytes.Length, at);
    }

    private void Values(byte[] bytes, ref int at, int count)
    {
        var mode = bytes[at];
        Piece(bytes, ref at, 1, "values: 0 doubles, 1 level, 2 steps");
        if (mode == 0)
        {
            Piece(bytes, ref at, count * 8, "doubles, little-endian");
            return;
        }

        Piece(bytes, ref at, 1, "power of ten k: value = m / 10^k");
        Number(bytes, ref at, mode == 1 ? "least m, zigzag" : "first m, zigzag");
        if (mode == 2)
        {
            Number(bytes, ref at, "least step of m, zigzag");
            count--;
        }

        Piece(bytes, ref at, Packed(bytes[at], count) + 1, "bits a value, packed values above the least");
    }

    private void JournalRowOf()
    {
        Title("journal row: a native block with a hidden row, a foreign publish with its key, a lost range, bytes kept aside");
        var row = new JournalRow();
        row.Begin();
        var block = TestBlocks.Block(1000, (0, [(1, 7, 0), (2, 8, 0)]));
        row.Native(3, block with { Payload = new byte[] { 0xAA, 0xBB } }, [new SeriesId(5)], [(1, 1)]);
        row.Foreign(4, new RedeliveryKey(0x0102, false), [new StagedRow(new SeriesId(6), 1000, 7.5, 0, false), new StagedRow(new SeriesId(7), 1001, double.NaN, 2, true)]);
        row.Lost(3, new LostRange(TestBlocks.Agent, TestBlocks.Stream, 2000, 5, LostReason.Cap, new byte[] { 0xCC }));
        row.Aside(9);
        var bytes = row.Seal().ToArray();
        Assert.True(JournalReading.IsWhole(bytes));
        var at = 0;
        Piece(bytes, ref at, 4, "CRC-32C of all after, little-endian");
        Piece(bytes, ref at, 1, "version");
        foreach (var name in (string[])["native", "foreign", "lost", "aside"])
        {
            Piece(bytes, ref at, 1, $"record: {name}");
            var length = bytes[at];
            Number(bytes, ref at, "length of the record");
            var body = new ByteReader(bytes.AsSpan(at, length));
            var end = at + length;
            Record(name, bytes, ref at, end);
            Assert.Equal(end, at);
            Assert.False(body.IsBad);
        }
    }

    private void Record(string name, byte[] bytes, ref int at, int end)
    {
        switch (name)
        {
            case "native":
                Number(bytes, ref at, "stream (table stream)");
                Number(bytes, ref at, "first sequence number");
                Number(bytes, ref at, "rows");
                Number(bytes, ref at, "columns");
                Number(bytes, ref at, "series of the column");
                Number(bytes, ref at, "runs of rows not newly shown");
                Number(bytes, ref at, "shown rows before the run");
                Number(bytes, ref at, "rows of the run");
                Piece(bytes, ref at, end - at, "payload, verbatim");
                break;
            case "foreign":
                Number(bytes, ref at, "stream (table stream)");
                Piece(bytes, ref at, 1, "1 = has a re-delivery key");
                Piece(bytes, ref at, 16, "key, little-endian");
                Number(bytes, ref at, "rows");
                Number(bytes, ref at, "series << 2 | hidden << 1 | missing");
                Number(bytes, ref at, "t from the row before (the first from 0), zigzag");
                Piece(bytes, ref at, 8, "double, little-endian");
                Number(bytes, ref at, "series << 2 | hidden << 1 | missing");
                Number(bytes, ref at, "t from the row before, zigzag");
                Piece(bytes, ref at, 1, "reason");
                break;
            case "lost":
                Number(bytes, ref at, "stream (table stream)");
                Number(bytes, ref at, "first sequence number");
                Number(bytes, ref at, "how many");
                Piece(bytes, ref at, 1, "reason");
                Piece(bytes, ref at, end - at, "payload, verbatim");
                break;
            default:
                Number(bytes, ref at, "id (table aside)");
                break;
        }
    }

    private void LedgerOf()
    {
        Title("ledger state: two ranges");
        var ledger = StreamLedger.Empty.Cover(0, 300)!.Cover(310, 5)! with { Stored = 299, Duplicate = 1, Conflict = 2, Erased = 3, Rejected = 0 };
        var writer = new ByteWriter();
        ledger.Lose(LostReason.Power, 5).WriteTo(writer);
        var bytes = writer.Written.ToArray();
        var at = 0;
        Piece(bytes, ref at, 1, "version");
        foreach (var name in (string[])["stored", "duplicate", "conflict", "erased", "rejected", "lost: cap", "lost: disk", "lost: corrupt", "lost: power", "ranges"])
        {
            Number(bytes, ref at, name);
        }

        for (var range = 0; range < 2; range++)
        {
            Number(bytes, ref at, "numbers not covered before the range");
            Number(bytes, ref at, "numbers of the range");
        }

        Assert.Equal(bytes.Length, at);
    }

    private void Tables()
    {
        Title("tables");
        using var folder = new TestKit.TempFolder();
        using var session = new SqliteSession(folder.File(Schema.FileName), readOnly: false);
        Schema.Ensure(session);
        using var select = session.PrepareOnce("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
        while (select.Step())
        {
            _text.AppendLine(select.Text(0).ReplaceLineEndings(" "));
        }

        _text.AppendLine(CultureInfo.InvariantCulture, $"page_size {session.Scalar("PRAGMA page_size")}, user_version {session.Scalar("PRAGMA user_version")}");
    }

    private void Title(string title) => _text.AppendLine(CultureInfo.InvariantCulture, $"== {title}");

    private void Number(byte[] bytes, ref int at, string what)
    {
        var length = 1;
        while (bytes[at + length - 1] >= 0x80)
        {
            length++;
        }

        var reader = new ByteReader(bytes.AsSpan(at, length));
        var value = reader.Number();
        var shown = what.EndsWith("zigzag", StringComparison.Ordinal) ? Varint.UnZigZag(value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);
        Piece(bytes, ref at, length, $"{what} = {shown}");
    }

    private void Piece(byte[] bytes, ref int at, int length, string what)
    {
        var hex = string.Join(' ', bytes.Skip(at).Take(length).Select(one => one.ToString("x2", CultureInfo.InvariantCulture)));
        _text.AppendLine(CultureInfo.InvariantCulture, $"{at,4}  {hex,-48}  {what}");
        at += length;
    }

    private static int Packed(byte width, int count) => (int)BitPacking.Bytes(count, width);
}
