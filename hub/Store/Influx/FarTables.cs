using System.Buffers.Binary;
using System.Collections.Immutable;
using StemLab.Store.Chunks;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Influx;

/// <summary>A range of a series that still has to be sent, whatever the cursor says.</summary>
internal readonly record struct OwedRange(SeriesId Series, long FromUs, long ToUs);

/// <summary>A row InfluxDB refused for good.</summary>
internal readonly record struct QuarantinedRow(SeriesId Series, long TUs, string Reason);

/// <summary>A chunk with a body here.</summary>
internal readonly record struct LocalChunk(SeriesId Series, ChunkHeader Header);

/// <summary>The tables of series.db that only a store with an InfluxDB has. Statements run inside the caller's transaction.</summary>
internal static class FarTables
{
    public const string SentKey = "influx_sent";
    public const string StoredKey = "influx_stored";

    public static void Ensure(SqliteSession session) => session.Run("""
        CREATE TABLE IF NOT EXISTS influx_owed(series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, PRIMARY KEY(series, t0, t1)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS influx_delete(series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, PRIMARY KEY(series, t0, t1)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS influx_deleted(series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, PRIMARY KEY(series, t0, t1)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS influx_quarantine(series INTEGER NOT NULL, t INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(series, t)) WITHOUT ROWID;
        """);

    public static FrozenClocks Clocks(SqliteSession session)
    {
        var clocks = ImmutableDictionary.CreateBuilder<BootId, FrozenClock>();
        using var select = session.PrepareOnce("SELECT boot_id, frozen_off, boot_slot FROM boot WHERE frozen_off IS NOT NULL");
        while (select.Step())
        {
            clocks[new BootId(BinaryPrimitives.ReadUInt128BigEndian(select.Blob(0)))] = new FrozenClock(select.Int64(1), (int)select.Int64(2));
        }

        return new FrozenClocks(clocks.ToImmutable());
    }

