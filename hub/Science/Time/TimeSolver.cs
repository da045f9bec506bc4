using System.Collections.Immutable;

namespace StemLab.Science.Time;

/// <summary>
/// Finds the time map of every boot from ties and anchors. Pure; safe from any thread.
/// </summary>
/// <remarks>
/// Each anchor is carried along ties to every boot it reaches (<see cref="AnchorPaths"/>), the largest agreeing set is kept
/// (<see cref="AgreeingSet"/>), boots of one owner bound each other (<see cref="BootOrder"/>), and the map runs through the middle of
/// what is left (<see cref="OffsetBounds"/>). A clock is trusted to 50 ppm between statements.
/// </remarks>
public static class TimeSolver
{
    /// <summary>Contradictions are removed one layer at a time; a sane set of facts needs one.</summary>
    private const int MostRounds = 8;

    /// <summary>Solves for all boots at once.</summary>
    /// <param name="boots">Every boot known; a boot stated twice counts once.</param>
    /// <param name="ties">Clocks read side by side; ties to boots not in <paramref name="boots"/> are ignored.</param>
    /// <param name="anchors">Clocks read beside UTC; anchors of boots not in <paramref name="boots"/>, and of utc boots, are ignored.</param>
    /// <param name="bounds">What people say of whole boots; null = nothing. Clocks and the order of boots are believed first.</param>
    /// <returns>A map per boot and the facts left out; the same for any order of the inputs.</returns>
    public static TimeSolution Solve(IReadOnlyList<BootClockFact> boots, IReadOnlyList<TieFact> ties, IReadOnlyList<AnchorFact> anchors, IReadOnlyList<BoundFact>? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(boots);
        ArgumentNullException.ThrowIfNull(ties);
        ArgumentNullException.ThrowIfNull(anchors);
        var graph = TimeGraph.Build(boots, ties, anchors);
        var order = new BootOrder(graph);
        var hearing = new Hearing(graph);

        // :: Step 1: agree, and drop who contradicts the order of boots, until all fit.
        hearing.Agree();
        for (var i = 1; i < MostRounds && hearing.Exclude(order.Misplaced(hearing.Bounds, hearing.Witnesses)); i++)
            hearing.Agree();

        // :: Step 2: neighbours bound each other.
        var known = Array.ConvertAll(hearing.Bounds, bound => bound ?? new OffsetBounds());
        BoundByNeighbours(graph, order, known, hearing);
        var disbelieved = BoundByPeople(graph, bounds ?? [], known);
        if (bounds is { Count: > 0 })
            BoundByNeighbours(graph, order, known, hearing);

        // :: Step 3: the middle of what is left.
        var maps = Maps(graph, order, known, hearing);
        ImmutableArray<Outlier> outliers = [.. hearing.Outliers(maps).Concat(disbelieved).OrderBy(outlier => outlier.FactId).ThenBy(outlier => outlier.Boot)];
        return new TimeSolution(maps.Select((map, i) => KeyValuePair.Create(graph.Boots[i].Boot, map)), outliers);
    }

    /// <summary>Narrows by what people say; a word that clocks, neighbours or an earlier word rule out is named.</summary>
    private static List<Outlier> BoundByPeople(TimeGraph graph, IReadOnlyList<BoundFact> facts, OffsetBounds[] bounds)
    {
        var disbelieved = new List<Outlier>();
        foreach (var fact in facts.OrderBy(fact => fact.FactId))
        {
            var boot = Array.FindIndex(graph.Boots, known => known.Boot == fact.Boot);
            if (boot < 0 || graph.Boots[boot].Kind == ClockKind.Utc)
                continue;
            var (first, last) = (graph.FirstUs[boot], graph.LastUs[boot]);
            var low = fact.NotBeforeUtcUs is { } from ? from - first : OffsetBounds.NoLow;
            var high = fact.NotAfterUtcUs is { } to ? to - last : OffsetBounds.NoHigh;
            var distance = Math.Max(low > OffsetBounds.NoLow ? low - bounds[boot].HighAt(first) : 0, high < OffsetBounds.NoHigh ? bounds[boot].LowAt(last) - high : 0);
            // What is known at the end reaches the start widened by the drift of the clock, so both sides must fit together too.
            if (distance > 0 || (low > OffsetBounds.NoLow && high < OffsetBounds.NoHigh && OffsetBounds.Lower(low, last - first) > high))
            {
                disbelieved.Add(new Outlier(fact.FactId, fact.Boot, OutlierReason.Disagrees, Math.Max(0, distance)));
                continue;
            }

            if (low > OffsetBounds.NoLow)
                bounds[boot].Tighten(first, low, OffsetBounds.NoHigh);
            if (high < OffsetBounds.NoHigh)
                bounds[boot].Tighten(last, OffsetBounds.NoLow, high);
        }

        return disbelieved;
    }

