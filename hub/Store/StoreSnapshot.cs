using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Reading;

namespace StemLab.Store;

/// <summary>
/// Every row of commits ≤ <see cref="Commit"/>, and no other, however long it is held. One thread at a time; dispose soon, it keeps the log from shrinking.
/// </summary>
public sealed class StoreSnapshot : IDisposable
{
    private readonly ReadSessions _sessions;
    private readonly PublishedState _state;
    private ReadSession? _session;

    internal StoreSnapshot(ReadSessions sessions, ReadSession session, PublishedState state)
    {
        _sessions = sessions;
        _session = session;
        _state = state;
    }

    /// <summary>Newest commit it shows; follow the log from <see cref="CommitPosition.After"/> it for everything later.</summary>
    public long Commit => _state.Commit;

    /// <summary>Names as of the snapshot.</summary>
    public StoreDictionary Dictionary => _state.Dictionary;

    private ChunkReader Chunks => (_session ?? throw new ObjectDisposedException(nameof(StoreSnapshot))).Chunks;

    /// <summary>The rows with from ≤ t &lt; to, collisions resolved, erasures masked.</summary>
    /// <param name="series">The series; an unknown one has no rows.</param>
    /// <param name="fromUs">First t, µs of the boot.</param>
    /// <param name="toUs">First t not wanted; <see cref="long.MaxValue"/> = no bound.</param>
    public RowRuns Rows(SeriesId series, long fromUs, long toUs) =>
        new(new SeriesWalk(Chunks, series, fromUs, toUs, _state.Slices(series, fromUs, toUs), _state.MasksOf(series)));

    /// <summary>Aggregates by buckets; chunks inside one bucket cost only their header.</summary>
    /// <param name="series">The series; an unknown one gives empty buckets.</param>
    /// <param name="edges">n + 1 times ascending (equal ones make an empty bucket): bucket i is [edges[i], edges[i + 1]).</param>
    /// <param name="into">n buckets, overwritten.</param>
    /// <exception cref="ArgumentException">Edges not ascending, or not one more than buckets.</exception>
    public void Aggregate(SeriesId series, ReadOnlySpan<long> edges, Span<BucketAggregate> into)
    {
        Buckets.Require(edges, into.Length);
        into.Clear();
        if (into.IsEmpty)
        {
            return;
        }

        var buckets = new Buckets(edges);
        var walk = new SeriesWalk(
            Chunks,
            series,
            edges[0],
            edges[^1],
            _state.Slices(series, edges[0], edges[^1]),
            _state.MasksOf(series),
            mayReuse: true,
            headersFor: buckets.IsInOne);
        while (walk.MoveNext())
        {
            if (walk.IsHeader)
            {
                walk.Header.AddTo(ref into[buckets.At(walk.Header.T0)]);
            }
            else
            {
                buckets.Add(walk.Rows, into);
            }
        }
    }

    /// <summary>The row with the greatest t.</summary>
    public bool TryLatest(SeriesId series, out StoredRow row)
    {
        if (!TryLastT(series, out var lastUs))
        {
            row = default;
            return false;
        }

        foreach (var run in Rows(series, lastUs, lastUs == long.MaxValue ? lastUs : lastUs + 1))
        {
            row = new StoredRow(run.TUs.Span[0], run.Raw.Span[0], run.Missing.Span[0]);
            return true;
        }

        row = default;
        return false;
    }

    /// <summary>The first and last t of the series.</summary>
    public bool TryExtent(SeriesId series, out long firstUs, out long lastUs)
    {
        firstUs = 0;
        if (!TryLastT(series, out lastUs))
        {
            return false;
        }

        foreach (var run in Rows(series, long.MinValue, long.MaxValue))
        {
            firstUs = run.TUs.Span[0];
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
        {
            session.End();
            _sessions.Give(session);
        }
    }

    private bool TryLastT(SeriesId series, out long lastUs)
    {
        var masks = _state.MasksOf(series);
        lastUs = long.MaxValue;
        while (TryGreatest(series, lastUs, out var greatest))
        {
            var i = Array.FindIndex(masks, mask => mask.FromUs <= greatest && greatest < mask.ToUs);
            if (i < 0)
            {
                lastUs = greatest;
                return true;
            }

            if (masks[i].FromUs == long.MinValue)
            {
                break;
            }

            lastUs = masks[i].FromUs - 1;
        }

        return false;
    }

    private bool TryGreatest(SeriesId series, long atOrBelowUs, out long tUs)
    {
        var found = _state.TryGreatest(series, atOrBelowUs, out tUs);
        if (!Chunks.TryLast(series, atOrBelowUs, out var header))
        {
            return found;
        }

        if (header.T1 <= atOrBelowUs)
        {
            tUs = found ? Math.Max(tUs, header.T1) : header.T1;
            return true;
        }

        var decoded = new DecodedChunk();
        Chunks.Decode(series, header, decoded);
        var at = RowSlice.LowerBound(decoded.TUs, 0, decoded.Count, atOrBelowUs + 1) - 1;
        tUs = found ? Math.Max(tUs, decoded.TUs[at]) : decoded.TUs[at];
        return true;
    }
}
