using Microsoft.Data.Sqlite;

namespace StemLab.Agent;

/// <summary>What to do with a database that a power cut or a dying card has torn: never delete it, never trust it.</summary>
internal static class DamagedFile
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    /// <summary>True where an error says that the file's content is broken, not that the disk is full or busy.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>Reads the whole file once.</summary>
    /// <exception cref="SqliteException">It is damaged.</exception>
    public static void Check(SqliteConnection connection)
    {
        if (connection.One("PRAGMA quick_check(1)") is not "ok")
        {
            throw new SqliteException("quick_check found damage", Corrupt);
        }
    }

    /// <summary>Renames a closed database and what belongs to it to a name that was free; returns the new path.</summary>
    public static string SetAside(string path)
    {
        var n = 1;
        while (Parts.Any(part => File.Exists($"{path}.damaged-{n}{part}")))
        {
            n++;
        }

        var aside = $"{path}.damaged-{n}";
        foreach (var part in Parts.Where(part => File.Exists(path + part)))
        {
            File.Move(path + part, aside + part);
        }

        return aside;
    }
}
