using Microsoft.Data.Sqlite;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>
/// Saves what can be read of a damaged outbox into a new one. The damaged file is kept aside. A block whose bytes are gone but whose range the index still knows becomes a Lost (corrupt);
/// a range nobody can name any more shows at the hub as missing.
/// </summary>
internal static class OutboxSalvage
{
    /// <summary>What became of the blocks.</summary>
    /// <param name="Aside">Where the damaged file is kept.</param>
    /// <param name="Saved">Blocks whose bytes are whole.</param>
    /// <param name="Lost">Blocks that became a Lost.</param>
    /// <param name="LostRows">Rows in those.</param>
    internal readonly record struct Salvaged(string Aside, int Saved, int Lost, long LostRows);

    /// <summary>Sets the file aside and opens a new one with what could be saved.</summary>
    public static OutboxFile Replace(string path, out Salvaged salvaged)
    {
        var aside = DamagedFile.SetAside(path);
        var blocks = new SortedDictionary<long, object?[]>();
        var streams = new List<object?[]>();
        var catalogs = new List<object?[]>();
        var meta = new List<object?[]>();
        var lostRows = 0L;
        var lost = 0;
        using (var damaged = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = aside, Pooling = false }.ToString()))
        {
            if (TryOpen(damaged))
            {
                ReadAll(damaged, "SELECT key, value FROM meta", meta.Add);
                ReadAll(damaged, "SELECT hash, content FROM catalog", catalogs.Add);
                // Not whether they ended in order: after a damage that is not known any more.
                ReadAll(damaged, "SELECT id, boot, boot_no, catalog, process, next_seq, greatest_t_us FROM stream", streams.Add);
                ReadAll(damaged, "SELECT * FROM block ORDER BY id", KeepWhole);
                ReadAll(damaged, "SELECT * FROM block ORDER BY id DESC", KeepWhole);
                ReadAll(damaged, "SELECT rowid, stream, first_seq, count, receipted FROM block INDEXED BY block_range WHERE stream IS NOT NULL ORDER BY stream, first_seq", KeepRange);
            }
        }

        DeleteParts(path);
        var file = OutboxFile.Open(path);
        using (var transaction = file.Connection.BeginTransaction())
        {
            Insert(file.Connection, "INSERT OR IGNORE INTO meta VALUES ($1, $2)", meta);
            Insert(file.Connection, "INSERT OR IGNORE INTO catalog VALUES ($1, $2)", catalogs);
            Insert(file.Connection, "INSERT OR IGNORE INTO stream(id, boot, boot_no, catalog, process, next_seq, greatest_t_us) VALUES ($1, $2, $3, $4, $5, $6, $7)", streams);
            Insert(file.Connection, "INSERT OR IGNORE INTO block VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", blocks.Values);
            transaction.Commit();
        }

        file.Dispose();
        salvaged = new Salvaged(aside, blocks.Count - lost, lost, lostRows);
        return OutboxFile.Open(path);

        void KeepWhole(object?[] row)
        {
            if (row[9] is byte[] payload && row[8] is long mark && OutboxFile.MarkOf(payload) == mark)
            {
                blocks.TryAdd((long)row[0]!, row);
            }
        }

        void KeepRange(object?[] row)
        {
            var (id, stream, first, count, receipted) = ((long)row[0]!, (ulong)(long)row[1]!, (ulong)(long)row[2]!, (uint)(long)row[3]!, (long)row[4]! != 0);
            if (receipted || blocks.ContainsKey(id))
            {
                return;
            }

            var payload = HeldBlock.LostPayload(stream, first, count, LostReason.Corrupt);
            blocks.Add(id, [id, (long)stream, (long)first, (long)count, 0L, 0L, 1L, (long)(payload.Length + HeldBlock.Overhead), OutboxFile.MarkOf(payload), payload]);
            lost++;
            lostRows += count;
        }
    }

    private static bool TryOpen(SqliteConnection connection)
    {
        try
        {
            connection.Open();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Takes rows until there are no more or the damage is reached.</summary>
    private static void ReadAll(SqliteConnection connection, string sql, Action<object?[]> take)
    {
        try
        {
            using var command = connection.Prepare(sql);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var row = new object?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                }

                take(row);
            }
        }
        catch (Exception damage) when (damage is SqliteException or InvalidCastException or NullReferenceException)
        {
            // What lies behind the damage cannot be read this way; the caller tries from the other end, then the index.
        }
    }

    private static void Insert(SqliteConnection connection, string sql, IEnumerable<object?[]> rows)
    {
        foreach (var row in rows)
        {
            try
            {
                connection.Run(sql, row);
            }
            catch (SqliteException)
            {
                // A row that is not even of the right types is part of the damage.
            }
        }
    }

    private static void DeleteParts(string path)
    {
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
    }
}
