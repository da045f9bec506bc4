using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>First and last stored t of every series: read once from the store, then followed commit by commit, so that a rebuild reads no rows. Safe from any thread; an erasure does not narrow it.</summary>
internal sealed class StoredExtents
{
    private readonly Lock _gate = new();

    // Under _gate: by series id - 1; First > Last = no rows.
    private (long FirstUs, long LastUs)[] _extents = [];

    private static (long FirstUs, long LastUs) None => (long.MaxValue, long.MinValue);

    /// <summary>Takes in a commit's rows; called on the store's writer thread before anybody else hears of them.</summary>
    public void Observe(CommittedRows rows)
    {
        lock (_gate)
        {
            foreach (SegmentOfRows segment in rows.Segments)
            {
                Widen(segment.Series, segment.TUs.Span[0], segment.TUs.Span[^1]);
            }
        }
    }

    /// <summary>Reads what was stored before this process; once, while the hub starts.</summary>
    public void Load(ObservationStore store)
    {
        using StoreSnapshot snapshot = store.Snapshot();

        // A damaged chunk is named where its rows are asked for; it must not keep the hub from starting.
        snapshot.OnDamage = static _ => { };
        foreach (SeriesEntry series in snapshot.Dictionary.Series.Span)
        {
            if (snapshot.TryExtent(series.Id, out long firstUs, out long lastUs))
            {
                lock (_gate)
                {
                    Widen(series.Id, firstUs, lastUs);
                }
            }
        }
    }

    /// <summary>False while the series has no rows.</summary>
    public bool TryFind(SeriesId series, out long firstUs, out long lastUs)
    {
        lock (_gate)
        {
            (firstUs, lastUs) = series.Value <= _extents.Length ? _extents[series.Value - 1] : None;
        }

        return firstUs <= lastUs;
    }

    /// <summary>First and last stored t of every boot that has rows.</summary>
    public Dictionary<BootId, (long FirstUs, long LastUs)> ByBoot(StoreDictionary dictionary)
    {
        var boots = new Dictionary<BootId, (long FirstUs, long LastUs)>();
        foreach (SeriesEntry series in dictionary.Series.Span)
        {
            if (TryFind(series.Id, out long firstUs, out long lastUs))
            {
                (long first, long last) = boots.GetValueOrDefault(series.Boot, None);
                boots[series.Boot] = (Math.Min(first, firstUs), Math.Max(last, lastUs));
            }
        }

        return boots;
    }

    private void Widen(SeriesId series, long firstUs, long lastUs)
    {
        if (series.Value > _extents.Length)
        {
            int had = _extents.Length;
            Array.Resize(ref _extents, Math.Max(series.Value, 2 * had));
            _extents.AsSpan(had).Fill(None);
        }

        ref (long FirstUs, long LastUs) extent = ref _extents[series.Value - 1];
        extent = (Math.Min(extent.FirstUs, firstUs), Math.Max(extent.LastUs, lastUs));
    }
}
