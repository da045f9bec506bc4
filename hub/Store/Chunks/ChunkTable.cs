using StemLab.Store.Sqlite;

namespace StemLab.Store.Chunks;

/// <summary>Writes the chunk tables. Writer thread, inside a transaction.</summary>
internal sealed class ChunkTable(SqliteSession session)
{
    private readonly SqliteStatement _insertData = session.Prepare("INSERT INTO chunk_data(data) VALUES(?1)");
    private readonly SqliteStatement _insert = session.Prepare("INSERT INTO chunk VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    private readonly SqliteStatement _delete = session.Prepare("DELETE FROM chunk WHERE series = ?1 AND t0 = ?2");
    private readonly SqliteStatement _deleteData = session.Prepare("DELETE FROM chunk_data WHERE id = ?1");
    private readonly SqliteStatement _nextStart = session.Prepare("SELECT t0 FROM chunk WHERE series = ?1 AND t0 > ?2 ORDER BY t0 LIMIT 1");
    private readonly ChunkCodec _codec = new();

    /// <summary>Encodes and inserts rows as one chunk.</summary>
    public void Insert(SeriesId series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        _insertData.Bind(1, _codec.Encode(tUs, raw, missing)).Run();
        var header = ChunkHeader.Of(tUs, raw, missing);
        _insert.Bind(1, series.Value).Bind(2, header.T0).Bind(3, header.T1).Bind(4, header.Rows).Bind(5, header.MissingRows);
        for (var column = 6; column <= 12; column++)
        {
            _insert.BindNull(column);
        }

        if (header.RawRows > 0)
        {
            _insert.Bind(6, header.Min).Bind(7, header.Max).Bind(8, header.Sum).Bind(9, header.First).Bind(10, header.Last);
        }

        if (header.RawRows > 0 && header.MissingRows > 0)
        {
            _insert.Bind(11, header.FirstRawT).Bind(12, header.LastRawT);
        }

        _insert.Bind(13, session.LastRowId).Run();
    }

    public void Delete(SeriesId series, in ChunkHeader header)
    {
        _delete.Bind(1, series.Value).Bind(2, header.T0).Run();
        _deleteData.Bind(1, header.DataId).Run();
    }

    /// <summary>Deletes the chunks of a series that start in a closed stretch.</summary>
    public void DeleteBetween(SeriesId series, long firstT0, long lastT0)
    {
        using var bodies = session.PrepareOnce("DELETE FROM chunk_data WHERE id IN (SELECT data FROM chunk WHERE series = ?1 AND t0 BETWEEN ?2 AND ?3)");
        bodies.Bind(1, series.Value).Bind(2, firstT0).Bind(3, lastT0).Run();
        using var headers = session.PrepareOnce("DELETE FROM chunk WHERE series = ?1 AND t0 BETWEEN ?2 AND ?3");
        headers.Bind(1, series.Value).Bind(2, firstT0).Bind(3, lastT0).Run();
    }

    /// <summary>Keeps the bytes of a damaged chunk for a person to look at.</summary>
    public void PutAside(in ChunkHeader header)
    {
        using var statement = session.PrepareOnce(
            "INSERT OR IGNORE INTO aside(id, seq, reason, data) SELECT -id, 0, 'damaged_chunk', data FROM chunk_data WHERE id = ?1");
        statement.Bind(1, header.DataId).Step();
    }

    /// <summary>Start of the first chunk after a time; null when there is none.</summary>
    public long? NextStart(SeriesId series, long afterUs)
    {
        long? start = _nextStart.Bind(1, series.Value).Bind(2, afterUs).Step() ? _nextStart.Int64(0) : null;
        _nextStart.Reset();
        return start;
    }
}
