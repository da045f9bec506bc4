using System.Globalization;

namespace StemLab.Hub.Web;

/// <summary>Where a reader's clock stands, as the reader's browser has told it; before that, where the hub's stands. Pure.</summary>
internal static class PageZone
{
    /// <summary>Minutes ahead of UTC (words.js).</summary>
    public const string Cookie = "zone";

    private const int MostMinutes = 14 * 60;

    public static TimeSpan Of(HttpContext context) =>
        int.TryParse(context.Request.Cookies[Cookie], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) && Math.Abs(minutes) <= MostMinutes
            ? TimeSpan.FromMinutes(minutes)
            : TimeZoneInfo.Local.GetUtcOffset(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
}
