using StemLab.Hub.Derive;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Once a second looks how the groups fare: who measures, who is late, silent or suspect, which limits are passed, which runs begin or have ended by themselves. One loop.</summary>
internal sealed class ClassPulse(ClassBook book, ClassLessons lessons, ClassRuns runs, TriggerWatch triggers, PlayedLimits played, ObservationStore store, DerivationBook derivations, ReadingQuery query, HubClock clock, TimeProvider time, ILogger<ClassPulse> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>A reading of a slow channel is old after three intervals, of any after so long.</summary>
    private const long LeastStaleUs = 10_000_000;

    // The loop's own.
    private readonly Dictionary<string, (long Newest, long MovedUs)> _seen = [];
    private readonly Dictionary<long, LimitWatch> _limits = [];
    private readonly Dictionary<long, int> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look();
                await played.LookAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The wall's states stand still for a beat; lessons and readings go on.
                ClassroomLog.LookFailed(logger, failure);
            }
        }
    }

    /// <summary>One beat.</summary>
    internal void Look()
    {
        var open = book.All.ToList();
        foreach (var gone in _limits.Keys.Where(session => open.All(one => one.Session != session)).ToList())
        {
            _limits.Remove(gone);
            _running.Remove(gone);
            triggers.Forget(gone);
        }

        if (open.Count == 0)
        {
            _seen.Clear();
            return;
        }

        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        foreach (var one in open)
        {
            if (one.Playback is null && !one.IsEnded)
            {
                LookAt(one, snapshot, derivation);
                triggers.Look(one, snapshot, derivation);
            }

            var running = one.Playback is { } playback ? (playback.BeganUs is not null && playback.PlayedUs(clock.NowUs()) < playback.LengthUs ? 1 : 0) : runs.CountRunning(one);
            if (_running.TryGetValue(one.Session, out var before) && before != running)
            {
                book.Touch(one.Session);
            }

            _running[one.Session] = running;
        }
    }

    private void LookAt(ClassAtWork one, StoreSnapshot snapshot, Derivation derivation)
    {
        var nowUs = clock.NowUs();
        var readings = new List<LimitReading>();
        var states = one.Groups.ToDictionary(group => group.Key, group => StateOf(group, snapshot, derivation, nowUs, readings), StringComparer.Ordinal);
        if (!_limits.TryGetValue(one.Session, out var watch))
        {
            _limits[one.Session] = watch = new LimitWatch();
        }

        var limits = lessons.Of(one).Limits;
        book.Change(one.Session, now =>
        {
            var kept = now.Alerts.RemoveAll(alert => now.GroupOf(alert.Group)?.Channels.Contains(alert.Channel) != true);
            var alerts = watch.Judge(limits, readings, kept, nowUs);
            var isSame = alerts == now.Alerts && now.Groups.All(group => !states.TryGetValue(group.Key, out var state) || state == group.State);
            return isSame ? now : now with { Alerts = alerts, Groups = [.. now.Groups.Select(group => states.TryGetValue(group.Key, out var state) ? group with { State = state } : group)] };
        });
    }

    private GroupState StateOf(WorkGroup group, StoreSnapshot snapshot, Derivation derivation, long nowUs, List<LimitReading> readings)
    {
        var (isFresh, isLate, isSuspect, count) = (false, false, false, 0);
        foreach (var name in group.Channels)
        {
            if (!derivation.TryFindChannel(name, out var channel))
            {
                continue;
            }

            count++;
            if (query.LatestOf(snapshot, derivation, channel) is not { } reading)
            {
                continue;
            }

            var staleAfterUs = Math.Max(LeastStaleUs, 3 * channel.IntervalUs);
            var isFirst = !_seen.TryGetValue(name, out var seen);
            var newest = reading.HasTimeUs ? reading.TimeUs : NewestOnItsClock(channel, snapshot, derivation);
            if (isFirst || seen.Newest != newest)
            {
                // What was there before this hub or class began says nothing about now.
                _seen[name] = seen = (newest, isFirst ? long.MinValue / 2 : nowUs);
            }

            var hasMoved = nowUs - seen.MovedUs <= staleAfterUs;
            var isNew = reading.HasAgeUs ? reading.AgeUs <= staleAfterUs : hasMoved;
            isFresh |= isNew;
            isLate |= !isNew && hasMoved;
            isSuspect |= isNew && reading.Flag is QcFlag.Suspect or QcFlag.Fail;
            if (isNew && reading.HasValue && reading.Flag is not QcFlag.Missing)
            {
                readings.Add(new LimitReading(group.Key, name, channel.PropertyId, reading.Value, reading.Flag is QcFlag.Fail));
            }
        }

        return count == 0 ? GroupState.NoChannel : isSuspect ? GroupState.Suspect : isFresh ? GroupState.Collecting : isLate ? GroupState.Late : GroupState.Silent;
    }

    /// <summary>Where nobody knows the time yet: something that moves when a reading comes.</summary>
    private static long NewestOnItsClock(ChannelView channel, StoreSnapshot snapshot, Derivation derivation) =>
        channel.Series.Aggregate(0L, (sum, id) => derivation.TryFindSeries(id, out var series) && snapshot.TryLatest(series.Entry.Id, out var row) ? unchecked(sum + row.TUs) : sum);
}
