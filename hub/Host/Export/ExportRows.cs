using StemLab.Science.Quality;

namespace StemLab.Hub.Export;

/// <summary>
/// Frozen rows of one channel and one stretch, as columns of equal length in the channel's order; filled by their producer and reused. One thread at a time.
/// </summary>
internal sealed class ExportRows
{
    /// <summary>Most rows in one batch.</summary>
    public const int Capacity = 65_536;

    /// <summary>Index into the version's channels.</summary>
    public int Channel { get; set; }

    /// <summary>Index into the version's stretches.</summary>
    public int Stretch { get; set; }

    /// <summary>Rows in every column; the arrays are longer.</summary>
    public int Count { get; set; }

    /// <summary>UTC µs since 1970; only an order where the stretch's time is unknown.</summary>
    public long[] UtcUs { get; } = new long[Capacity];

    /// <summary>Half-width of the time bound, µs; <see cref="long.MaxValue"/> = not known.</summary>
    public long[] SigmaUs { get; } = new long[Capacity];

    /// <summary>µs of the boot's clock: with the stretch's boot and input the row's identity.</summary>
    public long[] TUs { get; } = new long[Capacity];

    /// <summary>What the probe gave, in the stretch's native unit; NaN = missing.</summary>
    public double[] Raw { get; } = new double[Capacity];

    /// <summary>In the channel's unit; NaN = missing.</summary>
    public double[] Value { get; } = new double[Capacity];

    /// <summary>Standard uncertainty of the value, in its unit; NaN = not known.</summary>
    public double[] Uncertainty { get; } = new double[Capacity];

    /// <summary>Degrees north where the row was taken, by its agent's own track; NaN = not known, or the stretch says it.</summary>
    public double[] Latitude { get; } = new double[Capacity];

    /// <summary>Degrees east, as <see cref="Latitude"/>.</summary>
    public double[] Longitude { get; } = new double[Capacity];

    /// <summary>QARTOD flag that counts.</summary>
    public byte[] Flag { get; } = new byte[Capacity];

    /// <summary>QARTOD flag of the tests.</summary>
    public byte[] MachineFlag { get; } = new byte[Capacity];

    /// <summary>QARTOD flag a person gave; 0 = nobody did.</summary>
    public byte[] HumanFlag { get; } = new byte[Capacity];

    /// <summary>Why there is no raw value; 0 = there is one.</summary>
    public byte[] Missing { get; } = new byte[Capacity];

    /// <summary>Why a row is flagged.</summary>
    public FlagReasons[] Reason { get; } = new FlagReasons[Capacity];
}
