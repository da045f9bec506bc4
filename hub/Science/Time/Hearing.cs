using System.Collections.Immutable;

namespace StemLab.Science.Time;

/// <summary>One hearing of all witnesses: which facts are still followed, and what they say about each boot. Not safe across threads.</summary>
internal sealed class Hearing
{
    /// <summary>From this many anchors on one boot, they settle their quarrels before anybody else hears of them.</summary>
    private const int LocalQuorum = 3;

    private readonly TimeGraph _graph;
    private readonly bool[] _anchorExcluded;
    private readonly List<int>[] _anchorsOf;
    private readonly List<Statement>[] _statements;
    private readonly bool[][] _agrees;

    internal Hearing(TimeGraph graph)
    {
        _graph = graph;
        _anchorExcluded = new bool[graph.Anchors.Length];
        TieExcluded = new bool[graph.Ties.Length];
        _anchorsOf = new List<int>[graph.Boots.Length];
        _statements = new List<Statement>[graph.Boots.Length];
        _agrees = new bool[graph.Boots.Length][];
        Bounds = new OffsetBounds?[graph.Boots.Length];
        Witnesses = new int[graph.Boots.Length];
        for (var i = 0; i < graph.Anchors.Length; i++)
            (_anchorsOf[graph.Anchors[i].Boot] ??= []).Add(i);
    }

    /// <summary>What the agreeing statements say, per boot; null = no anchor reaches it.</summary>
    internal OffsetBounds?[] Bounds { get; }

    /// <summary>Distinct anchors behind each boot's bounds.</summary>
    internal int[] Witnesses { get; }

    internal bool[] TieExcluded { get; }

    internal bool IsTieExcluded(int tie) => TieExcluded[tie];

    /// <summary>Carries anchors, gathers statements, chooses who agrees.</summary>
    internal void Agree()
    {
        var paths = new AnchorPaths(_graph, TieExcluded);
        paths.Spread(Quarrelsome());
        for (var boot = 0; boot < _graph.Boots.Length; boot++)
        {
            var statements = new List<Statement>();
            if (_graph.Boots[boot].Kind != ClockKind.Utc)
            {
                AddDirect(boot, statements);
                paths.StatementsThroughTies(boot, statements);
            }

            _statements[boot] = statements;
            _agrees[boot] = AgreeingSet.Choose(statements, out var bounds);
            Witnesses[boot] = statements.Where((_, i) => _agrees[boot][i]).Select(statement => statement.Source).Distinct().Count();
            Bounds[boot] = statements.Count > 0 ? bounds : null;
        }
    }

    /// <summary>Drops the facts that put these boots in the wrong place: their own anchors first, their ties when they have none.</summary>
    /// <returns>True when something was dropped.</returns>
    internal bool Exclude(List<int> misplaced)
    {
        var followed = misplaced.SelectMany(boot => _statements[boot].Where((_, i) => _agrees[boot][i])).ToList();
        var anchors = followed.Where(statement => statement.Tie < 0).ToList();
        foreach (var statement in anchors)
            _anchorExcluded[statement.Source] = true;
        if (anchors.Count > 0)
            return true;
        foreach (var statement in followed)
            TieExcluded[statement.Tie] = true;
        return followed.Count > 0;
    }

    /// <summary>Names every fact that is not followed, with its distance from the map.</summary>
    internal ImmutableArray<Outlier> Outliers(TimeMap[] maps)
    {
        var outliers = new HashSet<Outlier>(_graph.Unusable);
        for (var boot = 0; boot < maps.Length; boot++)
            AddDisagreeing(boot, maps[boot], outliers);
        for (var i = 0; i < _anchorExcluded.Length; i++)
        {
            var anchor = _graph.Anchors[i];
            if (_anchorExcluded[i])
                outliers.Add(new Outlier(anchor.FactId, _graph.Boots[anchor.Boot].Boot, OutlierReason.ContradictsBootOrder, Distance(maps[anchor.Boot], anchor.TUs, anchor.OffsetUs)));
        }

        for (var i = 0; i < TieExcluded.Length; i++)
        {
            if (TieExcluded[i])
                outliers.Add(new Outlier(_graph.Ties[i].Fact.FactId, _graph.Boots[_graph.Ties[i].BootA].Boot, OutlierReason.ContradictsBootOrder, 0));
        }

        return [.. outliers.OrderBy(outlier => outlier.FactId).ThenBy(outlier => outlier.Boot).ThenBy(outlier => outlier.Reason).ThenBy(outlier => outlier.DistanceUs)];
    }

    private static long Distance(TimeMap map, long tUs, long offsetUs) => map.SigmaUs(tUs) == long.MaxValue
        ? 0
        : TimeMap.Saturate(Int128.Abs((Int128)tUs + offsetUs - map.ToUtc(tUs)));

    private void AddDirect(int boot, List<Statement> into)
    {
        foreach (var i in _anchorsOf[boot] ?? [])
        {
            var anchor = _graph.Anchors[i];
            if (!_anchorExcluded[i])
                into.Add(new Statement(anchor.TUs, anchor.OffsetUs, anchor.SigmaUs, i, -1));
        }
    }

    /// <summary>Anchors that are not passed on: excluded ones, and those a quorum on their own boot disagrees with.</summary>
    private bool[] Quarrelsome()
    {
        var silent = (bool[])_anchorExcluded.Clone();
        for (var boot = 0; boot < _graph.Boots.Length; boot++)
        {
            var own = new List<Statement>();
            AddDirect(boot, own);
            if (own.Count < LocalQuorum)
                continue;
            var agrees = AgreeingSet.Choose(own, out _);
            for (var i = 0; i < own.Count; i++)
                silent[own[i].Source] |= !agrees[i];
        }

        return silent;
    }

    /// <summary>Who is to blame for a statement that came through a tie: the tie, unless it also brought something true.</summary>
    private void AddDisagreeing(int boot, TimeMap map, HashSet<Outlier> into)
    {
        var statements = _statements[boot];
        var blamed = new Dictionary<UInt128, long>();
        for (var i = 0; i < statements.Count; i++)
        {
            if (_agrees[boot][i])
                continue;
            var statement = statements[i];
            var isSourceFollowed = statements.Where((other, j) => _agrees[boot][j] && other.Source == statement.Source).Any();
            var isTieFollowed = statements.Where((other, j) => _agrees[boot][j] && other.Tie == statement.Tie).Any();
            var isAnchor = statement.Tie < 0 || (statement.Source < _graph.Anchors.Length && !isSourceFollowed && isTieFollowed);
            var fact = isAnchor ? _graph.Anchors[statement.Source].FactId : _graph.Ties[statement.Tie].Fact.FactId;
            blamed[fact] = Math.Max(blamed.GetValueOrDefault(fact), Distance(map, statement.TUs, statement.OffsetUs));
        }

        foreach (var (fact, distance) in blamed)
            into.Add(new Outlier(fact, _graph.Boots[boot].Boot, OutlierReason.Disagrees, distance));
    }
}
