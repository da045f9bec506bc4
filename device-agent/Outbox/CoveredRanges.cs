namespace StemLab.Agent.Outbox;

/// <summary>The sequence numbers of one stream that receipts have named: normalised half-open ranges. One thread at a time.</summary>
internal sealed class CoveredRanges
{
    private readonly List<(ulong First, ulong End)> ranges = [];

    /// <summary>Ranges kept apart; more than a hub's ledger ever names are not expected.</summary>
    public int Count => ranges.Count;

    /// <summary>Adds [first, end) and returns how many numbers are newly covered; <paramref name="whole"/> is the range it has become part of.</summary>
    public ulong Add(ulong first, ulong end, out (ulong First, ulong End) whole)
    {
        whole = (first, end);
        if (end <= first)
        {
            return 0;
        }

        var at = ranges.FindIndex(range => range.End >= first);
        at = at < 0 ? ranges.Count : at;
        var until = at;
        var known = 0UL;
        for (; until < ranges.Count && ranges[until].First <= end; until++)
        {
            known += ranges[until].End - ranges[until].First;
            whole = (Math.Min(whole.First, ranges[until].First), Math.Max(whole.End, ranges[until].End));
        }

        ranges.RemoveRange(at, until - at);
        ranges.Insert(at, whole);
        return whole.End - whole.First - known;
    }

    /// <summary>True where every number of [first, end) is covered.</summary>
    public bool Contains(ulong first, ulong end) => ranges.Exists(range => range.First <= first && end <= range.End);
}
