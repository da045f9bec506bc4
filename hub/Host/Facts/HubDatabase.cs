using Microsoft.Data.Sqlite;

namespace StemLab.Hub.Facts;

/// <summary>The one connection to hub.db: facts, revision, fleet, the hub's boots. Safe from any thread; short transactions, one at a time.</summary>
internal sealed class HubDatabase : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    private HubDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or creates the file (WAL, synchronous FULL: what was committed survives a power cut).</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not ours.</exception>
    public static HubDatabase Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;");
            return new HubDatabase(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Creates a room's tables; each statement is "if not exists".</summary>
    public void EnsureSchema(string ddl) => Write((connection, transaction) =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = ddl;
        return command.ExecuteNonQuery();
    });

    public T Read<T>(Func<SqliteConnection, T> read)
    {
        lock (_gate)
        {
            return read(_connection);
        }
    }

    /// <summary>Runs the work in one transaction; commits when it returns, rolls back when it throws.</summary>
    public T Write<T>(Func<SqliteConnection, SqliteTransaction, T> write)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            T result = write(_connection, transaction);
            transaction.Commit();
            return result;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
