using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Science.Quality;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>UTC µs, to exclusive.</summary>
internal readonly record struct UtcSpan(long FromUs, long ToUs);

/// <summary>A row of a channel as it came: where it stands in UTC and what it says.</summary>
internal readonly record struct LiveRow(SeriesId Series, long TUs, long UtcUs, uint BootNo, double Value, byte Derived, FlagReasons Reasons) : IComparable<LiveRow>
{
    /// <summary>Order of the channel's rows.</summary>
    public int CompareTo(LiveRow other)
    {
        int utc = UtcUs.CompareTo(other.UtcUs);
        int boot = utc != 0 ? utc : BootNo.CompareTo(other.BootNo);
        return boot != 0 ? boot : Series == other.Series ? TUs.CompareTo(other.TUs) : Series.Value.CompareTo(other.Series.Value);
    }
}

/// <summary>
/// What is known of the flags of one channel: runs per series, the stretches of UTC still to be judged, and the pass that goes on with each new row.
/// Under the lock of its <see cref="QualityBook"/>.
/// </summary>
internal sealed class ChannelTimeline
{
    /// <summary>Rows out of turn no further apart than this wait as one stretch, whatever the tests look back: an hour.</summary>
    private const long LeastNearUs = 3_600_000_000;

    private readonly Dictionary<SeriesId, FlagRuns> _runs = [];
    private readonly List<UtcSpan> _dirty = [];

    /// <summary>What was marked since the recheck at work began: its verdicts may not have seen it.</summary>
    private readonly List<UtcSpan> _marked = [];

    /// <summary>Greatest t taken so far, by series.</summary>
    private readonly Dictionary<SeriesId, long> _seen = [];

    /// <summary>The same when the recheck at work began. Its snapshot may hold later rows, which are judged as they are taken.</summary>
    private readonly Dictionary<SeriesId, long> _seenByRecheck = [];
    private QcPass? _pass;
    private int _rule;
    private LiveRow _last;
    private bool _hasLast;

    /// <summary>Rows followed one after the other at the channel's interval, without a hole.</summary>
    private int _evenRows;

    /// <summary>Of the row before the first one that is followed, which was judged without its neighbour.</summary>
    private long _beforeUtcUs = long.MinValue;
    private QcVerdict _lastVerdict;

    public ChannelTimeline(ChannelView channel, ImmutableArray<RuleSpan> rules)
    {
        Channel = channel;
        Rules = rules;
    }

    public ChannelView Channel { get; set; }

    public ImmutableArray<RuleSpan> Rules { get; private set; }

    /// <summary>Stretches to be judged, ascending, not overlapping; what is being judged just now is among them.</summary>
    public IReadOnlyList<UtcSpan> Dirty => _dirty;

    /// <summary>True when watchers were told "not evaluated" of rows that still wait for a verdict.</summary>
    public bool Owes { get; private set; }

    public int RunCount => _runs.Values.Sum(runs => runs.Count);

    /// <summary>True when rows can be judged as they come; else <see cref="Continue"/> first.</summary>
    public bool IsFollowing => _pass is not null;

    /// <summary>True when the row followed last is not simply good.</summary>
    public bool IsLastDoubted { get; private set; }

    /// <summary>Other rules: everything seen so far is judged again.</summary>
    public void SetRules(ImmutableArray<RuleSpan> rules, Derivation derivation)
    {
        Rules = rules;
        _pass = null;
        MarkAllDirty(derivation);
    }

    /// <summary>Everything seen so far must be judged; what comes later is judged as it comes.</summary>
    public void MarkAllDirty(Derivation derivation)
    {
        long last = LastSeenUtcUs(derivation);
        if (_seen.Count > 0)
        {
            MarkDirty(new UtcSpan(long.MinValue, last == long.MaxValue ? last : last + 1));
        }
    }

    /// <summary>A stretch must be judged again.</summary>
    /// <param name="isSeenByRecheck">The recheck at work will see what changed when it comes to this channel.</param>
    public void MarkDirty(UtcSpan span, bool isSeenByRecheck = false) => MarkDirty(span, isSeenByRecheck, 0);

    /// <param name="nearUs">Stretches that wait no further away than this become one with it: judging each alone would read the same rows again and again.</param>
    private void MarkDirty(UtcSpan span, bool isSeenByRecheck, long nearUs)
    {
        if (span.FromUs < span.ToUs)
        {
            Join(_dirty, span, nearUs);
            if (!isSeenByRecheck)
            {
                Join(_marked, span, nearUs);
            }
        }
    }

