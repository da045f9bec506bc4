using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What a student's page promises: a stretch is marked, what was written is taken back, a locked screen costs nothing, every target is as large as a thumb.</summary>
[Collection(OwnHubTests.Name)]
public sealed class LessonPromiseTests(Browser browser)
{
    /// <summary>Notes as they are written into the graph: where each begins and how wide it is, in pixels of the canvas.</summary>
    private const string KeepLabels = """
        window.labels = {};
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
          if (this.canvas.closest && this.canvas.closest('#plot')) window.labels[text] = [x, y, this.measureText(text).width, this.canvas.width, this.textAlign === 'left' ? 1 : 0];
          return write.call(this, text, x, y, ...more);
        };
        """;

    /// <summary>A phone whose screen may be locked, and that has been locked for as long as a test says.</summary>
    private const string Lockable = """
        window.isLocked = false; window.lockedMs = 0;
        const now = Date.now.bind(Date);
        Date.now = () => now() + window.lockedMs;
        Object.defineProperty(document, 'hidden', { get: () => window.isLocked });
        Object.defineProperty(document, 'visibilityState', { get: () => (window.isLocked ? 'hidden' : 'visible') });
        """;

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_stretch_of_the_graph_is_marked_and_a_note_is_taken_back_also_while_it_waits(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayNowAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (session, code, groups) = await ClassJourneyTests.OpenClassAsync(teacher, "lessons/salinity", 1, [Probe.Channel]);
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await page.AddInitScriptAsync(KeepLabels);
        await ClassJourneyTests.JoinAsync(student, code, groups[0]);
        await Expect(page.Locator("#notes-panel")).ToBeVisibleAsync();

        // A minute is what the graph shows: a minute is marked, in words and in the graph.
        await page.ClickAsync("[data-span='1']");
        await page.FillAsync("[name=text]", "Mưa");
        await page.CheckAsync("#note [value=span]");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d: Mưa"));
        var note = Assert.Single((await NotesAsync(teacher, session)).ToArray());
        Assert.InRange(TimeOf(note, "endTimeUs") - TimeOf(note, "startTimeUs"), 59_000_000, 61_000_000);

        // Two of one moment, at the edge of the graph: neither lies upon the other, both are whole.
        foreach (var text in (string[])["Nước đục hơn nhiều", "Cá nhảy lên mặt nước"])
        {
            await page.FillAsync("[name=text]", text);
            await page.CheckAsync("#note [value=now]");
            await page.ClickAsync("#note button");
            await Expect(page.Locator("#notes li:not(.waiting)", new() { HasText = text })).ToHaveCountAsync(1);
        }

        await page.WaitForFunctionAsync("() => ['Mưa', 'Nước đục hơn nhiều', 'Cá nhảy lên mặt nước'].every(text => window.labels[text])");
        await page.Locator("#plot").ScrollIntoViewIfNeededAsync();
        var labels = await page.EvaluateAsync<double[][]>("() => ['Nước đục hơn nhiều', 'Cá nhảy lên mặt nước'].map(text => window.labels[text])");
        Assert.All(labels, label => Assert.Equal(1, label[4]));
        Assert.All(labels, label => Assert.InRange(label[0] + label[2], 0, label[3]));
        Assert.True(Math.Abs(labels[0][1] - labels[1][1]) >= 12, "two notes are written upon each other");
        await student.KeepAsync("lesson-notes");

        // Taken back, one that is there and one that still waits.
        await page.Locator("#notes li", new() { HasText = "Mưa" }).Locator("button").ClickAsync();
        await Expect(page.Locator("#notes li")).ToHaveCountAsync(2);
        await Expect(page.Locator("#noted")).ToHaveTextAsync(student.Say("Taken back: it is as before.", "Đã rút lại: mọi thứ như trước."));
        await page.RouteAsync("**/notes", route => route.Request.Method == "POST" ? route.AbortAsync() : route.ContinueAsync());
        await page.FillAsync("[name=text]", "nhầm");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#unsent")).ToContainTextAsync("1");
        await page.Locator("#notes .waiting button").ClickAsync();
        await Expect(page.Locator("#unsent")).ToHaveTextAsync("");
        await page.UnrouteAsync("**/notes");
        await page.ReloadAsync();
        await Expect(page.Locator("#notes li")).ToHaveCountAsync(2);
        Assert.Equal(["Cá nhảy lên mặt nước", "Nước đục hơn nhiều"], (await NotesAsync(teacher, session)).Select(one => one.GetProperty("text").GetString()).Order(StringComparer.Ordinal));
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "phone")]
    public async Task A_locked_screen_loses_nothing_and_says_how_long_it_was(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayNowAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var (_, code, groups) = await ClassJourneyTests.OpenClassAsync(teacher, "lessons/salinity", 1, [Probe.Channel]);
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await page.AddInitScriptAsync(Lockable);
        await ClassJourneyTests.JoinAsync(student, code, groups[0]);
        await probe.SayNowAsync(7.2);
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(student.Say("7.20", "7,20"));
        var who = await page.Locator("#who").InnerTextAsync();

        // Locked: the browser stops the page, and the hub goes away and comes back meanwhile.
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await page.EvaluateAsync("() => { window.isLocked = true; document.dispatchEvent(new Event('visibilitychange')); }");
        await devtools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "frozen" });
        await probe.SayNowAsync(7.3);
        await hub.StopAsync();
        await hub.StartAgainAsync();
        await probe.On(hub.Host).SayNowAsync(7.4);
        await devtools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "active" });
        await page.EvaluateAsync("() => { window.lockedMs = 65000; window.isLocked = false; document.dispatchEvent(new Event('visibilitychange')); }");

        await Expect(page.Locator("#away")).ToHaveTextAsync(new Regex(student.Say("6[5-9] s", "6[5-9] giây")));
        await Expect(page.Locator("#cards b")).ToHaveTextAsync(student.Say("7.40", "7,40"));
        await Expect(page.Locator("#who")).ToHaveTextAsync(who);
        await Eventually.Get(
            async () => (double[]?)await page.EvaluateAsync<double[]>(
                """
                async (channel) => {
                  const { lesson } = await import(document.querySelector('script[type=module]').src);
                  const track = lesson.chart.tracks.get(channel);
                  const seen = track.t.map((t, i) => i).filter((i) => track.n[i] > 0);
                  return [7.1, 7.2, 7.3, 7.4].map((ph) => (seen.some((i) => track.low[i] <= ph + 1e-9 && track.high[i] >= ph - 1e-9) ? 1 : 0));
                }
                """,
                Probe.Channel),
            seen => seen.Sum() == 4,
            "the graph has what was measured while the screen was locked");
        await student.KeepAsync("lesson-locked");
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    [InlineData("en", "phone")]
    public async Task Every_target_of_a_lesson_is_as_large_as_a_thumb_in_every_part_of_it(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var curved = (await teacher.GetAsync("v1/lessons")).GetProperty("lessons").EnumerateArray().First(lesson => lesson.GetProperty("prediction").GetString() == "PREDICTION_KIND_CURVE").GetProperty("name").GetString()!;
        var (session, code, groups) = await ClassJourneyTests.OpenClassAsync(teacher, curved, 2, [Probe.Channel]);
        List<string> small = [];
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await student.OpenAsync($"/j/{code}");
        await LookAsync(page, "join");
        await page.ClickAsync("#join button");
        await page.Locator($"#groups input[value={groups[0]}]").CheckAsync();
        await LookAsync(page, "mascots");
        await page.ClickAsync("#mascots button.main");
        await Expect(page.Locator("#go")).ToBeVisibleAsync();
        await LookAsync(page, "seat");
        await page.ClickAsync("#go");
        await Expect(page.Locator("#run-panel")).ToBeVisibleAsync();
        await page.FillAsync("#keep [name=site]", "Bến 1");
        await page.CheckAsync("#unsteady");
        await page.Locator("#steady").ScrollIntoViewIfNeededAsync();
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(1);
        await page.FillAsync("[name=text]", "Mưa");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToHaveCountAsync(1);
        foreach (var kind in (string[])["event", "threshold", "time"])
        {
            await page.CheckAsync($"#run-kind [value={kind}]");
            await LookAsync(page, $"measure by {kind}");
        }

        await page.ClickAsync("#start");
        await Expect(page.Locator("#run-line")).ToContainTextAsync("●");
        await LookAsync(page, "measure while it runs");
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#start")).ToBeVisibleAsync();
        await page.ClickAsync("[data-tab=predict]");
        await page.ClickAsync("#predict-form summary");
        await LookAsync(page, "predict");
        await page.ClickAsync("[data-tab=compare]");
        await Expect(page.Locator("#numbers tr")).Not.ToHaveCountAsync(0);
        await page.SelectOptionAsync("#fit-kind", "CURVE_KIND_LINEAR");
        await LookAsync(page, "compare");
        await page.ClickAsync("[data-tab=home]");
        await Expect(page.Locator("#home-runs a").First).ToBeVisibleAsync();
        await LookAsync(page, "home");

        await using var wall = await browser.VisitAsync(hub.Url, language, size);
        await wall.OpenAsync($"/wall/{session.Split('/')[1]}");
        await Expect(wall.Page.Locator(".tile")).ToHaveCountAsync(2);
        await LookAsync(wall.Page, "wall");
        await wall.Page.ClickAsync($".tile[data-group={groups[0]}] .more");
        await wall.Page.ClickAsync("#drawer summary");
        await LookAsync(wall.Page, "wall, a group");
        await wall.Page.ClickAsync("#notes");
        await Expect(wall.Page.Locator("#drawer .note")).ToHaveCountAsync(1);
        await LookAsync(wall.Page, "wall, notes");
        foreach (var path in (string[])[$"/wall/{session.Split('/')[1]}/report", "/screen", "/public", "/screens", "/phones", "/preflight", "/preflight/cards", "/start", "/help/student"])
        {
            await wall.OpenAsync(path);
            await wall.Page.WaitForLoadStateAsync(LoadState.Load);
            await LookAsync(wall.Page, path);
        }

        Assert.True(small.Count == 0, string.Join(Environment.NewLine, small));

        async Task LookAsync(IPage seen, string where)
        {
            small.AddRange((await EveryPageTests.SmallTargetsAsync(seen)).Select(one => $"{where}: {one}"));
            if (!await seen.FitsAsync())
            {
                small.Add($"{where} scrolls sideways");
            }
        }
    }

    private static async Task<JsonElement.ArrayEnumerator> NotesAsync(Bay teacher, string session) => (await teacher.GetAsync($"v1/{session}/notes")).GetProperty("notes").EnumerateArray();

    private static long TimeOf(JsonElement note, string name) => long.Parse(note.GetProperty(name).ToString(), CultureInfo.InvariantCulture);
}
