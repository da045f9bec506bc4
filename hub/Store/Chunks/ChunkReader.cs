using StemLab.Store.Sqlite;

namespace StemLab.Store.Chunks;

/// <summary>Reads the chunk tables over one connection. One thread at a time; several walks may take turns.</summary>
internal sealed class ChunkReader(SqliteSession session)
{
    private const string Columns = "t0,t1,n,missing,vmin,vmax,vsum,vfirst,vlast,tfirst,tlast,data";

    private readonly SqliteStatement _range = session.Prepare($"""
        SELECT {Columns} FROM chunk
        WHERE series = ?1 AND t0 >= coalesce((SELECT max(t0) FROM chunk WHERE series = ?1 AND t0 <= ?2), ?2) AND t0 < ?3
        ORDER BY t0 LIMIT ?4
        """);

    private readonly SqliteStatement _lastAtOrBelow = session.Prepare(
        $"SELECT {Columns} FROM chunk WHERE series = ?1 AND t0 <= ?2 ORDER BY t0 DESC LIMIT 1");

    private readonly Dictionary<(SeriesId Series, long T0), ChunkRows> _ahead = [];

    private readonly SqliteStatement _data = session.Prepare("SELECT data FROM chunk_data WHERE id = ?1");

    /// <summary>Told of a damaged chunk, which is then taken as empty, so that one bad block of the disk does not stop everybody. Null = throw.</summary>
    public Action<SeriesId, ChunkHeader>? OnDamage { get; set; }

    /// <summary>Appends the headers of chunks that may hold rows with from ≤ t &lt; to, ascending, at most <paramref name="limit"/>.</summary>
    public void Headers(SeriesId series, long fromUs, long toUs, int limit, List<ChunkHeader> into)
    {
        _range.Bind(1, series.Value).Bind(2, fromUs).Bind(3, toUs).Bind(4, limit);
        while (_range.Step())
        {
            into.Add(Header(_range));
        }

        _range.Reset();
    }

    /// <summary>The last chunk that starts at or before a time.</summary>
    public bool TryLast(SeriesId series, long atOrBelowUs, out ChunkHeader header)
    {
        var found = _lastAtOrBelow.Bind(1, series.Value).Bind(2, atOrBelowUs).Step();
        header = found ? Header(_lastAtOrBelow) : default;
        _lastAtOrBelow.Reset();
        return found;
    }

    /// <summary>Brings rows that are only in InfluxDB; null = nobody can.</summary>
    public RemoteRows? Remote { get; set; }

    /// <summary>Decodes a chunk's rows.</summary>
    /// <exception cref="StoreDamagedException">The chunk is damaged and nobody is told.</exception>
    /// <exception cref="StoreUnavailableException">Its rows are only in InfluxDB and cannot be had.</exception>
    public void Decode(SeriesId series, in ChunkHeader header, DecodedChunk into)
    {
        if (header.IsRemote)
        {
            Decode(series, new ReadOnlySpan<ChunkHeader>(in header), [], into);
            return;
        }

        var isWhole = _data.Bind(1, header.DataId).Step() && ChunkCodec.TryDecode(_data.Blob(0), into);
        _data.Reset();
        if (!isWhole || into.Count != header.Rows || into.TUs[0] != header.T0 || into.TUs[into.Count - 1] != header.T1)
        {
            if (OnDamage is not null)
            {
                OnDamage(series, header);
                into.Clear();
                return;
            }

            throw new StoreDamagedException(new DamagedRows(series, header.T0, header.T1, header.Rows, header.DataId));
        }
    }

    /// <summary>Decodes the first of some chunks whose rows are only in InfluxDB; the others are brought along in the same question and kept until they are asked for.</summary>
    /// <exception cref="StoreUnavailableException">The rows cannot be had.</exception>
    public void Decode(SeriesId series, ReadOnlySpan<ChunkHeader> remote, RowMask[] masks, DecodedChunk into)
    {
        if (!_ahead.Remove((series, remote[0].T0), out var rows))
        {
            if (Remote is null)
            {
                throw new StoreUnavailableException($"Rows of series {series.Value} (t {remote[0].T0} … {remote[0].T1}) are only in InfluxDB, which this hub does not use now; set Store to influx again, or bring them back with `stemlab store move --to embedded`");
            }

            var brought = Remote(series, remote, masks);
            for (var i = 1; i < brought.Length; i++)
            {
                _ahead[(series, remote[i].T0)] = brought[i];
            }

            rows = brought[0];
        }

        into.Take(rows.TUs, rows.Raw, rows.Missing);
    }

    /// <summary>Forgets what was brought along.</summary>
    public void ForgetAhead() => _ahead.Clear();

    /// <summary>A header from a row whose columns begin with t0 at an index.</summary>
    public static ChunkHeader Header(SqliteStatement row, int at = 0)
    {
        var header = new ChunkHeader
        {
            T0 = row.Int64(at),
            T1 = row.Int64(at + 1),
            Rows = (int)row.Int64(at + 2),
            MissingRows = (int)row.Int64(at + 3),
            DataId = row.Int64(at + 11),
        };
        if (header.RawRows > 0)
        {
            (header.Min, header.Max, header.Sum) = (row.Double(at + 4), row.Double(at + 5), row.Double(at + 6));
            header.Sum = header.Sum == 0 && row.IsNull(at + 6) ? double.NaN : header.Sum;
            (header.First, header.Last) = (row.Double(at + 7), row.Double(at + 8));
            (header.FirstRawT, header.LastRawT) = header.MissingRows == 0
                ? (header.T0, header.T1)
                : (row.Int64(at + 9), row.Int64(at + 10));
        }

        return header;
    }
}

/// <summary>Rows of one chunk; <paramref name="Missing"/> null = none is missing.</summary>
internal readonly record struct ChunkRows(long[] TUs, double[] Raw, byte[]? Missing);

/// <summary>Brings the rows of neighbouring chunks of one series, checked against their headers.</summary>
/// <exception cref="StoreUnavailableException">They cannot be had, or are not what the headers say.</exception>
internal delegate ChunkRows[] RemoteRows(SeriesId series, ReadOnlySpan<ChunkHeader> headers, RowMask[] masks);
