using System.Text.Json;
using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(PageTests.Name)]
public sealed class AgentsTests(Browser browser, Demo demo)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Each_agent_says_what_is_stored_missing_and_lost_and_how_well_its_clock_is_known(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/agents");
        await Expect(visitor.Page.Locator("[data-agent]")).ToHaveCountAsync(8);
        var one = visitor.Page.Locator("[data-agent]").First;
        await Expect(one.Locator(".state")).ToContainTextAsync(visitor.Say("online", "đang nối"));
        await Expect(one.Locator(".stored")).ToHaveTextAsync(new Regex(visitor.Say("^[0-9,]+ of [0-9,]+$", @"^[0-9.]+ trên [0-9.]+$")));
        await Expect(one.Locator(".lost")).ToHaveTextAsync("0");
        await Expect(one.Locator(".clock")).ToContainTextAsync(visitor.Say("known to ±", "biết chính xác đến ±"));
        var before = await one.Locator(".stored").TextContentAsync();
        await Expect(one.Locator(".stored")).Not.ToHaveTextAsync(before!);
        await one.Locator(".blink").ClickAsync();
        await Expect(one.Locator("output")).ToHaveTextAsync(visitor.Say("It blinks for 10 seconds.", "Nó nháy đèn trong 10 giây."));
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task A_boat_that_was_out_of_reach_comes_back_the_gap_closes_and_the_counter_says_that_all_is_there(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        var boat = await SmallBoat.EnrolAsync(hub.Host, 600);
        await boat.DeliverAsync(0, 100);
        await boat.DeliverAsync(400, 200);
        await using var board = await browser.VisitAsync(hub.Url, language, size);
        await board.OpenAsync("/");
        await board.Page.Locator("[data-do='table']").ClickAsync();
        await Expect(board.Page.Locator("#table tbody tr").Nth(20)).ToBeAttachedAsync();
        var withGap = await board.Page.Locator("#table tbody tr").CountAsync();
        await using var agents = await browser.VisitAsync(hub.Url, language, size);
        await agents.OpenAsync("/agents");
        await Expect(agents.Page.Locator(".away")).ToHaveTextAsync(agents.Say("Out of reach. It keeps what it measures, and sends it when it is back.", "Ngoài tầm kết nối. Máy vẫn giữ số đo, và gửi về khi nối lại được."));
        await Expect(agents.Page.Locator(".waiting")).ToHaveTextAsync(agents.Say("not known until it is back", "chưa biết, đợi máy nối lại"));
        await boat.SayItHasAsync(600);
        var counter = agents.Page.Locator(".stored");
        await Expect(agents.Page.Locator(".away")).ToHaveTextAsync("");
        await Expect(counter).ToHaveTextAsync(agents.Say("300 of 600", "300 trên 600"));
        await Expect(agents.Page.Locator(".missing.warn")).ToHaveTextAsync("300");

        await boat.DeliverAsync(100, 300);

        // Nobody loads a page again.
        await Expect(board.Page.Locator("#table tbody tr").Nth(withGap + 5)).ToBeAttachedAsync();
        await Expect(counter).ToHaveTextAsync(agents.Say("600 of 600", "600 trên 600"));
        await Expect(agents.Page.Locator(".missing")).ToHaveTextAsync("0");
        await Expect(agents.Page.Locator(".missing.warn")).ToHaveCountAsync(0);
        Assert.Empty(board.Troubles);
        Assert.Empty(agents.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task An_unclaimed_device_is_adopted_under_a_name_of_ones_own_and_a_taken_name_is_refused_in_words(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await hub.PublishAsync("lab/tank/ph", "7.4");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents");
        await Expect(visitor.Page.Locator("form.adopt")).ToHaveCountAsync(2);
        await AdoptAsync("big-pond");
        await Expect(visitor.Page.Locator("form.adopt")).ToHaveCountAsync(1);
        await AdoptAsync("big-pond");
        await Expect(visitor.Page.Locator("[data-agent] output").Filter(new() { HasTextRegex = new Regex("big-pond") })).ToBeVisibleAsync();

        async Task AdoptAsync(string slug)
        {
            var form = visitor.Page.Locator("form.adopt").First;
            await form.Locator("input").FillAsync(slug);
            await form.Locator("button").ClickAsync();
        }
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_new_agent_gets_its_join_file_as_a_download(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents");
        await visitor.Page.Locator("#enrol input").FillAsync("pond");
        var download = visitor.Page.WaitForDownloadAsync();
        await visitor.Page.Locator("#enrol button").ClickAsync();
        var file = await download;
        Assert.Equal("pond.join.json", file.SuggestedFilename);
        await using var stream = await file.CreateReadStreamAsync();
        using var join = await JsonDocument.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("pond", join.RootElement.GetProperty("Slug").GetString());
        Assert.Equal($"127.0.0.1:{hub.MqttPort}", join.RootElement.GetProperty("HubAddress").GetString());
        Assert.True(join.RootElement.GetProperty("Token").GetString()!.Length >= 43);
        await Expect(visitor.Page.Locator("#enrolled-command")).ToContainTextAsync("--join pond.join.json");
    }
}
