using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>The student's page without a class: measuring freely, comparing runs, fitting.</summary>
[Collection(PageTests.Name)]
public sealed partial class LessonTests(Browser browser, Demo demo)
{
    private const long Minute = 60_000_000;

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Runs_are_laid_over_each_other_and_say_numbers_fits_and_where_they_end(string language, string size)
    {
        using var bay = new Bay(demo.Url);
        var channels = await bay.ChannelsAsync("ph", 2);
        await bay.HistoryAsync(channels[0], 45);
        var now = await bay.NowUsAsync();
        await bay.RunAsync("Sáng", channels, now - (40 * Minute), now - (30 * Minute));
        var second = await bay.RunAsync("Chiều", channels, now - (20 * Minute), now - (10 * Minute));
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync($"/lesson?of={channels[0].Split("/channels/")[0]}");
        await Expect(page.Locator("#cards .card").First.Locator("b")).ToHaveTextAsync(new Regex("[0-9]"));
        await page.ClickAsync("[data-tab=compare]");
        await page.Locator("#compare-runs label", new() { HasText = "Sáng" }).First.ClickAsync();
        await page.Locator("#compare-runs label", new() { HasText = "Chiều" }).First.Locator("input").SetCheckedAsync(true);
        await Expect(page.Locator("#numbers tr")).Not.ToHaveCountAsync(0);
        await page.FillAsync("[name=run]", second[..8]);
        await page.ClickAsync("#open-run button");
        await Expect(page.Locator("#compare-runs input:checked")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#numbers tr").First.Locator("td").First).ToHaveTextAsync(new Regex("[0-9]"));
        await Expect(page.Locator("#overlay canvas")).ToHaveCountAsync(1);
        // Other tests' runs of the same hub stand in the list too, and the newest of them is chosen at first.
        await page.SelectOptionAsync("#compare-of", second);
        foreach (var kind in (string[])["LINEAR", "QUADRATIC", "SINE"])
        {
            await page.SelectOptionAsync("#fit-kind", $"CURVE_KIND_{kind}");
            await Expect(page.Locator("#fit-said")).ToContainTextAsync("R²");
        }

        Assert.Equal(11, await page.Locator("#fit-kind option").CountAsync());
        await page.FillAsync("#part-from", visitor.Say("60.5", "60,5"));
        await page.FillAsync("#part-to", "120");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#overlay-span")).ToHaveTextAsync(visitor.Say("from 60.5 s to 120.0 s", "từ 60,5 đến 120,0 giây"));
        await page.FillAsync("[name=run]", "xyz");
        await page.ClickAsync("#open-run button");
        await Expect(page.Locator("#compare-said")).ToContainTextAsync("32");
        Assert.Empty(await page.ViolationsAsync());
        Assert.True(await page.FitsAsync(), "the page scrolls sideways");
        await visitor.KeepAsync("lesson-compare");

        // A reload finds the same part of the page again.
        await page.ReloadAsync();
        await Expect(page.Locator("[data-tab=compare]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("#overlay canvas")).ToHaveCountAsync(1);
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task A_sample_is_kept_at_a_tapped_place_and_taken_back(string language, string size)
    {
        using var bay = new Bay(demo.Url);
        var channels = await bay.ChannelsAsync("ph", 1);
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync($"/lesson?of={channels[0].Split("/channels/")[0]}");
        await Expect(page.Locator("#keep-panel")).ToBeVisibleAsync();
        // How steady it is is asked for while somebody can see it.
        await page.Locator("#steady").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator("#steady-state")).Not.ToHaveTextAsync("");
        var before = await page.Locator("#samples tr").CountAsync();
        await page.Locator("#site-taps button").First.ClickAsync();
        await Expect(page.Locator("[name=site]")).Not.ToHaveValueAsync("");
        await page.FillAsync("[name=entry]", "2,5 m");
        await page.CheckAsync("#unsteady");
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#kept")).ToHaveTextAsync(new Regex("n = [0-9]+"));
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(before + 1);
        await Expect(page.Locator("#samples tr").First).ToContainTextAsync("2,5 m");
        await visitor.KeepAsync("lesson-free");
        await page.Locator("#samples tr").First.Locator("button").ClickAsync();
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(before);
        await Expect(page.Locator("#kept")).ToHaveTextAsync(visitor.Say("Taken back: it is as before.", "Đã rút lại: mọi thứ như trước."));
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task The_site_of_a_sample_is_filled_in_by_gps_until_a_person_names_another(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.IsAtAsync("pier", "Bến Bãi Cháy", 20.95, 107.05, 40);
        await probe.SayAsync(8.1);
        await using var student = await browser.VisitAsync(hub.Url, language, "phone");
        var page = student.Page;
        await student.OpenAsync("/lesson");
        await page.Locator("#keep-panel").ScrollIntoViewIfNeededAsync();
        await page.SelectOptionAsync("#keep-of", Probe.Channel);
        await Expect(page.Locator("#keep [name=site]")).ToHaveValueAsync("Bến Bãi Cháy");
        await Expect(page.Locator("#site-how")).ToContainTextAsync("GPS");
        await Expect(page.Locator("#site-taps button").First).ToContainTextAsync("40 m");
        await student.KeepAsync("lesson-site");
        await page.FillAsync("#keep [name=site]", "Giữa vịnh");
        await Expect(page.Locator("#steady.ready")).ToBeVisibleAsync();
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#samples tr")).ToContainTextAsync("Giữa vịnh");
        await Expect(page.Locator("#keep [name=site]")).ToHaveValueAsync("Giữa vịnh");

        // Tapped again, it follows the boat.
        await page.Locator("#site-taps button", new() { HasText = "Bến Bãi Cháy" }).ClickAsync();
        await Expect(page.Locator("#site-how")).ToContainTextAsync("GPS");
        Assert.Empty(await page.ViolationsAsync());
    }

    [Fact]
    public void Scripts_and_styles_of_the_pages_use_nothing_newer_than_Chrome_80_and_Safari_14()
    {
        var newer = NewerThanTheFloor();
        var folder = Path.Combine(Clone.Root, "hub", "Host", "Web", "assets");
        Assert.Empty(Directory.GetFiles(folder, "*.js", SearchOption.AllDirectories).SelectMany(file => File.ReadLines(file).Select((line, i) => (file, line, i)))
            .Where(one => newer.IsMatch(one.line)).Select(one => $"{Path.GetFileName(one.file)}:{one.i + 1}: {newer.Match(one.line).Value}"));
        var newerStyle = NewerStyle();
        Assert.Empty(Directory.GetFiles(folder, "*.css").SelectMany(file => newerStyle.Matches(File.ReadAllText(file)).Select(found => $"{Path.GetFileName(file)}: {found.Value}")));
    }

    /// <summary>Logical assignment (Chrome 85), at(-1) (92), replaceAll (85), and what plain HTTP lacks.</summary>
    [GeneratedRegex(@"\?\?=|\|\|=|&&=|\.at\(-|\.replaceAll\(|structuredClone|Object\.hasOwn|\.findLast|TextDecoderStream|randomUUID|crypto\.subtle|navigator\.(serviceWorker|wakeLock|storage)|Promise\.any|\.toSorted\(|AbortSignal\.(any|timeout)|#[a-z]+\s*[=(;]\s*(?=.*this\.#)")]
    private static partial Regex NewerThanTheFloor();

    /// <summary>color-mix (Chrome 111), :has (105; a choice's frame is an extra to its own mark), :is, :where and lists in :not (88), inset (87), small and dynamic viewports (108), containers, layers, nesting.</summary>
    [GeneratedRegex(@"color-mix\(|(?<!\.choice):has\(|:is\(|:where\(|:not\([^)]*,|\binset(-block|-inline)?:|\d[sld]v[hw]\b|@container|@layer|&[ .:]")]
    private static partial Regex NewerStyle();
}
