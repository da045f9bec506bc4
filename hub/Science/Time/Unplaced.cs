namespace StemLab.Science.Time;

/// <summary>
/// Boots nobody can place: no UTC reaches them, and not both a neighbour before and one after. Their sigma is infinite; what is kept
/// is order, and that clocks tied to each other read the same time.
/// </summary>
internal sealed class Unplaced
{
    private readonly TimeGraph _graph;
    private readonly OffsetBounds[] _bounds;
    private readonly TimeMap?[] _placed;
    private readonly int[] _cluster;
    private readonly long[] _relative;
    private readonly List<long> _shift = [];

    private Unplaced(TimeGraph graph, OffsetBounds[] bounds, TimeMap?[] placed)
    {
        _graph = graph;
        _bounds = bounds;
        _placed = placed;
        _cluster = new int[graph.Boots.Length];
        _relative = new long[graph.Boots.Length];
        Array.Fill(_cluster, -1);
    }

    /// <summary>Constant offsets, µs, for the boots without a map; 0 for the others.</summary>
    internal static long[] Offsets(TimeGraph graph, OffsetBounds[] bounds, TimeMap?[] placed, BootOrder order, bool[] tieExcluded)
    {
        var layout = new Unplaced(graph, bounds, placed);
        layout.Gather(tieExcluded);
        layout.KeepOrder(order);
        return [.. layout._cluster.Select((cluster, boot) => cluster < 0 ? 0 : layout._relative[boot] + layout._shift[cluster])];
    }

    /// <summary>Clusters of tied boots, each on the clock of its first member, hubs before devices.</summary>
    private void Gather(bool[] tieExcluded)
    {
        var ties = new List<int>?[_graph.Boots.Length];
        for (var tie = 0; tie < _graph.Ties.Length; tie++)
        {
            var (a, b) = (_graph.Ties[tie].BootA, _graph.Ties[tie].BootB);
            if (tieExcluded[tie] || _placed[a] is not null || _placed[b] is not null)
                continue;
            (ties[a] ??= []).Add(tie);
            (ties[b] ??= []).Add(tie);
        }

        foreach (var root in Enumerable.Range(0, _graph.Boots.Length).Where(i => _placed[i] is null).OrderBy(i => _graph.Boots[i].Kind == ClockKind.Hub ? 0 : 1).ThenBy(i => i))
        {
            if (_cluster[root] >= 0)
                continue;
            var members = Follow(root, ties);
            _shift.Add(Shift(members));
        }
    }

    private List<int> Follow(int root, List<int>?[] ties)
    {
        var members = new List<int> { root };
        _cluster[root] = _shift.Count;
        for (var m = 0; m < members.Count; m++)
        {
            var boot = members[m];
            foreach (var tie in ties[boot] ?? [])
            {
                var edge = _graph.Ties[tie];
                var (far, here, there) = edge.BootA == boot ? (edge.BootB, edge.Fact.TAUs, edge.Fact.TBUs) : (edge.BootA, edge.Fact.TBUs, edge.Fact.TAUs);
                if (_cluster[far] >= 0)
                    continue;
                _cluster[far] = _shift.Count;
                _relative[far] = Math.Clamp(_relative[boot] + here - there, OffsetBounds.NoLow / 2, OffsetBounds.NoHigh / 2);
                members.Add(far);
            }
        }

        return members;
    }

    /// <summary>As early as the boots before allow; else as late as the boots after allow; else where it is.</summary>
    private long Shift(List<int> members)
    {
        var low = members.Max(boot => _bounds[boot].LowAt(_graph.FirstUs[boot]) is > OffsetBounds.NoLow and var bound ? bound - _relative[boot] : OffsetBounds.NoLow);
        if (low > OffsetBounds.NoLow)
            return low;
        var high = members.Min(boot => _bounds[boot].HighAt(_graph.LastUs[boot]) is < OffsetBounds.NoHigh and var bound ? bound - _relative[boot] : OffsetBounds.NoHigh);
        return high < OffsetBounds.NoHigh ? high : 0;
    }

    /// <summary>Moves whole clusters until no boot starts before the one before it has ended: earlier where only a later boot is placed, else later.</summary>
    private void KeepOrder(BootOrder order)
    {
        var moved = true;
        for (var round = 0; moved && round <= _shift.Count; round++)
        {
            moved = false;
            foreach (var groups in order.Owners)
                moved |= PullEarlier(groups) | PushLater(groups);
        }
    }

    private bool PushLater(int[][] groups)
    {
        var (moved, end) = (false, OffsetBounds.NoLow);
        foreach (var group in groups)
        {
            foreach (var boot in group)
            {
                if (_cluster[boot] >= 0 && !IsBefore(boot) && end > OffsetBounds.NoLow)
                    moved |= Move(boot, Math.Max(0, end - Start(boot)));
            }

            end = Math.Max(end, group.Max(End));
        }

        return moved;
    }

    private bool PullEarlier(int[][] groups)
    {
        var (moved, start) = (false, OffsetBounds.NoHigh);
        for (var g = groups.Length - 1; g >= 0; g--)
        {
            foreach (var boot in groups[g])
            {
                if (_cluster[boot] >= 0 && IsBefore(boot) && start < OffsetBounds.NoHigh)
                    moved |= Move(boot, Math.Min(0, start - End(boot)));
            }

            start = Math.Min(start, groups[g].Min(Start));
        }

        return moved;
    }

    /// <summary>Only a later boot says where this one is.</summary>
    private bool IsBefore(int boot) => _bounds[boot].HasHigh && !_bounds[boot].HasLow;

    private bool Move(int boot, long byUs)
    {
        var shift = _shift[_cluster[boot]] + byUs;
        if (byUs == 0 || shift is < OffsetBounds.NoLow / 4 or > OffsetBounds.NoHigh / 4)
            return false;
        _shift[_cluster[boot]] = shift;
        return true;
    }

    private long Start(int boot) => Utc(boot, _graph.FirstUs[boot]);

    private long End(int boot) => Utc(boot, _graph.LastUs[boot]);

    private long Utc(int boot, long tUs) => _placed[boot] is { } map ? map.ToUtc(tUs) : _relative[boot] + _shift[_cluster[boot]] + tUs;
}
