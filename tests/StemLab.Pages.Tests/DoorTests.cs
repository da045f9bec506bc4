using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The walk of a school's first day, in both languages: set-up, a teacher invited, a class opened, a student joined on a phone. STEMLAB_PICTURES names a folder to keep what it looked like.</summary>
[Collection(OwnHubTests.Name)]
public sealed class DoorTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("vi")]
    public async Task No_page_of_a_lesson_asks_for_what_is_refused_on_a_first_visit(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var bay = new Bay(hub.Url);
        var opened = (await bay.PostAsync("v1/classSessions", new { lesson = "lessons/salinity", groups = 2 })).GetProperty("session");
        var session = opened.GetProperty("name").GetString()!;
        var group = (await bay.GetAsync($"v1/{session}/class")).GetProperty("classState").GetProperty("groups")[0].GetProperty("key").GetString()!;
        await bay.PostAsync($"v1/{session}:setGroup", new { group, channels = new[] { Probe.Channel } });

        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, "phone");
        await student.OpenAsync($"/j/{opened.GetProperty("code").GetString()}");
        await student.Page.ClickAsync("#join button");
        await student.Page.Locator($"#groups input[value={group}]").CheckAsync();
        await student.Page.ClickAsync("#mascots button.main");
        await Expect(student.Page.Locator("#alias")).ToHaveTextAsync(new Regex(student.Say("You are .+", "Bạn là .+")));
        var alias = await student.Page.Locator("#alias").InnerTextAsync();
        await student.OpenAsync("/j");
        await Expect(student.Page.Locator("#alias")).ToHaveTextAsync(alias);
        await Expect(student.Page.Locator("#join")).ToBeHiddenAsync();
        await student.Page.ClickAsync("#go");
        await Expect(student.Page.Locator("#link")).ToHaveTextAsync(student.Say("● live", "● trực tiếp"));
        await Expect(student.Page.Locator("#cards .card")).ToHaveCountAsync(1);
        foreach (var part in (string[])["predict", "compare", "home", "measure"])
        {
            await student.Page.ClickAsync($"[data-tab={part}]");
            await Expect(student.Page.Locator($"[data-panel={part}]")).ToBeVisibleAsync();
        }

        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        foreach (var path in (string[])["/class", $"/wall/{session.Split('/')[1]}", $"/wall/{session.Split('/')[1]}/report"])
        {
            await teacher.OpenAsync(path);
            await teacher.Page.WaitForLoadStateAsync(LoadState.Load);
        }

        Assert.Empty(student.Refused.Concat(student.Troubles));
        Assert.Empty(teacher.Refused.Concat(teacher.Troubles));
    }

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task A_hub_is_set_up_a_teacher_invited_a_class_opened_and_a_student_joins_on_a_phone(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var admin = await browser.VisitAsync(hub.Url, language, "desktop");
        await SetUpAsync(admin);
        var link = await InviteAsync(admin);

        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        await AcceptAsync(teacher, link);
        await teacher.OpenAsync("/class");
        await teacher.Page.ClickAsync("#open");
        var code = (await teacher.Page.Locator(".session .code").InnerTextAsync()).Trim();
        Assert.Matches("^[2-9A-HJKMNP-Z]{6}$", code);

        await using var student = await browser.VisitAsync(hub.UrlForPhones, language, "phone");
        await student.OpenAsync("/");
        await Expect(student.Page).ToHaveURLAsync(new Regex("/signin"));
        await LookAsync(student, "phone-nobody");
        await student.OpenAsync($"/j/{code}");
        await LookAsync(student, "phone-join");
        await student.Page.ClickAsync("#join button");
        await Expect(student.Page.Locator("#alias")).ToHaveTextAsync(new Regex(student.Say("You are .+", "Bạn là .+")));
        var alias = await student.Page.Locator("#alias").InnerTextAsync();
        await LookAsync(student, "phone-seat");
        await student.Page.ReloadAsync();
        await Expect(student.Page.Locator("#alias")).ToHaveTextAsync(alias);
        await student.Page.ClickAsync("#seat a.button");
        await Expect(student.Page.Locator("h1")).ToHaveCountAsync(1);
        await LookAsync(student, "phone-board");

        await Expect(teacher.Page.Locator(".session .seats li")).ToHaveCountAsync(1);
        await LookAsync(teacher, "class");
        teacher.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await teacher.Page.ClickAsync(".session .end");
        await Expect(teacher.Page.Locator(".session")).ToHaveCountAsync(0);
        await student.OpenAsync("/");
        await Expect(student.Page).ToHaveURLAsync(new Regex("/signin"));

        await teacher.OpenAsync("/me");
        await Expect(teacher.Page.Locator("#sign-ins li")).ToHaveCountAsync(1);
        await LookAsync(teacher, "me");
        await admin.OpenAsync("/audit");
        await Expect(admin.Page.Locator("#entries tr").Filter(new() { Has = admin.Page.Locator("[title='classroom.endSession']") })).ToContainTextAsync(admin.Say("ended a class", "kết thúc buổi học"));
        await LookAsync(admin, "audit");
    }

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task A_token_and_a_display_are_made_and_a_wrong_passphrase_is_a_plain_sentence(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var admin = await browser.VisitAsync(hub.Url, language, "desktop");
        await SetUpAsync(admin);
        await admin.OpenAsync("/people");
        await admin.Page.FillAsync("#token [name=displayName]", "nc");
        await admin.Page.ClickAsync("#token button");
        await Expect(admin.Page.Locator("#token-secret")).ToHaveTextAsync(new Regex("^slr_"));
        await admin.Page.FillAsync("#display [name=displayName]", "hall");
        await admin.Page.ClickAsync("#display button");
        await Expect(admin.Page.Locator("#display-link")).ToHaveTextAsync(new Regex("/kiosk#slk_"));
        var link = await admin.Page.Locator("#display-link").InnerTextAsync();

        await using var display = await browser.VisitAsync(hub.Url, language, "desktop");
        await display.Page.GotoAsync(link);
        await Expect(display.Page).ToHaveURLAsync(new Regex(@"^[a-z]+://[^/]+/(\?[^/#]*)?#?$"));
        Assert.DoesNotContain("slk_", display.Page.Url, StringComparison.Ordinal);

        await using var somebody = await browser.VisitAsync(hub.Url, language, "phone");
        await somebody.OpenAsync("/signin");
        await somebody.Page.FillAsync("#signin [name=name]", "admin");
        await somebody.Page.FillAsync("#signin [name=passphrase]", "wrong");
        await somebody.Page.ClickAsync("#signin button");
        await Expect(somebody.Page.Locator("#signin output")).ToHaveTextAsync(somebody.Say("Name or passphrase is wrong", "Tên hoặc mật khẩu không đúng"));
        await somebody.OpenAsync("/j/AAAAAA");
        await somebody.Page.ClickAsync("#join button");
        await Expect(somebody.Page.Locator("#join output")).ToContainTextAsync(somebody.Say("No class has this code", "Hiện không lớp nào có mã này"));
    }

    private static async Task SetUpAsync(Visitor admin)
    {
        await admin.OpenAsync("/setup");
        await LookAsync(admin, "setup");
        await admin.Page.FillAsync("[name=schoolName]", admin.Say("Hạ Long School", "Trường Hạ Long"));
        await admin.Page.FillAsync("[name=passphrase]", "password1234");
        await admin.Page.FillAsync("[name=again]", "password1234");
        await admin.Page.ClickAsync("#setup button");
        await Expect(admin.Page.Locator("#setup output")).ToContainTextAsync(admin.Say("Everybody tries this one first", "Ai cũng thử câu này đầu tiên"));
        await LookAsync(admin, "setup-weak");
        await admin.Page.FillAsync("[name=passphrase]", "con ca bay qua nui");
        await admin.Page.FillAsync("[name=again]", "con ca bay qua nui");
        await admin.Page.ClickAsync("#setup button");
        await Expect(admin.Page.Locator("nav a[href='/people']")).ToHaveCountAsync(1);
    }

    private static async Task<string> InviteAsync(Visitor admin)
    {
        await admin.OpenAsync("/people");
        await admin.Page.FillAsync("#invite [name=displayName]", "Lan");
        await admin.Page.ClickAsync("#invite button");
        await Expect(admin.Page.Locator("#invite-link")).ToHaveTextAsync(new Regex("/invite#sli_"));
        await Expect(admin.Page.Locator("#people li")).ToHaveCountAsync(2);
        await LookAsync(admin, "people");
        return await admin.Page.Locator("#invite-link").InnerTextAsync();
    }

    private static async Task AcceptAsync(Visitor teacher, string link)
    {
        await teacher.Page.GotoAsync(link);
        await LookAsync(teacher, "invite");
        Assert.DoesNotContain("sli_", teacher.Page.Url, StringComparison.Ordinal);
        await teacher.Page.FillAsync("[name=passphrase]", "thuyen buom do chieu ta");
        await teacher.Page.FillAsync("[name=again]", "thuyen buom do chieu ta");
        await teacher.Page.ClickAsync("#invite button");
        await Expect(teacher.Page.Locator("nav a[href='/class']")).ToHaveCountAsync(1);
    }

    /// <summary>What holds for every page, and a picture where one is wanted.</summary>
    private static async Task LookAsync(Visitor visitor, string name)
    {
        Assert.Empty((await visitor.Page.ViolationsAsync()).Select(violation => $"{name}: {violation}"));
        Assert.Equal(visitor.Language, await visitor.Page.Locator("html").GetAttributeAsync("lang"));
        Assert.True(await visitor.Page.FitsAsync(), $"{name} scrolls sideways");
        Assert.Empty(visitor.Outside);
        if (Environment.GetEnvironmentVariable("STEMLAB_PICTURES") is { Length: > 0 } folder)
        {
            await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{visitor.Language}.png"), FullPage = true });
        }
    }
}
