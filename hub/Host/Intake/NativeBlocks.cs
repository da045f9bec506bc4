using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>Between the wire's blocks and the store's rows. Pure.</summary>
internal static class NativeBlocks
{
    /// <summary>The decoder the store reads its journal with.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out BlockRows rows)
    {
        rows = null!;
        if (UpDecoder.Decode(payload, out var block, out _, out _) != UpVerdict.Block)
        {
            return false;
        }

        rows = ToRows(block!);
        return true;
    }

    public static BlockRows ToRows(DecodedBlock block) => new()
    {
        TUs = block.TUs,
        Raw = block.Raw,
        Missing = block.Missing,
        Columns = Array.ConvertAll(block.Columns, column => new BlockColumn(column.Input, column.Start, column.Length)),
    };

    /// <summary>The counter of a wire rejection; both lists stand in the same order.</summary>
    public static IntakeCount CountOf(RejectReason reason) => IntakeCount.RejectedTooLarge + ((int)reason - (int)RejectReason.TooLarge);
}
