using System.ComponentModel;
using System.Diagnostics;

namespace StemLab.Hub.Startup;

/// <summary>Opens the page where there is a desktop to open it on; elsewhere the printed address is enough.</summary>
internal static class Desktop
{
    public static void Open(string url)
    {
        var opener = OperatingSystem.IsWindows() ? null : OperatingSystem.IsMacOS() ? "open" : HasDisplay() ? "xdg-open" : "";
        if (opener == "")
        {
            return;
        }

        try
        {
            using var _ = opener is null
                ? Process.Start(new ProcessStartInfo(url) { UseShellExecute = true })
                : Process.Start(new ProcessStartInfo(opener, url) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            // No browser registered: the address stands on the screen.
        }
    }

    private static bool HasDisplay() =>
        !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY")) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));
}
