using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>A whole lesson by keyboard alone, a student's and a teacher's: every step is reached with Tab, and one sees where one is.</summary>
[Collection(OwnHubTests.Name)]
public sealed class KeyboardTests(Browser browser)
{
    private const int MostTabs = 80;

    /// <summary>Whether the element that has the focus is the one meant; and what is wrong with how it is seen, empty = nothing.</summary>
    private const string Focused = """
        (selector) => {
          const at = document.activeElement;
          const box = at.getBoundingClientRect(); const style = getComputedStyle(at);
          const name = at.outerHTML.slice(0, 90);
          const wrong = at === document.body ? '' : !at.matches(':focus-visible') ? `no focus is shown on ${name}`
            : style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 ? `no outline on ${name}`
            : box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth ? `out of sight: ${name}` : '';
          return [at.matches(selector) ? 'here' : '', wrong];
        }
        """;

    [ChromiumTheory]
    [InlineData("vi", "desktop")]
    [InlineData("en", "phone")]
    public async Task A_student_joins_predicts_measures_keeps_notes_compares_and_takes_home_by_keyboard(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var curved = (await teacher.GetAsync("v1/lessons")).GetProperty("lessons").EnumerateArray().First(lesson => lesson.GetProperty("prediction").GetString() == "PREDICTION_KIND_CURVE").GetProperty("name").GetString()!;
        var (session, code, groups) = await ClassJourneyTests.OpenClassAsync(teacher, curved, 2, [Probe.Channel]);
        await teacher.PostAsync($"v1/{session}:setGroup", new { group = groups[1], channels = new[] { Probe.Channel } });
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;

        // In: the code typed, the second mascot chosen.
        await student.OpenAsync("/j");
        await TypeAsync(page, "#join [name=code]", code);
        await PressAsync(page, "#join button", "Enter");
        await Expect(page.Locator("#groups input")).ToHaveCountAsync(2);
        await TabToAsync(page, "#groups input");
        await page.Keyboard.PressAsync("ArrowDown");
        await PressAsync(page, "#mascots button.main", "Enter");
        await PressAsync(page, "#go", "Enter");
        await Expect(page.Locator("#link")).ToHaveTextAsync(student.Say("● live", "● trực tiếp"));
        await Expect(page.Locator("#run-panel")).ToBeVisibleAsync();

        // A curve foretold value by value.
        await PressAsync(page, "[data-tab=predict]", "Enter");
        await PressAsync(page, "#predict-form summary", "Enter");
        await TypeAsync(page, "[name=v0]", "8");
        await TypeAsync(page, "[name=v4]", student.Say("6.5", "6,5"));
        await TypeAsync(page, "[name=reason]", "vì có muối");
        await PressAsync(page, "#predict-form button.main", "Enter");
        await Expect(page.Locator("#predictions li")).ToContainTextAsync(student.Say("8.0 → 6.5", "8,0 → 6,5"));
        await student.KeepAsync("keyboard-predict");

        // A run of half a minute, stopped before; a steady value kept, a note.
        await PressAsync(page, "[data-tab=measure]", "Enter", back: true);
        await TabToAsync(page, "#run-kind input");
        await TabToAsync(page, "#run [name=seconds]");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#run [name=seconds]")).ToHaveValueAsync("30");
        await PressAsync(page, "#start", "Enter");
        await Expect(page.Locator("#run-line")).ToContainTextAsync("●");
        await probe.SayNowAsync(7.2);
        await PressAsync(page, "#stop", "Space");
        await Expect(page.Locator("#stop")).ToBeHiddenAsync();
        await probe.SayAsync(7.2);
        await TypeAsync(page, "#keep [name=site]", "Bến 1", back: true);
        await Expect(page.Locator("#steady.ready")).ToBeVisibleAsync();
        await Expect(page.Locator("#keep-button")).ToBeEnabledAsync();
        await PressAsync(page, "#keep-button", "Enter");
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(1);
        await TypeAsync(page, "#note [name=text]", "Nước trong");
        await PressAsync(page, "#note button", "Enter");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToContainTextAsync("Nước trong");
        await student.KeepAsync("keyboard-measure");

        // The chart is read point by point.
        await TabToAsync(page, "#plot", back: true);
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator("#spoken")).ToHaveTextAsync(new Regex("[0-9]"));

