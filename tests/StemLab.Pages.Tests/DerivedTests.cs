using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The page of channels computed from others.</summary>
[Collection(PageTests.Name)]
public sealed partial class DerivedTests(Browser browser, Demo demo)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Salinity_is_chosen_tried_made_seen_on_its_page_and_taken_out(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        IPage page = visitor.Page;
        await visitor.OpenAsync(await demo.ChannelAsync("electrical_conductivity"));
        await page.Locator("a[href^='/derived']").First.ClickAsync();
        ILocator salinity = page.Locator("input[value='practical-salinity-pss78/1']");
        await salinity.CheckAsync();
        var port = $"salt-{language}";
        await page.Locator("#choose input[name=port]").FillAsync(port);
        await page.Locator("#choose .try").ClickAsync();
        await Expect(page.Locator("#preview-chosen")).ToContainTextAsync(Number());
        await Expect(page.Locator("#preview-chosen")).Not.ToHaveClassAsync(Trouble());

        await page.Locator("#choose .main").ClickAsync();
        await Expect(page.Locator("#preview-chosen")).ToContainTextAsync($"{port}~practical_salinity");
        ILocator made = page.Locator($"#existing a[href$='{port}~practical_salinity']");
        await made.ClickAsync();
        await Expect(page.Locator("h1 a.tag")).ToHaveTextAsync(language == "vi" ? "tính ra" : "computed");
        await Expect(page.Locator("#legend b").First).ToHaveTextAsync(Number());

        await page.GoBackAsync();
        await page.Locator("#existing li", new() { HasText = $"{port}~practical_salinity" }).Locator("button").ClickAsync();
        await Expect(page.Locator("#existing-said")).ToContainTextAsync(language == "vi" ? "Đã bỏ ra" : "Taken out");
        await Expect(made).ToHaveCountAsync(0);
    }

    [ChromiumTheory]
    [InlineData("en", "cannot", "phone")]
    [InlineData("vi", "không", "desktop")]
    public async Task A_formula_whose_units_do_not_fit_is_refused_in_words_and_one_that_fits_shows_its_value(string language, string word, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        IPage page = visitor.Page;
        await visitor.OpenAsync(await demo.ChannelAsync("electrical_conductivity"));
        await page.Locator("a[href^='/derived']").First.ClickAsync();
        ILocator letters = page.Locator("#letters input");
        await letters.First.CheckAsync();
        await letters.Nth(1).CheckAsync();
        await page.Locator("#own input[name=expression]").FillAsync("a + b");
        await page.Locator("#own input[name=port]").FillAsync("own");
        await page.Locator("#own .try").ClickAsync();
        await Expect(page.Locator("#preview-own")).ToHaveClassAsync(Trouble());
        await Expect(page.Locator("#preview-own")).ToContainTextAsync(word);

        await page.Locator("#own input[name=expression]").FillAsync("number(a) + 2 * number(b)");
        await page.Locator("#own .try").ClickAsync();
        await Expect(page.Locator("#preview-own")).ToContainTextAsync(Number());
        await Expect(page.Locator("#preview-own")).Not.ToHaveClassAsync(Trouble());
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Number();

    [GeneratedRegex("trouble")]
    private static partial Regex Trouble();
}
