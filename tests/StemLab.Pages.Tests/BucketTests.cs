using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(OwnHubTests.Name)]
public sealed class BucketTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task The_odd_probe_of_a_bucket_is_found_set_right_over_a_reload_and_then_says_what_the_others_say(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await Bucket.FillAsync(hub.Host, 7.02, 7.02, 7.8);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync("/samples");
        var (compare, said, probes) = (page.Locator("#bucket button.main"), page.Locator("#bucket-answer"), page.Locator("#probes input"));
        await Expect(probes).ToHaveCountAsync(3);
        await probes.Nth(0).UncheckAsync();
        await probes.Nth(1).UncheckAsync();
        await compare.ClickAsync();
        await Expect(said).ToContainTextAsync(visitor.Say("Tick at least two", "đánh dấu ít nhất hai"));
        await probes.Nth(0).CheckAsync();
        await probes.Nth(1).CheckAsync();

        // Without "begin" it is the last five minutes.
        await compare.ClickAsync();
        await Expect(page.Locator("#bucket-rows tr.odd")).ToHaveCountAsync(1);
        var correct = page.Locator("#bucket-rows tr.odd a");
        await Expect(correct).ToHaveTextAsync(visitor.Say("Correct it: set it to 7.020 pH", "Sửa lại: đưa nó về 7,020 pH"));
        await Expect(page.Locator("#bucket-rows a")).ToHaveCountAsync(1);
        await visitor.KeepAsync("bucket-odd");
        Assert.Empty(await visitor.Page.ViolationsAsync());

        await page.ClickAsync("#begin");
        await compare.ClickAsync();
        await Expect(said).ToContainTextAsync(visitor.Say("Too soon", "Còn sớm quá"));

        await visitor.OpenAsync("/samples");
        await compare.ClickAsync();
        await correct.ClickAsync();
        await Expect(page.Locator("[name=way][value=CALIBRATION_WAY_OFFSET]")).ToBeCheckedAsync();
        await page.Locator("#start button.main").ClickAsync();
        await Expect(page.Locator("#steady-state")).ToContainTextAsync(visitor.Say("Steady", "Ổn định"));
        await page.ReloadAsync();
        await Expect(page.Locator("#own [name=reference]")).ToHaveValueAsync("7.02");
        await Expect(page.Locator("#raw-now")).ToHaveTextAsync(visitor.Say("7.8 pH", "7,8 pH"));
        await page.ClickAsync("#take");
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);
        await visitor.KeepAsync("bucket-correction");
        await page.ClickAsync("#accept-button");
        await Expect(page.Locator("#step-done")).ToBeVisibleAsync();

        await page.Locator("#step-done a").ClickAsync();
        await Expect(page.Locator("#calibrations li")).ToContainTextAsync(visitor.Say("every number -0.78 pH", "mọi số -0,78 pH"));
        Assert.Equal($"/{Bucket.Channel(3)}", new Uri(page.Url).AbsolutePath);
        await visitor.OpenAsync("/");
        await Expect(page.Locator($"[data-channel='{Bucket.Channel(3)}'] b")).ToHaveTextAsync(visitor.Say("7.02", "7,02"));
        await visitor.KeepAsync("bucket-corrected");
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Troubles);
    }
}
