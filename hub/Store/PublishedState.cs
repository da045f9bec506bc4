using System.Collections.Immutable;
using StemLab.Store.Memory;
using StemLab.Store.Writing;

namespace StemLab.Store;

/// <summary>What readers may see, swapped whole by the writer after each commit. Immutable (the tables only grow beyond the commit).</summary>
internal sealed record PublishedState(
    long Commit,
    StoreDictionary Dictionary,
    MemTable Active,
    MemTable? Frozen,
    ImmutableDictionary<SeriesId, RowMask[]> Masks,
    ImmutableDictionary<SeriesId, DroppedRows> Dropped)
{
    /// <summary>True when chunks written between the two moments only hold rows of commits this state shows.</summary>
    public bool HasSameTables(PublishedState other) =>
        ReferenceEquals(Active, other.Active) && ReferenceEquals(Frozen, other.Frozen) && ReferenceEquals(Masks, other.Masks);

    public RowMask[] MasksOf(SeriesId series) => Masks.GetValueOrDefault(series, []);

    /// <summary>What the log does not show of a series in one commit.</summary>
    public RowMask[] MasksOf(SeriesId series, long commit) =>
        Dropped.TryGetValue(series, out var dropped) && commit <= dropped.Commit
            ? [new RowMask(series, long.MinValue, dropped.BeforeUs), .. MasksOf(series)]
            : MasksOf(series);

    public List<RowSlice> Slices(SeriesId series, long fromUs, long toUs)
    {
        List<RowSlice> slices = [];
        Frozen?.Find(series)?.Slices(Commit, fromUs, toUs, slices);
        Active.Find(series)?.Slices(Commit, fromUs, toUs, slices);
        return slices.Count > SortAbove ? [SliceSort.Merge(slices)] : slices;
    }

    public bool TryGreatest(SeriesId series, long atOrBelowUs, out long tUs)
    {
        tUs = long.MinValue;
        var inFrozen = Frozen?.Find(series)?.TryGreatest(Commit, atOrBelowUs, out tUs) ?? false;
        if (Active.Find(series) is not { } active || !active.TryGreatest(Commit, atOrBelowUs, out var inActive))
        {
            return inFrozen;
        }

        tUs = inFrozen ? Math.Max(tUs, inActive) : inActive;
        return true;
    }

    /// <summary>Above so many overlapping slices one sort is cheaper than merging.</summary>
    public const int SortAbove = 16;

}