        await PressAsync(page, "[data-tab=compare]", "Enter", back: true);
        await Expect(page.Locator("#numbers tr")).ToHaveCountAsync(1);
        await TabToAsync(page, "#compare-runs input");
        await TabToAsync(page, "#fit-kind");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#fit-said")).Not.ToHaveTextAsync("");
        await PressAsync(page, "[data-tab=home]", "Enter", back: true);
        await TabToAsync(page, "#take-home");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.EndsWith(".html", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Empty(student.Troubles.Concat(student.Refused).Concat(student.Outside));
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    public async Task A_teacher_opens_a_lesson_starts_stops_rings_the_bell_and_ends_it_by_keyboard(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        await using var teacher = await browser.VisitAsync(hub.Url, language, size);
        var page = teacher.Page;
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await teacher.OpenAsync("/class");
        await TabToAsync(page, "#lesson-form [name=lesson]");
        await page.Keyboard.PressAsync("ArrowDown");
        await TabToAsync(page, "[name=groups]");
        await page.Keyboard.TypeAsync("2");
        await Expect(page.Locator("[name=groups]")).ToHaveValueAsync("2");
        await PressAsync(page, "#open-lesson", "Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/wall/\d+$"));
        await Expect(page.Locator(".tile")).ToHaveCountAsync(2);

        // Channels for the first group, as a teacher gives them.
        await PressAsync(page, ".tile .more", "Enter");
        await PressAsync(page, "#drawer summary", "Enter");
        await PressAsync(page, "#drawer .channel-list input", "Space");
        await Expect(page.Locator("#drawer .channel-list input")).ToBeCheckedAsync();
        await PressAsync(page, "#drawer details button", "Enter");
        await Expect(page.Locator(".tile .what").First).Not.ToHaveTextAsync("–");

        await PressAsync(page, "#next", "Enter", back: true);
        await Expect(page.Locator("#step-count")).ToContainTextAsync("2");
        await PressAsync(page, "#start", "Enter");
        await Expect(page.Locator("#phase")).ToHaveTextAsync("running");
        await TypeAsync(page, "#message input", "Rinse the probe");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".banner.told")).ToContainTextAsync("Rinse the probe");
        await PressAsync(page, ".tile .spot-button", "Enter");
        await Expect(page.Locator(".tile.is-spot")).ToHaveCountAsync(1);
        await teacher.KeepAsync("keyboard-wall");
        await PressAsync(page, "#stop", "Enter", back: true);
        await Expect(page.Locator("#stop")).ToBeDisabledAsync();
        await PressAsync(page, "#bell", "Enter");
        await Expect(page.Locator("#phase")).ToHaveTextAsync("over");

        await teacher.OpenAsync("/class");
        await Expect(page.Locator(".session")).ToHaveCountAsync(1);
        await PressAsync(page, ".session .end", "Enter");
        await Expect(page.Locator(".session")).ToHaveCountAsync(0);
        Assert.Empty(teacher.Troubles.Concat(teacher.Refused).Concat(teacher.Outside));
    }

    /// <summary>Goes to an element with Tab alone; on the way every stop is to be seen.</summary>
    private static async Task TabToAsync(IPage page, string selector, bool back = false)
    {
        List<string> wrong = [];
        for (var i = 0; i < MostTabs; i++)
        {
            await page.Keyboard.PressAsync(back ? "Shift+Tab" : "Tab");
            var seen = await page.EvaluateAsync<string[]>(Focused, selector);
            wrong.AddRange(seen.Skip(1).Where(one => one.Length > 0));
            if (seen[0].Length > 0)
            {
                Assert.Empty(wrong);
                return;
            }
        }

        Assert.Fail($"Tab does not reach {selector}");
    }

    private static async Task PressAsync(IPage page, string selector, string key, bool back = false)
    {
        await Expect(page.Locator(selector).First).ToBeVisibleAsync();
        await TabToAsync(page, selector, back);
        await page.Keyboard.PressAsync(key);
    }

    private static async Task TypeAsync(IPage page, string selector, string text, bool back = false)
    {
        await Expect(page.Locator(selector).First).ToBeVisibleAsync();
        await TabToAsync(page, selector, back);
        await page.Keyboard.TypeAsync(text);
    }
}
