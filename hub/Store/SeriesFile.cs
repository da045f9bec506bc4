using System.Security.Cryptography;
using StemLab.Store.Maintenance;
using StemLab.Store.Opening;
using StemLab.Store.Sqlite;

namespace StemLab.Store;

/// <summary>Maintenance of a series.db, by its folder. Backup, verify and dump may run beside a hub that has it open; the others may not.</summary>
public static class SeriesFile
{
    /// <summary>Writes a compact copy of everything committed, without stopping anybody.</summary>
    /// <param name="folder">Folder of series.db.</param>
    /// <param name="copyPath">File to make; must not exist.</param>
    /// <param name="progress">Told now and then how far it is, in bytes; null = nobody.</param>
    /// <exception cref="StoreUnavailableException">No series.db, the copy exists, or the disk fails; then no copy is left behind.</exception>
    public static void Backup(string folder, string copyPath, Action<StoreProgress>? progress = null)
    {
        if (File.Exists(copyPath))
        {
            throw new StoreUnavailableException($"{copyPath} exists already; choose another name");
        }

        try
        {
            Guarded(folder, readOnly: true, session =>
            {
                var total = (session.Scalar("PRAGMA page_count") - session.Scalar("PRAGMA freelist_count")) * session.Scalar("PRAGMA page_size");
                session.EachWhile(() => progress?.Invoke(new StoreProgress(Math.Min(total, LengthOf(copyPath)), total)), () =>
                {
                    using var copy = session.PrepareOnce("VACUUM INTO ?1");
                    copy.Bind(1, copyPath).Step();
                });
            });
        }
        catch (StoreUnavailableException)
        {
            File.Delete(copyPath);
            throw;
        }
    }

    /// <summary>Gives pages that erasures, retention and the log's purge have freed back to the disk. Needs room for a second copy while it runs.</summary>
    /// <param name="folder">Folder of series.db; no hub may have it open.</param>
    /// <returns>Bytes of the file before and after.</returns>
    /// <exception cref="StoreUnavailableException">No series.db, a hub has it open, or the disk refuses; the file is as it was.</exception>
    public static (long Before, long After) Compact(string folder)
    {
        using var folderLock = FolderLock.Take(folder);
        var path = Path.Combine(folder, Schema.FileName);
        var before = LengthOf(path);
        Guarded(folder, readOnly: false, session =>
        {
            Schema.Configure(session, 0);
            session.Run("PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        });
        return (before, LengthOf(path));
    }

    /// <summary>As <see cref="ObservationStore.ReplayAsync"/>, for a stopped hub.</summary>
    /// <param name="folder">Folder of series.db; no hub may have it open.</param>
    /// <param name="back">Running time of the store.</param>
    /// <returns>Commits that come again; null when nobody consumes the log.</returns>
    /// <exception cref="StoreUnavailableException">No series.db, a hub has it open, or the disk refuses.</exception>
    public static ReplayedCommits? Replay(string folder, TimeSpan back)
    {
        ReplayedCommits? replayed = null;
        using var folderLock = FolderLock.Take(folder);
        Guarded(folder, readOnly: false, session =>
        {
            Schema.Configure(session, 0);
            if (Meta.Find(session, Meta.ForwardedThrough) is not { } through)
            {
                return;
            }

            var (oldest, newest) = new Journal.JournalTable(session).Ends();
            var nowMs = Math.Max(Meta.Get(session, Meta.Uptime), session.Scalar("SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 1"));
            var cursor = new Writing.ForwardCursor(session, through);
            var to = Math.Min(through, newest == 0 ? through : cursor.NewestBefore(nowMs - (long)back.TotalMilliseconds, oldest, newest));
            cursor.Write(to);
            replayed = new ReplayedCommits(to + 1, through);
        });
        return replayed;
    }

    /// <summary>Counts what is stored, beside a running hub or without one.</summary>
    /// <param name="folder">Folder of series.db.</param>
    /// <exception cref="StoreUnavailableException">No series.db, or it cannot be read.</exception>
    public static SeriesFileStats Stats(string folder)
    {
        SeriesFileStats? stats = null;
        Guarded(folder, readOnly: true, session => stats = new Measuring(session).Run());
        return stats!;
    }

    /// <summary>Gives a restored series.db a new identity, so that agents offer again what they hold and cursors of the lost time are refused.</summary>
    /// <param name="folder">Folder of series.db; no hub may have it open.</param>
    /// <returns>The new identity.</returns>
    /// <exception cref="StoreUnavailableException">No series.db, a hub has it open, or the disk refuses.</exception>
    public static StoreId ReplaceStoreId(string folder)
    {
        using var folderLock = FolderLock.Take(folder);
        var id = RandomNumberGenerator.GetBytes(16);
        Guarded(folder, readOnly: false, session =>
        {
            Schema.Configure(session, 0);
            Meta.Set(session, Meta.StoreId, id);
        });
        return new StoreId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id));
    }

    /// <summary>Walks every page, chunk, journal row and ledger: checksums, order, header aggregates against the rows.</summary>
    /// <param name="folder">Folder of series.db.</param>
    /// <param name="decoder">Decodes native blocks.</param>
    /// <param name="progress">Told now and then how far it is, in chunks; null = nobody.</param>
    /// <exception cref="StoreUnavailableException">No series.db, or it cannot be opened at all.</exception>
    public static VerifyReport Verify(string folder, BlockDecoder decoder, Action<StoreProgress>? progress = null)
    {
        VerifyReport? report = null;
        Guarded(folder, readOnly: true, session => report = new Verification(session, decoder).Run(progress));
        return report!;
    }

    /// <summary>Writes names, ledgers, chunk headers and the log as text, one line each.</summary>
    /// <param name="folder">Folder of series.db.</param>
    /// <param name="decoder">Decodes native blocks.</param>
    /// <param name="into">Where the text goes.</param>
    /// <param name="withRows">Also every row in chunks: series, t in µs, value, missing reason, tab-separated.</param>
    /// <exception cref="StoreUnavailableException">No series.db, or it cannot be read.</exception>
    public static void Dump(string folder, BlockDecoder decoder, TextWriter into, bool withRows) =>
        Guarded(folder, readOnly: true, session => new Dumping(session, decoder, into).Run(withRows));

    /// <summary>A file on a read-only disk is read as it stands, unless a log of unfinished pages lies beside it.</summary>
    private static SqliteSession Open(string path, bool readOnly)
    {
        var session = new SqliteSession(path, readOnly);
        try
        {
            session.Scalar("SELECT 1 FROM sqlite_schema");
            return session;
        }
        catch (SqliteFault fault) when (readOnly && fault.Primary is SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY)
        {
            session.Dispose();
            return LengthOf(path + "-wal") == 0
                ? new SqliteSession(path, readOnly: true, isImmutable: true)
                : throw new StoreUnavailableException($"{path} is on a read-only disk and its log {path}-wal is not empty: copy the whole folder to a disk that can be written, then look there", fault);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static void Guarded(string folder, bool readOnly, Action<SqliteSession> work)
    {
        var path = Path.Combine(folder, Schema.FileName);
        if (!File.Exists(path))
        {
            throw new StoreUnavailableException($"There is no {path}");
        }

        try
        {
            using var session = Open(path, readOnly);
            Schema.RequireKnown(session);
            work(session);
        }
        catch (SqliteFault fault)
        {
            throw new StoreUnavailableException($"{path}: {fault.Message}", fault);
        }
    }
}

/// <summary>How far long work is.</summary>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all, at least <paramref name="Done"/>.</param>
public readonly record struct StoreProgress(long Done, long Total);
