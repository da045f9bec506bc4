using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The ten-minute version of a lesson on a hub that has measured nothing and has nothing that measures.</summary>
[Collection(PageTests.Name)]
public sealed class TenMinuteTests(Browser browser)
{
    /// <summary>Part of the graph's columns in which the first line is seen.</summary>
    private const string Drawn = """
        () => {
          const { data, width, height } = (({ canvas }) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height))({ canvas: document.getElementById('graph') });
          let columns = 0;
          for (let x = 0; x < width; x++) {
            for (let y = 0; y < height; y++) {
              const i = (y * width + x) * 4;
              if (data[i + 3] > 200 && Math.abs(data[i] - 10) < 25 && Math.abs(data[i + 1] - 95) < 25 && Math.abs(data[i + 2] - 136) < 25) { columns++; break; }
            }
          }
          return columns / width;
        }
        """;

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_recording_ends_with_its_last_reading_on_card_and_chart_and_the_wall_says_its_days(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        using var bay = new Bay(hub.Url);
        var opened = (await bay.PostAsync("v1/classSessions", new { lesson = "lessons/salinity", shortVersion = true, shippedRecording = true, replaySpeed = 3600 })).GetProperty("session");
        var session = opened.GetProperty("name").GetString()!;
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await ClassJourneyTests.JoinAsync(student, opened.GetProperty("code").GetString()!, "dolphin");
        await page.FillAsync("[name=number]", "30");
        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#values")).ToBeVisibleAsync();
        await bay.PostAsync($"v1/{session}:startRun", new { inUs = "0" });

        // What the three files end with, at midnight.
        var last = new Regex("^(25,120|49,480|5,490)");
        await Expect(page.Locator("#cards b").First).ToHaveTextAsync(last);
        await Expect(page.Locator("#legend b").First).ToHaveTextAsync(last);

        // Asked for anew from the hub, it is the same.
        await page.ReloadAsync();
        await Expect(page.Locator("#cards b").First).ToHaveTextAsync(last);
        await Expect(page.Locator("#legend b").First).ToHaveTextAsync(last);

        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        await teacher.OpenAsync($"/{session.Replace("classSessions", "wall", StringComparison.Ordinal)}");
        await Expect(teacher.Page.Locator("#banners")).ToContainTextAsync("2012");
        await Expect(teacher.Page.Locator("#banners")).ToContainTextAsync("2013");
        await Expect(teacher.Page.Locator("#banners")).ToContainTextAsync("2021");
    }

    [ChromiumTheory]
    [InlineData("vi", "phone", "salinity")]
    [InlineData("en", "phone", "cooling")]
    public async Task A_teacher_without_any_probe_opens_ten_minutes_and_a_student_does_all_of_them(string language, string size, string lesson)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        var wall = teacher.Page;
        await teacher.OpenAsync("/class");
        await wall.Locator($"input[value='lessons/{lesson}']").CheckAsync();
        await Expect(wall.Locator("#with-recording")).ToBeHiddenAsync();
        await wall.Locator("[name=shortVersion]").CheckAsync();
        await Expect(wall.Locator("#with-recording input")).ToBeCheckedAsync();
        await Expect(wall.Locator("#recording-of")).ToContainTextAsync(teacher.Say("3 recordings", "3 bản ghi"));
        await LookAsync(teacher, $"ten-class-{lesson}");
        await wall.ClickAsync("#open-lesson");
        await Expect(wall.Locator(".tile")).ToHaveCountAsync(3);
        await Expect(wall.Locator(".tile .state").First).ToContainTextAsync("↻");

        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await ClassJourneyTests.JoinAsync(student, await wall.Locator("#code").InnerTextAsync(), "dolphin");

