using System.Runtime.InteropServices;

namespace StemLab.Science.Quality;

/// <summary>A flag that is new or has changed.</summary>
/// <param name="TUs">UTC of the value, µs.</param>
/// <param name="Flag">What it is now.</param>
public readonly record struct FlagChange(long TUs, QcFlag Flag);

/// <summary>
/// Quality control of one channel as its values arrive, in any order: after each addition the verdicts are those a whole-series
/// check would give. Keeps what it was given until told to forget. Not safe across threads.
/// </summary>
public sealed class LiveQc
{
    private readonly QcRules _rules;
    private readonly List<long> _tUs = [];
    private readonly List<double> _values = [];
    private readonly List<QcVerdict> _verdicts = [];
    private readonly List<QcFlag> _flags = [];
    private readonly List<long> _neighbourTUs = [];
    private readonly List<double> _neighbour = [];
    private readonly List<long> _companionTUs = [];
    private readonly List<QcFlag> _companionRate = [];

    /// <summary>Times of this series' own jumps: only they ask the companion.</summary>
    private readonly List<long> _jumpTUs = [];

    private QcPass _pass;
    private List<VerdictChange>? _verdictChanges;
    private List<FlagChange>? _flagChanges;

    /// <summary>Starts with no values.</summary>
    /// <param name="rules">The tests.</param>
    /// <exception cref="ArgumentException">A threshold makes no sense.</exception>
    public LiveQc(QcRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        _pass = new QcPass(rules);
    }

    /// <summary>Times kept, µs, ascending.</summary>
    public ReadOnlySpan<long> TUs => CollectionsMarshal.AsSpan(_tUs);

    /// <summary>Joined verdicts, one per time kept.</summary>
    public ReadOnlySpan<QcFlag> Flags => CollectionsMarshal.AsSpan(_flags);

    /// <summary>What every test says, one per time kept.</summary>
    public ReadOnlySpan<QcVerdict> Verdicts => CollectionsMarshal.AsSpan(_verdicts);

    /// <summary>Values before this time are no longer taken, UTC µs: judge them with the whole stretch instead. <see cref="long.MinValue"/> = all are.</summary>
    public long HorizonUs { get; private set; } = long.MinValue;

    /// <summary>Takes values, late ones included. A time seen before keeps its first value: observations never change.</summary>
    /// <param name="tUs">UTC of each value, µs, any order.</param>
    /// <param name="values">In the unit of the rules; NaN = missing.</param>
    /// <param name="changes">Receives every flag that is new or has changed, ascending in time.</param>
    public void Add(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values, List<FlagChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        (_flagChanges, _verdictChanges) = (changes, null);
        Take(tUs, values);
    }

    /// <summary>Takes values, late ones included. A time seen before keeps its first value: observations never change.</summary>
    /// <param name="tUs">UTC of each value, µs, any order.</param>
    /// <param name="values">In the unit of the rules; NaN = missing.</param>
    /// <param name="changes">Receives every verdict that is new or has changed, ascending in time.</param>
    public void Add(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values, List<VerdictChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        (_flagChanges, _verdictChanges) = (null, changes);
        Take(tUs, values);
    }

    /// <summary>Takes values of the neighbour station. A time seen before keeps its first value.</summary>
    /// <param name="tUs">UTC of each value, µs, any order.</param>
    /// <param name="values">In the unit of the rules; NaN = missing.</param>
    /// <param name="changes">Receives every verdict that has changed, ascending in time.</param>
    public void AddNeighbour(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values, List<VerdictChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        (_flagChanges, _verdictChanges) = (null, changes);
        var (from, to) = (long.MaxValue, long.MinValue);
        for (var i = 0; i < tUs.Length; i++)
        {
            var index = Place(_neighbourTUs, tUs[i]);
            if (index < 0)
                continue;
            _neighbourTUs.Insert(index, tUs[i]);
            _neighbour.Insert(index, values[i]);
            if (double.IsNaN(values[i]))
                continue;
            var (first, last) = Nearer(index);
            (from, to) = (Math.Min(from, first), Math.Max(to, last));
        }

        if (_rules.Neighbour is null || from > to)
            return;
        var times = TUs;
        for (var i = CompanionChecks.LowerBound(times, from); i < times.Length && times[i] <= to; i++)
            Set(i, _verdicts[i].With(QcTest.Neighbour, NeighbourAt(i)));
    }

