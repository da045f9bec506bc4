using Microsoft.Data.Sqlite;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Short forms for the statements of hub.db.</summary>
internal static class SqliteText
{
    public static SqliteCommand Sql(this SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value switch
            {
                null => DBNull.Value,
                Id128 id => id.ToBytes(),
                _ => value,
            });
        }

        return command;
    }

    public static int Run(this SqliteConnection connection, SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = connection.Sql(transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>An id column; NULL is the empty id.</summary>
    public static Id128 Id(this SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) || !Id128.TryRead((byte[])reader.GetValue(column), out Id128 id) ? default : id;
}
