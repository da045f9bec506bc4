using System.Text;

namespace StemLab.Hub.Import;

/// <summary>Which letters the bytes of a file are. Pure.</summary>
internal static class Charsets
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Names a mapping may hold.</summary>
    public static readonly string[] Known = ["utf-8", "utf-16", "utf-16BE", "windows-1252", "windows-1258"];

    public static Encoding Of(string name) => name switch
    {
        "utf-16" => Encoding.Unicode,
        "utf-16BE" => Encoding.BigEndianUnicode,
        "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        "windows-1258" => CodePagesEncodingProvider.Instance.GetEncoding(1258)!,
        _ => Encoding.UTF8,
    };

    /// <summary>A guess from the beginning of a file, and how sure it is, 0 to 1.</summary>
    public static (string Name, double Confidence) Guess(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            return ("utf-8", 1);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return ("utf-16", 1);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return ("utf-16BE", 1);
        }

        // Digits and commas of UTF-16 have a zero in every pair.
        var (even, odd) = (0, 0);
        for (var i = 0; i + 1 < head.Length; i += 2)
        {
            even += head[i] == 0 ? 1 : 0;
            odd += head[i + 1] == 0 ? 1 : 0;
        }

        if (odd > head.Length / 4 || even > head.Length / 4)
        {
            return (odd > even ? "utf-16" : "utf-16BE", 0.9);
        }

        if (!head.ContainsAnyInRange((byte)0x80, (byte)0xFF))
        {
            return ("utf-8", 1);
        }

        return IsUtf8(head) ? ("utf-8", 0.99) : IsVietnamese(head) ? ("windows-1258", 0.8) : ("windows-1252", 0.7);
    }

    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        // The last letter may be cut.
        for (var cut = 0; cut < 4 && cut < head.Length; cut++)
        {
            try
            {
                StrictUtf8.GetCharCount(head[..^cut]);
                return true;
            }
            catch (DecoderFallbackException)
            {
                // One byte less.
            }
        }

        return false;
    }

    /// <summary>In windows-1258 a tone mark is a byte of its own right after its vowel, and đ, ơ, ư stand where other pages have letters no word of ours has there.</summary>
    private static bool IsVietnamese(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> vowels = [.. "aeiouyAEIOUY"u8, 0xE2, 0xEA, 0xF4, 0xE3, 0xF5, 0xFD, 0xC2, 0xCA, 0xD4, 0xC3, 0xD5, 0xDD];
        ReadOnlySpan<byte> tones = [0xCC, 0xD2, 0xDE, 0xEC, 0xF2];
        var (toned, high) = (0, 0);
        for (var i = 1; i < head.Length; i++)
        {
            if (head[i] < 0x80)
            {
                continue;
            }

            high++;
            toned += (tones.Contains(head[i]) && vowels.Contains(head[i - 1])) || (head[i] is 0xF0 or 0xD0 or 0xF5 or 0xFD && (char.IsAsciiLetter((char)head[i - 1]) || head[i - 1] is (byte)' ' or (byte)',' or (byte)'(')) ? 1 : 0;
        }

        return toned > 0 && toned * 4 >= high;
    }
}
