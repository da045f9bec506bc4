namespace StemLab.Agent.Outbox;

/// <summary>Which blocks go when the outbox is full of unreceipted ones: whole blocks, spread evenly over the span. Pure.</summary>
internal static class Thinning
{
    /// <summary>Indexes, ascending, of blocks whose gains together reach the need; all that gain anything where they do not.</summary>
    /// <param name="gains">Bytes won by dropping each block, in order of sealing; not negative.</param>
    /// <param name="need">Bytes to win.</param>
    public static List<int> Pick(IReadOnlyList<int> gains, long need)
    {
        var picked = new List<int>();
        var total = 0L;
        foreach (var gain in gains)
        {
            total += gain;
        }

        long seen = 0, won = 0;
        for (var i = 0; i < gains.Count && won < need; i++)
        {
            seen += gains[i];
            if (gains[i] > 0 && (Int128)won * total < (Int128)need * seen)
            {
                won += gains[i];
                picked.Add(i);
            }
        }

        return picked;
    }
}
