using System.Globalization;

namespace StemLab.Hub.Import;

/// <summary>
/// Times as files write them. Forms: "ymd", "mdy", "dmy" (numbers or month names, any separator, with or without a time of day, am and pm, fractions, an offset of their own), "epoch_s",
/// "epoch_ms", "epoch_us", "epoch_ns", "excel" (days since 1899-12-30), "parts" (a field each), "elapsed_ms", "elapsed_s", "elapsed_min", "elapsed_h" (since a start that stands elsewhere). Pure.
/// </summary>
internal static class TimeForms
{
    public static readonly string[] Known = ["ymd", "mdy", "dmy", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "excel", "parts", "elapsed_ms", "elapsed_s", "elapsed_min", "elapsed_h"];

    private const long DayUs = 86_400_000_000;
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Whether times of that form are counted from a start.</summary>
    public static bool IsElapsed(string form) => form.StartsWith("elapsed_", StringComparison.Ordinal);

    /// <summary>UTC µs of the start times are counted from; false where none is told, it cannot be read, or it names no zone and there is none.</summary>
    /// <exception cref="Uploads.RefusedException">There is no such zone.</exception>
    public static bool TryStart(TimeMapping time, out long utcUs)
    {
        utcUs = 0;
        if (time.Start is not { Length: > 0 } start || !TryRead(start, "ymd", out var us, out var isUtc))
        {
            return false;
        }

        utcUs = us;
        return isUtc || (time.Zone.Length > 0 && Zone.Of(time.Zone).TryToUtc(us, out utcUs));
    }

