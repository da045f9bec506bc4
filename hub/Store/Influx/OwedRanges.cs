using StemLab.Store.Sqlite;

namespace StemLab.Store.Influx;

/// <summary>What still has to be sent whatever the cursor says: held rows that got a time, everything at first, what a restored server lacks. Safe from any thread.</summary>
internal sealed class OwedRanges
{
    private readonly ObservationStore _store;
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries;
    private readonly List<OwedRange> _done = [];
    private long _rows;

    public OwedRanges(ObservationStore store)
    {
        _store = store;
        _entries = [.. store.Read(FarTables.Owed).Select(range => new Entry(range))];
    }

    /// <summary>One range and how far it is through; being late is harmless.</summary>
    private sealed class Entry(OwedRange range)
    {
        public OwedRange Range { get; } = range;

        public long FromUs { get; set; } = range.FromUs;
    }

    /// <summary>About how many rows of boots with a clock they are.</summary>
    public long Rows => Math.Max(0, Volatile.Read(ref _rows));

    /// <summary>Adds ranges, durable when it returns; one that is half through begins anew.</summary>
    public async ValueTask AddAsync(IReadOnlyCollection<OwedRange> ranges, CancellationToken cancellationToken, Action<SqliteSession>? with = null)
    {
        if (ranges.Count == 0 && with is null)
        {
            return;
        }

        await _store.WriteAsync(
            session =>
            {
                FarTables.AddOwed(session, ranges);
                with?.Invoke(session);
                lock (_gate)
                {
                    foreach (var range in ranges)
                    {
                        Put(range);
                    }
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the table again, after somebody else wrote to it.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            foreach (var range in _store.Read(FarTables.Owed))
            {
                Put(range);
            }
        }
    }

    /// <summary>The next range that may be sent, from where it stands.</summary>
    public bool TryNext(Func<SeriesId, bool> mayBeSent, out OwedRange original, out long fromUs)
    {
        lock (_gate)
        {
            var entry = _entries.Find(entry => mayBeSent(entry.Range.Series));
            (original, fromUs) = entry is null ? (default, 0) : (entry.Range, entry.FromUs);
            return entry is not null;
        }
    }

    /// <summary>Some of it is there now.</summary>
    public void Advance(OwedRange original, long fromBefore, long fromUs, bool isDone, int rows)
    {
        Interlocked.Add(ref _rows, -rows);
        lock (_gate)
        {
            // Begun anew meanwhile: then it stays as it is.
            if (_entries.Find(entry => entry.Range == original && entry.FromUs == fromBefore) is not { } entry)
            {
                return;
            }

            entry.FromUs = fromUs;
            if (isDone)
            {
                _entries.Remove(entry);
                _done.Add(original);
            }
        }
    }

    /// <summary>Writer thread: forgets on disk what is through.</summary>
    public void Keep(SqliteSession session)
    {
        lock (_gate)
        {
            FarTables.RemoveOwed(session, _done.Where(range => !_entries.Exists(entry => entry.Range == range)));
            _done.Clear();
        }
    }

    /// <summary>Counts the rows again.</summary>
    public void Count(Func<SeriesId, bool> mayBeSent)
    {
        (OwedRange Range, long FromUs)[] owed;
        lock (_gate)
        {
            owed = [.. _entries.Where(entry => mayBeSent(entry.Range.Series)).Select(entry => (entry.Range, entry.FromUs))];
        }

        using var snapshot = _store.Snapshot();
        Volatile.Write(ref _rows, owed.Sum(one => FarCompare.Here(snapshot, one.Range.Series, one.FromUs, one.Range.ToUs).All));
    }

    // Under _gate.
    private void Put(OwedRange range)
    {
        if (_entries.Find(entry => entry.Range == range) is { } known)
        {
            known.FromUs = range.FromUs;
            return;
        }

        _entries.Add(new Entry(range));
    }
}
