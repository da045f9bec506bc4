namespace StemLab.Science.Time;

/// <summary>
/// Carries every anchor along ties and clocks to where it is worth most: each point keeps the few anchors with the smallest sum of
/// sigma on the way (ties by fact id). Walking along a clock costs 50 ppm of the distance. One use; not safe across threads.
/// </summary>
internal sealed class AnchorPaths
{
    /// <summary>Anchors kept per point: enough for a quorum, few enough for a thousand boots in milliseconds.</summary>
    private const int AnchorsPerPoint = 5;

    /// <summary>Costs are counted in 1/20,000 µs, so that 50 ppm of a whole µs is a whole number.</summary>
    private const long Scale = TimeMap.WideningDivisor;

    private const long DearestCost = 2_000_000_000_000_000_000;

    private readonly TimeGraph _graph;
    private readonly bool[] _tieExcluded;
    private readonly int[] _pointBoot;
    private readonly long[] _pointUs;
    private readonly int[] _tieA;
    private readonly int[] _tieB;
    private readonly int[] _anchorPoint;
    private readonly List<int>[] _tiesAtPoint;
    private readonly int[] _bootStart;
    private readonly int[] _labelCount;
    private readonly int[] _labels;
    private readonly List<Label> _all = [];
    private readonly PriorityQueue<Label, Label> _queue = new(new CheapestFirst());

    internal AnchorPaths(TimeGraph graph, bool[] tieExcluded)
    {
        _graph = graph;
        _tieExcluded = tieExcluded;
        var moments = new List<(int Boot, long TUs)>(2 * graph.Ties.Length + graph.Anchors.Length);
        foreach (var tie in graph.Ties)
        {
            moments.Add((tie.BootA, tie.Fact.TAUs));
            moments.Add((tie.BootB, tie.Fact.TBUs));
        }

        foreach (var anchor in graph.Anchors)
            moments.Add((anchor.Boot, anchor.TUs));
        var points = Distinct(moments);
        _pointBoot = Array.ConvertAll(points, point => point.Boot);
        _pointUs = Array.ConvertAll(points, point => point.TUs);
        _bootStart = Starts(_pointBoot, graph.Boots.Length);
        _tieA = Array.ConvertAll(graph.Ties, tie => PointOf(tie.BootA, tie.Fact.TAUs));
        _tieB = Array.ConvertAll(graph.Ties, tie => PointOf(tie.BootB, tie.Fact.TBUs));
        _anchorPoint = Array.ConvertAll(graph.Anchors, anchor => PointOf(anchor.Boot, anchor.TUs));
        _tiesAtPoint = new List<int>[points.Length];
        _labelCount = new int[points.Length];
        _labels = new int[points.Length * AnchorsPerPoint];
        for (var tie = 0; tie < graph.Ties.Length; tie++)
        {
            (_tiesAtPoint[_tieA[tie]] ??= []).Add(tie);
            (_tiesAtPoint[_tieB[tie]] ??= []).Add(tie);
        }
    }

    /// <summary>Spreads the given anchors; utc boots speak for themselves wherever a tie touches them.</summary>
    internal void Spread(ReadOnlySpan<bool> anchorExcluded)
    {
        for (var i = 0; i < _graph.Anchors.Length; i++)
        {
            var anchor = _graph.Anchors[i];
            if (!anchorExcluded[i])
                Offer(new Label(_anchorPoint[i], anchor.SigmaUs * Scale, anchor.OffsetUs, i, -1, -1));
        }

        for (var point = 0; point < _pointBoot.Length; point++)
        {
            var boot = _graph.Boots[_pointBoot[point]];
            if (boot.Kind == ClockKind.Utc && boot.DeclaredSigmaUs is >= 0 and < DearestCost / Scale)
                Offer(new Label(point, boot.DeclaredSigmaUs * Scale, 0, _graph.Anchors.Length + _pointBoot[point], -1, -1));
        }

        while (_queue.TryDequeue(out var label, out _))
        {
            if (TrySettle(label, out var settled))
                Expand(label, settled);
        }
    }

