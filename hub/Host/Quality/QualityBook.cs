using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Quality;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>What the step to one version altered: facts, maps, or verdicts.</summary>
internal sealed record QualityChange(long Version, ImmutableArray<ChangedSpan> Spans);

/// <summary>A stretch of a channel to be judged again.</summary>
internal readonly record struct RecheckTask(string Channel, UtcSpan Span);

/// <summary>
/// Gives the flags of any rows: of the newest facts from what was judged as rows came, of anything else (an earlier revision, a stretch that waits to be judged
/// again) by judging just then; both are one function of rows, facts and rules, so they cannot differ. Safe from any thread; <see cref="QualityWatch"/> feeds it.
/// </summary>
internal sealed class QualityBook
{
    /// <summary>Changes kept for watchers that fell behind; who fell further takes everything as changed.</summary>
    public const int MostChanges = 1024;

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    private readonly ObservationStore _store;
    private readonly DerivationBook _derivations;
    private readonly TimeProvider _time;
    private readonly ConditionalWeakTable<Derivation, RuleBook> _rules = [];
    private readonly ConditionalWeakTable<Derivation, InputLinks> _links = [];
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<string, ChannelTimeline> _timelines = new(StringComparer.Ordinal);
    private readonly Queue<QualityChange> _changes = new();
    private readonly Overtaken _overtaken = new();
    private Derivation? _followed;
    private long _version = 1;
    private long _judgedCommit;
    private long _wantedCommit;

    /// <summary>Grows when verdicts changed that travel to other channels: who derived rows before then looked at old ones.</summary>
    private long _inputMoves;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _judged = NewSignal();
    private TaskCompletionSource _wanted = NewSignal();
    private TaskCompletionSource _work = NewSignal();

    public QualityBook(ObservationStore store, DerivationBook derivations, TimeProvider time)
    {
        _store = store;
        _derivations = derivations;
        _time = time;
    }

    /// <summary>Grows with every change told.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    /// <summary>The rules under a derivation's facts.</summary>
    public RuleBook RulesOf(Derivation derivation) => _rules.GetValue(derivation, static of => new RuleBook(of));

    /// <summary>Which channels' flags travel to which others under a derivation.</summary>
    public InputLinks LinksOf(Derivation derivation) => _links.GetValue(derivation, static of => new InputLinks(of));

    /// <summary>Verdicts on the readings a channel's compensated values are made with, for judging stored rows.</summary>
    public FlagsOfSeries InputFlags(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, CancellationToken cancellationToken)
    {
        InputLinks links = LinksOf(derivation);
        var window = new InputWindow((input, fromUtcUs, toUtcUs) => FlagsOf(snapshot, derivation, input, fromUtcUs, toUtcUs, cancellationToken));
        return (series, firstT, lastT) => links.Has(channel.Name, series.Channel.Name) ? window.Of(series, firstT, lastT) : SeriesFlags.None;
    }

    /// <summary>The same for rows as they come: what is known by now; what changes later is judged again.</summary>
    public FlagsOfSeries LiveInputFlags(Derivation derivation, ChannelView channel)
    {
        InputLinks links = LinksOf(derivation);
        return (series, firstT, lastT) =>
        {
            lock (_gate)
            {
                return links.Has(channel.Name, series.Channel.Name) && _timelines.TryGetValue(series.Channel.Name, out ChannelTimeline? timeline)
                    ? new SeriesFlags(timeline.Runs(series.Id, firstT, lastT == long.MaxValue ? lastT : lastT + 1), RulesOf(derivation).Human(series))
                    : SeriesFlags.None;
            }
        };
    }

