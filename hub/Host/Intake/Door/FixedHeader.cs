using System.Buffers;

namespace StemLab.Hub.Intake.Door;

/// <summary>The first two to five bytes of every packet.</summary>
internal readonly record struct FixedHeader(int Type, int Flags, int HeaderBytes, int BodyBytes)
{
    public const int Connect = 1;
    public const int Publish = 3;
    public const int PubRel = 6;

    /// <summary>Reads a fixed header; false while bytes are missing, with fault when they can never become one.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> from, out FixedHeader header, out FrameFault fault)
    {
        header = default;
        fault = FrameFault.None;
        Span<byte> few = stackalloc byte[5];
        scoped var span = from.FirstSpan;
        if (span.Length < 5)
        {
            var all = from.Slice(0, Math.Min(5, from.Length));
            all.CopyTo(few);
            span = few[..(int)all.Length];
        }

        var body = 0;
        for (var i = 1; i < 5 && i < span.Length; i++)
        {
            body |= (span[i] & 0x7F) << (7 * (i - 1));
            if ((span[i] & 0x80) == 0)
            {
                header = new FixedHeader(span[0] >> 4, span[0] & 15, i + 1, body);
                return true;
            }
        }

        if (span.Length >= 5)
        {
            fault = FrameFault.Malformed;
        }

        return false;
    }
}