        // Hidden until it is said what is expected; the question is the short version's own.
        await Expect(page.Locator("[data-tab=predict]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("#predict-prompt")).ToHaveTextAsync(await page.Locator("#step-prompt").InnerTextAsync());
        if (lesson == "cooling")
        {
            await Expect(page.Locator("#predict-form [name=seconds]")).ToHaveValueAsync("1800");
            await Expect(page.Locator("[name=high]")).ToHaveValueAsync("70");
            await page.Locator("#predict details summary").ClickAsync();
            await page.FillAsync("[name=v0]", "60");
            await page.FillAsync("[name=v4]", "25");
        }
        else
        {
            await page.FillAsync("[name=number]", "30");
        }

        await LookAsync(student, $"ten-predict-{lesson}");
        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#values")).ToBeVisibleAsync();
        await Expect(page.Locator("#replay")).ToBeVisibleAsync();
        await Expect(page.Locator("#source")).Not.ToHaveTextAsync("");
        await Expect(page.Locator("#keep-panel")).ToBeHiddenAsync();

        // The teacher plays it: values come, and the picture fills.
        await wall.ClickAsync("#next");
        await wall.ClickAsync("#start");
        await Expect(page.Locator("#cards b").First).ToHaveTextAsync(new Regex("[0-9]"));
        var first = await page.Locator("#cards b").First.InnerTextAsync();
        await Expect(page.Locator("#cards b").First).Not.ToHaveTextAsync(first);
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('#plot canvas') !== null"));
        await Expect(wall.Locator(".tile .now b").First).ToHaveTextAsync(new Regex("[0-9]"));
        await page.FillAsync("[name=text]", "10 s");
        await page.ClickAsync("#note button");
        await Expect(page.Locator("#notes li:not(.waiting)")).ToHaveCountAsync(1);
        await LookAsync(student, $"ten-watch-{lesson}");
        await LookAsync(teacher, $"ten-wall-{lesson}");

        // Who comes late sees it from its beginning.
        await using var late = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        await ClassJourneyTests.JoinAsync(late, await wall.Locator("#code").InnerTextAsync(), "dolphin");
        await Expect(late.Page.Locator("#cards b").First).ToHaveTextAsync(new Regex("[0-9]"));

        // The runs of all groups lie over each other, and go home.
        await page.ClickAsync("[data-tab=compare]");
        await Expect(page.Locator("#compare-runs > label input")).ToHaveCountAsync(3);
        await Expect(page.Locator("#compare-runs input:checked")).ToHaveCountAsync(1);
        await page.Locator("#compare-runs > label input:not(:checked)").First.EvaluateAsync("box => box.click()");
        await Expect(page.Locator("#overlay")).ToHaveAttributeAsync("data-runs", "2");
        await Expect(page.Locator("#numbers tr")).ToHaveCountAsync(2);
        Assert.InRange(await page.Locator("#numbers th").First.EvaluateAsync<double>("head => head.getBoundingClientRect().width"), 110, 240);
        if (lesson == "salinity")
        {
            // A day is chosen from by hours, in the reader's words, whoever opened it first.
            await Expect(page.Locator("#compare-runs")).Not.ToContainTextAsync("StemLab");
            await Expect(page.Locator(".line.span")).ToContainTextAsync(student.Say(" h", "giờ"));
            await page.FillAsync("#part-from", "6");
            await page.FillAsync("#part-to", "12");
            await page.Locator("#part-to").BlurAsync();
            await Expect(page.Locator("#overlay-span")).ToHaveTextAsync(student.Say("from 6.0 h to 12.0 h", "từ 6,0 đến 12,0 giờ"));
            await page.ClickAsync("#whole-run");
            await Expect(page.Locator("thead", new() { Has = page.Locator("th") }).Last).ToContainTextAsync(student.Say("Slope per minute (mS/cm)", "Độ dốc mỗi phút (mS/cm)"));
        }

        await LookAsync(student, $"ten-compare-{lesson}");
        await wall.ClickAsync("#next");
        await page.ClickAsync("[data-tab=home]");
        var file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#take-home"));
        var home = System.Net.WebUtility.HtmlDecode(await File.ReadAllTextAsync((await file.PathAsync())!, TestContext.Current.CancellationToken));
        Assert.Contains("10 s", home, StringComparison.Ordinal);
        Assert.Contains("StemLab", home, StringComparison.Ordinal);
        if (lesson == "cooling")
        {
            Assert.Contains("Simulated", home, StringComparison.Ordinal);
        }

        // Its graph has a line from end to end, also where a probe measured every quarter of an hour.
        await using var later = await browser.VisitAsync("file:///", language, "desktop");
        using var folder = new TempFolder();
        var kept = Path.Combine(folder.Path, "home.html");
        await file.SaveAsAsync(kept);
        await later.Page.GotoAsync(new Uri(kept).AbsoluteUri);
        Assert.InRange(await later.Page.EvaluateAsync<double>(Drawn), 0.5, 1);
        await later.KeepAsync($"ten-home-file-{lesson}");

        await LookAsync(student, $"ten-home-{lesson}");
        Assert.Empty(student.Outside);
        Assert.Empty(student.Troubles);

        // The report says units, and hours as the reader's clock does.
        if (lesson == "salinity")
        {
            await teacher.OpenAsync(new Uri(wall.Url).AbsolutePath + "/report");
            await Expect(wall.Locator(".sheet").First).ToContainTextAsync("30 mS/cm");
            await Expect(wall.Locator(".sheet").Nth(1)).ToContainTextAsync("00:00");
            await Expect(wall.Locator("body")).Not.ToContainTextAsync("17:00");
            await LookAsync(teacher, "ten-report-salinity");
        }

        // A board that shows nothing of it, and the lesson once more.
        await teacher.OpenAsync("/");
        await Expect(wall.Locator("[data-name*='rec-'], .card")).ToHaveCountAsync(0);
        await teacher.OpenAsync("/class");
        await wall.ClickAsync(".again");
        await Expect(wall.Locator(".tile")).ToHaveCountAsync(3);
    }

    /// <summary>For people to look at: each of the six, played to its end.</summary>
    [ChromiumTheory(Explicit = true)]
    [InlineData("vi", "phone", "after-the-rain")]
    [InlineData("vi", "phone", "classroom-co2")]
    [InlineData("vi", "phone", "cooling")]
    [InlineData("vi", "phone", "day-and-night")]
    [InlineData("en", "phone", "light-and-motion")]
    [InlineData("en", "phone", "salinity")]
    public async Task Each_lesson_is_walked_through_to_its_end(string language, string size, string lesson)
    {
        await using var hub = await EmptyHub.StartAsync();
        using var bay = new Bay(hub.Url);
        var opened = (await bay.PostAsync("v1/classSessions", new { lesson = $"lessons/{lesson}", shortVersion = true, shippedRecording = true, replaySpeed = lesson == "light-and-motion" ? 1 : lesson == "cooling" ? 100 : 3600 })).GetProperty("session");
        var session = opened.GetProperty("name").GetString()!;
        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        await teacher.OpenAsync($"/wall/{session.Split('/')[1]}");
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await ClassJourneyTests.JoinAsync(student, opened.GetProperty("code").GetString()!, "dolphin");
        await LookAsync(student, $"walk-{lesson}-1-predict");
        if (await page.Locator("[name=number]").CountAsync() > 0)
        {
            await page.FillAsync("[name=number]", "1.4");
        }
        else
        {
            await page.Locator("#predict details summary").ClickAsync();
            await page.FillAsync("[name=v0]", "5");
            await page.FillAsync("[name=v2]", "9");
            await page.FillAsync("[name=v4]", "6");
        }

        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#values")).ToBeVisibleAsync();
        await teacher.Page.ClickAsync("#next");
        await teacher.Page.ClickAsync("#start");
        JsonElement state;
        do
        {
            state = (await bay.GetAsync($"v1/{session}/class")).GetProperty("classState");
        }
        while (state.GetProperty("phase").GetString() != "CLASS_PHASE_STOPPED");

        // What is tapped is drawn too.
        if (await page.Locator("#cards .card").CountAsync() is > 1)
        {
            await page.Locator("#cards .card").Nth(1).ClickAsync();
        }

        await Expect(page.Locator("#legend b").First).ToHaveTextAsync(new Regex("[0-9]"));
        await LookAsync(student, $"walk-{lesson}-2-watch");
        await LookAsync(teacher, $"walk-{lesson}-3-wall");
        await page.ClickAsync("[data-tab=compare]");
        while (await page.Locator("#compare-runs > label input:not(:checked)").CountAsync() > 0)
        {
            await page.Locator("#compare-runs > label input:not(:checked)").First.EvaluateAsync("box => box.click()");
        }

        await Expect(page.Locator("#numbers tr")).Not.ToHaveCountAsync(0);
        await LookAsync(student, $"walk-{lesson}-4-compare");
        await teacher.OpenAsync($"{teacher.Page.Url}/report");
        await LookAsync(teacher, $"walk-{lesson}-5-report");
    }

    /// <summary>What holds for every page, and a picture where one is wanted.</summary>
    private static async Task LookAsync(Visitor visitor, string name)
    {
        var axe = await visitor.Page.RunAxe();
        Assert.Empty(axe.Violations.Select(violation => $"{name}: {violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
        Assert.True(await visitor.Page.FitsAsync(), $"{name} scrolls sideways");
        Assert.DoesNotMatch(@"undefined|NaN|\{\d\}", await visitor.Page.Locator("body").InnerTextAsync());
        await visitor.KeepAsync(name);
    }
}
