namespace StemLab.Store;

/// <summary>A chunk's bytes failed their checksum: the rows of its span cannot be given; all others can. Restore a backup, or erase the span.</summary>
public sealed class StoreDamagedException : IOException
{
    /// <summary>Without a place.</summary>
    public StoreDamagedException()
    {
    }

    /// <summary>With one sentence for people.</summary>
    /// <param name="message">The sentence.</param>
    public StoreDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>With the fault behind it.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The fault.</param>
    public StoreDamagedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Of the chunk that a read met.</summary>
    /// <param name="rows">Where.</param>
    public StoreDamagedException(DamagedRows rows)
        : base($"Chunk {rows.Chunk} of series {rows.Series.Value} (t {rows.FirstUs} … {rows.LastUs}, {rows.Count} rows) failed its checksum; restore series.db from a backup, agents offer again what they hold") => Rows = rows;

    /// <summary>What cannot be given.</summary>
    public DamagedRows Rows { get; }
}

/// <summary>Rows that stand in a damaged chunk.</summary>
/// <param name="Series">Their series.</param>
/// <param name="FirstUs">t of the first, µs of the boot.</param>
/// <param name="LastUs">t of the last.</param>
/// <param name="Count">How many.</param>
/// <param name="Chunk">Id of the chunk body in series.db.</param>
public readonly record struct DamagedRows(SeriesId Series, long FirstUs, long LastUs, int Count, long Chunk);
