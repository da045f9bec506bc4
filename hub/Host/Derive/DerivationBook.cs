using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>
/// Keeps the derivation of the newest facts, and a few of earlier revisions. New rows rebuild nothing; new series extend it; a new fact, boot or
/// change of the fleet rebuilds it, in the thread that asks first. Safe from any thread.
/// </summary>
internal sealed class DerivationBook
{
    /// <summary>Earlier revisions kept ready.</summary>
    public const int MostEarlier = 8;

    /// <summary>Changes kept for watchers that fell behind; who fell further takes everything as changed.</summary>
    public const int MostChanges = 256;

    private readonly FactLog _facts;
    private readonly FleetBook _fleet;
    private readonly HubClock _clock;
    private readonly ObservationStore _store;
    private readonly StoredExtents _extents;
    private readonly ILogger<DerivationBook> _logger;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly LinkedList<Derivation> _earlier = [];
    private readonly Queue<DerivationChange> _changes = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Derivation _current;

    public DerivationBook(FactLog facts, FleetBook fleet, HubClock clock, ObservationStore store, StoredExtents extents, ILogger<DerivationBook> logger)
    {
        _facts = facts;
        _fleet = fleet;
        _clock = clock;
        _store = store;
        _extents = extents;
        _logger = logger;
        extents.Load(store);
        _current = Derivation.Build(Solve(facts.Current, store.Dictionary), version: 1);
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
        derivation.Revision == _facts.Current.Revision && IsOf(derivation, _store.Dictionary, _fleet.Current);

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
            bool onlyNewSeries = facts.Revision == before.Revision && ReferenceEquals(fleet, before.Inputs.Fleet) && !HasNewBoots(before.Inputs.Dictionary, dictionary);
            long version = before.Version + 1;
            Derivation after = onlyNewSeries
                ? before.Extended(before.Inputs with { Dictionary = dictionary }, version)
                : Derivation.Build(Solve(facts, dictionary), version);
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
                SeriesDerivation series = fresh.Series(id);
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

    private static bool HasNewBoots(StoreDictionary before, StoreDictionary after) => after.Boots.Count() != before.Boots.Count();

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

    private DerivationInputs Solve(FactSnapshot facts, StoreDictionary dictionary)
    {
        ClockFacts clocks = ClockFacts.Of(facts, dictionary, _clock.Boots, _clock.HubId, _extents.ByBoot(dictionary));
        TimeSolution time = TimeSolver.Solve(clocks.Boots, clocks.Ties, clocks.Anchors, clocks.Bounds);
        var instants = new Instants(time, clocks.Boots, facts.Of<ClockTie>().Select(tie => tie.Body));
        return new DerivationInputs(facts, _fleet.Current, dictionary, time, instants, new ProbePlan(facts, instants));
    }
}
