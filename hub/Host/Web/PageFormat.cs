using System.Globalization;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>Numbers and ages as people of one language read them. Pure.</summary>
internal sealed class PageFormat(Texts texts)
{
    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo(texts.Language == "vi" ? "vi-VN" : "en-GB");

    public string Value(Reading? reading, int decimals) =>
        reading is { HasValue: true } ? Number(reading.Value, decimals) : "–";

    public string Number(double value, int decimals) => value.ToString("N" + Math.Clamp(decimals, 0, 6).ToString(CultureInfo.InvariantCulture), _culture);

    /// <summary>With no more decimals than it has, and at most so many.</summary>
    public string Plain(double value, int most) => (value + 0.0).ToString("#,##0." + new string('#', most), _culture);

    /// <summary>Day and month: "5/3", "05/03".</summary>
    public string Day(DateTime at) => at.ToString(texts.Language == "vi" ? "d'/'M" : "dd'/'MM", CultureInfo.InvariantCulture);

    public string Count(long count) => count.ToString("N0", _culture);

    public string Age(Reading? reading) => reading is { HasAgeUs: true } ? Age(reading.AgeUs) : texts.AgeUnknown;

    public string Age(long microseconds) => microseconds < 2_000_000 ? texts.JustNow : string.Format(_culture, texts.Ago, Duration(microseconds));

    /// <summary>A length of time in its two most telling digits.</summary>
    public string Duration(long microseconds)
    {
        var seconds = microseconds / 1e6;
        return seconds switch
        {
            < 0.95 => $"{Math.Max(seconds, 0).ToString("0.0", _culture)} {texts.Seconds}",
            < 90 => $"{Math.Round(seconds).ToString(_culture)} {texts.Seconds}",
            < 5400 => $"{Math.Round(seconds / 60).ToString(_culture)} {texts.Minutes}",
            < 172_800 => $"{Math.Round(seconds / 3600).ToString(_culture)} {texts.Hours}",
            _ => $"{Math.Round(seconds / 86_400).ToString(_culture)} {texts.Days}",
        };
    }
}
