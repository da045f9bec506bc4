using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>Who scans the join card with a chat app lands in that app's own browser: the page says so, and how to open a real one.</summary>
[Collection(PageTests.Name)]
public sealed class InAppBrowserTests(Browser browser, Demo demo)
{
    private const string Android = "Mozilla/5.0 (Linux; Android 10; SM-A105F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/80.0.3987.162 Mobile Safari/537.36";
    private const string Apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
    private const string Safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 14_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.3 Mobile/15E148 Safari/604.1";
    private const string Chrome = "Mozilla/5.0 (Linux; Android 10; SM-A105F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.162 Mobile Safari/537.36";

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task A_browser_inside_an_app_is_told_how_to_open_a_real_one(string language)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, "phone");
        IPage page = visitor.Page;
        ILocator inApp = page.Locator("#in-app");
        var another = visitor.Say("another app", "một ứng dụng khác");
        foreach (var (says, name) in ((string, string?)[])
            [
                ($"{Android} Zalo android/12110600 ZaloTheme/light ZaloLanguage/vi", "Zalo"), ($"{Apple} Zalo iOS/410 ZaloTheme/light", "Zalo"), ($"{Android} [FB_IAB/FB4A;FBAV/300.0.0.1;]", "Facebook"),
                ($"{Apple} [FBAN/MessengerForiOS;FBAV/300.0]", "Messenger"), ($"{Android} Instagram 200.0", "Instagram"), (Android, another), (Apple, another), (Safari, null), (Chrome, null),
            ])
        {
            await page.Context.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["User-Agent"] = says });
            await visitor.OpenAsync("/j/K7M4XP");
            await Expect(page.Locator("#join")).ToBeVisibleAsync();
            await Expect(inApp).ToHaveCountAsync(name is null ? 0 : 1);
            if (name is not null)
            {
                await Expect(inApp).ToContainTextAsync(visitor.Say($"inside {name}", $"bên trong {name}"));
                await Expect(inApp.Locator("code")).ToHaveTextAsync($"{demo.Url}j/K7M4XP");
            }

            if (name == "Zalo")
            {
                Assert.Empty(await page.ViolationsAsync());
                Assert.True(await page.FitsAsync(), "the page scrolls sideways");
                await visitor.KeepAsync("join-in-app");
            }
        }
    }
}
