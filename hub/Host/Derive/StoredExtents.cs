using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>First and last stored t of every series: read once from the store, then followed commit by commit, so that a rebuild reads no rows. Safe from any thread; an erasure does not narrow it.</summary>
internal sealed class StoredExtents
{
    private readonly Lock _gate = new();

    // Under _gate: by series id - 1; First > Last = no rows.
    private (long FirstUs, long LastUs)[] _extents = [];
    private ILookup<SeriesId, SiblingLink> _links = Array.Empty<SiblingLink>().ToLookup(link => link.Of);
    private readonly Dictionary<SeriesId, (long FirstUs, long LastUs)> _late = [];
    private TaskCompletionSource _lateCame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Under _gate: by series id - 1; whether the beginning, and the end, of its boot bounds another boot.
    private (bool First, bool Last)[] _bounding = [];
    private long _moves;

    /// <summary>Grows whenever rows came before the beginning, or after the end, of a boot whose neighbours are bounded by it.</summary>
    public long Moves => Interlocked.Read(ref _moves);

    private static (long FirstUs, long LastUs) None => (long.MaxValue, long.MinValue);

    /// <summary>Takes in a commit's rows; called on the store's writer thread before anybody else hears of them.</summary>
    public void Observe(CommittedRows rows)
    {
        lock (_gate)
        {
            if (_links.Count > 0)
            {
                FindLate(rows);
            }

            foreach (SegmentOfRows segment in rows.Segments)
            {
                Widen(segment.Series, segment.TUs.Span[0], segment.TUs.Span[^1]);
            }
        }
    }

    /// <summary>Says which series' boots have neighbours; from now on rows that move their ends are counted in <see cref="Moves"/>.</summary>
    public void Bound(StoreDictionary dictionary, BootNeighbours neighbours)
    {
        lock (_gate)
        {
            _bounding = [.. dictionary.Series.Span.ToArray().Select(series => (neighbours.HasEarlier(series.Boot), neighbours.HasLater(series.Boot)))];
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

    /// <summary>Whose rows others depend on, from now on; replaces what was said before.</summary>
    public void Follow(IEnumerable<SiblingLink> links)
    {
        lock (_gate)
        {
            _links = links.ToLookup(link => link.Of);
        }
    }

    /// <summary>Stretches of compensated series whose siblings came after them, on the boot's clock, both ends inclusive; they are handed out once.</summary>
    public Dictionary<SeriesId, (long FirstUs, long LastUs)> TakeLate()
    {
        lock (_gate)
        {
            var late = new Dictionary<SeriesId, (long FirstUs, long LastUs)>(_late);
            _late.Clear();
            if (_lateCame.Task.IsCompleted)
            {
                _lateCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return late;
        }
    }

    /// <summary>Completes when there is something to take.</summary>
    public Task WaitForLateAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _lateCame.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>False while the series has no rows.</summary>
    public bool TryFind(SeriesId series, out long firstUs, out long lastUs)
    {
        lock (_gate)
        {
            (firstUs, lastUs) = ExtentOf(series);
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

    private (long FirstUs, long LastUs) ExtentOf(SeriesId series) => series.Value <= _extents.Length ? _extents[series.Value - 1] : None;

    /// <summary>A sibling row not later than compensated rows of earlier commits alters what may have been sent already.</summary>
    private void FindLate(CommittedRows rows)
    {
        bool any = false;
        foreach (SegmentOfRows segment in rows.Segments)
        {
            foreach (SiblingLink link in _links[segment.Series])
            {
                (long firstUs, long lastUs) = ExtentOf(link.Rows);
                long from = Math.Max(firstUs, segment.TUs.Span[0]);
                long to = Math.Min(lastUs, Later(segment.TUs.Span[^1], link.MaxAgeUs));
                if (from <= to)
                {
                    (long first, long last) = _late.GetValueOrDefault(link.Dependent, None);
                    _late[link.Dependent] = (Math.Min(first, from), Math.Max(last, to));
                    any = true;
                }
            }
        }

        if (any)
        {
            _lateCame.TrySetResult();
        }
    }

    private static long Later(long tUs, long ageUs) => tUs > long.MaxValue - ageUs ? long.MaxValue : tUs + ageUs;

    private void Widen(SeriesId series, long firstUs, long lastUs)
    {
        if (series.Value > _extents.Length)
        {
            int had = _extents.Length;
            Array.Resize(ref _extents, Math.Max(series.Value, 2 * had));
            _extents.AsSpan(had).Fill(None);
        }

        ref (long FirstUs, long LastUs) extent = ref _extents[series.Value - 1];
        if (series.Value <= _bounding.Length && ((_bounding[series.Value - 1].First && firstUs < extent.FirstUs) || (_bounding[series.Value - 1].Last && lastUs > extent.LastUs)))
        {
            Interlocked.Increment(ref _moves);
        }

        extent = (Math.Min(extent.FirstUs, firstUs), Math.Max(extent.LastUs, lastUs));
    }
}

/// <summary>Values of <paramref name="Dependent"/>, one for each row of the stored series <paramref name="Rows"/>, are made with the newest row of <paramref name="Of"/>, at most so old.</summary>
internal readonly record struct SiblingLink(SeriesId Of, SeriesId Dependent, SeriesId Rows, long MaxAgeUs);
