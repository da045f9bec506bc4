using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(OwnHubTests.Name)]
public sealed class CalibrateTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Two_bottles_make_a_calibration_that_the_channel_shows_and_that_can_be_withdrawn(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(4.11);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync("/calibrate");
        await page.Locator($"a.card[href='/calibrate?of={Uri.EscapeDataString(Probe.Channel)}']").ClickAsync();
        await Expect(page.Locator("#records")).ToContainTextAsync(visitor.Say("not calibrated yet", "chưa hiệu chuẩn"));
        await Expect(page.Locator("#kinds input").First).ToBeCheckedAsync();
        await page.Locator("#start button.main").ClickAsync();

        var take = page.Locator("#take");
        await Expect(page.Locator("#steady-state")).ToContainTextAsync(visitor.Say("Steady", "Ổn định"));
        await Expect(page.Locator("#raw-now")).ToHaveTextAsync(visitor.Say("4.11 pH", "4,11 pH"));
        await page.Locator("[name='standard'][value='ph-4']").CheckAsync();
        await page.Locator("#celsius").FillAsync("25");
        await take.ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#refusal")).ToContainTextAsync(visitor.Say("More points", "Cần thêm điểm"));
        await Expect(page.Locator("#accept-button")).ToBeDisabledAsync();

        // The same reading in another bottle cannot be right; the page says so, and the point can be taken out.
        await page.Locator("[name='standard'][value='ph-10']").CheckAsync();
        await take.ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#accept-button")).ToBeDisabledAsync();
        Assert.True(await page.Locator("#points-table").EvaluateAsync<bool>("table => table.scrollWidth <= table.clientWidth"), "the button that takes a point out stands outside");
        await page.Locator("#points tr").Nth(1).Locator("button").ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);

        await probe.SayAsync(7.05);
        await Expect(page.Locator("#raw-now")).ToHaveTextAsync(visitor.Say("7.05 pH", "7,05 pH"));
        await page.ReloadAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);
        await page.Locator("[name='standard'][value='ph-7']").CheckAsync();
        await page.Locator("#celsius").FillAsync("25");
        await take.ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#preview-words")).ToContainTextAsync(visitor.Say("a healthy electrode", "điện cực tốt"));
        await Expect(page.Locator("#slope-words")).ToHaveTextAsync(new Regex("9[5-9][.,][0-9] %"));
        await page.Locator("#accept [name='note']").FillAsync("before the trip");
        await page.Locator("#accept-button").ClickAsync();
        await Expect(page.Locator("#step-done")).ToBeVisibleAsync();
        await Expect(page.Locator("#records li")).ToContainTextAsync("before the trip");

        await visitor.OpenAsync($"/{Probe.Channel}");
        await Expect(page.Locator("#stretches")).ToContainTextAsync(visitor.Say("“in a calibration bottle”", "“trong chai hiệu chuẩn”"));
        var calibrations = page.Locator("#calibrations li");
        await Expect(calibrations).ToContainTextAsync(visitor.Say("slope 98 %", "độ dốc 98 %"));
        await calibrations.Locator("button").ClickAsync();
        await Expect(calibrations).ToHaveTextAsync(visitor.Say("Not calibrated yet.", "Chưa hiệu chuẩn."));
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Troubles);
    }
}
