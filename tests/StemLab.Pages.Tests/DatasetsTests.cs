using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The page of datasets: from a description to files, a card, and what is different.</summary>
[Collection(PageTests.Name)]
public sealed partial class DatasetsTests(Browser browser, Demo demo)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_dataset_is_described_counted_frozen_downloaded_read_about_and_compared(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        IPage page = visitor.Page;
        var channel = (await demo.ChannelAsync("ph")).TrimStart('/');
        await visitor.OpenAsync("/datasets");

        // Whose it is and under which licence is said once, of the campaign.
        await page.Locator("#campaigns summary").ClickAsync();
        await page.Locator("#campaign input[name=slug]").FillAsync($"trip-{language}");
        await page.Locator("#campaign input[name=title]").FillAsync(visitor.Say("November trip", "Chuyến tháng 11"));
        await page.Locator("#campaign input[name=creator]").FillAsync("Trường Hạ Long");
        await page.Locator("#campaign .main").ClickAsync();
        await Expect(page.Locator("#campaign-said")).ToContainTextAsync(visitor.Say("Saved", "Đã lưu"));
        await visitor.KeepAsync("datasets-campaign");
        await page.Locator("#campaigns summary").ClickAsync();
        await Expect(page.Locator("#describe input[name=creator]")).ToBeHiddenAsync();
        await page.Locator("#describe input[name=slug]").FillAsync($"bay-{language}");
        await page.Locator("#describe input[name=title]").FillAsync(visitor.Say("Our bay", "Vịnh của chúng em"));
        await page.Locator("#describe .main").ClickAsync();
        await Expect(page.Locator("#described")).ToContainTextAsync(visitor.Say("Saved", "Đã lưu"));
        await Expect(page.Locator("#within")).ToContainTextAsync(visitor.Say("November trip", "Chuyến tháng 11"));

        await page.Locator("#channels").SelectOptionAsync(channel);
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#said")).ToContainTextAsync(Number());
        await page.Locator("#freeze .main").ClickAsync();
        ILocator first = page.Locator($"#datasets-bay-{language}-versions-1");
        await Expect(first.Locator("table a").First).ToBeVisibleAsync();
        await Expect(first).ToContainTextAsync(visitor.Say("ready", "sẵn sàng"));
        await Expect(first).ToContainTextAsync("Trường Hạ Long");
        await visitor.KeepAsync("datasets");
        IDownload download = await page.RunAndWaitForDownloadAsync(() => first.Locator("table a").First.ClickAsync());
        Assert.EndsWith("-csv.zip", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Null(await download.FailureAsync());

        await page.Locator("#freeze .main").ClickAsync();
        ILocator second = page.Locator($"#datasets-bay-{language}-versions-2");
        await Expect(second.Locator("table a").First).ToBeVisibleAsync();
        await second.Locator("button").ClickAsync();
        await Expect(second.Locator("li").First).ToBeVisibleAsync();
        await visitor.KeepAsync("datasets-compared");
        Assert.True(await page.FitsAsync(), "the page scrolls sideways");

        await second.Locator("a[href*='/card']").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync(visitor.Say("version 2", "bản 2"));
        await Expect(page.Locator(".simulated")).ToBeVisibleAsync();
        Assert.Equal("rgb(255, 243, 205)", await page.Locator(".simulated").EvaluateAsync<string>("e => getComputedStyle(e).backgroundColor"));
        Assert.True(await page.FitsAsync(), "the card scrolls sideways");
        Assert.Empty(await page.ViolationsAsync());
        await visitor.KeepAsync("dataset-card");
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Refused.Concat(visitor.Troubles));
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Number();
}
