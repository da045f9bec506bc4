using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>A student's day with a class (journeys J6, J7 and J12), wrong turns included: on phones that reach the hub by a name and plain HTTP.</summary>
[Collection(PageTests.Name)]
public sealed class ClassJourneyTests(Browser browser)
{
    private const string ADayAhead = "{ const D = Date; window.Date = class extends D { constructor(...a) { if (a.length) super(...a); else super(D.now() + 864e5); } static now() { return D.now() + 864e5; } }; }";

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_class_joins_by_mascot_and_loses_nothing_to_a_lost_Wi_Fi_a_reload_and_a_hub_that_starts_again(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (session, code, groups) = await OpenClassAsync(teacher, "lessons/salinity", 2, [Probe.Channel]);

        await using var first = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = first.Page;
        await JoinAsync(first, code, groups[0], isLooked: true);
        await Expect(page.Locator("#who")).ToContainTextAsync(first.Say("you are", "em là"));
        await Expect(page.Locator("#cards .card")).ToHaveCountAsync(1);
        await Expect(page.Locator("#more")).ToBeHiddenAsync();
        await probe.SayAsync(7.2);
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(first.Say("7.20", "7,20"));

        // A second phone in the group, whose clock is a day off, shows the same; moved to a group without a probe it says so.
        await using var second = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        await second.Page.AddInitScriptAsync(ADayAhead);
        await JoinAsync(second, code, groups[0]);
        await Expect(second.Page.Locator("#cards b")).ToHaveTextAsync(second.Say("7.20", "7,20"));
        var seats = (await teacher.GetAsync($"v1/{session}/class")).GetProperty("classState").GetProperty("seats");
        await teacher.PostAsync($"v1/{session}:setSeat", new { seat = seats[1].GetProperty("name").GetString(), group = groups[1] });
        await Expect(second.Page.Locator("#no-channels")).ToBeVisibleAsync();

        // The Wi-Fi is gone: what is written waits on the phone, also over a reload, and arrives once.
        await page.RouteAsync("**/notes", route => route.Request.Method == "POST" ? route.AbortAsync() : route.ContinueAsync());
        await page.FillAsync("[name=text]", "Nước đục hơn");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#unsent")).ToContainTextAsync("1");
        await page.ReloadAsync();
        await Expect(page.Locator("#notes .waiting")).ToContainTextAsync("Nước đục hơn");
        await first.KeepAsync("lesson-unsent");
        await page.UnrouteAsync("**/notes");
        await page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await Expect(page.Locator("#unsent")).ToHaveTextAsync("");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToHaveCountAsync(1);

        // The same without a reload: nothing goes on saying that it waits.
        await page.RouteAsync("**/notes", route => route.Request.Method == "POST" ? route.AbortAsync() : route.ContinueAsync());
        await page.FillAsync("[name=text]", "Nước trong lại");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#noted")).ToHaveTextAsync(first.Say("waits on this phone", "đang chờ trên máy này"));
        await page.UnrouteAsync("**/notes");
        await page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToHaveCountAsync(2);
        await Expect(page.Locator("#noted")).ToHaveTextAsync(first.Say("Noted.", "Đã ghi."));

        // The hub starts again in the middle of a run: nobody joins again, the run goes on, what was measured meanwhile comes.
        await page.ClickAsync("#start");
        await Expect(page.Locator("#stop")).ToBeVisibleAsync();
        var who = await page.Locator("#who").InnerTextAsync();
        await hub.StopAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync(first.Say("○ reconnecting…", "○ đang nối lại…"));
        await hub.StartAgainAsync();
        await probe.On(hub.Host).SayAsync(7.3);
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(first.Say("7.30", "7,30"));
        await Expect(page.Locator("#who")).ToHaveTextAsync(who);
        await Expect(page.Locator("#run-line")).ToHaveClassAsync(new Regex("running"));
        await LookAsync(first, "lesson-running");

        // A run that is stopped while it is only announced is taken back: this one has begun.
        await Expect(page.Locator("#run-line")).ToContainTextAsync("●");
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#start")).ToBeVisibleAsync();

        // Everybody looks up; then the page is as before.
        await teacher.PostAsync($"v1/{session}:set", new { lookUp = true, message = "Rửa đầu đo" });
        await Expect(page.Locator("#look-up")).ToBeVisibleAsync();
        await first.KeepAsync("lesson-look-up");
        await teacher.PostAsync($"v1/{session}:set", new { lookUp = false, frozen = true });
        await Expect(page.Locator("#look-up")).ToBeHiddenAsync();
        await Expect(page.Locator("#frozen")).ToBeVisibleAsync();
        await Expect(page.Locator("#message")).ToContainTextAsync("Rửa đầu đo");

        // What is taken home fits the phone, the long address of a run too.
        await page.ClickAsync("[data-tab=home]");
        await Expect(page.Locator("#home-runs a[href^='/runs/']").First).ToBeVisibleAsync();
        await LookAsync(first, "lesson-home");
        Assert.Empty(first.Outside);
        Assert.False(await page.EvaluateAsync<bool>("() => isSecureContext"), "the phone was to meet plain HTTP");
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_group_predicts_keeps_steady_samples_compares_its_run_and_takes_its_work_home_also_after_the_bell(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (session, code, groups) = await OpenClassAsync(teacher, "lessons/salinity", 1, [Probe.Channel]);
        await teacher.PostAsync($"v1/{session}:set", new { hideValues = true });
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await JoinAsync(student, code, groups[0]);

        // Hidden until it is said what is expected, on every page; a word is no number.
        await Expect(page.Locator("[data-tab=predict]")).ToHaveAttributeAsync("aria-pressed", "true");
        await student.OpenAsync("/samples");
        await Expect(page).ToHaveURLAsync(new Regex("/lesson$"));
        await page.FillAsync("[name=number]", "bảy");
        await page.ClickAsync("#predict-form button");
        await Expect(page.Locator("#predicted")).ToContainTextAsync(student.Say("Type a number", "Hãy gõ một số"));
        await student.KeepAsync("lesson-predict");
        await page.FillAsync("[name=number]", student.Say("7.5", "7,5"));
        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#values")).ToBeVisibleAsync();
        await Expect(page.Locator("#predictions li")).ToHaveCountAsync(1);

        // Steady: kept at a place; taken back.
        await probe.SayAsync(7.2);
        await page.Locator("#keep-panel").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator("#steady.ready")).ToBeVisibleAsync();
        await page.FillAsync("[name=site]", "Bến 1");
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#kept")).ToHaveTextAsync(new Regex(student.Say("Kept: 7.20", "Đã giữ: 7,20")));
        await page.FillAsync("[name=entry]", "sâu 2,5 m");
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(2);
        await LookAsync(student, "lesson-samples");
        await page.Locator("#samples tr").First.Locator("button").ClickAsync();
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(1);

        // A value that is waited for starts the run by itself, with what was before it.
        await page.Locator("#run-kind input[value=threshold]").CheckAsync();
        await page.FillAsync("[name=level]", student.Say("7.35", "7,35"));
        await page.ClickAsync("#start");
        await Expect(page.Locator("#ran")).Not.ToHaveTextAsync("");
        await probe.SayNowAsync(7.3);
        var beforeUs = await teacher.NowUsAsync();
        await probe.SayNowAsync(7.4);
        await Expect(page.Locator("#stop")).ToBeVisibleAsync();
        await Expect(page.Locator("#ran")).ToContainTextAsync(student.Say("with 10 s from before", "kể cả 10 giây trước đó"));
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#start")).ToBeVisibleAsync();
        var startUs = long.Parse((await teacher.GetAsync("v1/runs")).GetProperty("runs")[0].GetProperty("startTimeUs").ToString(), CultureInfo.InvariantCulture);
        Assert.InRange(startUs, beforeUs - 12_000_000, beforeUs - 1_000_000);

        // The run over itself: statistics, with what was before the crossing; a line through it.
        await page.ClickAsync("[data-tab=compare]");
        await Expect(page.Locator("#numbers tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#numbers td").First).ToHaveTextAsync("200");
        await Expect(page.Locator("#numbers td").Nth(4)).ToHaveTextAsync(student.Say("7.30", "7,30"));
        await Expect(page.Locator("#numbers td").Nth(5)).ToHaveTextAsync(student.Say("7.40", "7,40"));
        await page.SelectOptionAsync("#fit-kind", "CURVE_KIND_LINEAR");
        await Expect(page.Locator("#fit-said dd")).Not.ToHaveCountAsync(0);
        await LookAsync(student, "lesson-compare");

        // A quantity of one's own: a wrong formula is said, a right one has numbers and is still there after a reload.
        await page.ClickAsync("#columns summary");
        await page.FillAsync("#column [name=expression]", "2 * number(a) +");
        await page.ClickAsync("#column button");
        await Expect(page.Locator("#column-said.trouble")).Not.ToHaveTextAsync("");
        await page.FillAsync("#column [name=expression]", student.Say("2.0 * number(a)", "2,0 * number(a)"));
        await page.ClickAsync("#column button");
        await Expect(page.Locator("#column-said")).ToContainTextAsync("2.0 * number(a)");
        await Expect(page.Locator("#numbers td").Nth(5)).ToHaveTextAsync(student.Say("14.800", "14,800"));
        await Expect(page.Locator("#fit-said dd")).Not.ToHaveCountAsync(0);
        await LookAsync(student, "lesson-column");
        await page.ReloadAsync();
        await page.ClickAsync("[data-tab=compare]");
        await page.SelectOptionAsync("#compare-property", "=2.0 * number(a)");
        await Expect(page.Locator("#numbers td").Nth(5)).ToHaveTextAsync(student.Say("14.800", "14,800"));

        // The bell: what there is goes home in one file that has what was thought and what was found.
        await teacher.PostAsync($"v1/{session}:set", new { ended = true });
        await Expect(page.Locator("[data-tab=home]")).ToHaveAttributeAsync("aria-pressed", "true");
        await LookAsync(student, "lesson-home");
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "home.html");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#take-home"));
        await download.SaveAsAsync(file);
        var home = await File.ReadAllTextAsync(file, Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.InRange(Encoding.UTF8.GetByteCount(home), 5_000, 300_000);
        Assert.Contains(student.Say("7.50", "7,50"), home, StringComparison.Ordinal);
        Assert.Contains("Bến 1", System.Net.WebUtility.HtmlDecode(home), StringComparison.Ordinal);

        // So is the quantity of one's own, in the file and in its tables.
        var own = student.Say("ƒ 2.0 * number(a) (a = pH)", "ƒ 2.0 * number(a) (a = Độ pH)");
        Assert.Contains(own, System.Net.WebUtility.HtmlDecode(home), StringComparison.Ordinal);
        var table = Path.Combine(folder.Path, "home.csv");
        await (await page.RunAndWaitForDownloadAsync(() => page.Locator("#home-runs a[download]").First.ClickAsync())).SaveAsAsync(table);
        Assert.Contains(own, await File.ReadAllTextAsync(table, Encoding.UTF8, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await using (var offline = await browser.VisitAsync("file:///", language, size))
        {
            await offline.Page.GotoAsync(new Uri(file).AbsoluteUri);
            await Expect(offline.Page.Locator("#legend")).ToContainTextAsync(own);
            Assert.True(await offline.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the file scrolls sideways");
            await offline.KeepAsync("take-home-column");
        }

        // The session is gone: the run is still there, to look at only.
        await teacher.DeleteAsync($"v1/{session}");
        await Expect(page.Locator("#gone-title")).ToHaveTextAsync(student.Say("This lesson has ended", "Buổi học này đã kết thúc"));
        await student.KeepAsync("lesson-gone");
        await page.Locator("#gone-runs a").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-f]{32}$"));
        await Expect(page.Locator("#graph")).ToBeVisibleAsync();
        Assert.DoesNotContain("7,50", (await page.Locator("body").InnerTextAsync()).Replace("7.50", "7,50", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_curve_is_predicted_with_a_finger_or_typed(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        await (await Probe.EnrolAsync(hub.Host)).SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var curved = (await teacher.GetAsync("v1/lessons")).GetProperty("lessons").EnumerateArray().First(lesson => lesson.GetProperty("prediction").GetString() == "PREDICTION_KIND_CURVE").GetProperty("name").GetString()!;
        var (session, code, groups) = await OpenClassAsync(teacher, curved, 1, [Probe.Channel]);
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await JoinAsync(student, code, groups[0]);
        await page.ClickAsync("[data-tab=predict]");
        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#predicted")).ToContainTextAsync(student.Say("Draw a line first", "Hãy vẽ một đường"));
        await page.Locator("#draw").ScrollIntoViewIfNeededAsync();
        var box = (await page.Locator("#draw").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 10, box.Y + 20);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width - 10, box.Y + box.Height - 30, new MouseMoveOptions { Steps = 8 });
        await page.Mouse.UpAsync();
        await LookAsync(student, "lesson-draw");
        await page.RunAndWaitForResponseAsync(() => page.ClickAsync("#predict-form button.main"), answer => answer.Url.EndsWith(":predict", StringComparison.Ordinal));
        await Expect(page.Locator("#predictions li")).ToContainTextAsync("→");
        var said = (await teacher.GetAsync($"v1/{session}/predictions")).GetProperty("predictions")[0];
        Assert.True(said.GetProperty("value").EnumerateArray().First().GetDouble() > said.GetProperty("value").EnumerateArray().Last().GetDouble(), said.ToString());

        await page.ClickAsync("#draw-again");
        await page.ClickAsync("#predict-form summary");
        await page.FillAsync("[name=v0]", "3");
        await page.FillAsync("[name=v4]", student.Say("4.5", "4,5"));
        await page.RunAndWaitForResponseAsync(() => page.ClickAsync("#predict-form button.main"), answer => answer.Url.EndsWith(":predict", StringComparison.Ordinal));
        await Expect(page.Locator("#predictions li", new() { HasText = student.Say("3.0 → 4.5", "3,0 → 4,5") })).ToHaveCountAsync(1);
        await Expect(page.Locator("#predictions li")).ToHaveCountAsync(1);
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_lesson_that_follows_a_day_is_drawn_over_a_day_and_told_in_hours(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (_, code, groups) = await OpenClassAsync(teacher, "lessons/day-and-night", 1, [Probe.Channel]);
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        await JoinAsync(student, code, groups[0]);
        await student.Page.ClickAsync("[data-tab=predict]");
        await Expect(student.Page.Locator("#predict-form [name=hours]")).ToHaveValueAsync("24");
        await student.Page.ClickAsync("#predict-form summary");
        await Expect(student.Page.Locator("[data-at='4'] span")).ToHaveTextAsync(student.Say("after 24 h", "sau 24 giờ"));
        await LookAsync(student, "lesson-predict-a-day");
    }

    /// <summary>The page holds no value while values are hidden; then it comes with its lesson, step, values and chart, and the scripts move nothing and ask for nothing that is refused.</summary>
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_page_of_a_class_comes_with_what_the_class_sees_and_with_no_value_that_is_hidden(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayNowAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (session, code, groups) = await OpenClassAsync(teacher, "lessons/salinity", 1, [Probe.Channel]);
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await JoinAsync(student, code, groups[0]);
        await probe.SayNowAsync(7.2);
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(student.Say("7.20", "7,20"));
        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        await student.OpenAsync("/lesson");
        await teacher.PostAsync($"v1/{session}:set", new { hideValues = true });
        var hidden = await (await student.OpenAsync("/lesson"))!.TextAsync();
        Assert.DoesNotContain(student.Say("7.20", "7,20"), hidden);
        Assert.DoesNotContain("7.2", hidden);
        Assert.DoesNotContain("first-answer", hidden);
        await Expect(page.Locator("#hidden")).ToBeVisibleAsync();
        await Expect(page.Locator("#picture")).ToBeHiddenAsync();
        await Expect(page.Locator("#legend li, #cards li, #plot .first")).ToHaveCountAsync(0);

        await teacher.PostAsync($"v1/{session}:set", new { hideValues = false });
        for (var tries = 0; tries < 20 && await page.Locator("#plot .first").CountAsync() == 0; tries++)
        {
            await student.OpenAsync("/lesson");
        }

        await Expect(page.Locator("#plot .first")).ToBeVisibleAsync();
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(student.Say("7.20", "7,20"));
        const string Told = "() => ['#who', '#lesson-title', '#step-title', '#step-prompt', '#run-line', '#cards .name', '#cards .value', '#legend .who', '#legend b'].map(of => document.querySelector(of).textContent.trim()).concat(Math.round(document.querySelector('#plot').getBoundingClientRect().y))";
        var before = await page.EvaluateAsync<System.Text.Json.JsonElement>(Told);
        await student.KeepAsync("lesson-class-first-picture");
        await page.UnrouteAsync("**/*.js");
        student.Troubles.Clear();
        await page.ReloadAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync(student.Say("● live", "● trực tiếp"));
        await Expect(page.Locator("#plot canvas")).ToHaveCountAsync(1);
        Assert.Equal(before.ToString(), (await page.EvaluateAsync<System.Text.Json.JsonElement>(Told)).ToString());
        Assert.Empty(student.Troubles);
    }

    internal static async Task<(string Session, string Code, string[] Groups)> OpenClassAsync(Bay teacher, string lesson, int groups, string[] channels)
    {
        var opened = (await teacher.PostAsync("v1/classSessions", new { lesson, groups })).GetProperty("session");
        var session = opened.GetProperty("name").GetString()!;
        string[] keys = [.. (await teacher.GetAsync($"v1/{session}/class")).GetProperty("classState").GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("key").GetString()!)];
        for (var i = 0; i < keys.Length; i++)
        {
            await teacher.PostAsync($"v1/{session}:setGroup", new { group = keys[i], channels = i == 0 ? channels : [] });
        }

        return (session, opened.GetProperty("code").GetString()!, keys);
    }

    internal static async Task JoinAsync(Visitor student, string code, string group, bool isLooked = false)
    {
        await student.OpenAsync($"/j/{code}");
        await student.Page.ClickAsync("#join button");
        await student.Page.Locator($"#groups input[value={group}]").CheckAsync();
        if (isLooked)
        {
            await LookAsync(student, "lesson-mascots");
        }

        await student.Page.ClickAsync("#mascots button.main");
        await student.Page.ClickAsync("#go");
        await Expect(student.Page.Locator("#link")).ToHaveTextAsync(student.Say("● live", "● trực tiếp"));
    }

    /// <summary>What holds for every page, and a picture where one is wanted.</summary>
    private static async Task LookAsync(Visitor visitor, string name)
    {
        var axe = await visitor.Page.RunAxe();
        Assert.Empty(axe.Violations.Select(violation => $"{name}: {violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
        Assert.True(await visitor.Page.FitsAsync(), $"{name} scrolls sideways");
        var text = await visitor.Page.Locator("body").InnerTextAsync();
        Assert.DoesNotMatch(@"undefined|NaN|\{\d\}", text);
        Assert.Empty(visitor.Outside);
        await visitor.KeepAsync(name);
    }
}
