namespace StemLab.Store.Writing;

/// <summary>What the writer knows of one series. Writer thread only.</summary>
internal sealed class SeriesState(SeriesId id)
{
    public SeriesId Id { get; } = id;

    /// <summary>False until looked up, and again after a failed commit.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Greatest t of all rows ever admitted; <see cref="long.MinValue"/> = none.</summary>
    public long LastT { get; set; } = long.MinValue;

    /// <summary>True when some rows of it are in chunks.</summary>
    public bool HasChunks { get; set; }

    /// <summary>Erasures, ascending and apart.</summary>
    public RowMask[] Masks { get; set; } = [];
}
