using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(PageTests.Name)]
public sealed class BoardTests(Browser browser, Demo demo)
{
    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task An_empty_board_says_what_to_do_next_and_fills_itself(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator(".empty h2")).ToHaveTextAsync(visitor.Say("No readings yet", "Chưa có giá trị đo nào"));
        await Expect(visitor.Page.Locator(".empty pre").First).ToHaveTextAsync($"mosquitto_pub -p {hub.MqttPort} -t lab/pond/ph -m 7.1");

        await hub.PublishAsync("lab/pond/ph", "7,1");
        var card = visitor.Page.Locator(".card");
        await Expect(card.Locator("b")).ToHaveTextAsync(visitor.Say("7.10", "7,10"));
        await Expect(visitor.Page.Locator(".agent .tag.new")).ToHaveTextAsync(visitor.Say("unclaimed", "chưa có ai nhận"));
        await Expect(card.Locator(".age")).ToHaveTextAsync(visitor.Language == "vi" ? new System.Text.RegularExpressions.Regex("vừa xong|trước") : new System.Text.RegularExpressions.Regex("just now|ago"));
        await Expect(card).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_number_as_long_as_a_clocks_stays_on_its_card(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await hub.PublishAsync("lab/pond/counter", "1785000000000000");
        await hub.PublishAsync("lab/nameofadevicethatsomebodymadeatnight/uptimeofitinmicroseconds", "-1785000000000000.25");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        foreach (var path in (string[])["/", "/lesson"])
        {
            await visitor.OpenAsync(path);
            await Expect(visitor.Page.Locator(".card")).ToHaveCountAsync(3);
            Assert.True(await visitor.Page.FitsAsync(), $"{path} scrolls sideways");
            await visitor.Page.Locator(".card[aria-pressed=false]:has-text('785')").First.ClickAsync();
            await Expect(visitor.Page.Locator("#legend b", new() { HasText = "785" }).First).ToBeVisibleAsync();
            Assert.True(await visitor.Page.FitsAsync(), $"{path} scrolls sideways with the number in the legend");
            await visitor.KeepAsync($"long-number{path.Replace('/', '-')}");
        }
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Values_change_by_themselves_and_say_that_they_are_simulated(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("#link")).ToHaveTextAsync(visitor.Say("● live", "● trực tiếp"));
        await Expect(visitor.Page.Locator(".agent")).ToHaveCountAsync(8);
        var card = visitor.Page.Locator(".card").First;
        var before = await card.GetAttributeAsync("data-time");
        await Expect(card).Not.ToHaveAttributeAsync("data-time", before!);
        await Expect(visitor.Page.Locator(".agent .tag.sim").First).ToHaveTextAsync(visitor.Say("simulated", "mô phỏng"));
        await Expect(visitor.Page.Locator(".demo")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("#store")).ToContainTextAsync(visitor.Say("in order", "tốt"));
        await Expect(visitor.Page.Locator(".legend .tag.sim")).ToBeVisibleAsync();
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task An_old_value_says_in_words_that_it_is_stale(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.Page.Clock.InstallAsync();

        // For five minutes nothing comes from the hub: its answer to how late it is would undo what the clock of the page is moved by.
        await visitor.Page.RouteAsync("**/v1/hub", route => route.AbortAsync());
        await visitor.OpenAsync("/");
        var age = visitor.Page.Locator(".card .age");
        await Expect(visitor.Page.Locator(".card.stale")).ToHaveCountAsync(0);
        await visitor.Page.Clock.FastForwardAsync("05:00");
        await Expect(age).ToHaveTextAsync(visitor.Say("stale: 5 min ago", "đã cũ: 5 phút trước"));
        await Expect(visitor.Page.Locator(".card.stale")).ToHaveCountAsync(1);
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task After_a_restart_of_the_hub_the_page_resumes_by_cursor(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        var watches = new List<string>();
        visitor.Page.Request += (_, request) => watches.AddRange(request.Url.Contains("readings:watch", StringComparison.Ordinal) ? [request.Url] : []);
        await visitor.OpenAsync("/");
        var link = visitor.Page.Locator("#link");
        await hub.PublishAsync("lab/pond/ph", "7.2");
        await Expect(visitor.Page.Locator(".card b")).ToHaveTextAsync(visitor.Say("7.20", "7,20"));

        // What was measured while the page loaded has come; the next one comes live, and with it a cursor.
        await hub.PublishAsync("lab/pond/ph", "7.25");
        await Expect(visitor.Page.Locator(".card b")).ToHaveTextAsync(visitor.Say("7.25", "7,25"));

        await hub.StopAsync();
        await Expect(link).ToHaveTextAsync(visitor.Say("○ reconnecting…", "○ đang nối lại…"));
        await hub.StartAgainAsync();
        // Published before the page is back: only a cursor brings it.
        await hub.PublishAsync("lab/pond/ph", "7.3");
        await Expect(visitor.Page.Locator(".card b")).ToHaveTextAsync(visitor.Say("7.30", "7,30"));
        await Expect(link).ToHaveTextAsync(visitor.Say("● live", "● trực tiếp"));
        Assert.DoesNotContain("cursor=", watches[0], StringComparison.Ordinal);
        Assert.Contains("cursor=", watches[^1], StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task The_same_property_of_all_places_stands_together_on_request_and_the_choice_survives(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/?by=property");
        // Six that are measured, two that the demo computes.
        await Expect(visitor.Page.Locator(".agent")).ToHaveCountAsync(8);
        var ph = visitor.Page.Locator("section[aria-labelledby='p-ph'] .card");
        await Expect(ph).ToHaveCountAsync(8);
        await ph.Nth(1).ClickAsync();
        await ph.Nth(2).ClickAsync();
        await Expect(visitor.Page.Locator("#legend li")).ToHaveCountAsync(3);
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Page.Locator("#legend li")).ToHaveCountAsync(3);
    }

    [ChromiumTheory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task The_language_switch_is_kept(string language)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, "phone");
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await visitor.Page.Locator(".lang").ClickAsync();
        var other = language == "vi" ? "en" : "vi";
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", other);
        await visitor.Page.Locator("nav a").Nth(1).ClickAsync();
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", other);
    }
}
