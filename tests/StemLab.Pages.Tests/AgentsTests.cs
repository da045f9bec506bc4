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
