using StemLab.Science.Quality;

namespace StemLab.Hub.Export;

/// <summary>
/// Frozen rows of one channel and one stretch, as columns of equal length in the channel's order; filled by their producer and reused. One thread at a time.
/// </summary>
/// <param name="capacity">Most rows it holds.</param>
internal sealed class ExportRows(int capacity = ExportRows.Capacity)
{
    /// <summary>Most rows in one batch that is written: what a core's cache holds, and columns small enough to be forgotten at once.</summary>
    public const int Capacity = 8_192;

    /// <summary>Index into the version's channels.</summary>
    public int Channel { get; set; }

    /// <summary>Index into the version's stretches.</summary>
    public int Stretch { get; set; }

    /// <summary>Rows in every column; the arrays are longer.</summary>
    public int Count { get; set; }

    /// <summary>UTC µs since 1970; only an order where the stretch's time is unknown.</summary>
    public long[] UtcUs { get; } = new long[capacity];

    /// <summary>Half-width of the time bound, µs; <see cref="long.MaxValue"/> = not known.</summary>
    public long[] SigmaUs { get; } = new long[capacity];

    /// <summary>µs of the boot's clock: with the stretch's boot and input the row's identity.</summary>
    public long[] TUs { get; } = new long[capacity];

    /// <summary>What the probe gave, in the stretch's native unit; NaN = missing.</summary>
    public double[] Raw { get; } = new double[capacity];

    /// <summary>In the channel's unit; NaN = missing.</summary>
    public double[] Value { get; } = new double[capacity];

    /// <summary>Standard uncertainty of the value, in its unit; NaN = not known.</summary>
    public double[] Uncertainty { get; } = new double[capacity];

    /// <summary>Degrees north where the row was taken, by its agent's own track; NaN = not known, or the stretch says it.</summary>
    public double[] Latitude { get; } = new double[capacity];

    /// <summary>Degrees east, as <see cref="Latitude"/>.</summary>
    public double[] Longitude { get; } = new double[capacity];

    /// <summary>QARTOD flag that counts.</summary>
    public byte[] Flag { get; } = new byte[capacity];

    /// <summary>QARTOD flag of the tests.</summary>
    public byte[] MachineFlag { get; } = new byte[capacity];

    /// <summary>QARTOD flag a person gave; 0 = nobody did.</summary>
    public byte[] HumanFlag { get; } = new byte[capacity];

    /// <summary>Why there is no raw value; 0 = there is one.</summary>
    public byte[] Missing { get; } = new byte[capacity];

    /// <summary>Why a row is flagged.</summary>
    public FlagReasons[] Reason { get; } = new FlagReasons[capacity];
}
