using SQLitePCL;

namespace StemLab.Store.Sqlite;

/// <summary>One connection, without the layers of ADO.NET: the writer steps a dozen prepared statements per commit. One thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private static readonly Version Oldest = new(3, 51, 3);
    private readonly sqlite3 _db;
    private readonly List<SqliteStatement> _statements = [];
    private LogSync? _logSync;

    static SqliteSession() => Batteries_V2.Init();

    /// <param name="path">The file.</param>
    /// <param name="readOnly">Only read.</param>
    /// <param name="isImmutable">The file stands on a disk nobody can write to, so that no log and no lock is needed.</param>
    public SqliteSession(string path, bool readOnly, bool isImmutable = false)
    {
        Path = path;
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE)
            | raw.SQLITE_OPEN_NOMUTEX | (isImmutable ? raw.SQLITE_OPEN_URI : 0);
        var name = isImmutable ? $"file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1" : path;
        var code = raw.sqlite3_open_v2(name, out _db, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var fault = Fault(code);
            _db.Dispose();
            throw fault;
        }

        _ = raw.sqlite3_extended_result_codes(_db, 1);
        _ = raw.sqlite3_busy_timeout(_db, 5000);
    }

    public string Path { get; }

    /// <summary>Refuses libraries with the WAL-reset bug, which could lose committed pages (SQLite, fixed in 3.51.3).</summary>
    public static void RequireSafeLibrary()
    {
        var version = raw.sqlite3_libversion().utf8_to_string();
        if (Version.Parse(version) < Oldest)
        {
            throw new StoreUnavailableException($"The native SQLite library is {version}; {Oldest} or later is needed, earlier ones can lose committed data");
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_db, sql, 1 /* SQLITE_PREPARE_PERSISTENT */, out var statement));
        var prepared = new SqliteStatement(this, statement);
        _statements.Add(prepared);
        return prepared;
    }

    /// <summary>A statement the caller disposes.</summary>
    public SqliteStatement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_db, sql, out var statement));
        return new SqliteStatement(this, statement);
    }

    public void Run(string sql)
    {
        var code = raw.sqlite3_exec(_db, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code);
        }
    }

    /// <summary>Runs long work and calls back every few milliseconds of SQLite's own.</summary>
    public void EachWhile(Action each, Action work)
    {
        raw.sqlite3_progress_handler(
            _db,
            1_000_000,
            _ =>
            {
                each();
                return 0;
            },
            null);
        try
        {
            work();
        }
        finally
        {
            raw.sqlite3_progress_handler(_db, 0, null, null);
        }
    }

    /// <summary>From here on a commit syncs what the log holds, and nothing about its file (<see cref="LogSync"/>). The log is open: something was read.</summary>
    public void SyncDataAlone() => _logSync ??= LogSync.Take(_db, Path);

    public long Scalar(string sql)
    {
        using var once = PrepareOnce(sql);
        return once.Step() ? once.Int64(0) : 0;
    }

    public string Text(string sql)
    {
        using var once = PrepareOnce(sql);
        return once.Step() ? once.Text(0) : "";
    }

    public long LastRowId => raw.sqlite3_last_insert_rowid(_db);

    public long ChangedRows => raw.sqlite3_changes(_db);

    public bool IsInTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code);
        }
    }

    public SqliteFault Fault(int code) => new(code, raw.sqlite3_errmsg(_db).utf8_to_string());

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _db.Dispose();
        _logSync?.Dispose();
    }
}
