using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>Keeps the commit log to its age and size, a bounded slice at a time. Only what is in chunks and forwarded goes, and never the newest row, which holds the commit number. Writer thread only.</summary>
internal sealed class JournalPurge(SqliteSession session, StoreOptions options)
{
    private const int SliceRows = 256;
    private readonly SqliteStatement _oldest = session.Prepare("SELECT seq, at_ms, length(data) FROM journal ORDER BY seq LIMIT 256");
    private readonly SqliteStatement _delete = session.Prepare("DELETE FROM journal WHERE seq <= ?1");

    /// <summary>Bytes of all journal rows.</summary>
    public long Bytes { get; set; }

    /// <summary>Finds what may go: old enough or over the cap, and not later than a commit somebody still needs.</summary>
    /// <returns>True when the whole slice may go, so that there may be more.</returns>
    public bool TryFind(long nowMs, long keptFrom, long newest, out long through, out long bytes)
    {
        (through, bytes) = (0, 0);
        var rows = 0;
        var keepMs = (long)options.JournalKeep.TotalMilliseconds;
        while (_oldest.Step())
        {
            var seq = _oldest.Int64(0);
            var isOld = nowMs - _oldest.Int64(1) > keepMs || Bytes - bytes > options.JournalCapBytes;
            if (!isOld || seq > keptFrom || seq >= newest)
            {
                break;
            }

            through = seq;
            bytes += _oldest.Int64(2);
            rows++;
        }

        _oldest.Reset();
        return rows == SliceRows;
    }

    /// <summary>Deletes, inside a transaction.</summary>
    public void Delete(long through) => _delete.Bind(1, through).Run();
}