    /// <summary>A recheck begins, before it takes its snapshot: what is marked from now on is not done by it.</summary>
    public void BeginRecheck()
    {
        _marked.Clear();
        _seenByRecheck.Clear();
        foreach ((SeriesId series, long tUs) in _seen)
        {
            _seenByRecheck[series] = tUs;
        }
    }

    /// <summary>The facts moved rows: what was known of the last row holds no more.</summary>
    public void ForgetPass()
    {
        _pass = null;
        _hasLast = false;
    }

    /// <summary>A stored row is known, judged or not.</summary>
    public void Saw(SeriesId series, long tUs) => _seen[series] = Math.Max(tUs, _seen.GetValueOrDefault(series, long.MinValue));

    /// <summary>UTC of the last row seen; <see cref="long.MinValue"/> before the first.</summary>
    public long LastSeenUtcUs(Derivation derivation)
    {
        long last = long.MinValue;
        foreach ((SeriesId id, long tUs) in _seen)
        {
            last = derivation.TryFindSeries(id, out SeriesDerivation? series) ? Math.Max(last, series.Map.ToUtc(tUs)) : last;
        }

        return last;
    }

    /// <summary>Goes on from here with a pass that knows the rows before.</summary>
    /// <param name="beforeUtcUs">UTC of the last of them; <see cref="long.MinValue"/> = none.</param>
    public void Continue(QcPass pass, int rule, long beforeUtcUs) => (_pass, _rule, _hasLast, _beforeUtcUs, _evenRows) = (pass, rule, false, beforeUtcUs, 0);

    /// <summary>The rule span a moment lies in.</summary>
    public int RuleAt(long utcUs)
    {
        int at = Rules.Length - 1;
        while (at > 0 && Rules[at].FromUtcUs > utcUs)
        {
            at--;
        }

        return at;
    }

    /// <summary>
    /// Judges a row after all rows so far. False when it is not: then the stretch around it is marked to be judged from what is stored.
    /// </summary>
    /// <param name="amended">UTC of the row before, where its verdict is another one now that its neighbour is known; else null.</param>
    public bool TryFollow(in LiveRow row, out long? amended)
    {
        amended = null;
        Saw(row.Series, row.TUs);
        int rule = RuleAt(row.UtcUs);
        if (_pass is null || rule != _rule || Rules[rule].Rules.HasCompanions || (_hasLast && row.CompareTo(_last) <= 0))
        {
            Disturb(row, rule);
            return false;
        }

        QcVerdict verdict = _pass.Add(row.UtcUs, row.Value, out QcFlag spike);
        if (spike != 0 && _hasLast)
        {
            QcVerdict known = _lastVerdict.With(QcTest.Spike, spike);
            (byte flag, FlagReasons reasons) = RangeCheck.Join(known, _last.Derived, _last.Reasons);
            if ((flag, reasons) != RangeCheck.Join(_lastVerdict, _last.Derived, _last.Reasons) && !double.IsNaN(_last.Value))
            {
                RunsOf(_last.Series).AmendLast(_last.TUs, flag, reasons);
                amended = _last.UtcUs;
                if (_dirty.Count > 0)
                {
                    // A recheck at work may reach this row in a snapshot that does not hold the one after it.
                    Join(_marked, new UtcSpan(_last.UtcUs, _last.UtcUs + 1), 0);
                }
            }
        }

        if (spike != 0 && !_hasLast && _beforeUtcUs != long.MinValue)
        {
            MarkDirty(new UtcSpan(_beforeUtcUs, _beforeUtcUs + 1));
        }

        (byte now, FlagReasons why) = double.IsNaN(row.Value) ? ((byte)QcFlag.Pass, FlagReasons.None) : RangeCheck.Join(verdict, row.Derived, row.Reasons);
        RunsOf(row.Series).Add(row.TUs, now, why);
        IsLastDoubted = now != (byte)QcFlag.Pass || why != FlagReasons.None;
        _evenRows = _hasLast && row.UtcUs - _last.UtcUs <= StepUs(Rules[rule].Rules.Rules) ? Math.Min(_evenRows + 1, int.MaxValue - 1) : 0;
        (_last, _lastVerdict, _hasLast) = (row, verdict, true);
        return true;
    }