    public static void Freeze(SqliteSession session, BootId boot, FrozenClock clock)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, boot.Value);
        using var update = session.PrepareOnce("UPDATE boot SET frozen_off = ?2, boot_slot = ?3 WHERE boot_id = ?1 AND frozen_off IS NULL");
        update.Bind(1, id).Bind(2, clock.OffsetUs).Bind(3, clock.Slot).Run();
    }

    public static List<OwedRange> Owed(SqliteSession session) => Ranges(session, "influx_owed");

    public static List<OwedRange> Deletes(SqliteSession session) => Ranges(session, "influx_delete");

    public static void AddOwed(SqliteSession session, IEnumerable<OwedRange> ranges) =>
        Each(session, "INSERT OR IGNORE INTO influx_owed VALUES(?1, ?2, ?3)", ranges);

    public static void RemoveOwed(SqliteSession session, IEnumerable<OwedRange> ranges) =>
        Each(session, "DELETE FROM influx_owed WHERE series = ?1 AND t0 = ?2 AND t1 = ?3", ranges);

    public static void AddDeletes(SqliteSession session, IEnumerable<OwedRange> ranges) =>
        Each(session, "INSERT OR IGNORE INTO influx_delete VALUES(?1, ?2, ?3)", ranges);

    /// <summary>It is deleted there; remembered, because a server put back from a backup has it again.</summary>
    public static void Deleted(SqliteSession session, OwedRange range)
    {
        Each(session, "DELETE FROM influx_delete WHERE series = ?1 AND t0 = ?2 AND t1 = ?3", [range]);
        Each(session, "INSERT OR IGNORE INTO influx_deleted VALUES(?1, ?2, ?3)", [range]);
    }

    /// <summary>Everything ever deleted there is to be deleted again.</summary>
    public static void DeleteAgain(SqliteSession session) =>
        session.Run("INSERT OR IGNORE INTO influx_delete SELECT * FROM influx_deleted; DELETE FROM influx_deleted;");

    public static void AddQuarantined(SqliteSession session, IEnumerable<QuarantinedRow> rows)
    {
        using var insert = session.PrepareOnce("INSERT OR REPLACE INTO influx_quarantine VALUES(?1, ?2, ?3)");
        foreach (var row in rows)
        {
            insert.Bind(1, row.Series.Value).Bind(2, row.TUs).Bind(3, row.Reason).Run();
        }
    }

    public static (long Count, string? Reason) Quarantine(SqliteSession session)
    {
        var count = session.Scalar("SELECT count(*) FROM influx_quarantine");
        return (count, count == 0 ? null : session.Text("SELECT reason FROM influx_quarantine LIMIT 1"));
    }

    /// <summary>Every quarantined row becomes owed again.</summary>
    public static List<OwedRange> Requeue(SqliteSession session)
    {
        List<OwedRange> ranges = [];
        using (var select = session.PrepareOnce("SELECT series, t FROM influx_quarantine"))
        {
            while (select.Step())
            {
                ranges.Add(new OwedRange(new SeriesId((int)select.Int64(0)), select.Int64(1), select.Int64(1) + 1));
            }
        }

        AddOwed(session, ranges);
        session.Run("DELETE FROM influx_quarantine");
        return ranges;
    }

    /// <summary>Bytes in use, pages that are free left out.</summary>
    public static long UsedBytes(SqliteSession session) =>
        (session.Scalar("PRAGMA page_count") - session.Scalar("PRAGMA freelist_count")) * session.Scalar("PRAGMA page_size");

    /// <summary>The chunks whose bodies were written longest ago, and that hold no quarantined and no contested row.</summary>
    public static List<LocalChunk> OldestBodies(SqliteSession session, int limit)
    {
        List<LocalChunk> chunks = [];
        using var select = session.PrepareOnce($"""
            SELECT series, t0, t1, n, missing, vmin, vmax, vsum, vfirst, vlast, tfirst, tlast, data FROM chunk c WHERE data > 0
              AND NOT EXISTS (SELECT 1 FROM conflict x WHERE x.series = c.series AND x.t BETWEEN c.t0 AND c.t1)
              AND NOT EXISTS (SELECT 1 FROM influx_quarantine q WHERE q.series = c.series AND q.t BETWEEN c.t0 AND c.t1)
            ORDER BY data LIMIT {limit}
            """);
        while (select.Step())
        {
            chunks.Add(new LocalChunk(new SeriesId((int)select.Int64(0)), ChunkReader.Header(select, 1)));
        }

        return chunks;
    }

    /// <summary>Takes bodies away where nothing changed since they were compared.</summary>
    public static int Evict(SqliteSession session, IEnumerable<LocalChunk> chunks)
    {
        using var update = session.PrepareOnce("UPDATE chunk SET data = 0 WHERE series = ?1 AND t0 = ?2 AND data = ?3");
        using var delete = session.PrepareOnce("DELETE FROM chunk_data WHERE id = ?1");
        var evicted = 0;
        foreach (var (series, header) in chunks)
        {
            update.Bind(1, series.Value).Bind(2, header.T0).Bind(3, header.DataId).Run();
            if (session.ChangedRows == 1)
            {
                delete.Bind(1, header.DataId).Run();
                evicted++;
            }
        }

        Meta.Set(session, Meta.HasRemote, 1);
        return evicted;
    }

    /// <summary>Puts what is left of a partly erased chunk here, with a header of its own.</summary>
    public static void Replace(SqliteSession session, ChunkTable table, SeriesId series, ChunkHeader header, ChunkRows rows)
    {
        using var delete = session.PrepareOnce("DELETE FROM chunk WHERE series = ?1 AND t0 = ?2 AND t1 = ?3 AND n = ?4 AND data = 0");
        delete.Bind(1, series.Value).Bind(2, header.T0).Bind(3, header.T1).Bind(4, header.Rows).Run();
        if (session.ChangedRows == 1 && rows.TUs.Length > 0)
        {
            table.Insert(series, rows.TUs, rows.Raw, rows.Missing);
        }
    }

    /// <summary>Puts bodies back where the header still waits for one.</summary>
    public static int PutBack(SqliteSession session, IEnumerable<(SeriesId Series, ChunkHeader Header, ChunkRows Rows)> chunks)
    {
        var codec = new ChunkCodec();
        using var insert = session.PrepareOnce("INSERT INTO chunk_data(data) VALUES(?1)");
        using var update = session.PrepareOnce("UPDATE chunk SET data = ?3 WHERE series = ?1 AND t0 = ?2 AND t1 = ?4 AND n = ?5 AND data = 0");
        var back = 0;
        foreach (var (series, header, rows) in chunks)
        {
            insert.Bind(1, codec.Encode(rows.TUs, rows.Raw, rows.Missing)).Run();
            var id = session.LastRowId;
            update.Bind(1, series.Value).Bind(2, header.T0).Bind(3, id).Bind(4, header.T1).Bind(5, header.Rows).Run();
            if (session.ChangedRows == 1)
            {
                back++;
            }
            else
            {
                session.Run(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"DELETE FROM chunk_data WHERE id = {id}"));
            }
        }

        return back;
    }

    /// <summary>First and last t, by series, of chunks whose rows are only in InfluxDB.</summary>
    public static Dictionary<SeriesId, (long T0, long T1, long Chunks)> Remote(SqliteSession session)
    {
        var hulls = new Dictionary<SeriesId, (long, long, long)>();
        if (Meta.Get(session, Meta.HasRemote) == 0)
        {
            return hulls;
        }

        using var select = session.PrepareOnce("SELECT series, min(t0), max(t1), count(*) FROM chunk WHERE data = 0 GROUP BY series");
        while (select.Step())
        {
            hulls[new SeriesId((int)select.Int64(0))] = (select.Int64(1), select.Int64(2), select.Int64(3));
        }

        return hulls;
    }

    private static List<OwedRange> Ranges(SqliteSession session, string table)
    {
        List<OwedRange> ranges = [];
        using var select = session.PrepareOnce($"SELECT series, t0, t1 FROM {table} ORDER BY series, t0");
        while (select.Step())
        {
            ranges.Add(new OwedRange(new SeriesId((int)select.Int64(0)), select.Int64(1), select.Int64(2)));
        }

        return ranges;
    }

    private static void Each(SqliteSession session, string sql, IEnumerable<OwedRange> ranges)
    {
        using var statement = session.PrepareOnce(sql);
        foreach (var range in ranges)
        {
            statement.Bind(1, range.Series.Value).Bind(2, range.FromUs).Bind(3, range.ToUs).Run();
        }
    }
}
