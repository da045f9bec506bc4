using StemLab.Store.Chunks;
using StemLab.Store.Journal;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Reading;

/// <summary>One reading connection with its statements. Used by one snapshot at a time, then by the next.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly SqliteSession _session;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _touch;
    private readonly SqliteStatement _end;

    public ReadSession(string path)
    {
        _session = new SqliteSession(path, readOnly: true);
        _session.Run("PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY; PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;");
        _begin = _session.Prepare("BEGIN");
        _touch = _session.Prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
        _end = _session.Prepare("COMMIT");
        Chunks = new ChunkReader(_session);
        Journal = new JournalTable(_session);
    }

    public ChunkReader Chunks { get; }

    public JournalTable Journal { get; }

    public SqliteSession Sqlite => _session;

    /// <summary>Opens the read transaction and makes SQLite choose its moment now, not at the first query.</summary>
    public void Begin()
    {
        _begin.Run();
        _touch.Step();
        _touch.Reset();
    }

    public void End()
    {
        Chunks.ForgetAhead();
        _end.Run();
    }

    public void Dispose() => _session.Dispose();
}

/// <summary>Idle reading connections. Safe from any thread.</summary>
internal sealed class ReadSessions(string path) : IDisposable
{
    private const int Kept = 16;
    private readonly Lock _lock = new();
    private readonly Stack<ReadSession> _idle = [];
    private bool _isClosed;

    /// <summary>Brings rows that are only in InfluxDB; null = nobody can.</summary>
    public RemoteRows? Remote { get; set; }

    public ReadSession Take()
    {
        ReadSession? session;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(ObservationStore));
            _idle.TryPop(out session);
        }

        session ??= new ReadSession(path);
        session.Chunks.Remote = Remote;
        return session;
    }

    public void Give(ReadSession session)
    {
        lock (_lock)
        {
            if (!_isClosed && _idle.Count < Kept)
            {
                _idle.Push(session);
                return;
            }
        }

        session.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_idle.TryPop(out var session))
            {
                session.Dispose();
            }
        }
    }
}
