using System.Runtime.InteropServices;

namespace StemLab.Science.Quality;

/// <summary>A verdict that is new or has changed.</summary>
/// <param name="TUs">UTC of the value, µs.</param>
/// <param name="Flag">What it is now.</param>
public readonly record struct FlagChange(long TUs, QcFlag Flag);

/// <summary>
/// Quality control of one channel as its values arrive, in any order: after each addition the verdicts are those a whole-series
/// check would give. Keeps the whole series it was given. Not safe across threads.
/// </summary>
/// <param name="rules">The tests; StemLab's mode.</param>
public sealed class LiveQc(QcRules rules)
{
    private readonly List<long> _tUs = [];
    private readonly List<double> _values = [];
    private readonly List<QcFlag> _flags = [];

    /// <summary>Times kept, µs, ascending.</summary>
    public ReadOnlySpan<long> TUs => CollectionsMarshal.AsSpan(_tUs);

    /// <summary>Verdicts, one per time kept.</summary>
    public ReadOnlySpan<QcFlag> Flags => CollectionsMarshal.AsSpan(_flags);

    /// <summary>Takes values, late ones included. A time seen before keeps its first value: observations never change.</summary>
    /// <param name="tUs">UTC of each value, µs, any order.</param>
    /// <param name="values">In the unit of the rules; NaN = missing.</param>
    /// <param name="changes">Receives every verdict that is new or has changed, ascending in time.</param>
    public void Add(ReadOnlySpan<long> tUs, ReadOnlySpan<double> values, List<FlagChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        var earliest = int.MaxValue;
        var latestUs = long.MinValue;
        for (var i = 0; i < tUs.Length; i++)
        {
            var index = Place(tUs[i]);
            if (index < 0)
                continue;
            _tUs.Insert(index, tUs[i]);
            _values.Insert(index, values[i]);
            _flags.Insert(index, 0);
            earliest = Math.Min(earliest, index);
            latestUs = Math.Max(latestUs, tUs[i]);
        }

        if (earliest != int.MaxValue)
            Recheck(earliest, latestUs, changes);
    }

    /// <summary>Where a time belongs; -1 when it is there already.</summary>
    private int Place(long tUs)
    {
        if (_tUs.Count == 0 || tUs > _tUs[^1])
            return _tUs.Count;
        var found = _tUs.BinarySearch(tUs);
        return found >= 0 ? -1 : ~found;
    }

    /// <summary>Judges again what the new values can have touched, with enough of the past before it.</summary>
    private void Recheck(int earliest, long latestUs, List<FlagChange> changes)
    {
        var from = Math.Max(0, earliest - rules.ReachAhead);
        var latest = _tUs.BinarySearch(latestUs);
        var to = Math.Min(_tUs.Count - 1, latest + rules.ReachBehind);
        while (to + 1 < _tUs.Count && _tUs[to + 1] - latestUs < rules.ReachBehindUs)
            to++;
        var start = Math.Max(0, from - rules.ReachBehind);
        while (start > 0 && _tUs[from] - _tUs[start - 1] < rules.ReachBehindUs)
            start--;
        // The last value judged needs its own look ahead.
        var end = Math.Min(_tUs.Count, to + 1 + rules.ReachAhead);

        var flags = new QcFlag[end - start];
        rules.Check(CollectionsMarshal.AsSpan(_values)[start..end], CollectionsMarshal.AsSpan(_tUs)[start..end], flags);
        for (var i = from; i <= to; i++)
        {
            var flag = flags[i - start];
            if (_flags[i] == flag)
                continue;
            _flags[i] = flag;
            changes.Add(new FlagChange(_tUs[i], flag));
        }
    }
}
