using System.Buffers.Text;
using System.Text;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>Reads "7.1", "7,1", "27.4 °C": one number, maybe with a unit. Pure, never throws.</summary>
internal static class NumberText
{
    private const int Longest = 64;

    /// <summary>Reads a whole payload as one number.</summary>
    /// <param name="text">Untrusted bytes.</param>
    /// <param name="value">The number; undefined unless the result is null.</param>
    /// <param name="unit">What stood behind it; null where nothing did.</param>
    /// <returns>Null when it is a number, otherwise why not.</returns>
    public static IntakeCount? Read(ReadOnlySpan<byte> text, out double value, out string? unit)
    {
        value = 0;
        unit = null;
        text = Trim(text);
        if (text.Length == 0)
        {
            return IntakeCount.RejectedEmpty;
        }

        if (text.Length > Longest)
        {
            return IntakeCount.RejectedNotANumber;
        }

        var length = NumberLength(text, out var comma);
        if (length == 0)
        {
            return IsNotFinite(text) ? IntakeCount.RejectedNotFinite : IntakeCount.RejectedNotANumber;
        }

        Span<byte> digits = stackalloc byte[Longest];
        text[..length].CopyTo(digits);
        if (comma >= 0)
        {
            digits[comma] = (byte)'.';
        }

        var skip = digits[0] == (byte)'+' ? 1 : 0;
        if (!Utf8Parser.TryParse(digits[skip..length], out value, out var used) || used != length - skip)
        {
            return IntakeCount.RejectedNotANumber;
        }

        if (!double.IsFinite(value))
        {
            return IntakeCount.RejectedNotFinite;
        }

        var rest = Trim(text[length..]);
        if (rest.Length > 0)
        {
            var word = Encoding.UTF8.GetString(rest);
            unit = UnitText.ToUcum(word);
            return unit is null ? (char.IsAsciiDigit(word[0]) || word[0] is '.' or ',' or ':' or '-' or '/' ? IntakeCount.RejectedNotANumber : IntakeCount.RejectedUnknownUnit) : null;
        }

        return null;
    }

    /// <summary>Sign, digits, at most one point or comma, exponent. A comma is a decimal comma: nobody groups the digits of a reading.</summary>
    private static int NumberLength(ReadOnlySpan<byte> text, out int comma)
    {
        comma = -1;
        var i = text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        var digits = 0;
        var separators = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] is >= (byte)'0' and <= (byte)'9')
            {
                digits++;
            }
            else if (text[i] is (byte)'.' or (byte)',' && separators == 0)
            {
                separators++;
                comma = text[i] == (byte)',' ? i : -1;
            }
            else
            {
                break;
            }
        }

        if (digits == 0)
        {
            return 0;
        }

        return i + ExponentLength(text[i..]);
    }

    private static int ExponentLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2 || rest[0] is not ((byte)'e' or (byte)'E'))
        {
            return 0;
        }

        var i = rest[1] is (byte)'-' or (byte)'+' ? 2 : 1;
        var start = i;
        while (i < rest.Length && rest[i] is >= (byte)'0' and <= (byte)'9')
        {
            i++;
        }

        return i > start ? i : 0;
    }

    private static bool IsNotFinite(ReadOnlySpan<byte> text)
    {
        var word = Encoding.UTF8.GetString(text.Length > 9 ? text[..9] : text).TrimStart('-', '+');
        return word.Equals("nan", StringComparison.OrdinalIgnoreCase) || word.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || word.Equals("infinity", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\0"u8);
}