    /// <summary>Reads a time; the result is UTC where it names its own zone, else local.</summary>
    /// <param name="text">One field, or date and time with a blank between.</param>
    /// <param name="form">One of <see cref="Known"/>, but "parts".</param>
    /// <param name="us">µs since 1970-01-01, in UTC or as the clock on the wall showed; of an elapsed form, since its start.</param>
    /// <param name="isUtc">Whether it named its zone.</param>
    public static bool TryRead(ReadOnlySpan<char> text, string form, out long us, out bool isUtc)
    {
        (us, isUtc) = (0, false);
        text = text.Trim(" \t'");
        if (text.IsEmpty || text.Length > 64)
        {
            return false;
        }

        switch (form)
        {
            case "ymd" or "mdy" or "dmy":
                return TryDate(text, form[0], out us, out isUtc);
            case "excel":
                return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) && days is > 1 and < 200_000 && FromDays(days, out us);
            case "elapsed_ms" or "elapsed_s" or "elapsed_min" or "elapsed_h":
                return TryElapsed(text, form, out us);
            default:
                isUtc = true;
                return TryEpoch(text, form, out us);
        }
    }

    /// <summary>A date from its numbers: year, month, day, hour, minute, second; false for a day there is not.</summary>
    public static bool TryParts(ReadOnlySpan<int> parts, out long us)
    {
        us = 0;
        var year = parts.Length > 0 ? parts[0] : 0;
        year = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
        return parts.Length >= 3 && TryCompose(year, parts[1], parts[2], At(parts, 3), At(parts, 4), At(parts, 5), 0, out us);
    }

    private static int At(ReadOnlySpan<int> parts, int i) => i < parts.Length ? parts[i] : 0;

    private static bool FromDays(double days, out long us)
    {
        // To the millisecond: a day as a double has no more.
        us = (long)Math.Round((days - 25_569) * 86_400_000) * 1000;
        return true;
    }

    private static bool TryElapsed(ReadOnlySpan<char> text, string form, out long us)
    {
        us = 0;

        // A number with one mark: a comma is a decimal comma.
        Span<char> plain = stackalloc char[text.Length];
        text.Replace(plain, ',', '.');
        if (!double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var seconds = number * (form switch { "elapsed_ms" => 1e-3, "elapsed_min" => 60, "elapsed_h" => 3600, _ => 1 });
        if (!(Math.Abs(seconds) < 1e9))
        {
            return false;
        }

        us = (long)Math.Round(seconds * 1e6);
        return true;
    }

    private static bool TryEpoch(ReadOnlySpan<char> text, string form, out long us)
    {
        us = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        try
        {
            value = form switch { "epoch_s" => value * 1_000_000, "epoch_ms" => value * 1000, "epoch_ns" => value / 1000, _ => value };
        }
        catch (OverflowException)
        {
            return false;
        }

        if (value is < 0 or > 7_258_118_400_000_000m)
        {
            return false;
        }

        us = (long)decimal.Floor(value);
        return true;
    }

    private static bool TryDate(ReadOnlySpan<char> text, char order, out long us, out bool isUtc)
    {
        (us, isUtc) = (0, false);
        Span<int> numbers = stackalloc int[3];
        var at = 0;
        if (!TryCompact(text, order, numbers, ref at) && !TryNumbers(text, order, numbers, ref at))
        {
            return false;
        }

        var (year, month, day) = order switch { 'y' => (numbers[0], numbers[1], numbers[2]), 'm' => (numbers[2], numbers[0], numbers[1]), _ => (numbers[2], numbers[1], numbers[0]) };
        year = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
        var (hour, minute, second, fraction) = (0, 0, 0, 0);
        while (at < text.Length && text[at] is ' ' or 'T' or 't' or ',' or '_' or ':' or '-' && !(text[at] == '-' && at + 1 < text.Length && !char.IsAsciiDigit(text[at + 1])))
        {
            at++;
        }

        if (at < text.Length && char.IsAsciiDigit(text[at]) && !TryClock(text, ref at, ref hour, ref minute, ref second, ref fraction))
        {
            return false;
        }

        if (!TryZone(text[at..].Trim(), out var offsetMinutes) || !TryCompose(year, month, day, hour, minute, second, fraction, out us))
        {
            return false;
        }

        if (offsetMinutes is { } offset)
        {
            isUtc = true;
            us -= offset * 60_000_000L;
        }

        return true;
    }

    /// <summary>yyyyMMdd, perhaps with HHmm or HHmmss right behind.</summary>
    private static bool TryCompact(ReadOnlySpan<char> text, char order, Span<int> numbers, ref int at)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        if (order != 'y' || digits is not (8 or 12 or 14))
        {
            return false;
        }

        (numbers[0], numbers[1], numbers[2]) = (Number(text[..4]), Number(text[4..6]), Number(text[6..8]));
        at = 8;
        return true;
    }

    private static bool TryNumbers(ReadOnlySpan<char> text, char order, Span<int> numbers, ref int at)
    {
        for (var i = 0; i < 3; i++)
        {
            if (i > 0)
            {
                var before = at;
                while (at < text.Length && text[at] is '/' or '-' or '.' or ' ' or ',')
                {
                    at++;
                }

                if (at == before)
                {
                    return false;
                }
            }

            var isMonth = i == (order == 'm' ? 0 : 1);
            var digits = at;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]) && digits - at < 4)
            {
                digits++;
            }

            if (digits > at)
            {
                // "1.010,5" is an air pressure: nobody writes a month in three digits, or a year in one.
                var isYear = i == (order == 'y' ? 0 : 2);
                if (isYear ? digits - at is not (2 or 4) : digits - at > 2)
                {
                    return false;
                }

                numbers[i] = Number(text[at..digits]);
                at = digits;
                continue;
            }

            if (!isMonth || !TryMonth(text, ref at, out numbers[i]))
            {
                return false;
            }
        }

        // A year has four digits in the first place, and two or four in the last.
        return order != 'y' || numbers[0] >= 1000;
    }

    private static bool TryMonth(ReadOnlySpan<char> text, ref int at, out int month)
    {
        month = 0;
        var end = at;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (end - at < 3)
        {
            return false;
        }

        for (var i = 0; i < Months.Length; i++)
        {
            if (text.Slice(at, 3).Equals(Months[i], StringComparison.OrdinalIgnoreCase))
            {
                (month, at) = (i + 1, end);
                return true;
            }
        }

        return false;
    }

    /// <summary>H:mm, H:mm:ss, H:mm:ss.fff, Hmm, Hmmss, "8 PM", "8:00 CH".</summary>
    private static bool TryClock(ReadOnlySpan<char> text, ref int at, ref int hour, ref int minute, ref int second, ref int fraction)
    {
        var digits = at;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        if (digits - at is 4 or 6)
        {
            (hour, minute, second) = (Number(text.Slice(at, 2)), Number(text.Slice(at + 2, 2)), digits - at == 6 ? Number(text.Slice(at + 4, 2)) : 0);
            at = digits;
        }
        else if (digits - at > 2)
        {
            return false;
        }
        else
        {
            hour = Number(text[at..digits]);
            at = digits;
            var isMinute = TryTwo(text, ref at, ref minute);
            _ = isMinute && TryTwo(text, ref at, ref second);
        }

        if (at < text.Length && text[at] is '.' or ',')
        {
            at++;
            var scale = 100_000;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                fraction += (text[at++] - '0') * scale;
                scale /= 10;
            }
        }

        return TryHalf(text, ref at, ref hour);
    }

    private static bool TryTwo(ReadOnlySpan<char> text, ref int at, ref int number)
    {
        if (at + 1 >= text.Length || text[at] is not (':' or 'h' or 'H' or '.') || !char.IsAsciiDigit(text[at + 1]))
        {
            return false;
        }

        var end = at + 2 < text.Length && char.IsAsciiDigit(text[at + 2]) ? at + 3 : at + 2;
        number = Number(text[(at + 1)..end]);
        at = end;
        return true;
    }

    /// <summary>AM and PM; SA (sáng) and CH (chiều).</summary>
    private static bool TryHalf(ReadOnlySpan<char> text, ref int at, ref int hour)
    {
        var rest = text[at..].TrimStart();
        var blank = text.Length - at - rest.Length;
        var half = rest.StartsWith("am", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("a.m.", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("SA", StringComparison.OrdinalIgnoreCase) ? 1
            : rest.StartsWith("pm", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("p.m.", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("CH", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        if (half == 0)
        {
            return true;
        }

        if (hour is < 1 or > 12)
        {
            return false;
        }

        hour = (hour % 12) + (half == 2 ? 12 : 0);
        at += blank + (rest.Length > 1 && rest[1] == '.' ? 4 : 2);
        return true;
    }

    private static bool TryZone(ReadOnlySpan<char> text, out int? offsetMinutes)
    {
        offsetMinutes = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text is "Z" or "z" || text.Equals("UTC", StringComparison.OrdinalIgnoreCase) || text.Equals("GMT", StringComparison.OrdinalIgnoreCase))
        {
            offsetMinutes = 0;
            return true;
        }

        if (text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase))
        {
            text = text[3..].TrimStart();
        }

        if (!Zone.TryOffset(text, out var offset))
        {
            return false;
        }

        offsetMinutes = offset;
        return true;
    }

    private static bool TryCompose(int year, int month, int day, int hour, int minute, int second, int fraction, out long us)
    {
        us = 0;
        if (year is < 1900 or > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour is < 0 or > 24 || minute is < 0 or > 59 || second is < 0 or > 60
            || (hour == 24 && (minute > 0 || second > 0)))
        {
            return false;
        }

        us = ((new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / 10) + (((hour * 3600L) + (minute * 60L) + second) * 1_000_000) + fraction;
        return us < 84_000 * DayUs;
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
