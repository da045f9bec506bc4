using StemLab.Store.Sqlite;

namespace StemLab.Store.Journal;

/// <summary>The journal table over one connection. One thread at a time.</summary>
internal sealed class JournalTable(SqliteSession session)
{
    private readonly SqliteStatement _after = session.Prepare("SELECT seq, at_ms, data FROM journal WHERE seq > ?1 ORDER BY seq");
    private readonly SqliteStatement _ends = session.Prepare("SELECT (SELECT min(seq) FROM journal), (SELECT max(seq) FROM journal)");

    /// <summary>Reads every row after a commit, in order, until the receiver has enough.</summary>
    public void ReadAfter(long after, RowReadingUntil read)
    {
        _after.Bind(1, after);
        try
        {
            while (_after.Step() && read(_after.Int64(0), _after.Int64(1), _after.Blob(2)))
            {
            }
        }
        finally
        {
            _after.Reset();
        }
    }

    /// <summary>Oldest and newest commit kept; both 0 when there is none.</summary>
    public (long Oldest, long Newest) Ends()
    {
        _ends.Step();
        var ends = (_ends.Int64(0), _ends.Int64(1));
        _ends.Reset();
        return ends;
    }

    /// <summary>Receives commit, running time in ms and the bytes, valid during the call; false = enough.</summary>
    internal delegate bool RowReadingUntil(long commit, long atMs, ReadOnlySpan<byte> row);
}
