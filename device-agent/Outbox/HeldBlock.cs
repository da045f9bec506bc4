using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>A sealed block (or a Lost in its place) and its place in the outbox. Owned by the outbox; its bytes never change.</summary>
internal sealed class HeldBlock
{
    /// <summary>What a block costs besides its bytes, for the cap.</summary>
    public const int Overhead = 64;

    /// <summary>Order of sealing over all streams and process starts.</summary>
    public required long Id { get; init; }

    /// <summary>Sequence domain.</summary>
    public required ulong StreamId { get; init; }

    /// <summary>Sequence number of the first row.</summary>
    public required ulong FirstSeq { get; init; }

    /// <summary>Number of rows.</summary>
    public required uint Count { get; init; }

    /// <summary>The up message, as it is sent.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>True where the payload states a loss.</summary>
    public bool IsLost { get; init; }

    /// <summary>Clock of the outbox (µs since some moment of this process) when the first row came.</summary>
    public long OpenedUs { get; init; }

    /// <summary>Covered by a receipt of the present store.</summary>
    public bool IsReceipted { get; set; }

    /// <summary>First sequence number after the block.</summary>
    public ulong EndSeq => FirstSeq + Count;

    /// <summary>What it costs under the cap, bytes.</summary>
    public int Cost => Payload.Length + Overhead;

    /// <summary>The same place, its rows lost.</summary>
    public HeldBlock ToLost(LostReason reason) => new()
    {
        Id = Id,
        StreamId = StreamId,
        FirstSeq = FirstSeq,
        Count = Count,
        Payload = LostPayload(StreamId, FirstSeq, Count, reason),
        IsLost = true,
        OpenedUs = OpenedUs,
        IsReceipted = IsReceipted,
    };

    /// <summary>The up message that states a loss.</summary>
    public static byte[] LostPayload(ulong streamId, ulong firstSeq, uint count, LostReason reason) =>
        BlockCodec.ToUp(new Lost { StreamId = streamId, FirstSeq = firstSeq, Count = count, Reason = reason });
}
