namespace StemLab.Store.Influx;

/// <summary>
/// Fixes the clock of a boot before its first row goes to InfluxDB. A boot without a time is held: its rows stay here, never evicted, and are owed once somebody knows it.
/// The forwarder's own, but for <see cref="Clocks"/> and the counts.
/// </summary>
internal sealed class ClockFreezer
{
    // A boot ends at its owner's next; two days are more than a frozen offset may be wrong by, on both sides.
    private const long MarginUs = 2L * 86_400 * 1_000_000;
    private static readonly TimeSpan HeldRound = TimeSpan.FromSeconds(5);
    private readonly ObservationStore _store;
    private readonly InfluxConnection _connection;
    private readonly FarProjection _projection;
    private readonly TimeProvider _time;
    private readonly HashSet<BootId> _held = [];
    private readonly List<OwedRange> _placed = [];
    private readonly Dictionary<AgentId, Dictionary<string, FrozenClock>> _there = [];
    private long _lookedAt;
    private bool _isNew = true;
    private volatile FrozenClocks _clocks;
    private int _heldBoots;
    private long _heldRows;

    public ClockFreezer(ObservationStore store, InfluxConnection connection, FarProjection projection, TimeProvider time)
    {
        (_store, _connection, _projection, _time) = (store, connection, projection, time);
        _clocks = store.Read(FarTables.Clocks);
        _held.UnionWith(store.Dictionary.Series.ToArray().Select(entry => entry.Boot).Where(boot => !_clocks.TryFind(boot, out _)));
    }

    public FrozenClocks Clocks => _clocks;

    public int HeldBoots => Volatile.Read(ref _heldBoots);

    public long HeldRows => Volatile.Read(ref _heldRows);

    public bool Has(SeriesId series) => _clocks.TryFind(_store.Dictionary[series].Boot, out _);

    /// <summary>Forgets what InfluxDB said about boots: it may have gone back.</summary>
    public void Forget() => _there.Clear();

