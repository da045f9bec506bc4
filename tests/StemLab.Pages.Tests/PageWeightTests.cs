using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The student's page where it has most to tell: five full minutes and 48 channels.</summary>
[Collection(OwnHubTests.Name)]
public sealed partial class PageWeightTests(Browser browser)
{
    /// <summary>Headers included; a little under the 60 kB every page keeps to.</summary>
    private const int MostBytes = 59_500;

    /// <summary>Run alone: beside other work the hub's answer comes too late for the page, or something is asked twice.</summary>
    [ChromiumTheory(Explicit = true)]
    [InlineData("en", "phone")]
    [InlineData("vi", "phone")]
    public async Task A_student_loads_less_than_60_kB_until_the_chart_lives(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var goOnAsync = await ManyChannels.SayAsync(hub.Host);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var session = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.setCacheDisabled", new() { ["cacheDisabled"] = true });
        var bytes = 0.0;
        session.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();

        // A hub that has no answer in time leaves it to the browser: then the page is lighter, and opened once more.
        var points = 0;
        for (var tries = 0; tries < 20 && points < 290; tries++)
        {
            await goOnAsync();
            bytes = 0;
            var text = await (await visitor.OpenAsync("/lesson"))!.TextAsync();
            points = Line().Match(text) is { Success: true } line ? line.Value.Count(letter => letter == 'l') : 0;
            await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(1);
            await Expect(visitor.Page.Locator("#legend b").First).ToHaveTextAsync(new Regex("[0-9]"));
        }

        await Expect(visitor.Page.Locator("#values .card")).ToHaveCountAsync(48);
        TestContext.Current.TestOutputHelper!.WriteLine($"{language}: {bytes} bytes, {points} points");
        Assert.InRange(points, 290, 310);
        Assert.InRange(bytes, 50_000, MostBytes);
    }

    /// <summary>A reading that failed a check is the same cross in the hub's picture as in the living chart, and scripts that speak have their words.</summary>
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_failed_reading_is_a_cross_in_the_first_picture(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        await ManyChannels.SayAsync(hub.Host, failEvery: 30);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        for (var tries = 0; tries < 20 && await page.Locator("#plot .first use").CountAsync() == 0; tries++)
        {
            await visitor.OpenAsync("/lesson");
        }

        Assert.InRange(await page.Locator("#plot .first use").CountAsync(), 5, 40);
        Assert.Equal(6, await page.Locator("#plot .first use").Nth(3).EvaluateAsync<double>("mark => Math.round(mark.getBBox().width)"));
        await visitor.KeepAsync("lesson-failed-first");
        await page.UnrouteAsync("**/*.js");
        visitor.Troubles.Clear();
        await visitor.OpenAsync("/lesson");
        await Expect(page.Locator("#plot canvas")).ToHaveCountAsync(1);
        await visitor.KeepAsync("lesson-failed-living");
        await page.Locator("[data-do=listen]").ClickAsync();
        await Expect(page.Locator("[data-do=listen]")).Not.ToHaveTextAsync(new Regex("undefined|^$"));
        Assert.Empty(visitor.Troubles);
    }

    [GeneratedRegex("(?<=class=\"line\" d=\")[^\"]*")]
    private static partial Regex Line();
}
