using System.Diagnostics.CodeAnalysis;
using StemLab.Store.Chunks;

namespace StemLab.Store;

/// <summary>Rows of one series as the bytes of a chunk (FORMAT.md, chunk_data.data): small, with a checksum. One thread an instance; unpacking is pure and takes any bytes.</summary>
public sealed class RowPack
{
    private readonly ChunkCodec _codec = new();

    /// <summary>Packs rows with strictly ascending times.</summary>
    /// <param name="tUs">1 … 65,536 times, µs.</param>
    /// <param name="raw">Same length; ignored where missing.</param>
    /// <param name="missing">Same length; 0 for a raw row, else the reason.</param>
    /// <returns>The bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Pack(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing) => _codec.Encode(tUs, raw, missing);

    /// <summary>Unpacks; the arrays are the caller's.</summary>
    /// <param name="bytes">Untrusted.</param>
    /// <param name="tUs">Strictly ascending, µs.</param>
    /// <param name="raw">NaN where missing.</param>
    /// <param name="missing">0 for a raw row, else the reason.</param>
    /// <returns>False for bytes that are no rows in form.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out long[]? tUs, [NotNullWhen(true)] out double[]? raw, [NotNullWhen(true)] out byte[]? missing)
    {
        var decoded = new DecodedChunk();
        (tUs, raw, missing) = (null, null, null);
        if (!ChunkCodec.TryDecode(bytes, decoded))
        {
            return false;
        }

        (tUs, raw) = (decoded.TUs[..decoded.Count], decoded.Raw[..decoded.Count]);
        missing = decoded.Missing is { } reasons ? reasons[..decoded.Count] : new byte[decoded.Count];
        return ColumnRows.Problem(tUs, raw, missing) is null;
    }
}
