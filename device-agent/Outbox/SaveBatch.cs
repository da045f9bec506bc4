using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>What one transaction writes.</summary>
/// <param name="Blocks">Not yet on disk, in order of sealing.</param>
/// <param name="Receipts">Not yet on disk.</param>
/// <param name="Streams">How far each running stream is sealed.</param>
/// <param name="CapBytes">The cap to keep.</param>
/// <param name="IsEnd">Nothing follows: the streams are complete.</param>
internal sealed record SaveBatch(IReadOnlyList<HeldBlock> Blocks, IReadOnlyList<ReceiptedRange> Receipts, IReadOnlyList<StreamProgress> Streams, long CapBytes, bool IsEnd);

/// <summary>Numbers [First, End) of a stream became covered, and with earlier receipts everything in [WholeFirst, WholeEnd) now is.</summary>
internal readonly record struct ReceiptedRange(ulong StreamId, ulong First, ulong End, ulong WholeFirst, ulong WholeEnd);

/// <summary>A running stream: everything before NextSeq is sealed; the greatest time taken.</summary>
internal readonly record struct StreamProgress(ulong StreamId, ulong NextSeq, long GreatestTUs);

/// <summary>A stream as kept on disk.</summary>
/// <param name="StreamId">Sequence domain.</param>
/// <param name="BootId">Clock domain, 16 bytes.</param>
/// <param name="DurableNextSeq">Everything before this number was durably saved.</param>
/// <param name="IsRunning">True for a stream of this process that has not ended.</param>
/// <param name="IsComplete">It ended in order: no row ever had a number from DurableNextSeq on.</param>
internal sealed record KeptStream(ulong StreamId, Wire.Id128 BootId, ulong DurableNextSeq, bool IsRunning, bool IsComplete);

/// <summary>What a transaction had to give up to keep the cap.</summary>
/// <param name="Blocks">Whole unreceipted blocks.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct GivenUp(int Blocks, long Rows, LostReason Reason);
