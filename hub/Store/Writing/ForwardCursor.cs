using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>How far the one consumer that must miss nothing has come in the commit log. What it has not is not purged. Writer thread only; the value is read by all.</summary>
internal sealed class ForwardCursor(SqliteSession session, long? through)
{
    private readonly SqliteStatement _atMs = session.Prepare("SELECT at_ms FROM journal WHERE seq = ?1");
    private long _through = through ?? None;

    private const long None = -1;

    /// <summary>Everything up to this commit is with the consumer; null = there is none.</summary>
    public long? Through => Volatile.Read(ref _through) is var through and >= 0 ? through : null;

    /// <summary>Commits that the log must keep start after this.</summary>
    public long KeptFrom => Through ?? long.MaxValue;

    /// <summary>Moves it, inside a transaction that has to be committed before <see cref="Publish"/>.</summary>
    public void Write(long? through)
    {
        if (through is { } commit)
        {
            Meta.Set(session, Meta.ForwardedThrough, commit);
            return;
        }

        Meta.Remove(session, Meta.ForwardedThrough);
    }

    public void Publish(long? through) => Volatile.Write(ref _through, through ?? None);

    /// <summary>The newest commit older than a running time, among the dense numbers of the log; one before the oldest when all are younger.</summary>
    public long NewestBefore(long atMs, long oldest, long newest)
    {
        var (low, high) = (oldest, newest + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            _atMs.Bind(1, middle);
            var isOlder = _atMs.Step() && _atMs.Int64(0) < atMs;
            _atMs.Reset();
            (low, high) = isOlder ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