    private static void BoundByNeighbours(TimeGraph graph, BootOrder order, OffsetBounds[] bounds, Hearing hearing)
    {
        for (var i = 0; i < 2 * MostRounds; i++)
        {
            var changed = order.Clip(bounds);
            for (var tie = 0; tie < graph.Ties.Length; tie++)
            {
                var edge = graph.Ties[tie];
                if (hearing.IsTieExcluded(tie) || hearing.Bounds[edge.BootA] is not null || hearing.Bounds[edge.BootB] is not null)
                    continue;
                changed |= Carry(bounds[edge.BootA], edge.Fact.TAUs, bounds[edge.BootB], edge.Fact.TBUs, edge.Fact.SigmaUs);
                changed |= Carry(bounds[edge.BootB], edge.Fact.TBUs, bounds[edge.BootA], edge.Fact.TAUs, edge.Fact.SigmaUs);
            }

            if (!changed)
                return;
        }
    }

    private static bool Carry(OffsetBounds from, long fromUs, OffsetBounds to, long toUs, long sigmaUs)
    {
        var (low, high) = (from.LowAt(fromUs), from.HighAt(fromUs));
        return to.Tighten(
            toUs,
            low > OffsetBounds.NoLow ? low + fromUs - toUs - sigmaUs : OffsetBounds.NoLow,
            high < OffsetBounds.NoHigh ? high + fromUs - toUs + sigmaUs : OffsetBounds.NoHigh);
    }

    private static TimeMap[] Maps(TimeGraph graph, BootOrder order, OffsetBounds[] bounds, Hearing hearing)
    {
        var placed = new TimeMap?[graph.Boots.Length];
        for (var i = 0; i < placed.Length; i++)
        {
            if (graph.Boots[i].Kind == ClockKind.Utc)
                placed[i] = TimeMap.Utc(graph.Boots[i].DeclaredSigmaUs);
            else if (bounds[i].HasLow && bounds[i].HasHigh)
                placed[i] = new TimeMap(hearing.Bounds[i] is null ? TimeState.Bounded : TimeState.Anchored, Knots(bounds[i]));
        }

        var unplaced = Unplaced.Offsets(graph, bounds, placed, order, hearing.TieExcluded);
        return [.. placed.Select((map, i) => map ?? new TimeMap(TimeState.Unknown, [new TimeKnot(graph.FirstUs[i], unplaced[i], long.MaxValue)]))];
    }

    /// <summary>The middle of the bounds at each corner; sigma is the half width, rounded up.</summary>
    private static ImmutableArray<TimeKnot> Knots(OffsetBounds bounds)
    {
        var knots = ImmutableArray.CreateBuilder<TimeKnot>(bounds.Corners.Count);
        foreach (var corner in bounds.Corners)
        {
            var offset = corner.Low + ((corner.High - corner.Low) >> 1);
            if (knots.Count > 0)
            {
                // The middle moves by 50 ppm at most; rounding must not add to that where knots are µs apart.
                var most = (corner.TUs - knots[^1].TUs) / TimeMap.SlopeDivisor;
                offset = Math.Clamp(offset, knots[^1].OffsetUs - most, knots[^1].OffsetUs + most);
            }

            knots.Add(new TimeKnot(corner.TUs, offset, Math.Max(corner.High - offset, offset - corner.Low) + 1));
        }

        return knots.DrainToImmutable();
    }
}
