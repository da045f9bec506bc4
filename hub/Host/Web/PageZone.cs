using System.Globalization;

namespace StemLab.Hub.Web;

/// <summary>Where a reader's clock stands, as the reader's browser has told it. Pure.</summary>
internal static class PageZone
{
    /// <summary>Minutes ahead of UTC (words.js).</summary>
    public const string Cookie = "zone";

    private const int MostMinutes = 14 * 60;

    /// <returns>Null until the browser has told it: a time of the hub's own zone would be a wrong one.</returns>
    public static TimeSpan? Of(HttpContext context) =>
        int.TryParse(context.Request.Cookies[Cookie], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) && Math.Abs(minutes) <= MostMinutes
            ? TimeSpan.FromMinutes(minutes)
            : null;
}
