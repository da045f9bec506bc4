using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>A teacher runs a lesson: at home over simulated agents (J2), and before a class, with a second device and a hub that restarts (J8).</summary>
[Collection(PageTests.Name)]
public sealed partial class ClassTests(Browser browser, Demo demo)
{
    /// <summary>A tile in every state, drawn by the wall's own script: what a probe does while a run is on, between runs and before the first, of a recording and after the bell.</summary>
    private const string DrawStates = """
        async () => {
          const { Tile } = await import(performance.getEntriesByType('resource').find(entry => entry.name.includes('walltile')).name);
          const on = { startUs: '-9000000' }, done = { startUs: '-9000000', endUs: '-1000000' };
          return [['COLLECTING', on], ['COLLECTING', done], ['COLLECTING', undefined], ['LATE', on], ['SUSPECT', on], ['SILENT', on], ['COLLECTING', undefined, true], ['SUSPECT', done, false, true]].map(([state, run, isReplay = false, isOver = false]) => {
            const tile = new Tile('crab', '#', () => {}, () => {});
            tile.set({ key: 'crab', name: { en: 'Crab', vi: 'Cua' }, state: `GROUP_STATE_${state}`, run, runs: run ? [run] : [] }, '', { hidden: false, isSpot: false, isFrozen: false, hasAlert: false, predicts: false, isOver });
            tile.tick(us => Number(us) / 1e6, isReplay, null);
            document.getElementById('tiles').append(tile.node);
            return tile.state.textContent;
          });
        }
        """;