    /// <summary>The flags of rows with from ≤ utc &lt; to in a snapshot.</summary>
    /// <param name="derivation">Any; the channel is one of its.</param>
    public ChannelFlags FlagsOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, long fromUtcUs, long toUtcUs, CancellationToken cancellationToken)
    {
        RuleBook rules = RulesOf(derivation);
        var runs = new Dictionary<SeriesId, FlagRuns>();
        List<UtcSpan> open = Known(snapshot, derivation, channel, new UtcSpan(fromUtcUs, toUtcUs), runs);
        FlagsOfSeries inputs = InputFlags(snapshot, derivation, channel, cancellationToken);
        foreach (UtcSpan span in open)
        {
            RangeVerdicts verdicts = new RangeCheck(snapshot, derivation, channel, rules.Of(channel), inputs).Judge(span.FromUs, span.ToUs, withReach: false, cancellationToken);
            foreach ((SeriesId id, FlagRuns judged) in verdicts.Runs)
            {
                (long fromT, long toT) = Times(derivation.Series(id), span);
                runs.TryAdd(id, new FlagRuns());
                runs[id].Replace(fromT, toT == long.MaxValue ? toT : toT - 1, judged.Within(long.MinValue, long.MaxValue));
            }
        }

        return new ChannelFlags(channel.Series.ToFrozenDictionary(
            id => id, id => new SeriesFlags(runs.TryGetValue(id, out FlagRuns? of) ? of.Within(long.MinValue, long.MaxValue) : [], rules.Human(derivation.Series(id)))));
    }

    /// <summary>The flags of rows just committed, from first to last t. What waits to be judged is not evaluated; a change is told when it was.</summary>
    public SeriesFlags LiveFlags(SeriesId id, long firstT, long lastT)
    {
        lock (_gate)
        {
            SeriesDerivation? series = null;
            ChannelTimeline? timeline = null;
            bool isKnown = _followed?.TryFindSeries(id, out series) == true && _timelines.TryGetValue(series!.Channel.Name, out timeline);
            ImmutableArray<HumanSpan> human = series is null ? [] : RulesOf(_followed!).Human(series);
            if (!isKnown)
            {
                return new SeriesFlags([new FlagRun(firstT, lastT, (byte)QcFlag.NotEvaluated, FlagReasons.None)], human);
            }

            ImmutableArray<FlagRun> runs = timeline!.Runs(id, firstT, lastT == long.MaxValue ? lastT : lastT + 1);
            if (timeline.Dirty.Count == 0)
            {
                return new SeriesFlags(runs, human);
            }

            var open = FlagRuns.Of(runs);
            foreach (UtcSpan span in timeline.Dirty)
            {
                (long fromT, long toT) = Times(series!, span);
                (fromT, toT) = (Math.Max(fromT, firstT), Math.Min(toT == long.MaxValue ? toT : toT - 1, lastT));
                if (fromT <= toT)
                {
                    open.Replace(fromT, toT, [new FlagRun(fromT, toT, (byte)QcFlag.NotEvaluated, FlagReasons.None)]);
                }
            }

            return new SeriesFlags(open.Within(long.MinValue, long.MaxValue), human);
        }
    }

    /// <summary>Completes when the rows of a commit were taken: judged, or marked to be.</summary>
    public async Task WaitThroughAsync(long commit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_judgedCommit >= commit)
                {
                    return;
                }

                if (commit > _wantedCommit)
                {
                    _wantedCommit = commit;
                    Signal(ref _wanted);
                }

                next = _judged.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Completes when somebody waits for rows that were not taken yet.</summary>
    public Task WantedAsync()
    {
        lock (_gate)
        {
            return _wantedCommit > _judgedCommit ? Task.CompletedTask : _wanted.Task;
        }
    }

    /// <summary>As <see cref="WaitThroughAsync"/>, but no longer than a person would: then what is not taken is judged by who asks.</summary>
    public async Task<bool> TryWaitThroughAsync(long commit, CancellationToken cancellationToken)
    {
        try
        {
            await WaitThroughAsync(commit, cancellationToken).WaitAsync(MostWait, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The derivation by which the rows taken so far were judged.</summary>
    public Derivation Derivation
    {
        get
        {
            lock (_gate)
            {
                return _followed ?? _derivations.Current;
            }
        }
    }

    /// <summary>Completes when the version is later than the given one.</summary>
    public Task WaitForChangeAsync(long afterVersion, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _version > afterVersion ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The changes after a version, oldest first. False when they are no longer all kept: then everything may have changed.</summary>
    public bool TryChangesSince(long version, out ImmutableArray<QualityChange> changes, out long newest)
    {
        lock (_gate)
        {
            changes = [.. _changes.Where(change => change.Version > version)];
            newest = _version;
            return changes.Length == _version - version;
        }
    }

    /// <summary>Stretches to be judged again, newest first in each channel; ask before taking the snapshot to judge by. Only <see cref="Recheck"/> asks. Completes <paramref name="more"/> when there is new work.</summary>
    public ImmutableArray<RecheckTask> Open(out Task more)
    {
        lock (_gate)
        {
            more = _work.Task;
            foreach (ChannelTimeline timeline in _timelines.Values)
            {
                timeline.BeginRecheck();
            }

            // Channels whose flags travel come before those they travel to, so that nothing is judged twice.
            InputLinks? links = _followed is null ? null : LinksOf(_followed);
            return [.. _timelines.Values.Where(timeline => timeline.Dirty.Count > 0)
                .OrderBy(timeline => links?.DepthOf(timeline.Channel.Name) ?? 0).ThenBy(timeline => timeline.Channel.Name, StringComparer.Ordinal)
                .Select(timeline => new RecheckTask(timeline.Channel.Name, timeline.Dirty[^1]))];
        }
    }

    /// <summary>Whether anything waits to be judged again.</summary>
    public bool HasOpen
    {
        get
        {
            lock (_gate)
            {
                return _timelines.Values.Any(timeline => timeline.Dirty.Count > 0);
            }
        }
    }

    /// <summary>Takes verdicts that were made under a derivation; false when facts have changed since, and they are of no use.</summary>
    public bool TrySettle(RecheckTask task, UtcSpan span, RangeVerdicts verdicts, Derivation derivation)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_followed, derivation) || !_timelines.TryGetValue(task.Channel, out ChannelTimeline? timeline))
            {
                return false;
            }

            if (timeline.Settle(span, verdicts, derivation) && verdicts.FromUtcUs <= verdicts.LastUtcUs)
            {
                // Judging again goes channel by channel: those this one travels to are not being judged just now.
                MarkDependents(task.Channel, verdicts.FromUtcUs, verdicts.LastUtcUs, isSeenByRecheck: true);
                Tell([new ChangedSpan(task.Channel, verdicts.FromUtcUs, verdicts.LastUtcUs == long.MaxValue ? long.MaxValue : verdicts.LastUtcUs + 1)]);
            }

            return true;
        }
    }

    /// <summary>Starts from what is stored: everything waits to be judged. Called once.</summary>
    public void Start(StoreSnapshot snapshot, Derivation derivation)
    {
        lock (_gate)
        {
            foreach (ChannelView channel in derivation.Channels)
            {
                AddTimeline(channel, derivation, snapshot, isNew: false);
            }

            _followed = derivation;
            Advance(snapshot.Commit);
        }
    }

    /// <summary>Follows to a newer derivation: what it reads differently is judged again, and told with what changed.</summary>
    /// <param name="changes">Null = everything may have changed.</param>
    public void Follow(Derivation derivation, ImmutableArray<ChangedSpan>? changes)
    {
        RuleBook rules = RulesOf(derivation);
        lock (_gate)
        {
            Derivation before = _followed!;
            if (ReferenceEquals(before, derivation))
            {
                return;
            }

            Renew(derivation, rules);
            ImmutableArray<ChangedSpan> spans = changes ?? [.. derivation.Channels.Select(channel => new ChangedSpan(channel.Name, 0, FactCheck.LatestUtcUs))];
            foreach (ChangedSpan span in spans)
            {
                if (_timelines.TryGetValue(span.Channel, out ChannelTimeline? timeline))
                {
                    JudgeAgain(timeline, new UtcSpan(span.FromUtcUs, span.ToUtcUs));
                }

                MarkCompared(rules, span.Channel, span.FromUtcUs, span.ToUtcUs);
            }

            _overtaken.Follow(spans.Select(span => span.Channel), _store.Stats.Commit);
            _followed = derivation;
            ChangedSpan[] said = [.. rules.SpokenOtherwise(RulesOf(before))];
            foreach (ChangedSpan span in said)
            {
                MarkDependents(span.Channel, span.FromUtcUs, span.ToUtcUs, isSeenByRecheck: false);
            }

            Tell([.. spans, .. said]);
            Signal(ref _work);
        }
    }

    /// <summary>Where people and rules say otherwise under one derivation than under another; a channel whose rules differ is named whole.</summary>
    public IEnumerable<ChangedSpan> Between(Derivation before, Derivation after) =>
    [
        .. RulesOf(after).SpokenOtherwise(RulesOf(before)),
        .. after.Channels.Where(channel => before.TryFindChannel(channel.Name, out ChannelView? then) && !RulesOf(after).Of(channel).AsSpan().SequenceEqual(RulesOf(before).Of(then).AsSpan(), SameVerdicts.Of))
            .Select(channel => new ChangedSpan(channel.Name, long.MinValue, long.MaxValue)),
    ];

    /// <summary>Takes the rows of commits up to one, grouped by channel, each group in the order of rows; those whose flags travel first.</summary>
    /// <param name="groups">The rows are derived when their turn has come.</param>
    /// <param name="open">Makes a pass that knows the rows before a moment, from a snapshot that holds the commits.</param>
    public void Take(long throughCommit, IEnumerable<(ChannelView Channel, Func<List<LiveRow>> Rows)> groups, Derivation derivation, Func<ChannelTimeline, LiveRow, int, QcPass> open)
    {
        InputLinks links = LinksOf(derivation);
        foreach ((ChannelView channel, Func<List<LiveRow>> derive) in groups.OrderBy(group => links.DepthOf(group.Channel.Name)))
        {
            QcPass? pass = null;
            long before = long.MinValue;
            long moves = Interlocked.Read(ref _inputMoves);
            List<LiveRow> rows = derive();
            ChannelTimeline timeline;
            int rule;
            lock (_gate)
            {
                timeline = _timelines.TryGetValue(channel.Name, out ChannelTimeline? known) ? known : AddTimeline(channel, derivation, null, isNew: true);
                rule = timeline.RuleAt(rows[0].UtcUs);
            }

            // Only this caller adds rows: what is asked here without the lock cannot change but by facts, and then the pass is forgotten again.
            if (!timeline.IsFollowing && !timeline.Rules[rule].Rules.HasCompanions && rows[0].UtcUs > (before = timeline.LastSeenUtcUs(derivation)))
            {
                pass = open(timeline, rows[0], rule);
            }

            lock (_gate)
            {
                if (pass is not null)
                {
                    timeline.Continue(pass, rule, before);
                }

                Follow(timeline, rows);
                _overtaken.Take(channel.Name, rows[0].UtcUs, rows[^1].UtcUs);
                if (moves != Interlocked.Read(ref _inputMoves) && links.DepthOf(channel.Name) > 0)
                {
                    JudgeAgain(timeline, new UtcSpan(rows[0].UtcUs, rows[^1].UtcUs + 1));
                }
            }
        }

        lock (_gate)
        {
            Advance(throughCommit);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource signal)
    {
        TaskCompletionSource fired = signal;
        signal = NewSignal();
        fired.SetResult();
    }

    private static (long FromT, long ToT) Times(SeriesDerivation series, UtcSpan span) =>
        (span.FromUs == long.MinValue ? long.MinValue : series.Map.ToBoot(span.FromUs), span.ToUs == long.MaxValue ? long.MaxValue : series.Map.ToBoot(span.ToUs));

    private void Follow(ChannelTimeline timeline, List<LiveRow> rows)
    {
        var amended = ImmutableArray.CreateBuilder<ChangedSpan>();
        bool isOpen = false;
        (long firstDoubtUs, long lastDoubtUs) = (long.MaxValue, long.MinValue);
        foreach (LiveRow row in rows)
        {
            bool isFollowed = timeline.TryFollow(row, out long? earlier);
            isOpen |= !isFollowed;
            if (isFollowed && timeline.IsLastDoubted)
            {
                (firstDoubtUs, lastDoubtUs) = (Math.Min(firstDoubtUs, row.UtcUs), row.UtcUs);
            }

            if (earlier is { } utcUs)
            {
                amended.Add(new ChangedSpan(timeline.Channel.Name, utcUs, utcUs + 1));
                MarkDependents(timeline.Channel.Name, utcUs, utcUs, isSeenByRecheck: false);
            }
        }

        if (firstDoubtUs <= lastDoubtUs)
        {
            // Rows made with these may have been taken before them: then nothing was known of the doubt.
            MarkDependents(timeline.Channel.Name, firstDoubtUs, lastDoubtUs, isSeenByRecheck: false);
        }

        if (MarkCompared(RulesOf(_followed!), timeline.Channel.Name, rows[0].UtcUs, rows[^1].UtcUs) || isOpen || timeline.Dirty.Count > 0)
        {
            Signal(ref _work);
        }

        if (amended.Count > 0)
        {
            Tell(amended.ToImmutable());
        }
    }

    /// <summary>Verdicts on a channel changed: where its readings count, what is made with them is judged again. Under the lock.</summary>
    /// <param name="isSeenByRecheck">Whether the recheck at work will see the verdicts by the time it comes to those channels.</param>
    private void MarkDependents(string channel, long fromUtcUs, long lastUtcUs, bool isSeenByRecheck)
    {
        foreach (InputLink link in LinksOf(_followed!).DependentsOf(channel))
        {
            // Also where nothing below is marked: rows that are being taken just now may have looked at what was known before.
            Interlocked.Increment(ref _inputMoves);
            if (!_timelines.TryGetValue(link.Channel, out ChannelTimeline? other))
            {
                continue;
            }

            // Rows whose turn is still to come will look for themselves.
            long last = Math.Min(other.LastSeenUtcUs(_followed!), lastUtcUs > long.MaxValue - link.ReachUs ? long.MaxValue : lastUtcUs + link.ReachUs);
            if (fromUtcUs <= last)
            {
                JudgeAgain(other, new UtcSpan(fromUtcUs, last == long.MaxValue ? last : last + 1), isSeenByRecheck);
            }
        }
    }

    /// <summary>Channels that are compared with this one are judged again around what came, or reads differently, from first to last.</summary>
    private bool MarkCompared(RuleBook rules, string channel, long fromUtcUs, long lastUtcUs)
    {
        bool any = false;
        foreach (Comparison compared in rules.ComparedWith(channel))
        {
            if (_timelines.TryGetValue(compared.Channel, out ChannelTimeline? other))
            {
                long from = fromUtcUs < long.MinValue + compared.BeforeUs ? long.MinValue : fromUtcUs - compared.BeforeUs;
                other.MarkDirty(new UtcSpan(from, lastUtcUs >= long.MaxValue - compared.AfterUs ? long.MaxValue : lastUtcUs + compared.AfterUs + 1));
                any = true;
            }
        }

        return any;
    }

    private void Renew(Derivation derivation, RuleBook rules)
    {
        foreach (ChannelView channel in derivation.Channels)
        {
            if (!_timelines.TryGetValue(channel.Name, out ChannelTimeline? timeline) || timeline.Channel.UnitUcum != channel.UnitUcum || timeline.Channel.Series.Except(channel.Series).Any())
            {
                // A series nobody followed yet has no row in the commits taken so far: those that come are judged as they come.
                int known = _followed!.SeriesCount;
                AddTimeline(channel, derivation, null, isNew: channel.Series.All(id => derivation.Series(id).Entry.Id.Value > known));
                continue;
            }

            timeline.Channel = channel;
            ImmutableArray<RuleSpan> now = rules.Of(channel);
            if (!now.AsSpan().SequenceEqual(timeline.Rules.AsSpan(), SameVerdicts.Of))
            {
                timeline.SetRules(now, derivation);
            }
        }

        foreach (string gone in _timelines.Keys.Where(name => !derivation.TryFindChannel(name, out _)).ToArray())
        {
            _timelines.Remove(gone);
        }
    }

    private ChannelTimeline AddTimeline(ChannelView channel, Derivation derivation, StoreSnapshot? snapshot, bool isNew)
    {
        var timeline = new ChannelTimeline(channel, RulesOf(derivation).Of(channel));
        if (isNew)
        {
            return _timelines[channel.Name] = timeline;
        }

        using StoreSnapshot? own = snapshot is null ? _store.Snapshot() : null;
        foreach (SeriesId id in channel.Series)
        {
            if ((snapshot ?? own!).TryExtent(derivation.Series(id).Entry.Id, out _, out long lastUs))
            {
                timeline.Saw(id, lastUs);
            }
        }

        timeline.MarkAllDirty(derivation);
        Signal(ref _work);
        return _timelines[channel.Name] = timeline;
    }

    /// <summary>What is known of a stretch, into <paramref name="runs"/>, and the parts nothing is known of.</summary>
    private List<UtcSpan> Known(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, UtcSpan span, Dictionary<SeriesId, FlagRuns> runs)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_followed, derivation) || snapshot.Commit > _judgedCommit || !_timelines.TryGetValue(channel.Name, out ChannelTimeline? timeline))
            {
                return [span];
            }

            foreach (SeriesId id in channel.Series)
            {
                (long fromT, long toT) = Times(derivation.Series(id), span);
                runs[id] = FlagRuns.Of(timeline.Runs(id, fromT, toT));
            }

            return
            [
                .. timeline.Dirty.Select(dirty => new UtcSpan(Math.Max(dirty.FromUs, span.FromUs), Math.Min(dirty.ToUs, span.ToUs))).Where(dirty => dirty.FromUs < dirty.ToUs),
            ];
        }
    }

    private void Advance(long commit)
    {
        _judgedCommit = Math.Max(_judgedCommit, commit);
        foreach ((string channel, UtcSpan span) in _overtaken.Through(_judgedCommit))
        {
            if (_timelines.TryGetValue(channel, out ChannelTimeline? timeline))
            {
                JudgeAgain(timeline, span);
            }
        }

        Signal(ref _judged);
    }

    private void JudgeAgain(ChannelTimeline timeline, UtcSpan span, bool isSeenByRecheck = false)
    {
        timeline.MarkDirty(span, isSeenByRecheck);
        timeline.ForgetPass();
        Signal(ref _work);
    }

    private void Tell(ImmutableArray<ChangedSpan> spans)
    {
        _version++;
        _changes.Enqueue(new QualityChange(_version, spans));
        if (_changes.Count > MostChanges)
        {
            _changes.Dequeue();
        }

        Signal(ref _changed);
    }
}
