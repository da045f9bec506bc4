using Microsoft.Playwright;

namespace StemLab.Pages;

/// <summary>Whether a page stays as wide as the device.</summary>
internal static class PageWidth
{
    /// <summary>False where it scrolls sideways. What stands out makes a phone's innerWidth as wide as itself, and the phone shows the whole page smaller: the device's own width is what counts.</summary>
    public static Task<bool> FitsAsync(this IPage page) => page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= Math.min(innerWidth, screen.width)");
}
