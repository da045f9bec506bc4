using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>Pages on paper, and pages for who wants nothing to move.</summary>
[Collection(OwnHubTests.Name)]
public sealed class PaperAndMotionTests(Browser browser)
{
    private const int Groups = 5;

    /// <summary>What is on the sheet that should not be, and what cannot be read there; empty = nothing.</summary>
    private const string OnPaper = """
        () => {
          const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
          const light = (colour) => { const [r, g, b, a] = (colour.match(/[\d.]+/g) ?? []).map(Number); return a === 0 ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; };
          const wrong = [...document.querySelectorAll('nav, button:not(.card), .button, .lang, .skip, input:not([type=checkbox]):not([type=radio]), select')].filter(seen).map((e) => `printed: ${e.outerHTML.slice(0, 80)}`);
          if (light(getComputedStyle(document.body).backgroundColor) < 0.99) wrong.push(`the paper is ${getComputedStyle(document.body).backgroundColor}`);
          for (const e of document.querySelectorAll('h1, h2, p, li, td, th, code, b')) if (seen(e) && e.textContent.trim() && light(getComputedStyle(e).color) > 0.5) wrong.push(`pale: ${e.outerHTML.slice(0, 80)} ${getComputedStyle(e).color}`);
          return wrong.slice(0, 8);
        }
        """;

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task Report_cards_and_sheets_are_printed_dark_on_white_without_buttons_each_on_its_page(string language)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var bay = new Bay(hub.Url);
        var (session, _, _) = await ClassJourneyTests.OpenClassAsync(bay, "lessons/salinity", Groups, [Probe.Channel]);
        await bay.PostAsync($"v1/{session}:startRun", new { inUs = "0" });
        await probe.SayNowAsync(7.2);
        await bay.PostAsync($"v1/{session}:stopRun", new { });
        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        var page = teacher.Page;
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        var report = $"/wall/{session.Split('/')[1]}/report";
        List<string> wrong = [];
        foreach (var path in (string[])[report, "/preflight/cards", "/help/student", "/help/teacher", "/help/wifi", "/agents/labels"])
        {
            await teacher.OpenAsync(path);
            await page.WaitForLoadStateAsync(LoadState.Load);
            wrong.AddRange((await page.EvaluateAsync<string[]>(OnPaper)).Select(one => $"{path}: {one}"));
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));

        // A sheet for the class and one for each group.
        await teacher.OpenAsync(report);
        await Expect(page.Locator(".sheet")).ToHaveCountAsync(1 + Groups);
        var pages = await PagesAsync(teacher, "report");
        Assert.True(pages == 1 + Groups, $"the report of {Groups} groups prints on {pages} pages");

        // Cards, two beside each other; none is cut in two.
        await teacher.OpenAsync("/preflight/cards");
        await Expect(page.Locator(".joincards li")).ToHaveCountAsync(Groups);
        Assert.Equal(["avoid"], await page.Locator(".joincards li").EvaluateAllAsync<string[]>("cards => [...new Set(cards.map(card => getComputedStyle(card).breakInside))]"));
        pages = await PagesAsync(teacher, "cards");
        Assert.True(pages == 2, $"{Groups} cards print on {pages} pages");
        await page.Locator(".joincards li").Last.EvaluateAsync("card => card.remove()");
        pages = await PagesAsync(teacher, "four-cards");
        Assert.True(pages == 1, $"four cards print on {pages} pages");
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task Nothing_moves_for_who_wants_no_motion_and_a_card_on_a_screen_still_takes_its_turn(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await hub.PublishAsync("lab/pond/water_temperature", "28.4");
        using var bay = new Bay(hub.Url);
        var channels = (await bay.GetAsync("v1/channels")).GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("name").GetString()!).ToArray();
        await bay.PostAsync("v1/screenSettings", new { settings = new { channels } });
        var (session, code, groups) = await ClassJourneyTests.OpenClassAsync(bay, "lessons/salinity", 2, channels);
        await using var student = await StillAsync(hub.UrlForStrangers, language, "phone");
        await ClassJourneyTests.JoinAsync(student, code, groups[1]);
        await using var wall = await StillAsync(hub.Url, language, "desktop");
        await wall.OpenAsync($"/wall/{session.Split('/')[1]}");
        await Expect(wall.Page.Locator(".tile")).ToHaveCountAsync(2);

        // The light on a group, everybody looks up, values hidden: all at once, without any way between.
        await wall.Page.ClickAsync($".tile[data-group={groups[0]}] .spot-button");
        await Expect(wall.Page.Locator(".tile.is-spot")).ToHaveCountAsync(1);
        await StandsStillAsync(wall);
        await Expect(student.Page.Locator("#spotlight")).ToBeVisibleAsync();
        await StandsStillAsync(student);
        await wall.Page.ClickAsync("[data-switch=lookUp]");
        await Expect(student.Page.Locator("#look-up")).ToBeVisibleAsync();
        await StandsStillAsync(student);

        // A screen in a hall: the next card stands there from one moment to the next.
        await using var tv = await StillAsync(hub.Url, language, "desktop");
        await tv.OpenAsync("/screen");
        await Expect(tv.Page.Locator("#digits")).ToHaveTextAsync(new Regex("[0-9]"));
        await bay.PostAsync("v1/screens:confirm", new { code = (await tv.Page.Locator("#digits").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal), displayName = "Hall" });
        await Expect(tv.Page.Locator("article.public")).ToHaveCountAsync(1);
        await tv.Page.Clock.InstallAsync();
        await tv.Page.ReloadAsync();
        await Expect(tv.Page.Locator("article.public")).ToHaveCountAsync(1);
        var dots = await tv.Page.Locator(".dots").InnerTextAsync();
        await tv.Page.Clock.FastForwardAsync("00:12");
        await Expect(tv.Page.Locator(".dots")).Not.ToHaveTextAsync(dots);
        await StandsStillAsync(tv);
    }

    private async Task<Visitor> StillAsync(string hub, string language, string size)
    {
        var visitor = await browser.VisitAsync(hub, language, size);
        await visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = ReducedMotion.Reduce });
        return visitor;
    }

    private static async Task StandsStillAsync(Visitor visitor) =>
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>("() => document.getAnimations().map((one) => one.effect?.target?.outerHTML.slice(0, 80) ?? 'an animation')"));

    /// <summary>How many sheets of A4 a page prints on.</summary>
    private static async Task<int> PagesAsync(Visitor visitor, string name)
    {
        var pdf = await visitor.Page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true, PrintBackground = true });
        if (Environment.GetEnvironmentVariable("STEMLAB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-{visitor.Language}.pdf"), pdf, TestContext.Current.CancellationToken);
        }

        return Regex.Count(System.Text.Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b(?!s)");
    }
}
