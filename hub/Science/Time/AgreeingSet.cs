namespace StemLab.Science.Time;

/// <summary>
/// The largest set of statements that can all be true (Marzullo's algorithm over clocks that drift): most witnesses first, then most
/// statements, then the sharpest one. A witness is an anchor, however many ways its word came.
/// </summary>
/// <remarks>Source: K. Marzullo, S. Owicki, "Maintaining the time in a distributed system", 1983; RFC 5905 §11.2.1.</remarks>
internal static class AgreeingSet
{
    /// <summary>More moments than this are not tried as the place of agreement.</summary>
    private const int MostMoments = 16;

    /// <summary>Marks who agrees.</summary>
    /// <param name="statements">In canonical order.</param>
    /// <param name="bounds">What those who agree say together.</param>
    /// <returns>One mark per statement; all true where nothing disagrees.</returns>
    internal static bool[] Choose(List<Statement> statements, out OffsetBounds bounds)
    {
        var agrees = new bool[statements.Count];
        Array.Fill(agrees, true);
        if (OffsetBounds.TryBuild(statements.ConvertAll(statement => statement.ToCorner()), out bounds))
            return agrees;

        var moments = statements.Select(statement => statement.TUs).Distinct().Order().ToArray();
        var step = (moments.Length + MostMoments - 1) / MostMoments;
        Candidate? best = null;
        for (var i = 0; i < moments.Length; i += step)
            best = Better(best, AtMoment(statements, moments[i]));

        Array.Clear(agrees);
        foreach (var member in RemoveConflicts(statements, best!.Members, out bounds))
            agrees[member] = true;
        return agrees;
    }

    /// <summary>Sweeps the statements' ranges at one moment, from low to high.</summary>
    private static Candidate AtMoment(List<Statement> statements, long moment)
    {
        // An edge is offset * 2, + 1 where a range ends: closed ranges that touch overlap.
        var edges = new long[2 * statements.Count];
        var owners = new int[2 * statements.Count];
        for (var i = 0; i < statements.Count; i++)
        {
            var corner = statements[i].ToCorner();
            var distance = Math.Abs(moment - corner.TUs);
            (edges[2 * i], owners[2 * i]) = (2 * OffsetBounds.Lower(corner.Low, distance), i);
            (edges[2 * i + 1], owners[2 * i + 1]) = (2 * OffsetBounds.Raise(corner.High, distance) + 1, i);
        }

        Array.Sort(edges, owners);
        var isOpen = new bool[statements.Count];
        var witnesses = new Dictionary<int, int>();
        var open = 0;
        Candidate? best = null;
        for (var e = 0; e < edges.Length; e++)
        {
            var source = statements[owners[e]].Source;
            if ((edges[e] & 1) != 0)
            {
                isOpen[owners[e]] = false;
                open--;
                if (--witnesses[source] == 0)
                    witnesses.Remove(source);
                continue;
            }

            isOpen[owners[e]] = true;
            open++;
            witnesses[source] = witnesses.GetValueOrDefault(source) + 1;
            // Only the last start before an end can be a largest set.
            var isPeak = e + 1 == edges.Length || (edges[e + 1] & 1) != 0;
            if (isPeak && (best is null || (witnesses.Count, open).CompareTo((best.Witnesses, best.Members.Length)) >= 0))
                best = Better(best, Peak(statements, isOpen, open, witnesses.Count));
        }

        return best!;
    }

    private static Candidate Peak(List<Statement> statements, bool[] isOpen, int open, int witnesses)
    {
        var members = new int[open];
        var sharpest = long.MaxValue;
        for (int i = 0, m = 0; m < open; i++)
        {
            if (!isOpen[i])
                continue;
            members[m++] = i;
            sharpest = Math.Min(sharpest, statements[i].SigmaUs);
        }

        return new Candidate(witnesses, members, sharpest);
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
    private static List<int> RemoveConflicts(List<Statement> statements, int[] members, out OffsetBounds bounds)
    {
        var kept = members.ToList();
        while (!OffsetBounds.TryBuild(kept.ConvertAll(i => statements[i].ToCorner()), out bounds))
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
