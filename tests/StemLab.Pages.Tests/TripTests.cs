using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>Before and after a trip, the public screen and page, start and help, in both languages, at phone and desktop size.</summary>
[Collection(PageTests.Name)]
public sealed class TripTests(Browser browser, Demo demo)
{
    /// <summary>Of the logo as it is drawn; fails where it is no picture.</summary>
    private const string Width = "async () => { const logo = document.getElementById('logo'); await logo.decode(); return logo.naturalWidth; }";

    /// <summary>One visitor a language and size goes through the pages a person of that size meets.</summary>
    [ChromiumTheory]
    [InlineData("en", "phone", "/start", "/preflight", "/public")]
    [InlineData("en", "desktop", "/screen")]
    [InlineData("vi", "desktop", "/start", "/preflight", "/public", "/screen")]
    [InlineData("vi", "phone", "/preflight/cards", "/screens", "/phones", "/help", "/help/student", "/help/teacher", "/help/technician", "/help/researcher", "/help/visitor", "/help/wifi")]
    public async Task A_page_of_a_trip_is_accessible_light_and_asks_no_other_host(string language, string size, params string[] paths)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        foreach (var path in paths)
        {
            await visitor.OpenAsync(path);
            await Expect(visitor.Page.Locator("h1")).ToHaveCountAsync(1);
            if (path == "/preflight")
            {
                await Expect(visitor.Page.Locator("#lines li").First).ToBeVisibleAsync();
                await Expect(visitor.Page.Locator("#verdict")).Not.ToHaveTextAsync(visitor.Say("Looking at everything…", "Đang xem mọi thứ…"));
                await LookAsync(visitor, "trip-preflight");

                // After the trip: the same lights for another question, also when the page is loaded again.
                await visitor.Page.GetByRole(AriaRole.Button, new() { Name = visitor.Say("Safe to leave?", "Có thể ra về?") }).ClickAsync();
                await SaysSafeToLeaveAsync(visitor);
                await visitor.Page.ReloadAsync();
                await SaysSafeToLeaveAsync(visitor);
            }
            else if (path == "/public")
            {
                await Expect(visitor.Page.Locator("article.public .figure b").First).ToHaveTextAsync(new Regex("[0-9]"));
            }
            else if (path == "/screen")
            {
                await Expect(visitor.Page.Locator("#digits")).ToHaveTextAsync(new Regex("^([0-9] ){3}[0-9]$"));
            }

            await LookAsync(visitor, $"trip{path.Replace('/', '-')}");
            await visitor.ForgetAsync();
        }
    }

    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task A_tv_is_attached_by_its_digits_shows_both_languages_rotates_and_goes_on_by_itself(string language)
    {
        await using var tv = await browser.VisitAsync(demo.Url, language, "desktop");
        await tv.OpenAsync("/screen");
        await Expect(tv.Page.Locator("#digits")).ToHaveTextAsync(new Regex("[0-9]"));
        await LookAsync(tv, "screen-digits");
        var digits = (await tv.Page.Locator("#digits").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);

        await using var teacher = await browser.VisitAsync(demo.Url, language, "phone");
        await teacher.OpenAsync("/screens");
        await teacher.Page.FillAsync("#attach [name=code]", digits);
        await teacher.Page.FillAsync("#attach [name=displayName]", $"Hall {language}");
        await teacher.Page.ClickAsync("#attach button");
        await Expect(teacher.Page.Locator("#attach output")).ToContainTextAsync($"Hall {language}");

        await Expect(tv.Page.Locator("article.public .figure b")).ToHaveTextAsync(new Regex("[0-9]"));
        await Expect(tv.Page.Locator("article.public h2 .second")).ToHaveAttributeAsync("lang", language == "vi" ? "en" : "vi");
        await Expect(tv.Page.Locator("#map circle")).ToHaveCountAsync(8);
        await Expect(tv.Page.Locator("#map svg")).ToHaveAttributeAsync("aria-label", new Regex(tv.Say("Coral garden", "Vườn san hô")));
        await LookAsync(tv, "screen");
        await tv.Page.Clock.InstallAsync();
        await tv.Page.ReloadAsync();
        await Expect(tv.Page.Locator("article.public .figure b")).ToHaveTextAsync(new Regex("[0-9]"));

        // The next card comes by itself, and the one after it; held, it stays.
        await tv.Page.EvaluateAsync("() => { window.isSamePage = true; }");
        for (var card = 0; card < 2; card++)
        {
            var (shown, dots) = (await tv.Page.Locator("article.public h2, article.public .place").AllInnerTextsAsync(), await tv.Page.Locator(".dots").InnerTextAsync());
            await tv.Page.Clock.FastForwardAsync("00:12");
            await Expect(tv.Page.Locator(".dots")).Not.ToHaveTextAsync(dots);
            Assert.NotEqual(shown, await tv.Page.Locator("article.public h2, article.public .place").AllInnerTextsAsync());
        }

        await tv.Page.ClickAsync("#pause");
        var held = await tv.Page.Locator(".dots").InnerTextAsync();
        await tv.Page.Clock.FastForwardAsync("00:13");
        await Expect(tv.Page.Locator(".dots")).ToHaveTextAsync(held);
        Assert.True(await tv.Page.EvaluateAsync<bool>("() => window.isSamePage"));

        // From 5 m away letters need 25 mm, which is a twenty-eighth of the height of a TV of 32 inches.
        var height = tv.Page.ViewportSize!.Height;
        Assert.True(await tv.Page.EvaluateAsync<double>("() => Math.min(...[...document.querySelectorAll('article h2, article .meaning:not(.second), article .age:not(.second), article .place:not(.second)')].map(e => parseFloat(getComputedStyle(e).fontSize)))") >= height / 28.0);
        Assert.True(await tv.Page.EvaluateAsync<bool>("() => document.documentElement.scrollHeight <= innerHeight && document.querySelector('article.public').scrollHeight <= document.querySelector('article.public').clientHeight + 1"), "the card is cut off");

        var row = teacher.Page.Locator("#screens li", new PageLocatorOptions { HasTextString = $"Hall {language}" });
        await row.Locator("button").ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await tv.Page.ReloadAsync();
        await Expect(tv.Page.Locator("#digits")).ToHaveCountAsync(1);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task A_logo_shows_on_screens_and_phones_that_are_open_and_on_new_ones_until_it_is_taken_away(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await (await Probe.EnrolAsync(hub.Host)).SayAsync(8.1);
        hub.Host.Services.GetRequiredService<StemLab.Hub.Screens.ScreenBook>().Change(before => before with { Channels = [Probe.Channel] });
        await using var tv = await browser.VisitAsync(hub.Url, language, "desktop");
        await tv.OpenAsync("/screen");
        await Expect(tv.Page.Locator("#digits")).ToHaveTextAsync(new Regex("[0-9]"));
        await using var teacher = await browser.VisitAsync(hub.Url, language, "phone");
        await teacher.OpenAsync("/screens");
        await teacher.Page.FillAsync("#attach [name=code]", (await tv.Page.Locator("#digits").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await teacher.Page.FillAsync("#attach [name=displayName]", "Hall");
        await teacher.Page.ClickAsync("#attach button");
        await using var phone = await browser.VisitAsync(hub.Url, language, "phone");
        await phone.OpenAsync("/public");
        foreach (var page in (IPage[])[tv.Page, phone.Page])
        {
            await Expect(page.Locator("article.public .figure b")).ToHaveTextAsync("8,10");
            await Expect(page.Locator("#logo")).ToBeHiddenAsync();
        }

        await Expect(teacher.Page.Locator("#public [name=channel]:checked")).ToHaveCountAsync(1);
        var picture = await teacher.Page.EvaluateAsync<string>("() => { const canvas = document.createElement('canvas'); canvas.width = 40; canvas.height = 20; canvas.getContext('2d').fillRect(4, 4, 32, 12); return canvas.toDataURL('image/png').split(',')[1]; }");
        await teacher.Page.SetInputFilesAsync("[name=logo]", new FilePayload { Name = "logo.png", MimeType = "image/png", Buffer = Convert.FromBase64String(picture) });
        await SaveBoardAsync(teacher);
        foreach (var page in (IPage[])[tv.Page, phone.Page])
        {
            await Expect(page.Locator("#logo")).ToBeVisibleAsync();
            Assert.Equal(40, await page.EvaluateAsync<int>(Width));
            await page.ReloadAsync();
            await Expect(page.Locator("article.public .figure b")).ToHaveTextAsync("8,10");
            Assert.Equal(40, await page.EvaluateAsync<int>(Width));
        }

        await LookAsync(tv, "screen-logo");
        await LookAsync(phone, "public-logo");

        // On the same page of the teacher: what was chosen before is not sent once more.
        await teacher.Page.CheckAsync("[name=noLogo]");
        await SaveBoardAsync(teacher);
        await Expect(tv.Page.Locator("#logo")).ToBeHiddenAsync();
        await Expect(phone.Page.Locator("#logo")).ToBeHiddenAsync();
        await Expect(teacher.Page.Locator("[name=noLogo]")).Not.ToBeCheckedAsync();
        Assert.Empty(teacher.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task A_campaign_is_public_once_a_teacher_has_ticked_it_and_not_when_the_tick_is_gone(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(8.1);
        await probe.SayAsync(8.3);
        hub.Host.Services.GetRequiredService<StemLab.Hub.Export.CampaignBook>().Describe(new StemLab.V1.Campaign
        {
            Name = "campaigns/spring",
            Title = "Mùa xuân 2026",
            Description = "Từ cầu tàu ra đảo.\nEvery pair of students kept ten samples.",
            Licence = "CC-BY-4.0",
            Creator = "Trường Hạ Long",
        });
        await using var teacher = await browser.VisitAsync(hub.Url, language, size);
        await teacher.OpenAsync("/screens");
        await teacher.Page.CheckAsync("#public [name=campaign]");
        await SaveBoardAsync(teacher);
        await using var anybody = await browser.VisitAsync(hub.Url, language, size);
        await anybody.OpenAsync("/public");
        await anybody.Page.ClickAsync("#campaigns a");
        await Expect(anybody.Page.Locator("h1")).ToHaveTextAsync("Mùa xuân 2026");
        await Expect(anybody.Page.Locator("figure.public")).ToContainTextAsync(anybody.Say("from 8.10 to 8.30", "từ 8,10 đến 8,30"));
        await Expect(anybody.Page.Locator("main")).ToContainTextAsync("CC-BY-4.0");
        Assert.Empty(await anybody.Page.ViolationsAsync());
        Assert.True(await anybody.Page.FitsAsync());

        // No word of a picture stands over another or outside it, nor does a table of numbers.
        Assert.Equal("", await anybody.Page.EvaluateAsync<string>("""
            () => {
              const drawing = document.querySelector('figure.public svg').getBoundingClientRect();
              const words = [...document.querySelectorAll('figure.public svg text')];
              words[0].textContent = '30.990';
              const boxes = words.map((word) => word.getBoundingClientRect());
              return boxes.map((a, i) => (a.left < drawing.left || a.right > drawing.right ? `${words[i].textContent} is cut` : boxes.some((b, j) => j > i && a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2) ? `${words[i].textContent} stands over another` : '')).join('');
            }
            """));
        Assert.True(await anybody.Page.Locator(".scroll").First.EvaluateAsync<bool>("table => table.scrollWidth <= table.clientWidth"));
        await LookAsync(anybody, "public-campaign");
        await LookAsync(teacher, "screens-campaign");
        var address = anybody.Page.Url;

        await teacher.Page.UncheckAsync("#public [name=campaign]");
        await SaveBoardAsync(teacher);
        Assert.Equal(404, (await anybody.Page.GotoAsync(address))!.Status);
        await Expect(anybody.Page.Locator("h1")).ToHaveTextAsync(anybody.Say("No such campaign", "Không có chiến dịch này"));
        Assert.Empty(anybody.Outside);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task When_nothing_is_live_the_screen_says_so_and_replays_the_last_day(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(8.1);
        hub.Host.Services.GetRequiredService<StemLab.Hub.Screens.ScreenBook>().Change(before => before with { CityName = "Hạ Long", Channels = [Probe.Channel] });
        await using var visitor = await browser.VisitAsync(hub.Url, language, "phone");
        // The hub's own answer, as if hours had passed since the last reading.
        await visitor.Page.RouteAsync("**/v1/public", async route =>
        {
            var answer = await route.FetchAsync();
            var text = Regex.Replace(await answer.TextAsync(), "\"live\": ?true", "\"live\": false");
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = text });
        });
        await visitor.OpenAsync("/public");
        await Expect(visitor.Page.Locator("#banner")).ToContainTextAsync("Lúc này không có gì đang đo");
        await visitor.Page.ClickAsync("#replay");
        await Expect(visitor.Page.Locator("#banner")).ToContainTextAsync("Phát lại");
        await Expect(visitor.Page.Locator("article.public .figure b").First).ToHaveTextAsync("8,10");
        await LookAsync(visitor, "public-replay");
    }

    [ChromiumTheory]
    [InlineData("en", true)]
    [InlineData("vi", false)]
    public async Task A_chart_is_heard_and_told_by_a_voice_of_the_device_or_else_in_text(string language, bool hasVoice)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, "phone");
        await visitor.Page.AddInitScriptAsync($$"""
            window.tones = 0; window.told = [];
            const make = AudioContext.prototype.createOscillator;
            AudioContext.prototype.createOscillator = function () { window.tones++; return make.call(this); };
            Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: class { constructor(text) { this.text = text; } } });
            Object.defineProperty(window, 'speechSynthesis', { value: { getVoices: () => [{ lang: 'en-GB', localService: {{(hasVoice ? "true" : "false")}} }, { lang: 'vi-VN', localService: false }], cancel() {}, speak(words) { window.told.push(words.text); }, addEventListener() {} } });
            """);
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("#legend b").First).ToHaveTextAsync(new Regex("[0-9]"));
        await visitor.Page.ClickAsync("[data-do=tell]");
        await Expect(visitor.Page.Locator("#held")).ToHaveTextAsync(new Regex(visitor.Say("(rose|fell|stayed)", "(tăng|giảm|quanh)")));
        Assert.Equal(hasVoice ? 1 : 0, await visitor.Page.EvaluateAsync<int>("() => window.told.length"));
        Assert.Equal(!hasVoice, (await visitor.Page.Locator("#held").InnerTextAsync()).Contains(visitor.Say("no English voice", "không có giọng đọc"), StringComparison.Ordinal));
        await visitor.Page.ClickAsync("[data-do=listen]");
        await Expect(visitor.Page.Locator("[data-do=listen]")).ToHaveAttributeAsync("aria-pressed", "true");
        await visitor.Page.WaitForFunctionAsync("() => window.tones > 1");
        await visitor.Page.Locator("#plot").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowLeft");
        await visitor.Page.ClickAsync("[data-do=listen]");
        await Expect(visitor.Page.Locator("[data-do=listen]")).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Empty(visitor.Outside);
    }

    /// <summary>Pictures for the help pages: written anew under STEMLAB_APPROVE=1, else only looked for.</summary>
    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task Every_help_page_has_its_pictures(string language)
    {
        (string Path, string Name, string Ready)[] pictures = [("/j/K7M4XP", "join", "#join"), ("/", "board", "#legend b"), ("/start", "start", ".tiles"), ("/preflight", "preflight", "#lines li"), ("/agents", "agents", ".agents li"), ("/datasets", "datasets", "h1"), ("/public", "public", "article .figure b")];
        await using var visitor = await browser.VisitAsync(demo.Url, language, "phone");
        if (Environment.GetEnvironmentVariable("STEMLAB_APPROVE") == "1")
        {
            var folder = Path.Combine(Clone.Root, "hub", "Host", "Web", "assets", "help");
            Directory.CreateDirectory(folder);
            await visitor.Page.SetViewportSizeAsync(360, 560);
            foreach (var (path, name, ready) in pictures)
            {
                await visitor.OpenAsync(path);
                await Expect(visitor.Page.Locator(ready).First).ToBeVisibleAsync();
                await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{language}.jpg"), Type = ScreenshotType.Jpeg, Quality = 45 });
            }
        }

        foreach (var who in (string[])["student", "teacher", "technician", "researcher", "visitor", "wifi"])
        {
            await visitor.OpenAsync($"/help/{who}");
            var missing = await visitor.Page.EvaluateAsync<int>("async () => { const all = [...document.querySelectorAll('.pictures img')]; for (const one of all) { one.loading = 'eager'; await one.decode().catch(() => {}); } return all.filter(one => one.naturalWidth === 0).length; }");
            Assert.Equal(0, missing);
            Assert.Equal(who == "wifi", await visitor.Page.Locator(".pictures img").CountAsync() == 0);
            var pages = await PagesAsync(visitor.Page);
            Assert.True(pages == 1, $"/help/{who} prints on {pages} pages");
        }

        Assert.Empty(visitor.Outside);
    }

    private static Task<IResponse> SaveBoardAsync(Visitor teacher) =>
        teacher.Page.RunAndWaitForResponseAsync(() => teacher.Page.ClickAsync("#public button.main"), answer => answer.Request.Method != "GET" && answer.Url.EndsWith("/v1/screenSettings", StringComparison.Ordinal) && answer.Ok);

    private static async Task SaysSafeToLeaveAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await Expect(page.Locator("#verdict")).ToHaveTextAsync(new Regex(visitor.Say("^(Safe to leave|Nothing will be lost|Do not leave yet)", "^(Có thể ra về|Không mất gì|Chưa nên về)")));
        await Expect(page.Locator("[data-trip=postflight]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator("[data-trip=preflight]")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(page.Locator("#lines li .mark").First).ToHaveTextAsync(new Regex("^[●▲■]$"));
        await Expect(page.Locator("#lines li b").First).ToHaveTextAsync(new Regex($": ({visitor.Say("in order|look|stop", "tốt|cần xem|dừng lại")})"));
    }

    /// <summary>How many sheets of A4 a page prints on.</summary>
    private static async Task<int> PagesAsync(IPage page)
    {
        var pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true });
        return Regex.Count(System.Text.Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b(?!s)");
    }

    /// <summary>What holds for every page, and a picture where one is wanted.</summary>
    private static async Task LookAsync(Visitor visitor, string name)
    {
        await visitor.KeepAsync(name);
        Assert.Empty((await visitor.Page.ViolationsAsync()).Select(violation => $"{name}: {violation}"));
        Assert.Equal(visitor.Language, await visitor.Page.Locator("html").GetAttributeAsync("lang"));
        var text = await visitor.Page.Locator("body").InnerTextAsync();
        Assert.DoesNotContain("undefined", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\{\d\}", text);
        Assert.True(await visitor.Page.FitsAsync(), $"{name} scrolls sideways");
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Refused.Concat(visitor.Troubles));
    }
}
