using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>
/// Keeps the derivation of the newest facts, and a few of earlier revisions. New rows rebuild nothing unless they move the end of a boot that bounds another; new series extend it; a new fact, boot or
/// change of the fleet rebuilds it, in the thread that asks first. Safe from any thread.
/// </summary>
internal sealed class DerivationBook
{
    /// <summary>Earlier revisions kept ready.</summary>
    public const int MostEarlier = 8;

    /// <summary>Changes kept for watchers that fell behind; who fell further takes everything as changed.</summary>
    public const int MostChanges = 256;

    /// <summary>While a backlog moves the ends of boots, placing them anew takes at most a tenth of the time.</summary>
    private const int SolveShare = 10;

    /// <summary>Longest wait between two such placings, µs.</summary>
    private const long LongestWaitUs = 1_000_000;

    private readonly FactLog _facts;
    private readonly FleetBook _fleet;
    private readonly HubClock _clock;
    private readonly ObservationStore _store;
    private readonly StoredExtents _extents;
    private readonly ILogger<DerivationBook> _logger;
    private readonly DerivedSeriesIds _ids = new();
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly LinkedList<Derivation> _earlier = [];
    private readonly Queue<DerivationChange> _changes = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Derivation _current;
    private long _solvedMoves;
    private long _nextSolveUs;

    public DerivationBook(FactLog facts, FleetBook fleet, HubClock clock, ObservationStore store, StoredExtents extents, ILogger<DerivationBook> logger)
    {
        _facts = facts;
        _fleet = fleet;
        _clock = clock;
        _store = store;
        _extents = extents;
        _logger = logger;
        extents.Load(store);
        _current = BuildCurrent(facts.Current, store.Dictionary, version: 1);
        extents.Follow(_current.SiblingLinks());
    }

    /// <summary>The derivation of the newest facts, fleet and series: what was stated before the call is in it.</summary>
    public Derivation Current
    {
        get
        {
            Derivation current = _current;
            return IsFresh(current) ? current : Refresh();
        }
    }

    /// <summary>The derivation under the facts as of that revision; a later one than the newest gives the newest.</summary>
    public Derivation At(long revision)
    {
        Derivation current = Current;
        if (revision >= current.Revision)
        {
            return current;
        }

        lock (_gate)
        {
            Derivation? known = _earlier.FirstOrDefault(derivation => derivation.Revision == revision);
            if (known is not null)
            {
                _earlier.Remove(known);
            }

            Derivation built = known is not null && IsOf(known, current.Inputs.Dictionary, current.Inputs.Fleet)
                ? known
                : Derivation.Build(Solve(_facts.At(revision), current.Inputs.Dictionary), version: 0);
            _earlier.AddFirst(built);
            if (_earlier.Count > MostEarlier)
            {
                _earlier.RemoveLast();
            }

            return built;
        }
    }

    /// <summary>Where stored rows read differently under two revisions; a later one than the newest is taken as the newest.</summary>
    public ImmutableArray<ChangedSpan> ChangesBetween(long fromRevision, long toRevision) => new ChangeFinder(_extents).Between(At(fromRevision), At(toRevision));

    /// <summary>How everything would be read if these facts were stated too; states nothing and keeps nothing.</summary>
    public Derivation Supposing(params IReadOnlyList<FactDraft> drafts)
    {
        Derivation current = Current;
        IEnumerable<Fact> supposed = drafts.Select(draft => new Fact(Id128.New(), _clock.HubId, draft.MadeAt, draft.ByRole, draft.Body, draft.Supersedes, current.Revision));
        FactSnapshot facts = FactSnapshot.Of(current.Revision, current.Inputs.Facts.All.Concat(supposed));
        return Derivation.Build(Solve(facts, current.Inputs.Dictionary), version: 0);
    }

