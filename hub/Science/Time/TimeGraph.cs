namespace StemLab.Science.Time;

/// <summary>
/// The facts of one solve in canonical order, so that nothing depends on the order they came in: boots by key, ties and anchors by
/// fact id. Points are the moments on a clock that some fact names, ascending per boot. Immutable once built.
/// </summary>
internal sealed class TimeGraph
{
    /// <summary>Times beyond this (± 31,700 years) are refused, so that sums never overflow.</summary>
    private const long FarthestUs = 1_000_000_000_000_000_000;

    /// <summary>Sigmas beyond this (3 years) say nothing.</summary>
    private const long WidestSigmaUs = 100_000_000_000_000;

    private TimeGraph(BootClockFact[] boots, TieEdge[] ties, AnchorPoint[] anchors, List<Outlier> unusable)
    {
        Boots = boots;
        Ties = ties;
        Anchors = anchors;
        Unusable = unusable;
        FirstUs = Array.ConvertAll(boots, boot => Math.Clamp(boot.FirstTUs, -FarthestUs, FarthestUs));
        LastUs = boots.Select((boot, i) => Math.Clamp(boot.LastTUs, FirstUs[i], FarthestUs)).ToArray();
        foreach (var tie in ties)
        {
            Extend(tie.BootA, tie.Fact.TAUs);
            Extend(tie.BootB, tie.Fact.TBUs);
        }

        foreach (var anchor in anchors)
            Extend(anchor.Boot, anchor.TUs);
    }

    internal BootClockFact[] Boots { get; }

    internal TieEdge[] Ties { get; }

    /// <summary>UTC anchors of device and hub boots.</summary>
    internal AnchorPoint[] Anchors { get; }

    /// <summary>Extent of each boot with every fact's time included, µs.</summary>
    internal long[] FirstUs { get; }

    internal long[] LastUs { get; }

    internal List<Outlier> Unusable { get; }

    internal static TimeGraph Build(IReadOnlyList<BootClockFact> boots, IReadOnlyList<TieFact> ties, IReadOnlyList<AnchorFact> anchors)
    {
        var sorted = Merge(boots);
        var index = new Dictionary<BootKey, int>(sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
            index.Add(sorted[i].Boot, i);

        var unusable = new List<Outlier>();
        return new TimeGraph(sorted, UsableTies(ties, index, sorted, unusable), UsableAnchors(anchors, index, sorted, unusable), unusable);
    }

    private static BootClockFact[] Merge(IReadOnlyList<BootClockFact> boots) =>
        [.. boots.GroupBy(boot => boot.Boot).OrderBy(same => same.Key).Select(same => same
            .OrderBy(boot => boot.Owner).ThenBy(boot => boot.Kind).ThenBy(boot => boot.BootNo).ThenBy(boot => boot.Previous ?? default).ThenBy(boot => boot.DeclaredSigmaUs)
            .First() with { FirstTUs = same.Min(boot => boot.FirstTUs), LastTUs = same.Max(boot => boot.LastTUs) })];

    private static TieEdge[] UsableTies(IReadOnlyList<TieFact> ties, Dictionary<BootKey, int> index, BootClockFact[] boots, List<Outlier> unusable)
    {
        var kept = new List<TieEdge>(ties.Count);
        foreach (var tie in ties.OrderBy(tie => tie.FactId).ThenBy(tie => tie.A).ThenBy(tie => tie.B).ThenBy(tie => tie.TAUs).ThenBy(tie => tie.TBUs).ThenBy(tie => tie.SigmaUs))
        {
            if (!index.TryGetValue(tie.A, out var a) || !index.TryGetValue(tie.B, out var b) || a == b)
                continue;
            if (!IsUsable(tie.TAUs, tie.TBUs, tie.SigmaUs))
                unusable.Add(new Outlier(tie.FactId, tie.A, OutlierReason.Unusable, 0));
            else if (boots[a].Kind != ClockKind.Utc || boots[b].Kind != ClockKind.Utc)
                kept.Add(new TieEdge(tie, a, b));
        }

        return [.. kept];
    }

    private static AnchorPoint[] UsableAnchors(IReadOnlyList<AnchorFact> anchors, Dictionary<BootKey, int> index, BootClockFact[] boots, List<Outlier> unusable)
    {
        var kept = new List<AnchorPoint>(anchors.Count);
        foreach (var anchor in anchors.OrderBy(anchor => anchor.FactId).ThenBy(anchor => anchor.Boot).ThenBy(anchor => anchor.TUs).ThenBy(anchor => anchor.UtcUs).ThenBy(anchor => anchor.SigmaUs))
        {
            if (!index.TryGetValue(anchor.Boot, out var boot) || boots[boot].Kind == ClockKind.Utc)
                continue;
            if (!IsUsable(anchor.TUs, anchor.UtcUs, anchor.SigmaUs))
                unusable.Add(new Outlier(anchor.FactId, anchor.Boot, OutlierReason.Unusable, 0));
            else
                kept.Add(new AnchorPoint(anchor.FactId, boot, anchor.TUs, anchor.UtcUs - anchor.TUs, anchor.SigmaUs));
        }

        return [.. kept];
    }

    private static bool IsUsable(long oneUs, long otherUs, long sigmaUs) =>
        oneUs is >= -FarthestUs and <= FarthestUs && otherUs is >= -FarthestUs and <= FarthestUs && sigmaUs is >= 0 and <= WidestSigmaUs;

    private void Extend(int boot, long tUs)
    {
        FirstUs[boot] = Math.Min(FirstUs[boot], tUs);
        LastUs[boot] = Math.Max(LastUs[boot], tUs);
    }
}

/// <summary>A usable tie with the indices of its boots.</summary>
internal readonly record struct TieEdge(TieFact Fact, int BootA, int BootB);

/// <summary>A usable anchor; OffsetUs = utc - t.</summary>
internal readonly record struct AnchorPoint(UInt128 FactId, int Boot, long TUs, long OffsetUs, long SigmaUs);

/// <summary>
/// One statement about a boot's offset: from an anchor on it (Tie = -1), or carried there through a tie. Source numbers the anchor:
/// statements of one source are one witness, however many ways they came.
/// </summary>
internal readonly record struct Statement(long TUs, long OffsetUs, long SigmaUs, int Source, int Tie)
{
    internal Corner ToCorner() => new(TUs, OffsetUs - SigmaUs, OffsetUs + SigmaUs);
}
