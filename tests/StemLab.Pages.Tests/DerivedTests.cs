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
        ILocator row = page.Locator("#existing li", new() { HasText = $"{port}~practical_salinity" });
        await row.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Change: ", "Sửa: ") }).ClickAsync();
        await Expect(page.Locator("#editing-choose")).ToContainTextAsync(port);
        await Expect(page.Locator("#choose input[name=port]")).ToHaveValueAsync(port);
        await page.Locator("#choose input[name='constant.water_pressure']").FillAsync("10");
        await visitor.KeepAsync("derived");
        await page.Locator("#choose .main").ClickAsync();
        await Expect(page.Locator("#preview-chosen")).ToContainTextAsync(visitor.Say("Changed: ", "Đã sửa: "));
        await Expect(page.Locator("#editing-choose")).ToBeHiddenAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Change: ", "Sửa: ") }).ClickAsync();
        await Expect(page.Locator("#choose input[name='constant.water_pressure']")).ToHaveValueAsync("10");
        await page.Locator("#editing-choose button").ClickAsync();

        await row.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Take out", "Bỏ ra") }).ClickAsync();
        await Expect(page.Locator("#existing-said")).ToContainTextAsync(language == "vi" ? "Đã bỏ ra" : "Taken out");
        await Expect(made).ToHaveCountAsync(0);

        // What changed names it: the page by itself, until the hub's own sentence has come.
        await visitor.OpenAsync("/changes");
        await Expect(page.Locator("#facts li").First).ToContainTextAsync(new Regex(visitor.Say("Taken back: (a computed|Derived) channel", "Rút lại: (một kênh tính ra|Kênh )")));
        Assert.DoesNotContain("undefined", await page.Locator("#facts").InnerTextAsync(), StringComparison.Ordinal);
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

        await page.Locator("#own input[name=port]").FillAsync($"own-{language}");
        await page.Locator("#own .main").ClickAsync();
        ILocator row = page.Locator("#existing li", new() { HasText = $"own-{language}~" });
        await row.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Change: ", "Sửa: ") }).ClickAsync();
        await Expect(page.Locator("#own input[name=expression]")).ToHaveValueAsync("number(a) + 2 * number(b)");
        await Expect(page.Locator("#letters input:checked")).ToHaveCountAsync(2);
        await page.Locator("#own input[name=expression]").FillAsync("number(a) + 3 * number(b)");
        await page.Locator("#own .main").ClickAsync();
        await Expect(page.Locator("#preview-own")).ToContainTextAsync(visitor.Say("Changed: ", "Đã sửa: "));
        await row.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Take out", "Bỏ ra") }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Number();

    [GeneratedRegex("trouble")]
    private static partial Regex Trouble();
}
