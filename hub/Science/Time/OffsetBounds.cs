namespace StemLab.Science.Time;

/// <summary>
/// What is known about one boot's offset to UTC: corners (t, low, high), ascending in t, closed under the rule that a clock drifts by
/// at most 50 ppm, so each corner already carries what the others say about it. Owned by one solve; not safe across threads.
/// </summary>
internal sealed class OffsetBounds
{
    /// <summary>No lower, no upper bound.</summary>
    internal const long NoLow = -Limit, NoHigh = Limit;

    private const long Limit = 4_000_000_000_000_000_000;

    private readonly List<Corner> _corners;

    internal OffsetBounds()
        : this([])
    {
    }

    private OffsetBounds(List<Corner> corners) => _corners = corners;

    internal IReadOnlyList<Corner> Corners => _corners;

    internal bool HasLow => _corners.Count > 0 && _corners[0].Low > NoLow;

    internal bool HasHigh => _corners.Count > 0 && _corners[0].High < NoHigh;

    /// <summary>Builds bounds from statements in any order, and keeps the list as its own; false when they cannot all be true.</summary>
    internal static bool TryBuild(List<Corner> statements, out OffsetBounds bounds)
    {
        bounds = new OffsetBounds(statements);
        statements.Sort(static (one, other) => one.TUs.CompareTo(other.TUs));
        bounds.MergeEqualTimes();
        return bounds.Close();
    }

    internal long LowAt(long tUs)
    {
        if (_corners.Count == 0)
            return NoLow;
        var k = LastAtOrBefore(tUs);
        var low = NoLow;
        if (k >= 0)
            low = Lower(_corners[k].Low, tUs - _corners[k].TUs);
        return k + 1 < _corners.Count ? Math.Max(low, Lower(_corners[k + 1].Low, _corners[k + 1].TUs - tUs)) : low;
    }

    internal long HighAt(long tUs)
    {
        if (_corners.Count == 0)
            return NoHigh;
        var k = LastAtOrBefore(tUs);
        var high = NoHigh;
        if (k >= 0)
            high = Raise(_corners[k].High, tUs - _corners[k].TUs);
        return k + 1 < _corners.Count ? Math.Min(high, Raise(_corners[k + 1].High, _corners[k + 1].TUs - tUs)) : high;
    }

    /// <summary>Adds a statement if it says anything new and contradicts nothing.</summary>
    /// <returns>True when the bounds became narrower.</returns>
    internal bool Tighten(long tUs, long low, long high)
    {
        var (oldLow, oldHigh) = (LowAt(tUs), HighAt(tUs));
        if ((low <= oldLow && high >= oldHigh) || low > oldHigh || high < oldLow || low > high)
            return false;
        var corner = new Corner(tUs, Math.Max(low, oldLow), Math.Min(high, oldHigh));
        var k = LastAtOrBefore(tUs);
        if (k >= 0 && _corners[k].TUs == tUs)
            _corners[k] = corner;
        else
            _corners.Insert(k + 1, corner);
        Close();
        return true;
    }

    /// <summary>The lower bound a statement gives at a distance.</summary>
    internal static long Lower(long low, long distanceUs) => low <= NoLow ? NoLow : Math.Max(NoLow, low - Drift(distanceUs));

    /// <summary>The upper bound a statement gives at a distance.</summary>
    internal static long Raise(long high, long distanceUs) => high >= NoHigh ? NoHigh : Math.Min(NoHigh, high + Drift(distanceUs));

    internal static long Drift(long distanceUs) => (distanceUs + TimeMap.WideningDivisor - 1) / TimeMap.WideningDivisor;

    private void MergeEqualTimes()
    {
        var kept = 0;
        for (var i = 0; i < _corners.Count; i++)
        {
            if (kept > 0 && _corners[kept - 1].TUs == _corners[i].TUs)
                _corners[kept - 1] = new Corner(_corners[i].TUs, Math.Max(_corners[kept - 1].Low, _corners[i].Low), Math.Min(_corners[kept - 1].High, _corners[i].High));
            else
                _corners[kept++] = _corners[i];
        }

        _corners.RemoveRange(kept, _corners.Count - kept);
    }

    /// <summary>Two sweeps carry every statement to every corner.</summary>
    private bool Close()
    {
        for (var i = 1; i < _corners.Count; i++)
            Carry(i - 1, i);
        for (var i = _corners.Count - 2; i >= 0; i--)
            Carry(i + 1, i);
        return _corners.TrueForAll(corner => corner.Low <= corner.High);
    }

    private void Carry(int from, int to)
    {
        var (source, target) = (_corners[from], _corners[to]);
        var distance = Math.Abs(target.TUs - source.TUs);
        _corners[to] = target with { Low = Math.Max(target.Low, Lower(source.Low, distance)), High = Math.Min(target.High, Raise(source.High, distance)) };
    }

    private int LastAtOrBefore(long tUs)
    {
        var (low, high) = (0, _corners.Count);
        while (low < high)
        {
            var mid = (low + high) >>> 1;
            if (_corners[mid].TUs <= tUs)
                low = mid + 1;
            else
                high = mid;
        }

        return low - 1;
    }
}

/// <summary>At boot time t the offset to UTC lies between low and high, µs.</summary>
internal readonly record struct Corner(long TUs, long Low, long High);
