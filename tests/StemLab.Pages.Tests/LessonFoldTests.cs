using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The student's page of a hub with many channels: the chart stands near the top, and every channel is still to be had.</summary>
[Collection(OwnHubTests.Name)]
public sealed class LessonFoldTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Few_cards_stand_above_the_chart_and_all_others_in_a_fold(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        await ManyChannels.SayAsync(hub.Host);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync("/lesson");
        await Expect(page.Locator("#plot canvas")).ToHaveCountAsync(1);
        await Expect(page.Locator("#cards .card")).ToHaveCountAsync(6);
        await Expect(page.Locator("#more-cards .card")).ToHaveCountAsync(42);
        await Expect(page.Locator("#more-cards")).ToBeHiddenAsync();
        await Expect(page.Locator("#more-of")).ToHaveTextAsync(visitor.Say("Show 42 more channels", "Xem thêm 42 kênh"));
        Assert.InRange(await page.EvaluateAsync<double>("() => document.querySelector('.chart').getBoundingClientRect().top / innerHeight"), 0, 0.95);
        Assert.Empty(await page.ViolationsAsync());
        await visitor.KeepAsync("lesson-folded");

        // By keys alone: open, choose in it, and nothing moves meanwhile.
        await page.Locator("#more-of").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#more-cards .card").Nth(41)).ToBeVisibleAsync();
        var far = page.Locator("#more-cards .card").Nth(40);
        var name = await far.Locator(".name").TextContentAsync();
        await far.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(far).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("#more-cards .card").Nth(40).Locator(".name")).ToHaveTextAsync(name!);
        await Expect(page.Locator("#legend .who")).ToHaveCountAsync(2);
        await Expect(page.Locator("#legend .who").Last).ToHaveTextAsync(name!);
        Assert.Empty(await page.ViolationsAsync());
        Assert.True(await page.FitsAsync(), "the page scrolls sideways");

        // Closed, and after a reload: what is drawn stands before the fold.
        await page.Locator("#more-of").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await DrawnStandsFirstAsync(page, name!);
        await page.ReloadAsync();
        await DrawnStandsFirstAsync(page, name!);
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task The_fold_opens_before_scripts_have_come(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        await ManyChannels.SayAsync(hub.Host);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.Page.RouteAsync("**/*.js", route => route.AbortAsync());
        await visitor.OpenAsync("/lesson");
        await Expect(visitor.Page.Locator("#more-cards")).ToBeHiddenAsync();
        await visitor.Page.ClickAsync("#more-of");
        await Expect(visitor.Page.Locator("#more-cards .card b").Last).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("#more-cards .card b").Last).ToHaveTextAsync(new Regex("[0-9]"));
        await Expect(visitor.Page.Locator("#more-cards .card")).ToHaveCountAsync(42);
    }

    private static async Task DrawnStandsFirstAsync(IPage page, string name)
    {
        await Expect(page.Locator("#cards .card")).ToHaveCountAsync(6);
        await Expect(page.Locator("#cards .card").Nth(1).Locator(".name")).ToHaveTextAsync(name);
        await Expect(page.Locator("#cards .card[aria-pressed=true]")).ToHaveCountAsync(2);
        await Expect(page.Locator("#more-cards .card")).ToHaveCountAsync(42);
        await Expect(page.Locator("#more-cards")).ToBeHiddenAsync();
    }
}
