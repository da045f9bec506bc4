using System.Text.RegularExpressions;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(OwnHubTests.Name)]
public sealed class TimeTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_teachers_word_gives_a_hub_without_a_clock_the_time_and_can_be_taken_back(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);

        // The board has the value and says why it has no line, and where to go.
        await hub.PublishAsync("lab/pond/ph", "7.1");
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("[data-channel] b").First).ToHaveTextAsync(visitor.Say("7.10", "7,10"));
        await Expect(visitor.Page.Locator("#untimed")).ToContainTextAsync(visitor.Say("Time not known yet: the order is right", "Chưa biết giờ: thứ tự đúng"));
        await Expect(visitor.Page.Locator("#untimed")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("main")).Not.ToContainTextAsync(visitor.Say("no readings", "không có giá trị"));
        await visitor.Page.Locator("#untimed a").ClickAsync();
        var now = visitor.Page.Locator("#now");
        await Expect(now).ToHaveTextAsync(visitor.Say("Not known yet", "Chưa biết"));
        await Expect(visitor.Page.Locator("#anchors")).ToContainTextAsync(visitor.Say("Nothing yet", "Chưa có gì"));

        await visitor.Page.Locator("[name='local']").FillAsync("2026-11-24T09:30:05");
        await visitor.Page.Locator("#tell button").ClickAsync();
        await Expect(visitor.Page.Locator("#told")).ToContainTextAsync(visitor.Say("Noted", "Đã ghi"));
        await Expect(now).ToHaveTextAsync(new Regex(visitor.Say("24 November 2026.*0?9:30", "24 tháng 11.*2026|9:30")));
        await Expect(visitor.Page.Locator("#anchors b")).ToHaveTextAsync(visitor.Say("a teacher's word", "lời thầy cô"));

        await visitor.OpenAsync("/changes");
        await Expect(visitor.Page.Locator("#facts li").First).ToContainTextAsync(visitor.Say("a clock learnt the time", "một đồng hồ biết giờ"));

        await visitor.OpenAsync("/time");
        await visitor.Page.Locator("#anchors button").ClickAsync();
        await Expect(now).ToHaveTextAsync(visitor.Say("Not known yet", "Chưa biết"));
    }

    [ServerFact("chromium")]
    public async Task Five_phones_that_merely_open_a_page_give_the_hub_the_time_and_one_phone_votes_once()
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var phones = new List<Visitor>();
        try
        {
            // A page takes part some seconds after it has been drawn: all five are open before the first is asked.
            using var teacher = new Bay(hub.Url);
            var code = (await teacher.PostAsync("v1/classSessions", new { })).GetProperty("session").GetProperty("code").GetString()!;
            for (var phone = 1; phone <= 5; phone++)
            {
                phones.Add(await browser.VisitAsync(hub.UrlForPhones, phone % 2 == 0 ? "vi" : "en", "phone"));
                await phones[^1].OpenAsync($"/j/{code}");
                Assert.True(await phones[^1].Page.EvaluateAsync<bool>("code => fetch('/v1/classSessions:join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) }).then(answer => answer.ok)", code));
                await phones[^1].OpenAsync("/agents");
            }

            foreach (var visitor in phones)
            {
                await Expect(visitor.Page.Locator("#phone")).ToContainTextAsync(visitor.Say("This phone compared its clock", "Máy này đã so giờ"));
                await visitor.OpenAsync("/time");
                await visitor.Page.Locator("#join").ClickAsync();
                await Expect(visitor.Page.Locator("#joined")).ToContainTextAsync(visitor.Say("nothing to compare", "không có gì để so"));
                Assert.Empty(visitor.Outside);
            }

            await Expect(phones[^1].Page.Locator("#anchors b")).ToHaveTextAsync(phones[^1].Say("phones", "các điện thoại"));
            await Expect(phones[^1].Page.Locator("#now")).Not.ToHaveTextAsync(phones[^1].Say("Not known yet", "Chưa biết"));
        }
        finally
        {
            foreach (var visitor in phones)
            {
                await visitor.DisposeAsync();
            }
        }
    }
}
