using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace StemLab.Pages;

/// <summary>axe-core over a page as it stands. The library's own call opens a page more for each look, to put frames together: no page here has a frame, and one that had is refused.</summary>
internal static class Axe
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>Violations of axe's default rules, each with what it is about; empty = none.</summary>
    public static async Task<string[]> ViolationsAsync(this IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => typeof window.axe === 'object'"))
        {
            await page.EvaluateAsync(Script);
        }

        return await page.EvaluateAsync<string[]>("""
            async () => {
              if (document.querySelector('iframe, frame')) throw new Error('a page with frames: axe looks into one document here');
              const found = await window.axe.run(document, { resultTypes: ['violations'] });
              return found.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html).join(' | ')}`);
            }
            """);
    }
}
