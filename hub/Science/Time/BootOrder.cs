namespace StemLab.Science.Time;

/// <summary>
/// The boots of one owner in the order they ran. A later boot starts after an earlier one ended, so each bounds the others.
/// Boots with the same counter and no stated predecessor are not ordered among themselves.
/// </summary>
internal sealed class BootOrder
{
    private const int LongestChain = 1000;

    private readonly TimeGraph _graph;

    /// <summary>Per owner: groups of boot indices, in order; boots inside a group are not ordered.</summary>
    private readonly List<int[][]> _owners = [];

    internal BootOrder(TimeGraph graph)
    {
        _graph = graph;
        var index = new Dictionary<BootKey, int>();
        for (var i = 0; i < graph.Boots.Length; i++)
            index.Add(graph.Boots[i].Boot, i);

        foreach (var owner in Enumerable.Range(0, graph.Boots.Length).Where(i => graph.Boots[i].Kind != ClockKind.Utc).GroupBy(i => graph.Boots[i].Owner))
        {
            _owners.Add([.. owner.GroupBy(i => (graph.Boots[i].BootNo, Depth(i, index))).OrderBy(group => group.Key).Select(group => group.Order().ToArray())]);
        }
    }

    internal IReadOnlyList<int[][]> Owners => _owners;

    /// <summary>The shortest true time a boot can have lasted, µs.</summary>
    internal long ShortestUs(int boot)
    {
        var span = _graph.LastUs[boot] - _graph.FirstUs[boot];
        return span - OffsetBounds.Drift(span);
    }

    /// <summary>Anchored boots that cannot be where their statements put them; empty when all fit.</summary>
    internal List<int> Misplaced(OffsetBounds?[] bounds, int[] witnesses)
    {
        var misplaced = new List<int>();
        foreach (var groups in _owners)
        {
            if (groups.Length > 1 && !Fits(groups, bounds))
                misplaced.AddRange(Losers(groups, bounds, witnesses));
        }

        return misplaced;
    }

    /// <summary>Lets every boot bound those after it and those before it.</summary>
    /// <returns>True when some bounds became narrower.</returns>
    internal bool Clip(OffsetBounds[] bounds)
    {
        var changed = false;
        foreach (var groups in _owners)
        {
            if (groups.Length > 1)
                changed |= ClipForward(groups, bounds) | ClipBackward(groups, bounds);
        }

        return changed;
    }

    private bool ClipForward(int[][] groups, OffsetBounds[] bounds)
    {
        var (changed, earliest) = (false, OffsetBounds.NoLow);
        foreach (var group in groups)
        {
            var next = earliest;
            foreach (var boot in group)
            {
                if (earliest > OffsetBounds.NoLow)
                    changed |= bounds[boot].Tighten(_graph.FirstUs[boot], earliest - _graph.FirstUs[boot], OffsetBounds.NoHigh);
                var low = bounds[boot].LowAt(_graph.LastUs[boot]);
                next = Math.Max(next, low > OffsetBounds.NoLow ? low + _graph.LastUs[boot] : earliest > OffsetBounds.NoLow ? earliest + ShortestUs(boot) : next);
            }

            earliest = next;
        }

        return changed;
    }

    private bool ClipBackward(int[][] groups, OffsetBounds[] bounds)
    {
        var (changed, latest) = (false, OffsetBounds.NoHigh);
        for (var g = groups.Length - 1; g >= 0; g--)
        {
            var next = latest;
            foreach (var boot in groups[g])
            {
                if (latest < OffsetBounds.NoHigh)
                    changed |= bounds[boot].Tighten(_graph.LastUs[boot], OffsetBounds.NoLow, latest - _graph.LastUs[boot]);
                var high = bounds[boot].HighAt(_graph.FirstUs[boot]);
                next = Math.Min(next, high < OffsetBounds.NoHigh ? high + _graph.FirstUs[boot] : latest < OffsetBounds.NoHigh ? latest - ShortestUs(boot) : next);
            }

            latest = next;
        }

        return changed;
    }

    /// <summary>Can every anchored boot start after all before it have run?</summary>
    private bool Fits(int[][] groups, OffsetBounds?[] bounds)
    {
        var earliest = OffsetBounds.NoLow;
        foreach (var group in groups)
        {
            var next = earliest;
            foreach (var boot in group)
            {
                if (bounds[boot] is { } known)
                {
                    if (earliest > known.HighAt(_graph.FirstUs[boot]) + _graph.FirstUs[boot])
                        return false;
                    next = Math.Max(next, known.LowAt(_graph.LastUs[boot]) + _graph.LastUs[boot]);
                }

                if (earliest > OffsetBounds.NoLow)
                    next = Math.Max(next, earliest + ShortestUs(boot));
            }

            earliest = next;
        }

        return true;
    }

    /// <summary>All anchored boots but the best chain: most witnesses, then most boots.</summary>
    private IEnumerable<int> Losers(int[][] groups, OffsetBounds?[] bounds, int[] witnesses)
    {
        var boots = new List<(int Boot, int Group, long RunBefore)>();
        var run = 0L;
        for (var g = 0; g < groups.Length; g++)
        {
            boots.AddRange(groups[g].Where(boot => bounds[boot] is not null).Select(boot => (boot, g, run)));
            run += groups[g].Max(ShortestUs);
        }

        // Fewer µs of doubt decide between equals, so the sharper word stands.
        var score = new (int Witnesses, int Boots, long Doubt)[boots.Count];
        var from = new int[boots.Count];
        for (var j = 0; j < boots.Count; j++)
        {
            (score[j], from[j]) = ((witnesses[boots[j].Boot], 1, -Doubt(bounds[boots[j].Boot]!)), -1);
            for (var i = 0; i < j; i++)
            {
                var joined = (score[i].Witnesses + witnesses[boots[j].Boot], score[i].Boots + 1, score[i].Doubt - Doubt(bounds[boots[j].Boot]!));
                if (joined.CompareTo(score[j]) > 0 && Follows(boots[i], boots[j], bounds))
                    (score[j], from[j]) = (joined, i);
            }
        }

        var losers = boots.Select(boot => boot.Boot).ToHashSet();
        for (var k = Array.IndexOf(score, score.Max()); k >= 0; k = from[k])
            losers.Remove(boots[k].Boot);
        return losers.Order();
    }

    private static long Doubt(OffsetBounds bounds) => bounds.Corners.Min(corner => corner.High - corner.Low) >> 10;

    private bool Follows((int Boot, int Group, long RunBefore) one, (int Boot, int Group, long RunBefore) next, OffsetBounds?[] bounds)
    {
        if (one.Group == next.Group)
            return true;
        var between = next.RunBefore - one.RunBefore - ShortestUs(one.Boot);
        var end = bounds[one.Boot]!.LowAt(_graph.LastUs[one.Boot]) + _graph.LastUs[one.Boot];
        return end + Math.Max(0, between) <= bounds[next.Boot]!.HighAt(_graph.FirstUs[next.Boot]) + _graph.FirstUs[next.Boot];
    }

    /// <summary>Place in a chain of boots that share one counter value: the counter was lost, but each named the one before.</summary>
    private int Depth(int boot, Dictionary<BootKey, int> index)
    {
        var depth = 0;
        var at = _graph.Boots[boot];
        while (depth < LongestChain && at.Previous is { } key && index.TryGetValue(key, out var previous)
            && _graph.Boots[previous] is var before && before.BootNo == at.BootNo && before.Owner == at.Owner)
        {
            depth++;
            at = before;
        }

        return depth;
    }
}
