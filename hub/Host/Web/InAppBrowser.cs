namespace StemLab.Hub.Web;

/// <summary>Browsers inside other apps, where a pupil lands who scans the join card with a chat app's camera or taps a link in it. Pages work there; files may not be saved, and the page is gone with the app.</summary>
internal static class InAppBrowser
{
    // Messenger's own mark comes before Facebook's, which it bears too.
    private static readonly (string Mark, string Name)[] Known =
    [
        ("Zalo", "Zalo"), ("MessengerForiOS", "Messenger"), ("Orca-Android", "Messenger"), ("FBAN/", "Facebook"), ("FBAV/", "Facebook"), ("FB_IAB/", "Facebook"), ("Instagram", "Instagram"),
        (" Line/", "LINE"), ("MicroMessenger", "WeChat"), ("musical_ly", "TikTok"), ("BytedanceWebview", "TikTok"), ("Viber", "Viber"), ("Snapchat", "Snapchat"),
    ];

    /// <summary>The app whose browser this is.</summary>
    /// <param name="userAgent">What the browser says of itself.</param>
    /// <returns>Its name; empty for an app without a name, the window of a phone's Wi-Fi check for instance; null for a browser of its own.</returns>
    public static string? NameOf(string userAgent)
    {
        foreach (var (mark, name) in Known)
        {
            if (userAgent.Contains(mark, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        // Android's WebView says so; iOS's leaves out the name of Safari, which every browser of iOS has.
        var isNameless = userAgent.Contains("; wv)", StringComparison.Ordinal)
            || ((userAgent.Contains("iPhone", StringComparison.Ordinal) || userAgent.Contains("iPad", StringComparison.Ordinal)) && !userAgent.Contains("Safari/", StringComparison.Ordinal));
        return isNameless ? "" : null;
    }
}
