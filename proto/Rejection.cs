namespace StemLab.Wire;

/// <summary>Why bytes on the up topic were not taken. Every reason has a counter; the numbers are stable.</summary>
public enum RejectReason
{
    /// <summary>Not rejected.</summary>
    None = 0,

    /// <summary>Longer than <see cref="BlockCodec.MaxBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>Not a well-formed protobuf Up message.</summary>
    NotProtobuf = 2,

    /// <summary>Neither a block nor a loss inside.</summary>
    NoBody = 3,

    /// <summary>Boot id is not 16 bytes, or is all zero.</summary>
    BadBootId = 4,

    /// <summary>The block has no rows.</summary>
    EmptyBlock = 5,

    /// <summary>Input indexes do not grow strictly, or an input has no rows.</summary>
    BadColumnOrder = 6,

    /// <summary>Times do not grow strictly, or leave the range of int64 µs.</summary>
    BadTimes = 7,

    /// <summary>A value is NaN, infinite or beyond 2^53 / 10^k, the exponent is above 9, or both value forms are present.</summary>
    BadValues = 8,

    /// <summary>A missing row lies outside its column, out of order, or gives no known reason.</summary>
    BadMissing = 9,

    /// <summary>Rows, values and the declared count do not agree.</summary>
    CountMismatch = 10,

    /// <summary>first_seq + count leaves the range of uint64.</summary>
    BadSequence = 11,

    /// <summary>The loss names no numbers or no known reason.</summary>
    BadLost = 12,
}

/// <summary>Where and why decoding stopped.</summary>
/// <param name="Reason">What is wrong.</param>
/// <param name="Offset">Byte offset in the payload at which it was noticed.</param>
/// <param name="StreamId">The stream, as far as it could be read; 0 otherwise.</param>
/// <param name="FirstSeq">First sequence number, as far as it could be read.</param>
/// <param name="Count">Number of rows the sender declared; 0 when it could not be read, and then nothing is covered.</param>
public readonly record struct Rejection(RejectReason Reason, int Offset, ulong StreamId, ulong FirstSeq, uint Count);