    [ChromiumTheory]
    [InlineData("vi", "desktop", "/class", "#try")]
    [InlineData("en", "phone", "/start", ".tiles li:first-child button")]
    public async Task A_teacher_at_home_tries_a_lesson_and_has_a_running_wall_that_says_simulated(string language, string size, string from, string first)
    {
        await using var teacher = await browser.VisitAsync(demo.Url, language, size);
        await teacher.OpenAsync("/class");
        await LookAsync(teacher, "class-chooser");
        var page = teacher.Page;
        await teacher.OpenAsync(from);
        await page.ClickAsync(first);
        await Expect(page).ToHaveURLAsync(WallUrl());
        await Expect(page.Locator(".tile")).ToHaveCountAsync(3);
        await Expect(page.Locator(".tile .now b").First).ToHaveTextAsync(Digit());
        await Expect(page.Locator(".tile .state").First).ToHaveTextAsync(new Regex(teacher.Say("collecting|suspect", "đang thu|nghi ngờ")));
        await Expect(page.Locator(".banner.sim")).ToContainTextAsync(teacher.Say("simulated", "mô phỏng"));
        await Expect(page.Locator(".tile .run").First).ToHaveTextAsync(new Regex(teacher.Say("runs since", "đo được")));
        await Expect(page.Locator(".tile .sparkline path").First).ToHaveAttributeAsync("d", new Regex("L"));
        await LookAsync(teacher, "wall");

        await page.ClickAsync("#next");
        await Expect(page.Locator("#step-count")).ToHaveTextAsync(teacher.Say("Step 2 of 5", "Bước 2 trên 5"));
        // The step of predicting hides values; nobody has predicted.
        await Expect(page.Locator(".tile .now b").First).ToHaveTextAsync("?");
        await page.ClickAsync("[data-switch=hideValues]");
        await Expect(page.Locator(".tile .now b").First).ToHaveTextAsync(Digit());
        await page.ClickAsync(".tile[data-group=turtle] .spot-button");
        await Expect(page.Locator(".tile.is-spot h2")).ToHaveTextAsync(teacher.Say("Sea turtle", "Rùa biển"));
        await page.FillAsync("#message input", teacher.Say("Rinse the probe", "Tráng đầu đo"));
        await page.ClickAsync("#message button");
        await Expect(page.Locator(".banner.told")).ToContainTextAsync(teacher.Say("Rinse the probe", "Tráng đầu đo"));
        await page.ClickAsync(".tile[data-group=dolphin] .more");
        await Expect(page.Locator("#drawer h2")).ToContainTextAsync(teacher.Say("Dolphin", "Cá heo"));
        // Started by mistake: it is practice, and the class sees it; so is what starts next.
        await page.ClickAsync("#drawer .group-runs button");
        await Expect(page.Locator(".tile[data-group=dolphin] .run")).ToContainTextAsync(teacher.Say("practice", "đo thử"));
        await page.ClickAsync("[data-switch=practice]");
        await Expect(page.Locator(".banner").Filter(new() { HasText = "✐" })).ToContainTextAsync(teacher.Say("left out of datasets", "không đưa vào bộ dữ liệu"));
        await LookAsync(teacher, "wall-spotlight");

        await page.ClickAsync("#stop");
        await Expect(page.Locator("#stop")).ToBeDisabledAsync();
        var wall = page.Url;
        await page.GotoAsync($"{wall}/report");
        await Expect(page.Locator(".sheet")).ToHaveCountAsync(4);
        await Expect(page.Locator(".mark").First).ToBeVisibleAsync();
        await Expect(page.Locator("svg .line").First).ToHaveAttributeAsync("d", new Regex("^M"));
        await LookAsync(teacher, "report");
        var saved = await page.APIRequest.GetAsync($"{wall}/report?save=1");
        var file = await saved.TextAsync();
        Assert.Contains("attachment", saved.Headers["content-disposition"], StringComparison.Ordinal);
        Assert.Contains("<style>", file, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(src|href)=""(?!data:)", file);
        Assert.InRange(file.Length, 5_000, 300_000);
        Assert.Empty(teacher.Troubles);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task A_class_goes_on_over_a_restart_of_the_hub_and_a_second_device_takes_over(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        var page = teacher.Page;
        await teacher.OpenAsync("/class");
        await page.CheckAsync("input[value='lessons/cooling']");
        await page.SelectOptionAsync("[name=groups]", "2");
        await page.ClickAsync("#open-lesson");
        await Expect(page).ToHaveURLAsync(WallUrl());
        await Expect(page.Locator(".tile .state").First).ToHaveTextAsync(teacher.Say("∅ nothing to measure with", "∅ chưa có kênh đo"));

        // Nothing measures yet: said in words, with what to do.
        await page.ClickAsync("#start");
        await Expect(page.Locator("#said")).ToContainTextAsync(teacher.Say("give the groups their channels first", "hãy chọn kênh cho các nhóm trước"));
        await hub.PublishAsync("lab/pond/water_temperature", "41.5");
        await page.ClickAsync(".tile[data-group=dolphin] .more");
        await page.ClickAsync("#drawer summary");
        await page.CheckAsync("#drawer .channel-list input");
        await page.ClickAsync("#drawer details button");
        await Expect(page.Locator(".tile[data-group=dolphin] .what")).Not.ToHaveTextAsync("–");
        await page.ClickAsync("#start");
        await Expect(page.Locator("#phase")).ToHaveTextAsync(teacher.Say("running", "đang đo"));

        // Beyond the lesson's limit for as long as it says: told on the wall until somebody has seen it, small until it is over.
        var tile = page.Locator(".tile[data-group=dolphin]");
        await Expect(page.Locator("#alerts .alert")).ToHaveCountAsync(0);
        await hub.PublishAsync("lab/pond/water_temperature", "61.5");
        var alert = page.Locator("#alerts .alert");
        await Expect(alert).ToContainTextAsync(teacher.Say("Dolphin: Hot enough to burn", "Cá heo: Nóng có thể bỏng"));
        await Expect(tile).ToHaveClassAsync(new Regex("alarmed"));
        await Expect(page.Locator(".tile.alarmed")).ToHaveCountAsync(1);
        await LookAsync(teacher, "wall-alert");
        await alert.Locator("button").ClickAsync();
        await Expect(alert).ToHaveClassAsync(new Regex("seen"));
        await Expect(alert.Locator("button")).ToHaveCountAsync(0);
        await hub.PublishAsync("lab/pond/water_temperature", "57.5");
        await Expect(alert).ToHaveCountAsync(0);
        await Expect(tile).Not.ToHaveClassAsync(new Regex("alarmed"));

        // A student writes; the wall shows it after one tap.
        var code = await page.Locator("#code").InnerTextAsync();
        using var phone = new HttpClient { BaseAddress = new Uri(hub.Url) };
        var token = await JoinAsync(phone, code);
        phone.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        var session = $"classSessions/{new Uri(page.Url).Segments[^1]}";
        await PostAsync(phone, $"v1/{session}/notes", new { text = "<b>Nắp giữ nóng" });
        await Expect(page.Locator("#waiting")).ToContainTextAsync("1");
        await Expect(page.Locator("#published")).ToBeHiddenAsync();
        await page.ClickAsync("#notes");
        await LookAsync(teacher, "wall-notes");
        await page.Locator("#drawer .note button").First.ClickAsync();
        await Expect(page.Locator("#published li")).ToContainTextAsync("<b>Nắp giữ nóng");

        // Muted and let write again with the same button, then moved: the drawer follows while a finger is in it.
        await page.ClickAsync(".tile[data-group=dolphin] .more");
        var seat = page.Locator("#drawer .seats li").First;
        await seat.Locator("[data-of$=mute]").ClickAsync();
        await Expect(seat.Locator("b")).ToContainTextAsync(teacher.Say("only looks on", "đang chỉ xem"));
        await seat.Locator("[data-of$=mute]").ClickAsync();
        await Expect(seat.Locator("b")).Not.ToContainTextAsync(teacher.Say("only looks on", "đang chỉ xem"));
        await LookAsync(teacher, "wall-seats");
        await seat.Locator("select").SelectOptionAsync("turtle");
        await Expect(page.Locator(".tile[data-group=turtle] .people")).ToContainTextAsync("1");
        await Expect(page.Locator("#drawer .seats select")).ToHaveCountAsync(0);

        await hub.StopAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync(new Regex(teacher.Say("reconnecting", "đang nối lại")));
        await hub.StartAgainAsync();
        await Expect(page.Locator("#link")).ToHaveTextAsync(new Regex(teacher.Say("live", "trực tiếp")));
        await Expect(page.Locator("#phase")).ToHaveTextAsync(teacher.Say("running", "đang đo"));
        await Expect(page.Locator(".tile[data-group=turtle] .people")).ToContainTextAsync("1");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await phone.GetAsync(new Uri($"v1/{session}/class", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);

        await using var second = await browser.VisitAsync(hub.Url, language, "phone");
        await second.Page.GotoAsync(page.Url);
        await second.Page.ClickAsync("[data-switch=frozen]");
        await Expect(page.Locator(".banner.hold").First).ToContainTextAsync(teacher.Say("The picture is held", "Hình đang dừng"));
        await LookAsync(second, "wall-phone");

        // After the bell probes no longer matter, and nothing is hidden any more.
        await second.Page.ClickAsync("[data-switch=hideValues]");
        await Expect(page.Locator(".tile[data-group=dolphin] .now b")).ToHaveTextAsync("?");
        second.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await second.Page.ClickAsync("#bell");
        await Expect(page.Locator("#phase")).ToHaveTextAsync(teacher.Say("over", "đã hết giờ"));
        await Expect(page.Locator(".tile[data-group=dolphin] .state")).ToHaveTextAsync(teacher.Say("✓ over", "✓ đã hết giờ"));
        await Expect(page.Locator(".tile[data-group=dolphin] .now b")).Not.ToHaveTextAsync("?");
        var drawn = await second.Page.EvaluateAsync<string[]>(DrawStates);
        Assert.Equal(
            [
                teacher.Say("● collecting", "● đang thu"), teacher.Say("● ready: readings come in", "● sẵn sàng: số đo đang về"), teacher.Say("● ready: readings come in", "● sẵn sàng: số đo đang về"),
                teacher.Say("◐ late: old readings come in", "◐ trễ: số đo cũ đang về"), teacher.Say("▲ suspect: check the probe", "▲ nghi ngờ: xem lại đầu đo"), teacher.Say("○ silent: nothing comes", "○ im lặng: không có gì về"),
                teacher.Say("↻ a recording", "↻ bản ghi"), teacher.Say("✓ over", "✓ đã hết giờ"),
            ],
            drawn);
        await LookAsync(second, "wall-states");

        await second.Page.ClickAsync("#again");
        await Expect(second.Page.Locator("#phase")).ToHaveTextAsync(teacher.Say("not started", "chưa bắt đầu"));
        Assert.NotEqual(page.Url, second.Page.Url);
        await second.OpenAsync("/class");
        await second.Page.ClickAsync($".session[data-session='{session}'] .end");
        await Expect(page.Locator(".banner.hold").First).ToContainTextAsync(teacher.Say("has ended", "đã kết thúc"));
        await page.ReloadAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(teacher.Say("no such class session", "Không có buổi học"));
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_recorded_run_is_chosen_by_its_name_and_played_as_if_live(string language, string size)
    {
        using var bay = new Bay(demo.Url);
        var channels = await bay.ChannelsAsync("ph", 2);
        var now = await bay.NowUsAsync();
        await bay.RunAsync("Chuyến đi thử", channels, now - (30 * 60_000_000L), now - (10 * 60_000_000L));
        await using var teacher = await browser.VisitAsync(demo.Url, language, size);
        var page = teacher.Page;
        await teacher.OpenAsync("/class");
        await page.ClickAsync("#replay summary");
        await page.Locator("#runs label", new() { HasText = "Chuyến đi thử" }).ClickAsync();
        await LookAsync(teacher, "class-replay");
        await page.Locator("#replay-form button").ClickAsync();
        await Expect(page).ToHaveURLAsync(WallUrl());
        await Expect(page.Locator(".tile")).ToHaveCountAsync(1);
        await page.ClickAsync("#start");
        await Expect(page.Locator(".tile .now b")).ToHaveTextAsync(Digit());
        await Expect(page.Locator("#banners")).ToContainTextAsync("Không phải đang đo");
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#phase")).ToHaveTextAsync("chưa bắt đầu");
        Assert.Empty(teacher.Troubles);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task A_lesson_is_copied_changed_and_opened_and_the_wifi_password_stays_on_the_page(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var teacher = await browser.VisitAsync(hub.Url, language, "desktop");
        var page = teacher.Page;
        var sent = new List<string>();
        page.Request += (_, request) => sent.Add(request.Url + request.PostData);
        await teacher.OpenAsync("/class/lesson?of=cooling");
        await Expect(page.Locator("#form")).ToBeVisibleAsync();
        await LookAsync(teacher, "lesson-form");
        await page.Locator("#form input").First.FillAsync("Tra Nong");
        await page.ClickAsync("#save");
        await Expect(page.Locator("#said")).ToContainTextAsync("slug chỉ gồm");
        await page.Locator("#form input").First.FillAsync("tra-nong");
        await page.Locator("#form fieldset.both input[lang=vi]").First.FillAsync("Trà nóng");
        await page.ClickAsync("#save");
        await Expect(page.Locator("#said")).ToContainTextAsync("Đã lưu");

        await teacher.OpenAsync("/class");
        await page.CheckAsync("input[value='lessons/tra-nong']");
        await page.ClickAsync("#open-lesson");
        await Expect(page.Locator("#title")).ToHaveTextAsync("Trà nóng");
        await teacher.OpenAsync("/class");
        await page.ClickAsync(".session .join-card summary");
        await page.FillAsync(".ssid", "Vịnh Hạ Long");
        await page.FillAsync(".password", "ca-heo;1234");
        await Expect(page.Locator(".wifi .qr svg path")).ToHaveAttributeAsync("d", new Regex("^M"));
        await LookAsync(teacher, "join-card");
        Assert.DoesNotContain(sent, one => one.Contains("ca-heo", StringComparison.Ordinal));
    }

    private static async Task<string> JoinAsync(HttpClient phone, string code)
    {
        var answer = await PostAsync(phone, "v1/classSessions:join", new { code, asToken = true, group = "dolphin" });
        return answer.GetProperty("token").GetString()!;
    }

    private static async Task<System.Text.Json.JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(client, path, body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return System.Text.Json.JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>What holds for every page, and a picture where one is wanted.</summary>
    private static async Task LookAsync(Visitor visitor, string name)
    {
        await visitor.KeepAsync(name);
        Assert.Empty((await visitor.Page.ViolationsAsync()).Select(violation => $"{name}: {violation}"));
        var text = await visitor.Page.Locator("body").InnerTextAsync();
        Assert.DoesNotMatch(@"undefined|NaN|\{\d\}", text);
        Assert.True(await visitor.Page.FitsAsync(), $"{name} scrolls sideways");
        Assert.Empty(visitor.Outside);
    }

    [GeneratedRegex(@"/wall/\d+$")]
    private static partial Regex WallUrl();

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digit();
}