    /// <summary>Takes the companion's verdicts of rate of change. A time seen before takes the newer word: verdicts may change.</summary>
    /// <param name="tUs">UTC of each, µs, any order.</param>
    /// <param name="rate">Its rate-of-change flags.</param>
    /// <param name="changes">Receives every verdict that has changed, ascending in time.</param>
    public void AddCompanion(ReadOnlySpan<long> tUs, ReadOnlySpan<QcFlag> rate, List<VerdictChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        Series.SameLength(rate.Length, tUs.Length, nameof(tUs));
        (_flagChanges, _verdictChanges) = (null, changes);
        var (from, to, hasJump, hasNewWord) = (long.MaxValue, long.MinValue, false, false);
        for (var i = 0; i < tUs.Length; i++)
        {
            hasJump |= rate[i] is QcFlag.Suspect or QcFlag.Fail;
            var index = Place(_companionTUs, tUs[i]);
            if (index < 0)
            {
                _companionRate[_companionTUs.BinarySearch(tUs[i])] = rate[i];
                hasNewWord = true;
            }
            else
            {
                _companionTUs.Insert(index, tUs[i]);
                _companionRate.Insert(index, rate[i]);
            }

            (from, to) = (Math.Min(from, tUs[i]), Math.Max(to, tUs[i]));
        }

        if (_rules.Multivariate is not { } multivariate || from > to)
            return;
        var within = Series.Micros(multivariate.WithinSeconds);
        var last = Series.Later(to, within);
        for (var k = CompanionChecks.LowerBound(CollectionsMarshal.AsSpan(_jumpTUs), Series.Later(from, -within)); k < _jumpTUs.Count && _jumpTUs[k] <= last; k++)
        {
            var i = _tUs.BinarySearch(_jumpTUs[k]);
            // A further word only helps a jump nobody spoke of, or, if it is a jump itself, one that nobody shared.
            var said = _verdicts[i].Of(QcTest.Multivariate);
            if (hasNewWord || said == QcFlag.NotEvaluated || (said == QcFlag.Suspect && hasJump))
                Set(i, _verdicts[i].With(QcTest.Multivariate, MultivariateAt(i, _verdicts[i])));
        }
    }

    /// <summary>Lets go of what lies before a time, but for what later verdicts rest on. Values before it are no longer taken.</summary>
    /// <param name="beforeUs">UTC, µs.</param>
    public void Forget(long beforeUs)
    {
        if (beforeUs <= HorizonUs)
            return;
        HorizonUs = beforeUs;
        var keep = Math.Clamp(CompanionChecks.LowerBound(TUs, beforeUs) - _rules.ReachAhead, 0, Math.Max(0, _tUs.Count - 1));
        var start = Start(keep);
        if (start > 0)
        {
            _tUs.RemoveRange(0, start);
            _values.RemoveRange(0, start);
            _verdicts.RemoveRange(0, start);
            _flags.RemoveRange(0, start);
        }

        var first = _tUs.Count > 0 ? Math.Min(beforeUs, _tUs[0]) : beforeUs;
        _jumpTUs.RemoveRange(0, CompanionChecks.LowerBound(CollectionsMarshal.AsSpan(_jumpTUs), first));
        var aside = Series.Later(first, -_rules.ReachAsideUs);
        // The last one before is still the nearest of somebody.
        Trim(_neighbourTUs, _neighbour, aside);
        Trim(_companionTUs, _companionRate, aside);
    }

    private static void Trim<T>(List<long> tUs, List<T> values, long before)
    {
        var gone = CompanionChecks.LowerBound(CollectionsMarshal.AsSpan(tUs), before);
        tUs.RemoveRange(0, gone);
        values.RemoveRange(0, gone);
    }

    /// <summary>Where a time belongs; -1 when it is there already.</summary>
    private static int Place(List<long> all, long tUs)
    {
        if (all.Count == 0 || tUs > all[^1])
            return all.Count;
        var found = all.BinarySearch(tUs);
        return found >= 0 ? -1 : ~found;
    }

    private void Take(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values)
    {
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        var (before, earliest, latestUs) = (_tUs.Count, int.MaxValue, long.MinValue);
        for (var i = 0; i < tUs.Length; i++)
        {
            var index = tUs[i] < HorizonUs ? -1 : Place(_tUs, tUs[i]);
            if (index < 0)
                continue;
            _tUs.Insert(index, tUs[i]);
            _values.Insert(index, values[i]);
            _verdicts.Insert(index, default);
            _flags.Insert(index, 0);
            earliest = Math.Min(earliest, index);
            latestUs = Math.Max(latestUs, tUs[i]);
        }

        if (earliest == before)
            GoOn(before);
        else if (earliest != int.MaxValue)
            Recheck(earliest, latestUs);
    }

    /// <summary>The usual case: all new values came after all known ones.</summary>
    private void GoOn(int from)
    {
        var before = from > 0 ? _verdicts[from - 1] : default;
        for (var i = from; i < _tUs.Count; i++)
        {
            var verdict = _pass.Add(_tUs[i], _values[i], out var spike);
            if (spike != 0 && i == from)
                before = before.With(QcTest.Spike, spike);
            else if (spike != 0)
                _verdicts[i - 1] = _verdicts[i - 1].With(QcTest.Spike, spike);
            // Written, not yet said: the next one may still change it.
            _verdicts[i] = verdict;
        }

        if (from > 0)
            Set(from - 1, before);
        for (var i = from; i < _tUs.Count; i++)
            Say(i, Aside(i, _verdicts[i]), default);
    }

