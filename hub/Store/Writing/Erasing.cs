using System.Collections.Immutable;
using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>
/// Takes rows out of the file. An erasure leaves a mask for ever; a drop (retention) leaves only what the log must not show again. Chunk bodies and conflicts go,
/// a bounded number of chunks a transaction; journal rows keep their bytes until they are purged, masked on every read. Writer thread only.
/// </summary>
internal sealed class Erasing(SqliteSession session, ChunkReader reader, ChunkTable table)
{
    /// <summary>Chunks taken out within one transaction: about 30 ms.</summary>
    public const int SliceChunks = 2048;

    private readonly List<ChunkHeader> _headers = [];
    private readonly DecodedChunk _decoded = new();

    /// <summary>Writes masks, inside a transaction.</summary>
    public void Mask(ImmutableArray<RowMask> masks)
    {
        using var insert = session.PrepareOnce("INSERT OR IGNORE INTO erasure(series, t0, t1) VALUES(?1, ?2, ?3)");
        foreach (var mask in masks)
        {
            insert.Bind(1, mask.Series.Value).Bind(2, mask.FromUs).Bind(3, mask.ToUs).Run();
        }
    }

    /// <summary>Notes up to which t rows of commits so far are dropped, inside a transaction. A lower t than noted changes nothing.</summary>
    public void Note(SeriesId series, long beforeUs, long commit)
    {
        using var note = session.PrepareOnce("INSERT INTO dropped VALUES(?1, ?2, ?3) ON CONFLICT(series) DO UPDATE SET before = ?2, seq = ?3 WHERE before <= ?2");
        note.Bind(1, series.Value).Bind(2, beforeUs).Bind(3, commit).Run();
    }

    /// <summary>Takes the rows of a span out of conflicts and chunks, inside a transaction.</summary>
    /// <param name="span">What.</param>
    /// <param name="chunks">At most so many chunks; what is left of it comes back.</param>
    /// <returns>Rows taken out of chunks, and whether the span is empty now.</returns>
    public (long Rows, bool IsDone) Remove(RowMask span, ref int chunks)
    {
        using var conflicts = session.PrepareOnce("DELETE FROM conflict WHERE series = ?1 AND t >= ?2 AND t < ?3");
        conflicts.Bind(1, span.Series.Value).Bind(2, span.FromUs).Bind(3, span.ToUs).Run();
        _headers.Clear();
        reader.Headers(span.Series, span.FromUs, span.ToUs, chunks + 1, _headers);
        var isDone = _headers.Count <= chunks;
        var rows = 0L;
        ChunkHeader? firstInside = null;
        var lastInside = default(ChunkHeader);
        foreach (var header in _headers.Take(chunks))
        {
            if (header.T1 < span.FromUs)
            {
                continue;
            }

            chunks--;
            if (header.T0 >= span.FromUs && header.T1 < span.ToUs)
            {
                firstInside ??= header;
                lastInside = header;
                rows += header.Rows;
                continue;
            }

            rows += CutChunk(span, header);
        }

        if (firstInside is { } first)
        {
            table.DeleteBetween(span.Series, first.T0, lastInside.T0);
        }

        return (rows, isDone);
    }

    /// <summary>All masks, per series ascending and apart.</summary>
    public static ImmutableDictionary<SeriesId, RowMask[]> Load(SqliteSession session)
    {
        var all = new Dictionary<SeriesId, List<RowMask>>();
        using var select = session.PrepareOnce("SELECT series, t0, t1 FROM erasure ORDER BY series, t0");
        while (select.Step())
        {
            var mask = new RowMask(new SeriesId((int)select.Int64(0)), select.Int64(1), select.Int64(2));
            if (!all.TryGetValue(mask.Series, out var masks))
            {
                all[mask.Series] = masks = [];
            }

            if (masks.Count > 0 && masks[^1].ToUs >= mask.FromUs)
            {
                masks[^1] = masks[^1] with { ToUs = Math.Max(masks[^1].ToUs, mask.ToUs) };
            }
            else
            {
                masks.Add(mask);
            }
        }

        return all.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    /// <summary>What was dropped, per series.</summary>
    public static ImmutableDictionary<SeriesId, DroppedRows> LoadDropped(SqliteSession session)
    {
        var all = ImmutableDictionary.CreateBuilder<SeriesId, DroppedRows>();
        using var select = session.PrepareOnce("SELECT series, before, seq FROM dropped");
        while (select.Step())
        {
            all[new SeriesId((int)select.Int64(0))] = new DroppedRows(select.Int64(1), select.Int64(2));
        }

        return all.ToImmutable();
    }

    private long CutChunk(RowMask span, in ChunkHeader header)
    {
        if (header.IsRemote)
        {
            // A mask hides the rows here, InfluxDB is told to delete them, and the header still names the rest.
            return 0;
        }

        reader.Decode(span.Series, header, _decoded);
        if (_decoded.Count == 0)
        {
            table.PutAside(header);
        }

        table.Delete(span.Series, header);
        var rows = new RowSlice(_decoded.TUs, _decoded.Raw, _decoded.Missing, 0, _decoded.Count);
        var before = rows.Cut(long.MinValue, span.FromUs);
        var after = rows with { Start = RowSlice.LowerBound(rows.TUs, 0, rows.End, span.ToUs) };
        Keep(span.Series, before);
        Keep(span.Series, after);
        return rows.Length - before.Length - after.Length;
    }

    private void Keep(SeriesId series, RowSlice rows)
    {
        if (!rows.IsEmpty)
        {
            table.Insert(series, rows.Times, rows.Values, rows.Reasons);
        }
    }
}

/// <summary>Rows with t before <paramref name="BeforeUs"/> of commits up to <paramref name="Commit"/> are dropped; the same times stored later are not.</summary>
internal readonly record struct DroppedRows(long BeforeUs, long Commit);
