namespace StemLab.Store;

/// <summary>Decodes the bytes of a native block, given by the Host so that the store need not know the wire.</summary>
/// <param name="payload">The bytes exactly as they came; untrusted.</param>
/// <param name="rows">The decoded rows; undefined when the result is false.</param>
/// <returns>False when the bytes are no block. Pure, never throws, safe from any thread.</returns>
public delegate bool BlockDecoder(ReadOnlySpan<byte> payload, out BlockRows rows);

/// <summary>Rows of one input inside <see cref="BlockRows"/>.</summary>
/// <param name="Input">Index into the catalogue the block names.</param>
/// <param name="Start">Index of the first row.</param>
/// <param name="Length">Number of rows, at least 1.</param>
public readonly record struct BlockColumn(int Input, int Start, int Length);

/// <summary>The rows of one native block: input by input, each by strictly increasing time. Row i has sequence number first_seq + i. Never changed after creation.</summary>
public sealed class BlockRows
{
    /// <summary>µs of the boot's clock, one a row.</summary>
    public required long[] TUs { get; init; }

    /// <summary>What the probe gave; NaN where the row is missing, never NaN or infinite elsewhere.</summary>
    public required double[] Raw { get; init; }

    /// <summary>0 for a raw row, else the missing reason.</summary>
    public required byte[] Missing { get; init; }

    /// <summary>Input by input, together covering every row once, in order.</summary>
    public required BlockColumn[] Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public int Count => TUs.Length;
}
