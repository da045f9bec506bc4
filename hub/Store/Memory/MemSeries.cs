namespace StemLab.Store.Memory;

/// <summary>
/// Rows of one series in one memory table: as few ascending runs as the order of arrival allows (patience sorting), so that live rows and a
/// backlog arriving between them make two runs, not thousands. Writer appends, any thread reads.
/// </summary>
internal sealed class MemSeries(SeriesId id)
{
    private volatile MemRun[] _runs = [];

    public SeriesId Id { get; } = id;

    /// <summary>Writer thread only. The run that rows starting at a time fit at the end of.</summary>
    public MemRun RunFor(long firstUs)
    {
        MemRun? best = null;
        foreach (var run in _runs)
        {
            if (run.LastT < firstUs && (best is null || run.LastT > best.LastT))
            {
                best = run;
            }
        }

        if (best is null)
        {
            best = new MemRun();
            _runs = [.. _runs, best];
        }

        return best;
    }

    /// <summary>Adds the slices with rows from ≤ t &lt; to of commits up to a published one. Slices may overlap.</summary>
    public void Slices(long commit, long fromUs, long toUs, List<RowSlice> into)
    {
        foreach (var run in _runs)
        {
            var slice = run.At(commit).Cut(fromUs, toUs);
            if (!slice.IsEmpty)
            {
                into.Add(slice);
            }
        }
    }

    /// <summary>The greatest t ≤ a time, of commits up to a published one.</summary>
    public bool TryGreatest(long commit, long atOrBelowUs, out long tUs)
    {
        var found = false;
        tUs = long.MinValue;
        foreach (var run in _runs)
        {
            var slice = run.At(commit);
            var end = atOrBelowUs == long.MaxValue
                ? slice.End
                : RowSlice.LowerBound(slice.TUs, 0, slice.End, atOrBelowUs + 1);
            if (end > 0 && slice.TUs[end - 1] >= tUs)
            {
                (found, tUs) = (true, slice.TUs[end - 1]);
            }
        }

        return found;
    }
}
