using System.Text.RegularExpressions;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The lesson app in one file (samples/lesson-browser), as its README runs it.</summary>
[Collection(OwnHubTests.Name)]
public sealed partial class LessonBrowserTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "phone")]
    public async Task A_student_joins_predicts_runs_and_keeps_with_the_sample_and_a_hub_that_starts_again(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (session, code, _) = await ClassJourneyTests.OpenClassAsync(teacher, "lessons/salinity", 1, [Probe.Channel]);
        await teacher.PostAsync($"v1/{session}:set", new { hideValues = true });
        await using var served = RealProcess.Start("python3", [Path.Combine(Clone.Root, "samples", "lesson-browser", "serve.py"), "--hub", hub.Url, "--port", "0"]);
        var address = await Eventually.Get(() => Task.FromResult(Address().Match(served.Output) is { Success: true } told ? told.Value : null), _ => true, "the sample is served");
        await using var student = await browser.VisitAsync(address, language, size);
        var page = student.Page;
        await student.OpenAsync("/");

        // A wrong code is said in words; the right one joins.
        await page.FillAsync("[name=code]", "AAAAAA");
        await page.ClickAsync("#join button");
        await Expect(page.Locator("#said")).ToHaveTextAsync(new Regex("code"));
        student.Troubles.Clear();
        student.Refused.Clear();
        await page.FillAsync("[name=code]", code);
        await page.ClickAsync("#join button");
        await Expect(page.Locator("#said")).ToHaveTextAsync(new Regex("Group .+ Say what you expect"));
        await page.FillAsync("[name=number]", "7,5");
        await page.ClickAsync("#predict button");
        await Expect(page.Locator("#said")).ToHaveTextAsync(new Regex("^Group [^·]+$"));
        await Expect(page.Locator("#values tr")).ToHaveCountAsync(1);
        await probe.SayAsync(7.2);
        await Expect(page.Locator("#values b")).ToHaveTextAsync("7.20");
        Assert.Matches("^([0-9.]+,[0-9.]+ ?)+$", await page.Locator("#values polyline").GetAttributeAsync("points") ?? "");
        await page.ClickAsync("#start");
        await Expect(page.Locator("#run")).ToHaveTextAsync(new Regex(": running$"));
        await page.ClickAsync("#keep");
        await Expect(page.Locator("#said")).ToHaveTextAsync(new Regex("^Kept 7\\.2.* n = [0-9]+$"));
        await student.KeepAsync("lesson-browser");
        Assert.Empty(student.Troubles.Concat(student.Refused).Concat(student.Outside));

        // The hub starts again: it is said, and goes on by itself.
        await hub.StopAsync();
        await Expect(page.Locator("#said")).ToHaveTextAsync("The hub does not answer; trying again. Nothing is lost.");
        await hub.StartAgainAsync();
        await probe.On(hub.Host).SayAsync(7.3);
        await Expect(page.Locator("#values b")).ToHaveTextAsync("7.30");
        await Expect(page.Locator("#said")).ToHaveTextAsync(new Regex("^Group "));
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#run")).Not.ToHaveTextAsync(new Regex("running"));
        Assert.Single((await teacher.GetAsync("v1/samples")).GetProperty("samples").EnumerateArray().ToArray());

        // The class ends: it is said, and asked no more.
        await teacher.DeleteAsync($"v1/{session}");
        await Expect(page.Locator("#said")).ToHaveTextAsync("The lesson has ended.");
    }

    [GeneratedRegex("http://127[.]0[.]0[.]1:[1-9][0-9]*/")]
    private static partial Regex Address();
}