    /// <summary>What others say about a boot: through each tie that touches it, every anchor known at the far side that did not come from here.</summary>
    internal void StatementsThroughTies(int boot, List<Statement> into)
    {
        for (var point = _bootStart[boot]; point < _bootStart[boot + 1]; point++)
        {
            foreach (var tie in _tiesAtPoint[point] ?? [])
            {
                if (_tieExcluded[tie])
                    continue;
                var far = _tieA[tie] == point ? _tieB[tie] : _tieA[tie];
                for (var i = 0; i < _labelCount[far]; i++)
                {
                    var label = _all[_labels[far * AnchorsPerPoint + i]];
                    var cost = label.Cost + _graph.Ties[tie].Fact.SigmaUs * Scale;
                    if (cost <= DearestCost && !PassesThrough(label, boot))
                        into.Add(new Statement(_pointUs[point], label.OffsetUs + _pointUs[far] - _pointUs[point], (cost + Scale - 1) / Scale, label.Source, tie));
                }
            }
        }
    }

    private static (int Boot, long TUs)[] Distinct(List<(int Boot, long TUs)> moments)
    {
        moments.Sort();
        return [.. moments.Where((moment, i) => i == 0 || moment != moments[i - 1])];
    }

    private static int[] Starts(int[] pointBoot, int boots)
    {
        var starts = new int[boots + 1];
        foreach (var boot in pointBoot)
            starts[boot + 1]++;
        for (var i = 0; i < boots; i++)
            starts[i + 1] += starts[i];
        return starts;
    }

    private int PointOf(int boot, long tUs) => Array.BinarySearch(_pointUs, _bootStart[boot], _bootStart[boot + 1] - _bootStart[boot], tUs);

    private void Offer(Label label)
    {
        if (label.Cost <= DearestCost && IsWanted(label))
            _queue.Enqueue(label, label);
    }

    /// <summary>Room for one more anchor at the point, and this one not there yet.</summary>
    private bool IsWanted(Label label)
    {
        var (start, count) = (label.Point * AnchorsPerPoint, _labelCount[label.Point]);
        for (var i = 0; i < count; i++)
        {
            if (_all[_labels[start + i]].Source == label.Source)
                return false;
        }

        return count < AnchorsPerPoint;
    }

    private bool TrySettle(Label label, out int settled)
    {
        settled = _all.Count;
        if (!IsWanted(label))
            return false;
        _labels[label.Point * AnchorsPerPoint + _labelCount[label.Point]++] = settled;
        _all.Add(label);
        return true;
    }

    private void Expand(Label label, int settled)
    {
        var (point, boot) = (label.Point, _pointBoot[label.Point]);
        var isUtc = _graph.Boots[boot].Kind == ClockKind.Utc;
        if (!isUtc && point > _bootStart[boot])
            Offer(label with { Point = point - 1, Cost = label.Cost + _pointUs[point] - _pointUs[point - 1] });
        if (!isUtc && point + 1 < _bootStart[boot + 1])
            Offer(label with { Point = point + 1, Cost = label.Cost + _pointUs[point + 1] - _pointUs[point] });
        foreach (var tie in _tiesAtPoint[point] ?? [])
        {
            var far = _tieA[tie] == point ? _tieB[tie] : _tieA[tie];
            // A utc boot needs nobody's word, and passes none on.
            if (!_tieExcluded[tie] && _graph.Boots[_pointBoot[far]].Kind != ClockKind.Utc)
                Offer(new Label(far, label.Cost + _graph.Ties[tie].Fact.SigmaUs * Scale, label.OffsetUs + _pointUs[point] - _pointUs[far], label.Source, tie, settled));
        }
    }

    private bool PassesThrough(Label label, int boot)
    {
        while (true)
        {
            if (_pointBoot[label.Point] == boot)
                return true;
            if (label.EnteredFrom < 0)
                return false;
            label = _all[label.EnteredFrom];
        }
    }

    /// <summary>An anchor's word at a point: cost in 1/20,000 µs, offset of that boot, and the label in the boot before (-1 = began here).</summary>
    private readonly record struct Label(int Point, long Cost, long OffsetUs, int Source, int Tie, int EnteredFrom);

    /// <summary>Smallest sum of sigma first; equals by anchor, then by tie, both of which are numbered by fact id.</summary>
    private sealed class CheapestFirst : IComparer<Label>
    {
        public int Compare(Label x, Label y)
        {
            if (x.Cost != y.Cost)
                return x.Cost < y.Cost ? -1 : 1;
            if (x.Source != y.Source)
                return x.Source < y.Source ? -1 : 1;
            return x.Tie != y.Tie ? x.Tie.CompareTo(y.Tie) : x.Point.CompareTo(y.Point);
        }
    }
}