    /// <summary>Completes when the newest version is later than the given one.</summary>
    public Task WaitForChangeAsync(long afterVersion, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _current.Version > afterVersion ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The changes after a version, oldest first. False when they are no longer all kept: then everything may have changed.</summary>
    public bool TryChangesSince(long version, out ImmutableArray<DerivationChange> changes)
    {
        lock (_gate)
        {
            changes = [.. _changes.Where(change => change.Version > version)];
            return changes.Length == _current.Version - version;
        }
    }

    private static bool IsOf(Derivation derivation, StoreDictionary dictionary, FleetSnapshot fleet) =>
        ReferenceEquals(derivation.Inputs.Dictionary, dictionary) && ReferenceEquals(derivation.Inputs.Fleet, fleet);

    private bool IsFresh(Derivation derivation) =>
        derivation.Revision == _facts.Current.Revision && IsOf(derivation, _store.Dictionary, _fleet.Current) && !HaveBootsMoved();

    /// <summary>Rows came that move the end of a boot, and it is time to place its neighbours anew.</summary>
    private bool HaveBootsMoved() => _extents.Moves != Interlocked.Read(ref _solvedMoves) && _clock.NowUs() >= Interlocked.Read(ref _nextSolveUs);

    private Derivation Refresh()
    {
        lock (_gate)
        {
            Derivation before = _current;
            if (IsFresh(before))
            {
                return before;
            }

            FactSnapshot facts = _facts.Current;
            FleetSnapshot fleet = _fleet.Current;
            StoreDictionary dictionary = _store.Dictionary;
            bool haveMoved = HaveBootsMoved();
            bool onlyNewSeries = !haveMoved && facts.Revision == before.Revision && ReferenceEquals(fleet, before.Inputs.Fleet) && !HasNewBounds(before.Inputs.Dictionary, dictionary);
            long version = before.Version + 1;
            Derivation after = onlyNewSeries
                ? before.Extended(before.Inputs with { Dictionary = dictionary }, version)
                : BuildCurrent(facts, dictionary, version);
            if (haveMoved)
            {
                _earlier.Clear();
            }

            _current = after;
            _extents.Follow(after.SiblingLinks());
            Publish(after, new ChangeFinder(_extents).Between(before, after));
            return after;
        }
    }

    /// <summary>Tells watchers of compensated rows whose siblings came after them; nothing to tell = no new version.</summary>
    public void PublishLate()
    {
        Derivation fresh = Current;
        Dictionary<SeriesId, (long FirstUs, long LastUs)> late = _extents.TakeLate();
        if (late.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            fresh = _current;
            var spans = new Dictionary<string, ChangedSpan>(StringComparer.Ordinal);
            foreach ((SeriesId id, (long firstUs, long lastUs)) in late)
            {
                if (!fresh.TryFindSeries(id, out SeriesDerivation? series))
                {
                    // A derived channel that was taken out meanwhile.
                    continue;
                }

                string name = series.Channel.Name;
                long lastUtcUs = series.Map.ToUtc(lastUs);
                var span = new ChangedSpan(name, series.Map.ToUtc(firstUs), lastUtcUs == long.MaxValue ? lastUtcUs : lastUtcUs + 1);
                spans[name] = spans.TryGetValue(name, out ChangedSpan known)
                    ? new ChangedSpan(name, Math.Min(known.FromUtcUs, span.FromUtcUs), Math.Max(known.ToUtcUs, span.ToUtcUs))
                    : span;
            }

            _current = fresh.Again(fresh.Version + 1);
            Publish(_current, [.. spans.Values.OrderBy(span => span.Channel, StringComparer.Ordinal)]);
        }
    }

    /// <summary>Tells once more what these facts took out, now that the store has let it go: a fact is stated before its rows are gone, and who asked in between saw them still.</summary>
    public void PublishRemoved(IReadOnlyCollection<Id128> facts)
    {
        _ = Current;
        lock (_gate)
        {
            ImmutableArray<ChangedSpan> spans = new ChangeFinder(_extents).TakenOutBy(_current, facts);
            if (!spans.IsEmpty)
            {
                _current = _current.Again(_current.Version + 1);
                Publish(_current, spans);
            }
        }
    }

    /// <summary>A new boot, or the first rows of one that bounds others.</summary>
    private static bool HasNewBounds(StoreDictionary before, StoreDictionary after)
    {
        if (after.Boots.Count() != before.Boots.Count())
        {
            return true;
        }

        var neighbours = new BootNeighbours(after.Boots);
        return after.Series.Span[before.Series.Length..].ToArray().Any(series => neighbours.HasEarlier(series.Boot) || neighbours.HasLater(series.Boot));
    }

    private void Publish(Derivation after, ImmutableArray<ChangedSpan> spans)
    {
        _changes.Enqueue(new DerivationChange(after.Version, after.Revision, spans));
        if (_changes.Count > MostChanges)
        {
            _changes.Dequeue();
        }

        DeriveLog.Rebuilt(_logger, after.Revision, after.SeriesCount, spans.Length);
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    /// <summary>Places every boot by all rows there are now.</summary>
    private Derivation BuildCurrent(FactSnapshot facts, StoreDictionary dictionary, long version)
    {
        long startedUs = _clock.NowUs();

        // In this order: what moves an end from here on is counted and placed the next time.
        _extents.Bound(dictionary, new BootNeighbours(dictionary.Boots));
        long moves = _extents.Moves;
        var built = Derivation.Build(Solve(facts, dictionary), version);
        long nowUs = _clock.NowUs();
        Interlocked.Exchange(ref _nextSolveUs, nowUs + Math.Min(SolveShare * (nowUs - startedUs), LongestWaitUs));
        Interlocked.Exchange(ref _solvedMoves, moves);
        return built;
    }

    private DerivationInputs Solve(FactSnapshot facts, StoreDictionary dictionary)
    {
        ClockFacts clocks = ClockFacts.Of(facts, dictionary, _clock.Boots, _clock.HubId, _extents.ByBoot(dictionary));
        TimeSolution time = TimeSolver.Solve(clocks.Boots, clocks.Ties, clocks.Anchors, clocks.Bounds);
        var instants = new Instants(time, clocks.Boots, facts.Of<ClockTie>().Select(tie => tie.Body));
        return new DerivationInputs(facts, _fleet.Current, dictionary, time, instants, new ProbePlan(facts, instants), _ids);
    }
}
