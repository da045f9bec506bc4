using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What a class does with flags, rules and a drift, on a phone and on a desktop.</summary>
[Collection(OwnHubTests.Name)]
public sealed class QualityTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("vi", "desktop")]
    [InlineData("en", "phone")]
    public async Task A_flag_says_why_a_person_may_say_otherwise_and_take_it_back(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7);
        await probe.SayAsync(20);
        await probe.SayAsync(7);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync($"/{Probe.Channel}");

        var failed = page.Locator("#stretches li.failed", new() { HasText = visitor.Say("Impossible for water", "Nước không thể có giá trị này") }).First;
        await Expect(failed).ToBeVisibleAsync();
        await visitor.KeepAsync("flags");
        await failed.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = visitor.Say("Say otherwise", "Nói khác đi") }).ClickAsync();
        await page.Locator("#override [name='flag']").SelectOptionAsync("QC_FLAG_GOOD");
        await page.Locator("#override [name='reason']").FillAsync("that was lime water");
        await page.Locator("#override button.main").ClickAsync();
        await Expect(page.Locator("#flagged")).ToContainTextAsync(visitor.Say("Noted for", "Đã ghi cho"));
        var mine = page.Locator("#stretches li", new() { HasText = "that was lime water" }).First;
        await Expect(mine).ToContainTextAsync(visitor.Say("good", "tốt"));
        await visitor.KeepAsync("override");

        await mine.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = visitor.Say("Undo", "Hoàn tác") }).ClickAsync();
        await Expect(page.Locator("#flagged")).ToContainTextAsync(visitor.Say("Undone", "Đã hoàn tác"));
        await Expect(page.Locator("#stretches")).Not.ToContainTextAsync("that was lime water");
        await Expect(page.Locator("#stretches li.failed").First).ToBeVisibleAsync();
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_rule_is_changed_the_past_is_judged_again_and_upside_down_limits_are_refused_in_the_readers_language(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync($"/{Probe.Channel}");
        await Expect(page.Locator("#tests li").First).ToBeVisibleAsync();
        await page.Locator("#rules details summary").ClickAsync();

        await page.Locator("[name='grossRange.failMin']").FillAsync("9");
        await page.Locator("[name='grossRange.failMax']").FillAsync("8");
        await page.Locator("#rules-form button.main").ClickAsync();
        await Expect(page.Locator("#ruled")).ToContainTextAsync(visitor.Say("not above", "không lớn hơn"));

        await page.Locator("[name='grossRange.failMin']").FillAsync("7.5");
        await page.Locator("[name='grossRange.failMax']").FillAsync("12");
        await page.Locator("[name='grossRange.suspectMin']").FillAsync("7.6");
        await page.Locator("[name='grossRange.suspectMax']").FillAsync("11");
        await page.Locator("#rules-form button.main").ClickAsync();
        await Expect(page.Locator("#stretches li.failed").First).ToBeVisibleAsync();
        await visitor.KeepAsync("rules");

        await page.Locator("#tests li button").First.ClickAsync();
        await Expect(page.Locator("#stretches li.failed")).ToHaveCountAsync(0);
        Assert.Empty(visitor.Outside);
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    [InlineData("en", "desktop")]
    public async Task A_check_after_the_trip_shows_before_and_after_and_the_drift_is_spread_and_taken_back(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync($"/calibrate?of={Uri.EscapeDataString(Probe.Channel)}");
        await page.Locator("#kinds input[value='CALIBRATION_WAY_OFFSET']").CheckAsync();
        await page.Locator("#start button.main").ClickAsync();
        await page.Locator("#own input").FillAsync("7");
        await page.Locator("#take").ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);
        await visitor.KeepAsync("wizard");
        await page.Locator("#accept-button").ClickAsync();
        await Expect(page.Locator("#done-words")).ToContainTextAsync(visitor.Say("Good until", "Dùng được đến"));

        await probe.SayNowAsync(8.1);
        await probe.SayAsync(7.4);
        await page.Locator("#again").ClickAsync();
        await page.Locator("#check").ClickAsync();
        await Expect(page.Locator("#raw-now")).ToHaveTextAsync(visitor.Say("7.4 pH", "7,4 pH"));
        await page.Locator("#own input").FillAsync("7");
        await page.Locator("#take").ClickAsync();
        await Expect(page.Locator("#points tr")).ToHaveCountAsync(1);
        await probe.SayNowAsync(8.4);
        await page.Locator("#accept-check button").ClickAsync();
        await Expect(page.Locator("#drift-words")).ToHaveTextAsync(new Regex(visitor.Say("^[1-9][0-9]* readings would change", "^[1-9][0-9]* số đo sẽ thay đổi")));
        await visitor.KeepAsync("drift");

        await page.Locator("#spread").ClickAsync();
        await Expect(page.Locator("#undo-spread")).ToBeVisibleAsync();
        await Expect(page.Locator("#records li")).ToHaveCountAsync(3);
        await page.Locator("#undo-spread").ClickAsync();
        await Expect(page.Locator("#drift-said")).ToContainTextAsync(visitor.Say("Undone", "Đã hoàn tác"));
        await Expect(page.Locator("#records li")).ToHaveCountAsync(2);
        Assert.Empty(visitor.Troubles);
    }
}
