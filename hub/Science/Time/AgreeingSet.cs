namespace StemLab.Science.Time;

/// <summary>
/// The largest set of statements that can all be true (Marzullo's algorithm over clocks that drift): most witnesses first, then most
/// statements, then the sharpest one. A witness is an anchor, however many ways its word came.
/// </summary>
/// <remarks>Source: K. Marzullo, S. Owicki, "Maintaining the time in a distributed system", 1983; RFC 5905 §11.2.1.</remarks>
internal static class AgreeingSet
{
    /// <summary>More moments than this are not tried as the place of agreement.</summary>
    private const int MostMoments = 64;

    /// <summary>Marks who agrees.</summary>
    /// <param name="statements">In canonical order.</param>
    /// <returns>One mark per statement; all true where nothing disagrees.</returns>
    internal static bool[] Choose(IReadOnlyList<Statement> statements)
    {
        var agrees = new bool[statements.Count];
        Array.Fill(agrees, true);
        if (statements.Count < 2 || OffsetBounds.TryBuild(statements.Select(statement => statement.ToCorner()), out _))
            return agrees;

        var moments = statements.Select(statement => statement.TUs).Distinct().Order().ToArray();
        var step = (moments.Length + MostMoments - 1) / MostMoments;
        Candidate? best = null;
        for (var i = 0; i < moments.Length; i += step)
            best = Better(best, AtMoment(statements, moments[i]));

        Array.Clear(agrees);
        foreach (var member in RemoveConflicts(statements, best!.Members))
            agrees[member] = true;
        return agrees;
    }

    private static Candidate AtMoment(IReadOnlyList<Statement> statements, long moment)
    {
        var edges = new (long Offset, bool IsEnd, int Index)[2 * statements.Count];
        for (var i = 0; i < statements.Count; i++)
        {
            var corner = statements[i].ToCorner();
            var distance = Math.Abs(moment - corner.TUs);
            edges[2 * i] = (OffsetBounds.Lower(corner.Low, distance), false, i);
            edges[2 * i + 1] = (OffsetBounds.Raise(corner.High, distance), true, i);
        }

        Array.Sort(edges);
        var open = new SortedSet<int>();
        var witnesses = new Dictionary<int, int>();
        Candidate? best = null;
        for (var e = 0; e < edges.Length; e++)
        {
            var (_, isEnd, index) = edges[e];
            var source = statements[index].Source;
            if (!isEnd)
            {
                open.Add(index);
                witnesses[source] = witnesses.GetValueOrDefault(source) + 1;
                // Only the last start before an end can be a largest set.
                var isPeak = e + 1 == edges.Length || edges[e + 1].IsEnd;
                if (isPeak && (best is null || (witnesses.Count, open.Count).CompareTo((best.Witnesses, best.Members.Length)) >= 0))
                    best = Better(best, new Candidate(witnesses.Count, [.. open], open.Min(i => statements[i].SigmaUs)));
                continue;
            }

            open.Remove(index);
            if (--witnesses[source] == 0)
                witnesses.Remove(source);
        }

        return best!;
    }

    private static Candidate Better(Candidate? one, Candidate other)
    {
        if (one is null)
            return other;
        var order = (one.Witnesses, one.Members.Length, -one.SharpestUs).CompareTo((other.Witnesses, other.Members.Length, -other.SharpestUs));
        // Equal in everything: the set that starts with the smaller fact id; members are in canonical order.
        return order > 0 || (order == 0 && one.Members.AsSpan().SequenceCompareTo(other.Members) <= 0) ? one : other;
    }

    /// <summary>Agreement at one moment is weaker than agreement of each with each: drop whoever is in conflict with most.</summary>
    private static List<int> RemoveConflicts(IReadOnlyList<Statement> statements, int[] members)
    {
        var kept = members.ToList();
        while (!OffsetBounds.TryBuild(kept.Select(i => statements[i].ToCorner()), out _))
        {
            var worst = kept.MaxBy(i => (kept.Count(j => Conflict(statements[i], statements[j])), statements[i].SigmaUs, i));
            if (!kept.Exists(j => Conflict(statements[worst], statements[j])))
                break; // only rounding stands between them
            kept.Remove(worst);
        }

        return kept;
    }

    private static bool Conflict(Statement one, Statement other) =>
        Int128.Abs((Int128)one.OffsetUs - other.OffsetUs) > (Int128)one.SigmaUs + other.SigmaUs + OffsetBounds.Drift(Math.Abs(one.TUs - other.TUs));

    private sealed record Candidate(int Witnesses, int[] Members, long SharpestUs);
}
