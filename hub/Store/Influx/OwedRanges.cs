using StemLab.Store.Sqlite;

namespace StemLab.Store.Influx;

/// <summary>What still has to be sent whatever the cursor says: held rows that got a time, everything at first, what a restored server lacks. Safe from any thread.</summary>
internal sealed class OwedRanges
{
    private readonly ObservationStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _doubt;
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries;
    private readonly Lock _counting = new();
    private long _sentRows;
    private long _rows;

    /// <param name="store">Where they are remembered.</param>
    /// <param name="time">Clock of the doubt.</param>
    /// <param name="doubt">What was sent within it may be lost when the server breaks: it is remembered so long.</param>
    public OwedRanges(ObservationStore store, TimeProvider time, TimeSpan doubt)
    {
        (_store, _time, _doubt) = (store, time, doubt);
        _entries = [.. store.Read(FarTables.Owed).Select(range => new Entry(range))];
    }

    /// <summary>One range and how far it is through; being late is harmless.</summary>
    private sealed class Entry(OwedRange range)
    {
        public OwedRange Range { get; } = range;

        public long FromUs { get; set; } = range.FromUs;

        public bool IsDone { get; set; }

        /// <summary>Where it stood, and when; the first is the last one before the doubt begins.</summary>
        public Queue<(long At, long FromUs)> Earlier { get; } = new();
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
                Take(ranges);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in ranges that are in the table already.</summary>
    public void Take(IEnumerable<OwedRange> ranges)
    {
        lock (_gate)
        {
            foreach (var range in ranges)
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
            var entry = _entries.Find(entry => !entry.IsDone && mayBeSent(entry.Range.Series));
            (original, fromUs) = entry is null ? (default, 0) : (entry.Range, entry.FromUs);
            return entry is not null;
        }
    }

    /// <summary>Some of it is there now.</summary>
    public void Advance(OwedRange original, long fromBefore, long fromUs, bool isDone, int rows)
    {
        lock (_gate)
        {
            _sentRows += rows;
            Volatile.Write(ref _rows, _rows - rows);

            // Begun anew meanwhile: then it stays as it is.
            if (_entries.Find(entry => entry.Range == original && entry.FromUs == fromBefore) is not { } entry)
            {
                return;
            }

            entry.Earlier.Enqueue((_time.GetTimestamp(), fromBefore));
            (entry.FromUs, entry.IsDone) = (fromUs, isDone);
            Forget(entry);
        }
    }

    /// <summary>The server broke: what it was sent lately is sent again.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Where(entry => entry.Earlier.Count > 0))
            {
                Forget(entry);
                (entry.FromUs, entry.IsDone) = (entry.IsDone && IsOld(entry) ? entry.FromUs : entry.Earlier.Peek().FromUs, entry.IsDone && IsOld(entry));
                entry.Earlier.Clear();
            }
        }
    }

    /// <summary>True when something is through and no longer in doubt, so that <see cref="Keep"/> forgets it.</summary>
    public bool HasSettled
    {
        get
        {
            lock (_gate)
            {
                return _entries.Exists(entry => entry.IsDone && IsOld(entry));
            }
        }
    }

    /// <summary>Writer thread: forgets on disk what is through and no longer in doubt.</summary>
    public void Keep(SqliteSession session)
    {
        lock (_gate)
        {
            var old = _entries.FindAll(entry => entry.IsDone && IsOld(entry));
            FarTables.RemoveOwed(session, old.Select(entry => entry.Range));
            _entries.RemoveAll(old.Contains);
        }
    }

    /// <summary>Counts the rows again.</summary>
    public void Count(Func<SeriesId, bool> mayBeSent)
    {
        // One count after the other; what is sent meanwhile is taken off.
        lock (_counting)
        {
            (OwedRange Range, long FromUs)[] owed;
            long sentBefore;
            lock (_gate)
            {
                sentBefore = _sentRows;
                owed = [.. _entries.Where(entry => !entry.IsDone && mayBeSent(entry.Range.Series)).Select(entry => (entry.Range, entry.FromUs))];
            }

            using var snapshot = _store.Snapshot();
            var rows = owed.Sum(one => FarCompare.Here(snapshot, one.Range.Series, one.FromUs, one.Range.ToUs).All);
            lock (_gate)
            {
                Volatile.Write(ref _rows, rows - (_sentRows - sentBefore));
            }
        }
    }

    // Under _gate.
    private void Forget(Entry entry)
    {
        while (entry.Earlier.Count > 1 && _time.GetElapsedTime(entry.Earlier.ElementAt(1).At) > _doubt)
        {
            entry.Earlier.Dequeue();
        }
    }

    // Under _gate. Its newest piece was sent before the doubt begins.
    private bool IsOld(Entry entry) => entry.Earlier.Count == 0 || entry.Earlier.All(piece => _time.GetElapsedTime(piece.At) > _doubt);

    // Under _gate.
    private void Put(OwedRange range)
    {
        if (_entries.Find(entry => entry.Range == range) is { } known)
        {
            (known.FromUs, known.IsDone) = (range.FromUs, false);
            return;
        }

        _entries.Add(new Entry(range));
    }
}
