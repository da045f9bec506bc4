namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>The first byte of what a circuit sends.</summary>
internal enum EzoCode
{
    /// <summary>1: done; text may follow.</summary>
    Ok,

    /// <summary>2: it does not know the command.</summary>
    SyntaxError,

    /// <summary>254: it is still at work.</summary>
    Busy,

    /// <summary>255: it has nothing to say; it was asleep, or the command never came.</summary>
    NoData,

    /// <summary>Anything else, or bytes that are no text: this is not a whole answer of an EZO circuit.</summary>
    Garbage,
}

/// <summary>An answer as it came over the bus: a code, then ASCII up to a NUL, the rest padded. Pure; no bytes make it throw.</summary>
/// <param name="Code">What the circuit says of the command.</param>
/// <param name="Text">Printable ASCII, at most 39 characters; empty unless the code is Ok.</param>
/// <param name="Glitches">Bytes whose highest bit was set: the clock-stretching fault of the BCM2835 sets it, and the text is right without it.</param>
internal readonly record struct EzoReply(EzoCode Code, string Text, int Glitches)
{
    /// <summary>Bytes to ask for: the longest answer a circuit gives.</summary>
    public const int Length = 40;

    /// <summary>Reads an answer.</summary>
    public static EzoReply Parse(ReadOnlySpan<byte> bytes)
    {
        switch (bytes.IsEmpty ? (byte)0 : bytes[0])
        {
            case 1:
                break;
            case 2:
                return new EzoReply(EzoCode.SyntaxError, "", 0);
            case 254:
                return new EzoReply(EzoCode.Busy, "", 0);
            case 255:
                return new EzoReply(EzoCode.NoData, "", 0);
            default:
                return new EzoReply(EzoCode.Garbage, "", 0);
        }

        var text = bytes[1..];
        var end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        Span<char> letters = stackalloc char[Length];
        if (text.Length > letters.Length)
        {
            return new EzoReply(EzoCode.Garbage, "", 0);
        }

        var glitches = 0;
        for (var i = 0; i < text.Length; i++)
        {
            letters[i] = (char)(text[i] & 0x7F);
            glitches += text[i] >> 7;
            if (letters[i] is < ' ' or > '~')
            {
                return new EzoReply(EzoCode.Garbage, "", 0);
            }
        }

        return new EzoReply(EzoCode.Ok, new string(letters[..text.Length]), glitches);
    }
}