    /// <summary>Takes what was judged from the stored rows, and lets go of the stretch. True when rows read differently now, or were owed.</summary>
    public bool Settle(UtcSpan span, RangeVerdicts verdicts, Derivation derivation)
    {
        bool isChanged = Owes;
        long from = Math.Min(span.FromUs, verdicts.FromUtcUs);
        long to = Math.Max(span.ToUs == long.MaxValue ? verdicts.LastUtcUs : span.ToUs - 1, verdicts.LastUtcUs);
        foreach (SeriesId id in Channel.Series)
        {
            SeriesDerivation series = derivation.Series(id);
            long fromT = from == long.MinValue ? from : series.Map.ToBoot(from);
            long lastT = to == long.MaxValue ? to : to == long.MinValue ? to : series.Map.ToBoot(to + 1) - 1;
            verdicts.Runs.TryGetValue(id, out FlagRuns? judged);

            // Rows taken since, or not yet, are judged as they come: a word on them from here would be of a moment that knew less, or stand beside theirs.
            lastT = Math.Min(lastT, _seenByRecheck.GetValueOrDefault(id, long.MinValue));
            if (fromT <= lastT)
            {
                ImmutableArray<FlagRun> before = RunsOf(id).Within(fromT, lastT == long.MaxValue ? lastT : lastT + 1);
                ImmutableArray<FlagRun> after = judged?.Through(lastT) ?? [];
                isChanged |= !before.SequenceEqual(after);
                RunsOf(id).Replace(fromT, lastT, after);
            }
        }

        for (int i = _dirty.Count - 1; i >= 0; i--)
        {
            UtcSpan known = _dirty[i];
            if (known.ToUs <= span.FromUs || known.FromUs >= span.ToUs)
            {
                continue;
            }

            _dirty.RemoveAt(i);
            if (span.ToUs < known.ToUs)
            {
                _dirty.Insert(i, known with { FromUs = span.ToUs });
            }

            if (known.FromUs < span.FromUs)
            {
                _dirty.Insert(i, known with { ToUs = span.FromUs });
            }
        }

        foreach (UtcSpan later in _marked)
        {
            Join(_dirty, later, 0);
        }

        Owes &= _dirty.Count > 0;
        return isChanged;
    }

    /// <summary>The runs of one series that reach into [from, to) of its clock.</summary>
    public ImmutableArray<FlagRun> Runs(SeriesId series, long fromT, long toT) => _runs.TryGetValue(series, out FlagRuns? runs) ? runs.Within(fromT, toT) : [];

    /// <summary>Adds a stretch to ascending ones that neither touch nor overlap; those within reach become one with it.</summary>
    private static void Join(List<UtcSpan> spans, UtcSpan span, long nearUs)
    {
        int at = spans.FindIndex(known => (Int128)known.ToUs + nearUs >= span.FromUs);
        at = at < 0 ? spans.Count : at;
        while (at < spans.Count && spans[at].FromUs <= (Int128)span.ToUs + nearUs)
        {
            span = new UtcSpan(Math.Min(span.FromUs, spans[at].FromUs), Math.Max(span.ToUs, spans[at].ToUs));
            spans.RemoveAt(at);
        }

        spans.Insert(at, span);
    }

    private FlagRuns RunsOf(SeriesId series)
    {
        if (!_runs.TryGetValue(series, out FlagRuns? runs))
        {
            _runs[series] = runs = new FlagRuns();
        }

        return runs;
    }

    /// <summary>The longest way from a row to the next that leaves no hole, µs; 0 = the interval is not known.</summary>
    private long StepUs(QcRules rules) => (long)(1.1e6 * Math.Max(rules.IntervalSeconds, Channel.IntervalUs / 1e6));

    /// <summary>A row out of turn: it is judged from the store. The pass stays when the row is too old to matter to it.</summary>
    private void Disturb(in LiveRow row, int rule)
    {
        QcRules rules = Rules[rule].Rules.Rules;
        long reachUs = Math.Max(rules.ReachBehindUs, rules.ReachBehind * StepUs(rules));

        // Across a hole the tests look back further than their reach in time.
        bool isWithinReach = _evenRows < rules.ReachBehind || _last.UtcUs - row.UtcUs <= reachUs;
        if (!_hasLast || row.UtcUs >= _last.UtcUs || isWithinReach)
        {
            ForgetPass();
        }

        RunsOf(row.Series).PassOver(row.TUs);
        Owes = true;
        MarkDirty(new UtcSpan(row.UtcUs, row.UtcUs + 1), false, Math.Max(reachUs, LeastNearUs));
    }
}
