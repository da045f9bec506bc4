namespace StemLab.Wire;

/// <summary>A block taken apart into columns. Row i has sequence number FirstSeq + i. Immutable by convention: arrays are not to be written.</summary>
public sealed class DecodedBlock
{
    /// <summary>Sequence domain.</summary>
    public required ulong StreamId { get; init; }

    /// <summary>Clock domain of <see cref="TUs"/>.</summary>
    public required Id128 BootId { get; init; }

    /// <summary>Catalogue the column inputs refer to.</summary>
    public required ulong CatalogHash { get; init; }

    /// <summary>Sequence number of row 0.</summary>
    public required ulong FirstSeq { get; init; }

    /// <summary>Times, µs of the boot's clock; strictly increasing within a column. Length = number of rows.</summary>
    public required long[] TUs { get; init; }

    /// <summary>Raw values in the inputs' native units, finite; NaN in missing rows. Same length as <see cref="TUs"/>.</summary>
    public required double[] Raw { get; init; }

    /// <summary>0 = raw row, otherwise a <see cref="V1.MissingReason"/> number. Same length as <see cref="TUs"/>.</summary>
    public required byte[] Missing { get; init; }

    /// <summary>Which rows belong to which input, in order; together they cover all rows.</summary>
    public required DecodedColumn[] Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public int Count => TUs.Length;
}

/// <summary>The rows [Start, Start + Length) belong to one input.</summary>
/// <param name="Input">Index into the catalogue.</param>
/// <param name="Start">First row.</param>
/// <param name="Length">Number of rows, at least 1.</param>
public readonly record struct DecodedColumn(int Input, int Start, int Length);
