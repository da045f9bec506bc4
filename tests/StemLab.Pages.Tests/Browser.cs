using Microsoft.Playwright;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>One Chromium for the whole run: Debian's, without a single request of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>The hub under a name that is not this machine's, as a phone meets it: plain HTTP, no secure context.</summary>
    public const string OtherName = "stemlab.test";

    /// <summary>A name every hub has, and nobody who sits at its machine uses: whoever comes by it is a stranger until they show something.</summary>
    public const string StrangersName = "stemlab.local";

    private const int LimitMs = 60_000;

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        $"--host-resolver-rules=MAP {OtherName} 127.0.0.1, MAP {StrangersName} 127.0.0.1",
    ];

    private IPlaywright? playwright;
    private IBrowser? chromium;

    /// <summary>A fresh visitor: a phone of 360 px or a desktop of 1280 px, in one language.</summary>
    public async Task<Visitor> VisitAsync(string hub, string language, string size)
    {
        var isPhone = size == "phone";
        var context = await chromium!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = hub,
            Locale = language == "vi" ? "vi-VN" : "en-GB",
            TimezoneId = "Asia/Ho_Chi_Minh",
            ViewportSize = isPhone ? new ViewportSize { Width = 360, Height = 740 } : new ViewportSize { Width = 1280, Height = 900 },
            HasTouch = isPhone,
            IsMobile = isPhone,
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(LimitMs);
        return new Visitor(context, await context.NewPageAsync(), hub, language);
    }

    public async ValueTask InitializeAsync()
    {
        if (Servers.Chromium is not { } path)
        {
            return;
        }

        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Flags });
        Assertions.SetDefaultExpectTimeout(LimitMs);
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
    }
}
