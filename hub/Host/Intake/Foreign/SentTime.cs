using System.Globalization;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>Reads the time a foreign message tells. Pure, never throws.</summary>
internal static class SentTime
{
    /// <summary>Smallest number taken for a time: seconds of 2001-09-09. Below, "t" is a temperature.</summary>
    private const double SmallestSeconds = 1e9;

    /// <summary>Seconds, milliseconds, microseconds or nanoseconds since 1970, told by their size.</summary>
    public static bool TryRead(double number, out long utcUs)
    {
        var us = number switch
        {
            >= SmallestSeconds and < 1e11 => number * 1e6,
            >= 1e12 and < 1e14 => number * 1e3,
            >= 1e15 and < 1e17 => number,
            >= 1e18 and < 9e18 => number / 1e3,
            _ => double.NaN,
        };
        utcUs = double.IsNaN(us) ? 0 : (long)us;
        return utcUs != 0;
    }

    /// <summary>ISO 8601 with zone. Without one it could be anybody's hour, and is not used.</summary>
    public static bool TryRead(string text, out long utcUs)
    {
        utcUs = 0;
        text = text.Trim();
        var hasZone = text.EndsWith('Z') || text.EndsWith('z') || (text.Length > 16 && text.AsSpan(10).IndexOfAny('+', '-') > 0);
        if (!hasZone
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            || time.Year < 1970)
        {
            return false;
        }

        utcUs = (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        return true;
    }
}
