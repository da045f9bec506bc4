using SQLitePCL;

namespace StemLab.Store.Sqlite;

/// <summary>One prepared statement, kept for the life of its session. One thread at a time; always <see cref="Reset"/> after stepping.</summary>
internal sealed class SqliteStatement(SqliteSession session, sqlite3_stmt statement) : IDisposable
{
    public SqliteStatement Bind(int index, long value)
    {
        session.Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, double value)
    {
        session.Check(raw.sqlite3_bind_double(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        session.Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(statement, index, 0)
            : raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string value)
    {
        session.Check(raw.sqlite3_bind_text(statement, index, value));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        session.Check(raw.sqlite3_bind_null(statement, index));
        return this;
    }

    public SqliteStatement Bind(int index, long? value) => value is { } some ? Bind(index, some) : BindNull(index);

    /// <summary>True when there is a row. A failure resets the statement.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            var fault = session.Fault(code);
            _ = raw.sqlite3_reset(statement);
            throw fault;
        }

        return false;
    }

    /// <summary>Runs a statement without rows, to its end.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset() => _ = raw.sqlite3_reset(statement);

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public double Double(int column) => raw.sqlite3_column_double(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public int Columns => raw.sqlite3_column_count(statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();
}
