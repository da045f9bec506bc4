using StemLab.Store.Journal;
using StemLab.Store.Opening;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

/// <summary>Every decoder of bytes from the disk takes any bytes: it refuses them or reads them, and nothing worse.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Journal_rows_ledgers_and_the_log_of_any_bytes_are_read_or_refused()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 50));
        await test.SubmitAsync(TestBlocks.Ramp(100, 1, 0, 20));
        await test.SubmitAsync(new AsideBytes(TestBlocks.Agent, null, 0, 0, "junk", new byte[] { 1, 2, 3 }));
        await test.SubmitAsync(new ForeignRows(new AgentId(9), TestBlocks.Boot, [new ForeignRow(TestBlocks.Inputs[2], 5, 1.5, 0)], new RedeliveryKey(77, true), true));
        await test.SubmitAsync(new LostRange(TestBlocks.Agent, TestBlocks.Stream, 50, 50, LostReason.Cap, new byte[] { 9 }));
        var (rows, ledgers) = Blobs(test.Folder);
        var wal = File.ReadAllBytes(Copy(test.Folder));
        var random = new Random(3);
        var rounds = FaultReport.Rounds(1) * 4000;
        var read = 0;
        for (var i = 0; i < rounds; i++)
        {
            var row = Spoilt(rows[random.Next(rows.Count)], random, checksum: true);
            read += JournalReading.TryRead(row, TestBlocks.Decode, new SegmentCut(), keys: null) ? 1 : 0;
            JournalReading.ReadKeys(row, []);
            read += StreamLedger.TryRead(Spoilt(ledgers[random.Next(ledgers.Count)], random, checksum: false)) is not null ? 1 : 0;
        }

        Assert.InRange(read, 1, (2 * rounds) - 1);
        using var folder = new TempFolder();
        for (var i = 0; i < rounds / 40; i++)
        {
            await File.WriteAllBytesAsync(folder.File("wal"), Spoilt(wal, random, checksum: false), TestContext.Current.CancellationToken);
            Assert.True(Enum.IsDefined(WalTail.Inspect(folder.File("wal")).Tail));
        }

        FaultReport.Line("journal rows, ledgers and logs of spoilt bytes", (2 * rounds) + (rounds / 40), 0);
    }

    private static (List<byte[]> Rows, List<byte[]> Ledgers) Blobs(string folder)
    {
        using var session = new SqliteSession(Path.Combine(folder, Schema.FileName), readOnly: true);
        return (All(session, "SELECT data FROM journal"), All(session, "SELECT state FROM ledger"));
    }

    private static List<byte[]> All(SqliteSession session, string sql)
    {
        List<byte[]> blobs = [];
        using var select = session.PrepareOnce(sql);
        while (select.Step())
        {
            blobs.Add(select.Blob(0).ToArray());
        }

        return blobs;
    }

    private static string Copy(string folder)
    {
        var copy = Path.Combine(folder, "wal-copy");
        using var source = new FileStream(Path.Combine(folder, "series.db-wal"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = File.Create(copy);
        source.CopyTo(target);
        return copy;
    }

    /// <summary>Some bytes changed, cut off or added; the checksum made good again, so that what lies behind it is reached.</summary>
    private static byte[] Spoilt(byte[] bytes, Random random, bool checksum)
    {
        var copy = bytes[..random.Next(random.Next(3) == 0 ? 1 : bytes.Length, bytes.Length + 1)];
        for (var change = random.Next(6); change > 0 && copy.Length > 0; change--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        if (checksum && copy.Length > 4)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(copy, Crc32C.Of(copy.AsSpan(4)));
        }

        return copy;
    }
}
