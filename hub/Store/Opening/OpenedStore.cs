using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using StemLab.Store.Journal;
using StemLab.Store.Memory;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;

namespace StemLab.Store.Opening;

/// <summary>series.db opened and read back: what the writer starts from.</summary>
internal sealed class OpenedStore
{
    private const long KeyBytesRead = 64 << 20;
    private readonly List<long> _damaged = [];
    private long _replayedRows;
    private int _replayedCommits;

    private OpenedStore(SqliteSession session, bool isNew, (LogTail Tail, long Bytes) tail, BlockDecoder decoder)
    {
        Session = session;
        Names = new NameTables(session);
        Dictionary = Names.Load();
        Masks = Erasing.Load(session);
        Dropped = Erasing.LoadDropped(session);
        ForwardedThrough = Meta.Find(session, Meta.ForwardedThrough);
        StoreId = new StoreId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Meta.GetBytes(session, Meta.StoreId)));
        FlushedThrough = Meta.Get(session, Meta.FlushedThrough);
        var journal = new JournalTable(session);
        var (oldest, newest) = journal.Ends();
        OldestCommit = oldest;
        LastCommit = Math.Max(Meta.Get(session, Meta.NextCommit) - 1, newest);
        UptimeMs = Math.Max(Meta.Get(session, Meta.Uptime), session.Scalar("SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 1"));
        JournalBytes = Meta.Get(session, Meta.JournalBytes)
            + session.Scalar($"SELECT sum(length(data)) FROM journal WHERE seq > {Meta.Get(session, Meta.JournalBytesThrough)}");
        NextAsideId = session.Scalar("SELECT max(id) FROM aside WHERE id > 0") + 1;
        PartialOverlaps = session.Scalar($"SELECT count(*) FROM aside WHERE reason = '{Staging.PartialOverlap}'");
        Replay(journal, decoder);
        ReadKeys();
        Report = new OpenReport(isNew, tail.Tail, tail.Bytes, _replayedCommits, _replayedRows, [.. _damaged]);
    }

    public SqliteSession Session { get; }

    public NameTables Names { get; }

    public StoreDictionary Dictionary { get; }

    public ImmutableDictionary<SeriesId, RowMask[]> Masks { get; }

    public ImmutableDictionary<SeriesId, DroppedRows> Dropped { get; }

    public long? ForwardedThrough { get; }

    public StoreId StoreId { get; }

    public long FlushedThrough { get; }

    public long LastCommit { get; }

    public long OldestCommit { get; }

    public long UptimeMs { get; }

    public long JournalBytes { get; }

    public long NextAsideId { get; }

    public long PartialOverlaps { get; }

    /// <summary>Rows of commits not yet in chunks.</summary>
    public MemTable Replayed { get; } = new();

    public RecentKeys Keys { get; } = new();

    public OpenReport Report { get; }

    /// <summary>Opens or makes the file.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be, and why.</exception>
    public static OpenedStore Open(StoreOptions options, BlockDecoder decoder, ILogger logger)
    {
        SqliteSession.RequireSafeLibrary();
        var path = Path.Combine(options.Folder, Schema.FileName);
        var tail = WalTail.Inspect(path + "-wal");
        var session = new SqliteSession(path, readOnly: false);
        try
        {
            var isNew = Schema.Ensure(session);
            Schema.Configure(session, options.MaxPages);
            session.SyncDataAlone();
            if (!options.HasFarStore && Meta.Get(session, Meta.HasRemote) == 1 && session.Scalar("SELECT count(*) FROM chunk WHERE data = 0") is var remote and > 0)
            {
                throw new StoreUnavailableException($"The rows of {remote} chunks of {path} are only in InfluxDB; set Store to influx again, or bring them back with `stemlab store move --to embedded`");
            }

            var opened = new OpenedStore(session, isNew, tail, decoder);
            opened.Tell(logger, path);
            return opened;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void Tell(ILogger logger, string path)
    {
        StoreLog.Opened(logger, StoreId, path, LastCommit, _replayedRows);
        if (Report.TailBytes > 0)
        {
            StoreLog.TailFound(logger, Report.TailBytes, Report.Tail);
        }

        _damaged.ForEach(commit => StoreLog.DamagedCommit(logger, commit));
    }

    private void Replay(JournalTable journal, BlockDecoder decoder) => journal.ReadAfter(FlushedThrough, (commit, _, row) =>
    {
        var cut = new SegmentCut();
        if (!JournalReading.TryRead(row, decoder, cut, keys: null))
        {
            _damaged.Add(commit);
        }

        foreach (var segment in cut.ToArray())
        {
            if (segment.Series.Value < 1 || segment.Series.Value > Dictionary.SeriesCount)
            {
                continue;
            }

            Replayed.Append(commit, segment.Series, segment.TUs.Span, segment.Raw.Span, segment.Missing.Span);
            _replayedRows += segment.Length;
        }

        _replayedCommits++;
        Replayed.LastCommit = commit;
        Replayed.JournalBytes += row.Length;
        return true;
    });

    /// <summary>Reads the keys of the last minutes, newest commits first until there are enough.</summary>
    private void ReadKeys()
    {
        var since = UptimeMs - RecentKeys.KeepMs;
        var found = new List<(UInt128 Key, long AtMs)>();
        var bytes = 0L;
        var keys = new List<UInt128>();
        using var newest = Session.PrepareOnce("SELECT at_ms, data FROM journal ORDER BY seq DESC");
        while (found.Count < RecentKeys.Most && bytes < KeyBytesRead && newest.Step() && newest.Int64(0) >= since)
        {
            var row = newest.Blob(1);
            bytes += row.Length;
            keys.Clear();
            JournalReading.ReadKeys(row, keys);
            for (var i = keys.Count - 1; i >= 0; i--)
            {
                found.Add((keys[i], newest.Int64(0)));
            }
        }

        for (var i = found.Count - 1; i >= 0; i--)
        {
            Keys.Add(found[i].Key, found[i].AtMs);
        }
    }
}
