using System.Globalization;

namespace StemLab.Agent.Sensors.Gps;

/// <summary>Reads RMC and GGA sentences of NMEA 0183, of any talker, with their checksum; no text makes it throw. Pure.</summary>
internal static class NmeaText
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>True for a sentence whose checksum is right; the report of any but RMC and GGA is null.</summary>
    public static bool TryRead(string line, out GpsReport? report)
    {
        report = null;
        var text = line.Trim();
        var star = text.LastIndexOf('*');
        if (text.Length < 9 || text[0] != '$' || star != text.Length - 3
            || !byte.TryParse(text.AsSpan(star + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var expected)
            || text[1..star].Aggregate(0, (sum, c) => sum ^ c) != expected)
        {
            return false;
        }

        var fields = text[1..star].Split(',');
        report = fields[0].Length == 5 ? fields[0][2..] switch
        {
            "RMC" when fields.Length >= 10 => Rmc(fields),
            "GGA" when fields.Length >= 10 => Gga(fields),
            _ => null,
        } : null;
        return true;
    }

    private static GpsReport Rmc(string[] fields)
    {
        var latitude = Angle(fields[3], fields[4], 2);
        var longitude = Angle(fields[5], fields[6], 3);
        var hasFix = fields[2] == "A" && latitude is not null && longitude is not null;
        return new GpsReport(hasFix, hasFix ? latitude : null, hasFix ? longitude : null, null, null, null, hasFix ? Time(fields[9], fields[1]) : null);
    }

    private static GpsReport Gga(string[] fields)
    {
        var hasFix = fields[6].Length > 0 && fields[6] != "0";
        return new GpsReport(
            hasFix ? null : false,
            null,
            null,
            hasFix && Number(fields[9]) is { } altitude ? altitude : null,
            int.TryParse(fields[7], NumberStyles.None, CultureInfo.InvariantCulture, out var satellites) ? satellites : null,
            hasFix ? Number(fields[8]) : null,
            null);
    }

    /// <summary>ddmm.mmmm as degrees; null where it is none.</summary>
    private static double? Angle(string text, string side, int degreeDigits)
    {
        if (text.Length < degreeDigits + 2 || !int.TryParse(text.AsSpan(0, degreeDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var degrees)
            || !double.TryParse(text.AsSpan(degreeDigits), Decimal, CultureInfo.InvariantCulture, out var minutes) || minutes is not (>= 0 and < 60)
            || side is not ("N" or "S" or "E" or "W"))
        {
            return null;
        }

        // Seven decimals are a centimetre.
        var angle = Math.Round(degrees + (minutes / 60), 7);
        return angle > (degreeDigits == 2 ? 90 : 180) ? null : side is "S" or "W" ? -angle : angle;
    }

    private static long? Time(string date, string time) =>
        DateTime.TryParseExact(date + time.Split('.')[0], "ddMMyyHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc)
            ? ((utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + Fraction(time)
            : null;

    private static long Fraction(string time) =>
        time.Split('.') is [_, { Length: > 0 and < 7 } digits] && double.TryParse("0." + digits, Decimal, CultureInfo.InvariantCulture, out var part) ? (long)(part * 1_000_000) : 0;

    private static double? Number(string text) => double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
