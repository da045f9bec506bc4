using System.Security.Cryptography;

namespace StemLab.Store.Sqlite;

/// <summary>Tables of series.db, format 3; FORMAT.md tells what stands in the blobs. Older formats are brought up on opening, in one transaction.</summary>
internal static class Schema
{
    public const string FileName = "series.db";
    public const int Version = 3;

    private const string Tables = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE agent(id INTEGER PRIMARY KEY, agent_id BLOB NOT NULL UNIQUE);
        CREATE TABLE boot(id INTEGER PRIMARY KEY, boot_id BLOB NOT NULL UNIQUE, agent INTEGER NOT NULL REFERENCES agent(id),
          kind INTEGER NOT NULL, boot_no INTEGER NOT NULL, previous BLOB, frozen_off INTEGER, boot_slot INTEGER);
        CREATE TABLE input(id INTEGER PRIMARY KEY, agent INTEGER NOT NULL REFERENCES agent(id), port TEXT NOT NULL, quantity TEXT NOT NULL,
          unit TEXT NOT NULL, config_rev INTEGER NOT NULL, UNIQUE(agent, port, quantity, unit, config_rev));
        CREATE TABLE catalog(id INTEGER PRIMARY KEY, agent INTEGER NOT NULL REFERENCES agent(id), hash INTEGER NOT NULL, UNIQUE(agent, hash));
        CREATE TABLE catalog_input(catalog INTEGER NOT NULL, position INTEGER NOT NULL, input INTEGER NOT NULL REFERENCES input(id),
          PRIMARY KEY(catalog, position)) WITHOUT ROWID;
        CREATE TABLE stream(id INTEGER PRIMARY KEY, agent INTEGER NOT NULL REFERENCES agent(id), stream INTEGER NOT NULL, boot INTEGER REFERENCES boot(id),
          durable_next_seq INTEGER, UNIQUE(agent, stream));
        CREATE TABLE series(id INTEGER PRIMARY KEY, boot INTEGER NOT NULL REFERENCES boot(id), input INTEGER NOT NULL REFERENCES input(id), UNIQUE(boot, input));
        CREATE TABLE ledger(stream INTEGER PRIMARY KEY, state BLOB NOT NULL);
        CREATE TABLE journal(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE TABLE chunk(series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL, missing INTEGER NOT NULL,
          vmin REAL, vmax REAL, vsum REAL, vfirst REAL, vlast REAL, tfirst INTEGER, tlast INTEGER, data INTEGER NOT NULL,
          PRIMARY KEY(series, t0)) WITHOUT ROWID;
        CREATE TABLE chunk_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE conflict(series INTEGER NOT NULL, t INTEGER NOT NULL, missing INTEGER NOT NULL, bits INTEGER NOT NULL, seq INTEGER NOT NULL,
          PRIMARY KEY(series, t, missing, bits)) WITHOUT ROWID;
        CREATE TABLE aside(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, agent BLOB, stream INTEGER, first_seq INTEGER, count INTEGER, reason TEXT NOT NULL, data BLOB NOT NULL);
        CREATE TABLE erasure(id INTEGER PRIMARY KEY, series INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, UNIQUE(series, t0, t1));
        """;

    /// <summary>What each format has beyond the one before; the first step leads from 1 to 2.</summary>
    private static readonly string[] Steps =
    [
        "CREATE TABLE dropped(series INTEGER PRIMARY KEY, before INTEGER NOT NULL, seq INTEGER NOT NULL);",
        "ALTER TABLE stream ADD COLUMN complete INTEGER NOT NULL DEFAULT 0;",
    ];

    /// <summary>Settings of every connection; see the README's "Why so" for the measured reasons.</summary>
    public static void Configure(SqliteSession session, long maxPages)
    {
        session.Run("PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;");
        if (maxPages > 0)
        {
            session.Run(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA max_page_count={maxPages}"));
        }
    }

    /// <summary>Makes the tables in an empty file. Returns true when the file was new.</summary>
    public static bool Ensure(SqliteSession session)
    {
        if (session.Scalar("PRAGMA user_version") is var version and > 0)
        {
            RequireKnown(session);
            UseLog(session);
            BringUp(session, version);
            return false;
        }

        if (session.Scalar("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new StoreUnavailableException($"{session.Path} is not a StemLab store; move it away or choose another folder");
        }

        // page_size and auto_vacuum must stand before the first page is written.
        session.Run("PRAGMA page_size=2048; PRAGMA auto_vacuum=NONE;");
        UseLog(session);
        session.Run("BEGIN IMMEDIATE");
        session.Run(Tables);
        Array.ForEach(Steps, session.Run);
        Meta.Set(session, Meta.StoreId, RandomNumberGenerator.GetBytes(16));
        Meta.Set(session, Meta.NextCommit, 1);
        Meta.Set(session, Meta.FlushedThrough, 0);
        session.Run($"PRAGMA user_version={Version}; COMMIT");
        return true;
    }

    /// <summary>Refuses the file of a newer hub.</summary>
    public static void RequireKnown(SqliteSession session)
    {
        if (session.Scalar("PRAGMA user_version") is var version and > Version)
        {
            throw new StoreUnavailableException($"{session.Path} has format {version}; this hub knows up to {Version}. Use the newer hub that wrote it");
        }
    }

    private static void BringUp(SqliteSession session, long from)
    {
        if (from == Version)
        {
            return;
        }

        session.Run("BEGIN IMMEDIATE");
        for (var step = from; step < Version; step++)
        {
            session.Run(Steps[step - 1]);
        }

        session.Run($"PRAGMA user_version={Version}; COMMIT");
    }

    private static void UseLog(SqliteSession session)
    {
        if (session.Text("PRAGMA journal_mode=WAL") != "wal")
        {
            throw new StoreUnavailableException($"{session.Path}: this disk gives no write-ahead log (shared memory needed); choose a folder on a local disk");
        }
    }
}
