using System.Collections.Frozen;

namespace StemLab.Hub.Access;

/// <summary>
/// What phones and laptops ask in a Wi-Fi to see whether it is any good, under the names of their makers. Answered as the makers' own servers do, so that a phone stays in a Wi-Fi
/// that has no internet. Immutable.
/// </summary>
internal static class ConnectivityChecks
{
    private const string Apple = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>";

    private static readonly FrozenDictionary<string, (string Type, string Body)> Answers = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        // Android, ChromeOS.
        ["/generate_204"] = ("", ""),
        ["/gen_204"] = ("", ""),

        // iOS, macOS.
        ["/hotspot-detect.html"] = ("text/html", Apple),
        ["/library/test/success.html"] = ("text/html", Apple),

        // Windows 10 and later, and before.
        ["/connecttest.txt"] = ("text/plain", "Microsoft Connect Test"),
        ["/ncsi.txt"] = ("text/plain", "Microsoft NCSI"),

        // Firefox, and desktops with NetworkManager.
        ["/success.txt"] = ("text/plain", "success\n"),
        ["/check_network_status.txt"] = ("text/plain", "NetworkManager is online\n"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True for such a question, whatever name of a host it goes to.</summary>
    public static bool IsOne(HttpRequest request) => HttpMethods.IsGet(request.Method) && Answers.ContainsKey(request.Path.Value ?? "");

    public static void Map(WebApplication app)
    {
        foreach (var (path, (type, body)) in Answers)
        {
            app.MapGet(path, () => body.Length == 0 ? Results.NoContent() : Results.Text(body, type)).RequireAuthorization(Policies.Open);
        }
    }
}
