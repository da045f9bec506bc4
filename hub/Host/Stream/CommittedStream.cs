using System.Collections.Immutable;
using StemLab.Store;

namespace StemLab.Hub.Stream;

/// <summary>
/// The only door from writing to reading: what was committed, in commit order. A bounded ring in memory for those who keep up,
/// the store's commit log for those who do not; the reader holds a position and cannot tell which. Safe from any thread.
/// </summary>
/// <remarks>
/// <code>
/// store writer ─ Publish ─► [c7][c8][c9]            ring: the newest MostRows rows
///                            ▲       ▲
///        a reader far behind │       └ a reader that keeps up
///        reads the log, then the ring
/// </code>
/// </remarks>
internal sealed class CommittedStream
{
    /// <summary>Rows the ring holds by default: 100 s at 5,000 readings a second, about 37 MB.</summary>
    public const int DefaultMostRows = 500_000;

    private readonly int _mostRows;
    private readonly Lock _gate = new();

    // Under _gate. Commits greater than _coveredAfter are all in the ring; _ring[(_oldest + i) % length] is the i-th.
    private CommittedRows[] _ring = new CommittedRows[1024];
    private int _oldest;
    private int _count;
    private long _coveredAfter;
    private long _newest;
    private int _rows;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ObservationStore? _store;

    public CommittedStream(int mostRows = DefaultMostRows) => _mostRows = mostRows;

    /// <summary>The position after everything published so far.</summary>
    public CommitPosition Newest
    {
        get
        {
            lock (_gate)
            {
                return CommitPosition.After(_newest);
            }
        }
    }

    /// <summary>Names the log to fall back to, once, when the store is open; commits up to <paramref name="openedAt"/> are read from it.</summary>
    public void Attach(ObservationStore store, long openedAt)
    {
        lock (_gate)
        {
            _store = store;
            _coveredAfter = Math.Max(_coveredAfter, _count > 0 ? Math.Min(openedAt, At(0).Commit - 1) : openedAt);
            _newest = Math.Max(_newest, openedAt);
        }
    }

    /// <summary>Takes one commit; the store's writer thread, in commit order, never blocks.</summary>
    public void Publish(CommittedRows rows)
    {
        TaskCompletionSource arrived;
        lock (_gate)
        {
            // A commit that showed no rows is passed, not kept.
            if (rows.RowCount > 0)
            {
                Keep(rows);
            }

            _newest = rows.Commit;
            arrived = _arrived;
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrived.SetResult();
    }

    /// <summary>What was committed after a position, at least one commit (or part of one) if there is any; an expired position says so.</summary>
    /// <param name="after">The position already seen.</param>
    /// <param name="maxRows">Stop after about so many rows; a commit from the ring is given whole.</param>
    public CommitPage Read(CommitPosition after, int maxRows)
    {
        lock (_gate)
        {
            if (after >= CommitPosition.After(_newest))
            {
                return new CommitPage([], after, IsExpired: false, IsAtEnd: true);
            }

            if (after.Index == int.MaxValue && after.Commit >= _coveredAfter)
            {
                return FromRing(after, maxRows);
            }
        }

        return FromLog(after, maxRows);
    }

    /// <summary>Completes when something newer than a position was published.</summary>
    public Task WaitAsync(CommitPosition after, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return after < CommitPosition.After(_newest) ? Task.CompletedTask : _arrived.Task.WaitAsync(cancellationToken);
        }
    }

    private void Keep(CommittedRows rows)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_oldest + _count++) % _ring.Length] = rows;
        _rows += rows.RowCount;
        while (_rows > _mostRows && _count > 1)
        {
            DropOldest();
        }
    }

    private CommittedRows At(int index) => _ring[(_oldest + index) % _ring.Length];

    private CommitPage FromRing(CommitPosition after, int maxRows)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Commit > after.Commit ? (low, middle) : (middle + 1, high);
        }

        var page = ImmutableArray.CreateBuilder<CommittedRows>();
        for (var rows = 0; low < _count && (rows < maxRows || page.Count == 0); low++)
        {
            page.Add(At(low));
            rows += At(low).RowCount;
        }

        // At the end, commits that showed no rows are passed too.
        return new CommitPage(page.ToImmutable(), CommitPosition.After(low == _count ? _newest : page[^1].Commit), IsExpired: false, IsAtEnd: low == _count);
    }

    private void DropOldest()
    {
        var dropped = At(0);
        _ring[_oldest] = null!;
        _oldest = (_oldest + 1) % _ring.Length;
        _count--;
        _rows -= dropped.RowCount;
        _coveredAfter = dropped.Commit;
    }

    private void Grow()
    {
        var larger = new CommittedRows[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }

        _ring = larger;
        _oldest = 0;
    }

    /// <summary>A reader in the middle of a commit, or behind the ring, is served by the log; it comes back to the ring by itself.</summary>
    private CommitPage FromLog(CommitPosition after, int maxRows) =>
        (_store ?? throw new InvalidOperationException("BUG: read before the store was attached")).ReadCommits(after, maxRows);
}
