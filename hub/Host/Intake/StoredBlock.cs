using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>A native block as the store takes it: the one place where wire and store meet. Pure.</summary>
internal static class StoredBlock
{
    /// <summary>How the store reads a native block in its log again.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out BlockRows rows)
    {
        if (UpDecoder.Decode(payload, out var block, out _, out _) != UpVerdict.Block)
        {
            rows = null!;
            return false;
        }

        rows = Rows(block!);
        return true;
    }

    /// <summary>A decoded block's rows; arrays are shared.</summary>
    public static BlockRows Rows(DecodedBlock block) => new()
    {
        TUs = block.TUs,
        Raw = block.Raw,
        Missing = block.Missing,
        Columns = Array.ConvertAll(block.Columns, column => new BlockColumn(column.Input, column.Start, column.Length)),
    };
}
