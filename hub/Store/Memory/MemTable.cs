namespace StemLab.Store.Memory;

/// <summary>Rows committed but not yet in chunks. The writer appends until the table is frozen; any thread reads at any time.</summary>
internal sealed class MemTable
{
    private volatile MemSeries?[] _series = [];

    /// <summary>Writer thread only. Rows of published and staged commits.</summary>
    public long Rows { get; private set; }

    /// <summary>Writer thread only. Journal bytes behind the rows.</summary>
    public long JournalBytes { get; set; }

    /// <summary>Writer thread only. Newest commit with rows here.</summary>
    public long LastCommit { get; set; }

    /// <summary>The series, or null when it has no rows here.</summary>
    public MemSeries? Find(SeriesId id)
    {
        var series = _series;
        return id.Value < series.Length ? series[id.Value] : null;
    }

    /// <summary>Writer thread only. Stages rows of a commit not yet published; returns the run, to take them back from.</summary>
    public MemRun Append(long commit, SeriesId id, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        var run = (Find(id) ?? Make(id)).RunFor(tUs[0]);
        run.Append(commit, tUs, raw, missing);
        Rows += tUs.Length;
        return run;
    }

    /// <summary>Writer thread only.</summary>
    public void TakeBack(MemRun run, long commit) => Rows -= run.TakeBack(commit);

    /// <summary>Every series with rows, by id.</summary>
    public IEnumerable<MemSeries> All => _series.OfType<MemSeries>();

    private MemSeries Make(SeriesId id)
    {
        var series = _series;
        if (id.Value >= series.Length)
        {
            Array.Resize(ref series, Math.Max(id.Value + 1, series.Length * 2));
        }

        var made = new MemSeries(id);
        series[id.Value] = made;
        _series = series;
        return made;
    }
}
