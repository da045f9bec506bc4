namespace StemLab.Store.Sqlite;

/// <summary>SQLite said no. Caught by the writer's single guard and at the public border.</summary>
internal sealed class SqliteFault(int code, string text) : IOException($"SQLite {code}: {text}")
{
    /// <summary>Extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>Primary result code.</summary>
    public int Primary => Code & 0xff;

    /// <summary>The disk or the quota is full.</summary>
    public bool IsFull => Primary == SQLitePCL.raw.SQLITE_FULL;

    /// <summary>The file is not what it should be.</summary>
    public bool IsCorrupt => Primary is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;
}
