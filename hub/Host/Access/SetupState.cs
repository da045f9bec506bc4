using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>Whether somebody has taken this hub into possession, and its name. Safe from any thread; a snapshot, swapped whole.</summary>
internal sealed class SetupState
{
    private readonly HubDatabase _database;
    private readonly bool _isDemo;
    private volatile Taken? _taken;

    public SetupState(HubDatabase database, AccessOptions options)
    {
        _database = database;
        _isDemo = options.Demo;
        database.EnsureSchema(AccessTable.Ddl);
        _taken = database.Read(Load);
    }

    /// <summary>True once an admin passphrase exists.</summary>
    public bool IsSetUp => _taken is not null;

    /// <summary>Empty before set-up.</summary>
    public string SchoolName => _taken?.School ?? "";

    /// <summary>"vi" or "en", as chosen; English before set-up.</summary>
    public string Language => _taken?.Language ?? "en";

    /// <summary>True while whoever sits at the machine may do everything: before set-up, and always in a demo.</summary>
    public bool IsOwnerAtMachine => _isDemo || _taken is null;

    /// <summary>True when the hub.db of a folder has been set up; for what must be known before the hub starts. A folder without one has not.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static bool Peek(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "hub.db");
        if (!File.Exists(path))
        {
            return false;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        using var exists = connection.Sql(null, "SELECT count(*) FROM sqlite_schema WHERE name = 'access_setup'");
        return (long)exists.ExecuteScalar()! > 0 && Load(connection) is not null;
    }

    /// <summary>Takes possession, within the caller's transaction; <see cref="Refresh"/> follows its commit. False when somebody else was first.</summary>
    public static bool Take(SqliteConnection connection, SqliteTransaction transaction, string school, string language) =>
        connection.Run(transaction, "INSERT OR IGNORE INTO access_setup(one, school, language) VALUES(1, $school, $language)", ("$school", school), ("$language", language)) == 1;

    /// <summary>Reads what a transaction has changed.</summary>
    public void Refresh() => _taken = _database.Read(Load);

    private static Taken? Load(SqliteConnection connection)
    {
        using var command = connection.Sql(null, "SELECT school, language FROM access_setup");
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Taken(reader.GetString(0), reader.GetString(1)) : null;
    }

    private sealed record Taken(string School, string Language);
}
