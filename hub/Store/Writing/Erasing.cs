using System.Collections.Immutable;
using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>Erasures: the mask stays for ever; rows in chunks and in the conflict table go. Journal rows keep their bytes until they are purged, masked on every read. Writer thread only.</summary>
internal sealed class Erasing(SqliteSession session, ChunkReader reader, ChunkTable table)
{
    /// <summary>Writes masks and removes what they hide, inside a transaction.</summary>
    public void Write(ImmutableArray<RowMask> masks)
    {
        using var insert = session.PrepareOnce("INSERT OR IGNORE INTO erasure(series, t0, t1) VALUES(?1, ?2, ?3)");
        using var conflicts = session.PrepareOnce("DELETE FROM conflict WHERE series = ?1 AND t >= ?2 AND t < ?3");
        foreach (var mask in masks)
        {
            insert.Bind(1, mask.Series.Value).Bind(2, mask.FromUs).Bind(3, mask.ToUs).Run();
            conflicts.Bind(1, mask.Series.Value).Bind(2, mask.FromUs).Bind(3, mask.ToUs).Run();
            RemoveRows(mask);
        }
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

    private void RemoveRows(RowMask mask)
    {
        var decoded = new DecodedChunk();
        List<ChunkHeader> headers = [];
        reader.Headers(mask.Series, mask.FromUs, mask.ToUs, int.MaxValue, headers);
        foreach (var header in headers.Where(header => header.T1 >= mask.FromUs))
        {
            var isInside = header.T0 >= mask.FromUs && header.T1 < mask.ToUs;
            if (!isInside)
            {
                reader.Decode(mask.Series, header, decoded);
            }

            table.Delete(mask.Series, header);
            if (!isInside)
            {
                var rows = new RowSlice(decoded.TUs, decoded.Raw, decoded.Missing, 0, decoded.Count);
                Keep(mask.Series, rows.Cut(long.MinValue, mask.FromUs));
                Keep(mask.Series, rows with { Start = RowSlice.LowerBound(rows.TUs, 0, rows.End, mask.ToUs) });
            }
        }
    }

    private void Keep(SeriesId series, RowSlice rows)
    {
        if (!rows.IsEmpty)
        {
            table.Insert(series, rows.Times, rows.Values, rows.Reasons);
        }
    }
}
