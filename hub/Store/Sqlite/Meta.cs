namespace StemLab.Store.Sqlite;

/// <summary>The few single values of series.db.</summary>
internal static class Meta
{
    public const string StoreId = "store_id";

    /// <summary>Floor of the next commit number. The newest journal row also counts, so that a commit need not rewrite this page.</summary>
    public const string NextCommit = "next_commit";

    public const string FlushedThrough = "flushed_through";

    /// <summary>Running time of the store in ms at the last flush or purge; the newest journal row also counts.</summary>
    public const string Uptime = "uptime_ms";

    /// <summary>Bytes of journal rows with seq ≤ <see cref="JournalBytesThrough"/>.</summary>
    public const string JournalBytes = "journal_bytes";

    public const string JournalBytesThrough = "journal_bytes_through";

    /// <summary>Commit up to which the consumer that must miss nothing has everything; absent = there is none.</summary>
    public const string ForwardedThrough = "forwarded_through";

    /// <summary>1 once the rows of some chunk are only in InfluxDB.</summary>
    public const string HasRemote = "has_remote";

    public static void Set(SqliteSession session, string key, long value)
    {
        using var statement = session.PrepareOnce("INSERT INTO meta VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2");
        statement.Bind(1, key).Bind(2, value).Run();
    }

    public static void Set(SqliteSession session, string key, ReadOnlySpan<byte> value)
    {
        using var statement = session.PrepareOnce("INSERT INTO meta VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2");
        statement.Bind(1, key).Bind(2, value).Run();
    }

    public static long Get(SqliteSession session, string key)
    {
        using var statement = session.PrepareOnce("SELECT value FROM meta WHERE key = ?1");
        return statement.Bind(1, key).Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Null when absent.</summary>
    public static long? Find(SqliteSession session, string key)
    {
        using var statement = session.PrepareOnce("SELECT value FROM meta WHERE key = ?1");
        return statement.Bind(1, key).Step() ? statement.Int64(0) : null;
    }

    public static void Remove(SqliteSession session, string key)
    {
        using var statement = session.PrepareOnce("DELETE FROM meta WHERE key = ?1");
        statement.Bind(1, key).Run();
    }

    public static byte[] GetBytes(SqliteSession session, string key)
    {
        using var statement = session.PrepareOnce("SELECT value FROM meta WHERE key = ?1");
        return statement.Bind(1, key).Step() ? statement.Blob(0).ToArray() : [];
    }
}
