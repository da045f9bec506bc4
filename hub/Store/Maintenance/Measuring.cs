using System.Collections.Immutable;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Maintenance;

/// <summary>Counts a file, in one read transaction; reads headers, never rows.</summary>
internal sealed class Measuring(SqliteSession session)
{
    public SeriesFileStats Run()
    {
        session.Run("BEGIN");
        var pageBytes = session.Scalar("PRAGMA page_size");
        var aside = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        using (var reasons = session.PrepareOnce("SELECT reason, count(*) FROM aside GROUP BY reason"))
        {
            while (reasons.Step())
            {
                aside[reasons.Text(0)] = reasons.Int64(1);
            }
        }

        var stats = new SeriesFileStats
        {
            StoreId = new StoreId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Meta.GetBytes(session, Meta.StoreId))),
            Format = session.Scalar("PRAGMA user_version"),
            FileBytes = session.Scalar("PRAGMA page_count") * pageBytes,
            FreeBytes = session.Scalar("PRAGMA freelist_count") * pageBytes,
            Commit = Math.Max(Meta.Get(session, Meta.NextCommit) - 1, session.Scalar("SELECT max(seq) FROM journal")),
            OldestCommit = session.Scalar("SELECT min(seq) FROM journal"),
            JournalBytes = session.Scalar("SELECT sum(length(data)) FROM journal"),
            FlushedThrough = Meta.Get(session, Meta.FlushedThrough),
            ForwardedThrough = Meta.Find(session, Meta.ForwardedThrough),
            Agents = session.Scalar("SELECT count(*) FROM agent"),
            Series = session.Scalar("SELECT count(*) FROM series"),
            Chunks = session.Scalar("SELECT count(*) FROM chunk"),
            ChunkRows = session.Scalar("SELECT sum(n) FROM chunk"),
            MissingRows = session.Scalar("SELECT sum(missing) FROM chunk"),
            ChunkBytes = session.Scalar("SELECT sum(length(data)) FROM chunk_data"),
            Conflicts = session.Scalar("SELECT count(*) FROM conflict"),
            Erasures = session.Scalar("SELECT count(*) FROM erasure"),
            Dropped = session.Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'dropped'") == 0 ? 0 : session.Scalar("SELECT count(*) FROM dropped"),
            Aside = aside.ToImmutable(),
        };
        session.Run("COMMIT");
        return stats;
    }
}
