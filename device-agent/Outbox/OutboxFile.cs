using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>The outbox on disk: SQLite WAL. Guarded by the outbox's disk lock.</summary>
internal sealed class OutboxFile : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS catalog(hash INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS stream(id INTEGER PRIMARY KEY, boot BLOB NOT NULL, boot_no INTEGER NOT NULL, catalog INTEGER NOT NULL, process INTEGER NOT NULL,
          next_seq INTEGER NOT NULL, greatest_t_us INTEGER, complete INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE IF NOT EXISTS block(id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL, receipted INTEGER NOT NULL,
          opened_us INTEGER NOT NULL, lost INTEGER NOT NULL, cost INTEGER NOT NULL, mark INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS block_range ON block(stream, first_seq, count, receipted);
        CREATE INDEX IF NOT EXISTS block_waiting ON block(id) WHERE receipted = 0;
        """;

    private readonly SqliteConnection connection;

    private OutboxFile(SqliteConnection connection)
    {
        this.connection = connection;
        Process = Number("SELECT coalesce(max(process), 0) FROM stream") + 1;
        MaxId = Number("SELECT coalesce(max(id), 0) FROM block");
        HeldBytes = Number("SELECT coalesce(sum(cost), 0) FROM block");
        WaitingBytes = Number("SELECT coalesce(sum(cost), 0) FROM block WHERE receipted = 0");
        WaitingBlocks = Number("SELECT count(*) FROM block WHERE receipted = 0");
        StoreId = Id128.TryRead(connection.One("SELECT value FROM meta WHERE key = 'store_id'") as byte[], out var store) ? store : default;
    }

    /// <summary>Number of this process start, from 1.</summary>
    public long Process { get; }

    /// <summary>Greatest block id on disk; 0 of none.</summary>
    public long MaxId { get; private set; }

    /// <summary>Bytes under the cap.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Of these, without a receipt.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Blocks on disk without a receipt.</summary>
    public long WaitingBlocks { get; private set; }

    /// <summary>The store whose receipts count; empty before the first.</summary>
    public Id128 StoreId { get; private set; }

    internal SqliteConnection Connection => connection;

    /// <summary>Opens the file, made when absent, and reads it through once.</summary>
    /// <exception cref="SqliteException">It is damaged, or cannot be opened.</exception>
    public static OutboxFile Open(string path)
    {
        var connection = Sql.Open(path);
        try
        {
            DamagedFile.Check(connection);
            connection.Run(Schema);
            if (connection.One("SELECT count(*) FROM pragma_table_info('stream') WHERE name = 'complete'") is 0L)
            {
                // Made by an agent that did not say whether it ended in order.
                connection.Run("ALTER TABLE stream ADD COLUMN complete INTEGER NOT NULL DEFAULT 0");
            }

            return new OutboxFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Records a stream of this process before its first row, and forgets older ones that hold nothing and are not of the process before.</summary>
    public void AddStream(ulong streamId, BootRecord boot, Catalog catalog)
    {
        using var transaction = connection.BeginTransaction();
        connection.Run("INSERT OR IGNORE INTO catalog(hash, content) VALUES ($1, $2)", (long)catalog.Hash, Google.Protobuf.MessageExtensions.ToByteArray(catalog));
        connection.Run("INSERT INTO stream(id, boot, boot_no, catalog, process, next_seq) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT(id) DO UPDATE SET process = $5, complete = 0", (long)streamId, boot.Id.ToBytes(), boot.BootNo, (long)catalog.Hash, Process);
        connection.Run("DELETE FROM stream WHERE process < (SELECT max(process) FROM stream WHERE process < $1) AND id NOT IN (SELECT DISTINCT stream FROM block)", Process);
        connection.Run("DELETE FROM catalog WHERE hash NOT IN (SELECT catalog FROM stream)");
        transaction.Commit();
    }

    /// <summary>One transaction: new blocks, receipts, progress, and whatever the cap asks for. All of it is durable when this returns, or nothing is.</summary>
    public GivenUp Write(SaveBatch batch)
    {
        var before = (HeldBytes, WaitingBytes, WaitingBlocks, MaxId);
        try
        {
            using var transaction = connection.BeginTransaction();
            foreach (var block in batch.Blocks)
            {
                Insert(block);
            }

            foreach (var range in batch.Receipts)
            {
                Receipt(range);
            }

            foreach (var stream in batch.Streams)
            {
                connection.Run("UPDATE stream SET next_seq = $2, greatest_t_us = max(coalesce(greatest_t_us, $3), $3), complete = $4 WHERE id = $1",
                    (long)stream.StreamId, (long)stream.NextSeq, stream.GreatestTUs == long.MinValue ? null : stream.GreatestTUs, batch.IsEnd);
            }

            var givenUp = KeepCap(batch.CapBytes);
            transaction.Commit();
            return givenUp;
        }
        catch
        {
            (HeldBytes, WaitingBytes, WaitingBlocks, MaxId) = before;
            throw;
        }
    }

    /// <summary>Waiting blocks with after &lt; id &lt; before, in order, as many as fit; a block whose bytes have changed on disk becomes a Lost (corrupt), here and on disk.</summary>
    public List<HeldBlock> Waiting(long after, long before, int most, int mostBytes, List<HeldBlock> corrupt)
    {
        var blocks = new List<HeldBlock>();
        var bytes = 0;
        using (var command = connection.Prepare("SELECT id, stream, first_seq, count, opened_us, lost, mark, payload FROM block WHERE receipted = 0 AND id > $1 AND id < $2 ORDER BY id LIMIT $3", after, before, most))
        using (var reader = command.ExecuteReader())
        {
            while (bytes < mostBytes && reader.Read())
            {
                var payload = reader.Bytes(7);
                var block = new HeldBlock
                {
                    Id = reader.GetInt64(0),
                    StreamId = (ulong)reader.GetInt64(1),
                    FirstSeq = (ulong)reader.GetInt64(2),
                    Count = (uint)reader.GetInt64(3),
                    Payload = payload,
                    IsLost = reader.GetInt64(5) != 0,
                    OpenedUs = reader.GetInt64(4),
                };
                if (MarkOf(payload) != reader.GetInt64(6))
                {
                    block = block.ToLost(LostReason.Corrupt);
                    corrupt.Add(block);
                }

                blocks.Add(block);
                bytes += payload.Length;
            }
        }

        corrupt.ForEach(Replace);
        return blocks;
    }

    /// <summary>Writes a Lost in the place of a waiting block.</summary>
    private void Replace(HeldBlock lost)
    {
        var cost = Number("SELECT cost FROM block WHERE id = $1", lost.Id);
        connection.Run("UPDATE block SET lost = 1, cost = $2, mark = $3, payload = $4 WHERE id = $1", lost.Id, lost.Cost, MarkOf(lost.Payload), lost.Payload);
        HeldBytes += lost.Cost - cost;
        WaitingBytes += lost.Cost - cost;
    }

    /// <summary>Another store answers: nothing that is still held counts as receipted any more.</summary>
    public void ForgetReceipts(Id128 store)
    {
        using var transaction = connection.BeginTransaction();
        connection.Run("UPDATE block SET receipted = 0 WHERE receipted = 1");
        connection.Run("INSERT INTO meta(key, value) VALUES ('store_id', $1) ON CONFLICT(key) DO UPDATE SET value = $1", store.ToBytes());
        transaction.Commit();
        StoreId = store;
        WaitingBytes = HeldBytes;
        WaitingBlocks = Number("SELECT count(*) FROM block");
    }

    /// <summary>Streams that hold blocks, those of this process and those of the process before, oldest first.</summary>
    public IReadOnlyList<KeptStream> Streams()
    {
        var streams = new List<KeptStream>();
        using var command = connection.Prepare("SELECT id, boot, next_seq, process, complete FROM stream ORDER BY process, boot_no");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _ = Id128.TryRead(reader.Bytes(1), out var boot);
            var isComplete = reader.GetInt64(4) != 0;
            streams.Add(new KeptStream((ulong)reader.GetInt64(0), boot, (ulong)reader.GetInt64(2), reader.GetInt64(3) == Process && !isComplete, isComplete));
        }

        return streams;
    }

    /// <summary>Catalogues of those streams.</summary>
    public IReadOnlyList<Catalog> Catalogs()
    {
        var catalogs = new List<Catalog>();
        using var command = connection.Prepare("SELECT content FROM catalog");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            catalogs.Add(Catalog.Parser.ParseFrom(reader.Bytes(0)));
        }

        return catalogs;
    }

    /// <summary>Greatest time stored of a boot; null of none.</summary>
    public long? GreatestTUs(Id128 boot) => connection.One("SELECT max(greatest_t_us) FROM stream WHERE boot = $1", boot.ToBytes()) is long t ? t : null;

    /// <summary>Greatest boot_no any stream had; 0 of none.</summary>
    public uint GreatestBootNo() => (uint)Number("SELECT coalesce(max(boot_no), 0) FROM stream");

    /// <summary>Outbox clock when the oldest waiting block was opened, 0 where an earlier process did; null of none.</summary>
    public long? OldestWaitingUs() =>
        connection.One("SELECT CASE WHEN s.process = $1 THEN b.opened_us ELSE 0 END FROM block b LEFT JOIN stream s ON s.id = b.stream WHERE b.receipted = 0 ORDER BY b.id LIMIT 1", Process) is long us ? us : null;

    /// <summary>The first 8 bytes of SHA-256: enough to notice that a card has changed a block.</summary>
    public static long MarkOf(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private void Insert(HeldBlock block)
    {
        var waits = !block.IsReceipted;
        connection.Run("INSERT INTO block(id, stream, first_seq, count, receipted, opened_us, lost, cost, mark, payload) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            block.Id, (long)block.StreamId, (long)block.FirstSeq, block.Count, !waits, block.OpenedUs, block.IsLost, block.Cost, MarkOf(block.Payload), block.Payload);
        MaxId = Math.Max(MaxId, block.Id);
        HeldBytes += block.Cost;
        WaitingBytes += waits ? block.Cost : 0;
        WaitingBlocks += waits ? 1 : 0;
    }

    private void Receipt(ReceiptedRange range)
    {
        var from = Math.Max(range.WholeFirst, range.First - Math.Min(range.First, BlockCodec.MaxRows));
        using var command = connection.Prepare(
            "UPDATE block SET receipted = 1 WHERE stream = $1 AND first_seq >= $2 AND first_seq < $3 AND first_seq + count <= $4 AND receipted = 0 RETURNING cost",
            (long)range.StreamId, Signed(from), Signed(range.End), Signed(range.WholeEnd));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            WaitingBytes -= reader.GetInt64(0);
            WaitingBlocks--;
        }
    }

    /// <summary>First receipted blocks go, oldest first; when none is left whole unreceipted ones become a Lost, spread over the span, down to nine tenths of the cap.</summary>
    private GivenUp KeepCap(long capBytes)
    {
        if (HeldBytes <= capBytes)
        {
            return default;
        }

        var freed = 0L;
        var last = 0L;
        using (var command = connection.Prepare("SELECT id, cost FROM block WHERE receipted = 1 ORDER BY id"))
        using (var reader = command.ExecuteReader())
        {
            while (HeldBytes - freed > capBytes && reader.Read())
            {
                (last, freed) = (reader.GetInt64(0), freed + reader.GetInt64(1));
            }
        }

        connection.Run("DELETE FROM block WHERE receipted = 1 AND id <= $1", last);
        HeldBytes -= freed;
        return HeldBytes <= capBytes ? default : GiveUp(HeldBytes - (capBytes / 10 * 9));
    }

    private GivenUp GiveUp(long need)
    {
        var blocks = new List<HeldBlock>();
        var gains = new List<int>();
        using (var command = connection.Prepare("SELECT id, stream, first_seq, count, cost FROM block WHERE receipted = 0 AND lost = 0 ORDER BY id"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var block = new HeldBlock { Id = reader.GetInt64(0), StreamId = (ulong)reader.GetInt64(1), FirstSeq = (ulong)reader.GetInt64(2), Count = (uint)reader.GetInt64(3), Payload = [] };
                blocks.Add(block);
                gains.Add(Math.Max(0, reader.GetInt32(4) - block.ToLost(LostReason.Cap).Cost));
            }
        }

        var rows = 0L;
        var picked = Thinning.Pick(gains, need);
        foreach (var i in picked)
        {
            Replace(blocks[i].ToLost(LostReason.Cap));
            rows += blocks[i].Count;
        }

        return new GivenUp(picked.Count, rows, LostReason.Cap);
    }

    private static long Signed(ulong seq) => (long)Math.Min(seq, long.MaxValue);

    private long Number(string sql, params ReadOnlySpan<object?> values) => Convert.ToInt64(connection.One(sql, values), CultureInfo.InvariantCulture);
}