    /// <summary>Judges again what the new values can have touched, with enough of the past before it.</summary>
    private void Recheck(int earliest, long latestUs)
    {
        var from = Math.Max(0, earliest - _rules.ReachAhead);
        var to = Math.Min(_tUs.Count - 1, _tUs.BinarySearch(latestUs) + _rules.ReachBehind);
        while (to + 1 < _tUs.Count && Series.Distance(_tUs[to + 1], latestUs) < _rules.ReachBehindUs)
            to++;
        var start = Start(from);
        // The last value judged needs its own look ahead.
        var end = Math.Min(_tUs.Count, to + 1 + _rules.ReachAhead);

        var pass = new QcPass(_rules);
        var verdicts = new QcVerdict[end - start];
        for (var i = start; i < end; i++)
        {
            verdicts[i - start] = pass.Add(_tUs[i], _values[i], out var spike);
            if (spike != 0)
                verdicts[i - 1 - start] = verdicts[i - 1 - start].With(QcTest.Spike, spike);
        }

        if (end == _tUs.Count)
            _pass = pass;
        for (var i = from; i <= to; i++)
            Set(i, Aside(i, verdicts[i - start]));
    }

    /// <summary>Where a pass must begin so that its verdicts count from here on.</summary>
    private int Start(int from)
    {
        var start = Math.Max(0, from - _rules.ReachBehind);
        while (start > 0 && Series.Distance(_tUs[from], _tUs[start - 1]) < _rules.ReachBehindUs)
            start--;
        return start;
    }

    /// <summary>Adds what others say, and remembers jumps.</summary>
    private QcVerdict Aside(int i, QcVerdict verdict)
    {
        if (_rules.Neighbour is not null)
            verdict = verdict.With(QcTest.Neighbour, NeighbourAt(i));
        if (_rules.Multivariate is null)
            return verdict;
        var jumped = verdict.Of(QcTest.RateOfChange) is QcFlag.Suspect or QcFlag.Fail;
        var known = Place(_jumpTUs, _tUs[i]);
        if (jumped && known >= 0)
            _jumpTUs.Insert(known, _tUs[i]);
        else if (!jumped && known < 0)
            _jumpTUs.RemoveAt(_jumpTUs.BinarySearch(_tUs[i]));
        return verdict.With(QcTest.Multivariate, MultivariateAt(i, verdict));
    }

    private QcFlag NeighbourAt(int i)
    {
        var times = CollectionsMarshal.AsSpan(_neighbourTUs);
        var after = CompanionChecks.LowerBound(times, _tUs[i]);
        return CompanionChecks.NeighbourAt(_values[i], _tUs[i], CollectionsMarshal.AsSpan(_neighbour), times, after, Series.Micros(_rules.Neighbour!.WithinSeconds), _rules.Neighbour.Limit);
    }

    private QcFlag MultivariateAt(int i, QcVerdict verdict) => CompanionChecks.MultivariateAt(
        verdict.Of(QcTest.RateOfChange), _tUs[i], CollectionsMarshal.AsSpan(_companionRate), CollectionsMarshal.AsSpan(_companionTUs), Series.Micros(_rules.Multivariate!.WithinSeconds));

    /// <summary>The times to which this value of the neighbour may be the nearest.</summary>
    private (long From, long To) Nearer(int index)
    {
        var (t, within) = (_neighbourTUs[index], _rules.Neighbour is { } rule ? Series.Micros(rule.WithinSeconds) : 0);
        var (before, after) = (index - 1, index + 1);
        while (before >= 0 && double.IsNaN(_neighbour[before]))
            before--;
        while (after < _neighbour.Count && double.IsNaN(_neighbour[after]))
            after++;
        var from = before >= 0 ? Math.Max(Series.Later(t, -within), Series.Later(t, -(Series.Distance(t, _neighbourTUs[before]) / 2 + 1))) : Series.Later(t, -within);
        var to = after < _neighbour.Count ? Math.Min(Series.Later(t, within), Series.Later(t, Series.Distance(_neighbourTUs[after], t) / 2 + 1)) : Series.Later(t, within);
        return (from, to);
    }

    private void Set(int i, QcVerdict verdict)
    {
        var before = _verdicts[i];
        if (before != verdict)
            Say(i, verdict, before);
    }

    private void Say(int i, QcVerdict verdict, QcVerdict before)
    {
        _verdicts[i] = verdict;
        _flags[i] = verdict.Flag;
        _verdictChanges?.Add(new VerdictChange(_tUs[i], verdict));
        if (verdict.Flag != before.Flag)
            _flagChanges?.Add(new FlagChange(_tUs[i], verdict.Flag));
    }
}
