using StemLab.Wire.V1;

namespace StemLab.Wire;

/// <summary>What bytes on the up topic turned out to be.</summary>
public enum UpVerdict
{
    /// <summary>Not taken; the rejection says why.</summary>
    Rejected,

    /// <summary>A block.</summary>
    Block,

    /// <summary>A statement of loss.</summary>
    Lost,
}

/// <summary>Takes bytes from the up topic apart. Pure: never throws on any bytes, allocates at most a small multiple of the payload, safe from any thread.</summary>
public static class UpDecoder
{
    /// <summary>Decodes one publish payload.</summary>
    /// <param name="payload">The whole payload of the publish.</param>
    /// <param name="block">The block when the verdict says so, otherwise null.</param>
    /// <param name="lost">The loss when the verdict says so, otherwise null.</param>
    /// <param name="rejection">Why it was not taken; reason None otherwise.</param>
    public static UpVerdict Decode(ReadOnlySpan<byte> payload, out DecodedBlock? block, out Lost? lost, out Rejection rejection)
    {
        block = null;
        lost = null;
        rejection = default;
        if (payload.Length > BlockCodec.MaxBytes)
        {
            rejection = new Rejection(RejectReason.TooLarge, BlockCodec.MaxBytes, 0, 0, 0);
            return UpVerdict.Rejected;
        }

        var body = default(ReadOnlySpan<byte>);
        var bodyField = 0;
        var bodyOffset = 0;
        var reader = new WireReader(payload);
        while (reader.TryTag(out var field, out var wireType))
        {
            if (field is 1 or 2 && wireType == 2)
            {
                bodyField = field;
                if (!reader.TryBytes(out body, out bodyOffset))
                {
                    break;
                }
            }
            else if (!reader.TrySkip(wireType))
            {
                break;
            }
        }

        if (reader.Failed)
        {
            rejection = new Rejection(RejectReason.NotProtobuf, reader.Offset, 0, 0, 0);
            return UpVerdict.Rejected;
        }

        switch (bodyField)
        {
            case 1:
                block = new BlockReader(body, bodyOffset).Read(out rejection);
                return block is null ? UpVerdict.Rejected : UpVerdict.Block;
            case 2:
                lost = ReadLost(body, bodyOffset, out rejection);
                return lost is null ? UpVerdict.Rejected : UpVerdict.Lost;
            default:
                rejection = new Rejection(RejectReason.NoBody, reader.Offset, 0, 0, 0);
                return UpVerdict.Rejected;
        }
    }

    private static Lost? ReadLost(ReadOnlySpan<byte> body, int offset, out Rejection rejection)
    {
        var lost = new Lost();
        var reader = new WireReader(body, offset);
        while (reader.TryTag(out var field, out var wireType))
        {
            ulong number = 0;
            var taken = (field, wireType) switch
            {
                (1, 1) => reader.TryFixed64(out number),
                (2 or 3 or 4, 0) => reader.TryVarint(out number),
                _ => reader.TrySkip(wireType),
            };
            if (!taken)
            {
                break;
            }

            switch (field, wireType)
            {
                case (1, 1): lost.StreamId = number; break;
                case (2, 0): lost.FirstSeq = number; break;
                case (3, 0): lost.Count = number; break;
                case (4, 0): lost.Reason = number <= 4 ? (LostReason)number : LostReason.Unspecified; break;
                default: break;
            }
        }

        var reason = reader.Failed ? RejectReason.NotProtobuf
            : lost.Count == 0 || lost.Reason == LostReason.Unspecified ? RejectReason.BadLost
            : lost.FirstSeq > long.MaxValue || lost.Count > long.MaxValue - lost.FirstSeq ? RejectReason.BadSequence
            : RejectReason.None;
        rejection = reason == RejectReason.None ? default : new Rejection(reason, reader.Offset, lost.StreamId, lost.FirstSeq, 0);
        return reason == RejectReason.None ? lost : null;
    }
}