    /// <summary>The clock of a boot, frozen now where its time is known.</summary>
    /// <returns>Null while its time is not known within a day.</returns>
    /// <exception cref="InfluxQueryException">InfluxDB must be asked first whether it knows this boot, and does not answer.</exception>
    public async ValueTask<FrozenClock?> FreezeAsync(BootId boot, CancellationToken cancellationToken)
    {
        if (_clocks.TryFind(boot, out var frozen))
        {
            return frozen;
        }

        if (await ChooseAsync(boot, cancellationToken).ConfigureAwait(false) is not { } clock)
        {
            _isNew |= _held.Add(boot);
            return null;
        }

        var wasHeld = _held.Remove(boot);
        var owed = wasHeld ? SeriesOf(boot) : [];
        _isNew |= wasHeld;
        await _store.WriteAsync(
            session =>
            {
                FarTables.Freeze(session, boot, clock);
                FarTables.AddOwed(session, owed);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        _clocks = _clocks.With(boot, clock);
        _placed.AddRange(owed);
        return clock;
    }

    /// <summary>What was held and has a time now, durably owed; given once.</summary>
    public OwedRange[] TakePlaced()
    {
        OwedRange[] placed = [.. _placed];
        _placed.Clear();
        return placed;
    }

    /// <summary>Looks whether held boots have a time now.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB does not answer.</exception>
    public async ValueTask FreezeHeldAsync(CancellationToken cancellationToken)
    {
        if (!_isNew && (_held.Count == 0 || _time.GetElapsedTime(_lookedAt) < HeldRound))
        {
            return;
        }

        (_lookedAt, _isNew) = (_time.GetTimestamp(), false);
        foreach (var boot in _held.ToArray())
        {
            await FreezeAsync(boot, cancellationToken).ConfigureAwait(false);
        }

        Count();
    }

    private void Count()
    {
        using var snapshot = _store.Snapshot();
        var rows = snapshot.Dictionary.Series.ToArray().Where(entry => _held.Contains(entry.Boot))
            .Sum(entry => FarCompare.Here(snapshot, entry.Id, long.MinValue, long.MaxValue).All);
        Volatile.Write(ref _heldRows, rows);
        Volatile.Write(ref _heldBoots, _held.Count);
    }

    private OwedRange[] SeriesOf(BootId boot) =>
        [.. _store.Dictionary.Series.ToArray().Where(entry => entry.Boot == boot).Select(entry => new OwedRange(entry.Id, long.MinValue, long.MaxValue))];

    private async ValueTask<FrozenClock?> ChooseAsync(BootId id, CancellationToken cancellationToken)
    {
        if (!_store.Dictionary.TryFind(id, out var boot))
        {
            throw new InvalidOperationException($"BUG: rows of boot {id}, which nobody declared");
        }

        // A hub that lost its disk finds here what it had frozen before, so that rows offered again land on themselves.
        var there = await ThereAsync(boot.Agent, cancellationToken).ConfigureAwait(false);
        if (there.TryGetValue(id.ToString(), out var known))
        {
            return known;
        }

        if ((boot.Kind == BootKind.Utc ? 0 : _projection.Offset(id)) is not { } offset)
        {
            return null;
        }

        if (FreeSlot(boot, offset, there) is not { } slot)
        {
            return null;
        }

        var clock = new FrozenClock(offset, slot);
        there[id.ToString()] = clock;
        return clock;
    }

    /// <summary>The first slot no boot of this owner ever had; else one whose boots lie well before or after this one.</summary>
    private int? FreeSlot(BootDeclaration boot, long offset, Dictionary<string, FrozenClock> there)
    {
        var siblings = _store.Dictionary.Boots.Where(other => other.Agent == boot.Agent && other.Id != boot.Id)
            .Select(other => (other.Id, IsFrozen: _clocks.TryFind(other.Id, out var clock), Clock: clock)).Where(other => other.IsFrozen).ToArray();
        var taken = siblings.Select(other => other.Clock.Slot).Concat(there.Values.Select(clock => clock.Slot)).ToHashSet();
        var first = FrozenClock.FirstSlot(boot.Kind);
        for (var slot = first; slot < first + FrozenClock.SlotsPerKind; slot++)
        {
            if (!taken.Contains(slot))
            {
                return slot;
            }
        }

        using var snapshot = _store.Snapshot();
        var here = snapshot.Dictionary.Series.ToArray().ToLookup(entry => entry.Boot);
        var (begin, end) = Span(snapshot, here[boot.Id], offset);
        return Enumerable.Range(first, FrozenClock.SlotsPerKind).Cast<int?>().FirstOrDefault(slot =>
            !there.Any(other => other.Value.Slot == slot && !siblings.Any(sibling => sibling.Id.ToString() == other.Key))
            && siblings.Where(sibling => sibling.Clock.Slot == slot).All(sibling =>
            {
                var (otherBegin, otherEnd) = Span(snapshot, here[sibling.Id], sibling.Clock.OffsetUs);
                return otherEnd < begin - MarginUs || otherBegin > end + MarginUs;
            }));
    }

    private static (long Begin, long End) Span(StoreSnapshot snapshot, IEnumerable<SeriesEntry> series, long offset)
    {
        var (begin, end) = (long.MaxValue, long.MinValue);
        foreach (var entry in series)
        {
            if (snapshot.TryEnds(entry.Id, out var first, out var last))
            {
                (begin, end) = (Math.Min(begin, first + offset), Math.Max(end, last + offset));
            }
        }

        return (begin, end);
    }

    private async ValueTask<Dictionary<string, FrozenClock>> ThereAsync(AgentId agent, CancellationToken cancellationToken)
    {
        if (_there.TryGetValue(agent, out var known))
        {
            return known;
        }

        var boots = new Dictionary<string, FrozenClock>();
        await _connection.QueryAsync(
            InfluxQl.Boots(agent.ToString()),
            (tags, cells) =>
            {
                if (tags.TryGetValue("boot", out var boot) && !cells[1].IsNull && !cells[2].IsNull)
                {
                    boots[boot] = new FrozenClock(cells[1].Whole, (int)cells[2].Whole);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return _there[agent] = boots;
    }
}
