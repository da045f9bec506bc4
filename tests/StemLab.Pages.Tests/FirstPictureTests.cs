using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What a slow phone does until it shows its first chart.</summary>
[Collection(PageTests.Name)]
public sealed class FirstPictureTests(Browser browser, Demo demo)
{
    /// <summary>The first use of what a browser formats numbers and times with costs a slow phone a tenth of a second.</summary>
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task Until_the_first_chart_stands_nothing_is_formatted_by_the_browser(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.Page.AddInitScriptAsync("""
            window.asked = [];
            for (const name of ['NumberFormat', 'DateTimeFormat']) {
              const told = () => asked.push(name + new Error().stack);
              Intl[name] = new Proxy(Intl[name], { construct: (of, how) => { told(); return new of(...how); }, apply: (of, _, how) => { told(); return of(...how); } });
            }
            for (const of of [Number, Date]) for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
              const before = of.prototype[name];
              if (before) of.prototype[name] = function (...how) { asked.push(name + new Error().stack); return before.apply(this, how); };
            }
            window.firstPicture = new Promise(resolve => {
              const look = () => document.querySelector('#plot canvas') && /[0-9]/.test(document.querySelector('#legend b')?.textContent ?? '') ? resolve(asked.slice()) : setTimeout(look, 5);
              look();
            });
            """);
        await visitor.OpenAsync("/lesson");
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>("() => window.firstPicture"));
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task The_first_history_comes_with_the_page_and_is_what_the_hub_answers(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var asked = new List<string>();
        visitor.Page.Request += (_, request) => asked.Add(request.Url);

        // A hub that has no answer in time leaves it to the browser: then the page is opened once more.
        for (var tries = 0; tries == 0 || (tries < 20 && asked.Any(url => url.Contains("readings:query", StringComparison.Ordinal))); tries++)
        {
            asked.Clear();
            await visitor.OpenAsync("/lesson");
            await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(1);
        }

        Assert.DoesNotContain(asked, url => url.Contains("readings:query", StringComparison.Ordinal));
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>("""
            async () => {
              const { lesson, bucketsAt } = await import(document.querySelector('script[type=module]').src);
              const plot = document.querySelector('#plot');
              const name = plot.dataset.firstOf;
              const [blocks, track] = [(await bucketsAt(plot.dataset.first, [name], new AbortController().signal)).get(name), lesson.chart.tracks.get(name)];
              const told = new Map(track.t.map((t, i) => [Math.round(t * 1000), track.n[i]]));
              // The newest bucket has grown since.
              const wrong = blocks.flatMap(block => block.index.map((bucket, i) => [(Number(block.startTimeUs) + (bucket + 0.5) * Number(block.widthUs)) / 1e6, Number(block.count[i]) - Number(block.excluded[i] ?? 0)])).slice(5, -8)
                .filter(([t, n]) => t > lesson.chart.range()[0] && told.get(Math.round(t * 1000)) !== n);
              return wrong.map(([t, n]) => `${t}: ${told.get(Math.round(t * 1000))} instead of ${n}`).concat(track.t.length > 10 ? [] : [`${track.t.length} points`]);
            }
            """));
        Assert.Empty(visitor.Troubles);
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Numbers_and_times_are_written_as_the_browser_writes_them(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/lesson");
        await Expect(visitor.Page.Locator("#legend b").First).ToHaveTextAsync(new Regex("[0-9]"));
        Assert.Empty(await visitor.Page.EvaluateAsync<string[]>("""
            async () => {
              const { clockText, dayText, locale, number, plain, significant } = await import(document.querySelector('script[type=module]').src);
              const wrong = [];
              const same = (what, ours, browsers) => { if (ours !== browsers) wrong.push(`${what}: ${ours} instead of ${browsers}`); };
              const fixed = n => new Intl.NumberFormat(locale, { minimumFractionDigits: n, maximumFractionDigits: n });
              const most = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });
              for (const value of [0, 0.5, -0.5, 2.5, 7.1, 7.125, -7.125, 10, 99.995, 100, 999.5, 1000, 1234.5, -1234.5, 12345, 123456, 1234567.891, -1e6, 0.1, 0.0001, 0.00004, 1e-7, 1e12]) {
                for (const decimals of [0, 1, 2, 3]) same(value, number(value, decimals), fixed(decimals).format(value));
                same(value, plain(value, 4), most.format(value));
              }
              for (const none of [null, undefined, NaN, Infinity]) same(none, number(none, 2), '–');
              const point = locale === 'vi-VN' ? ',' : '.';
              same('small', significant(2.2422e-55, 5), `2${point}2422 × 10⁻⁵⁵`);
              same('large', significant(-1.5e13, 2), `-1${point}5 × 10¹³`);
              same('between', significant(0.000012345, 3), new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(0.000012345));
              for (const at of [new Date(2026, 0, 2, 3, 4, 5), new Date(2026, 10, 26, 0, 0, 0), new Date(2025, 11, 31, 23, 59, 59), new Date(2026, 2, 5, 12, 30, 0)]) {
                same(at, clockText(at), at.toLocaleTimeString(locale, { hour: 'numeric', minute: 'numeric', second: 'numeric' }));
                same(at, clockText(at, false), at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' }));
                same(at, dayText(at), at.toLocaleDateString(locale, { day: 'numeric', month: 'numeric' }));
              }
              return wrong;
            }
            """));
        Assert.Empty(visitor.Troubles);
    }

    /// <summary>A time may stand exactly at the right edge of the drawing: half of the longest one must fit beside it, in the hub's picture and in the living chart.</summary>
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "desktop")]
    [InlineData("en", "phone")]
    [InlineData("vi", "phone")]
    public async Task The_last_time_under_a_chart_is_whole(string language, string size)
    {
        const string Room = """
            (isLiving) => {
              const pen = document.createElement('canvas').getContext('2d');
              pen.font = '13px system-ui, "Noto Sans", sans-serif';
              let longest = Math.max(...['00:00:00', '28/12'].map(text => pen.measureText(text).width));
              const drawing = document.querySelector(isLiving ? '#plot .u-over' : '#plot .area');
              if (!isLiving) {
                const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
                text.textContent = '00:00:00';
                drawing.append(text);
                longest = text.getBBox().width;
                text.remove();
              }
              return (isLiving ? document.querySelector('#plot canvas') : document.querySelector('#plot .first')).getBoundingClientRect().right - drawing.getBoundingClientRect().right - longest / 2;
            }
            """;
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.Page.RouteAsync("**/*.js", route => route.AbortAsync());
        await OpenWithPictureAsync(visitor);
        Assert.InRange(await visitor.Page.EvaluateAsync<double>(Room, false), 1, 20);

        await visitor.Page.UnrouteAllAsync();
        await visitor.OpenAsync("/lesson");
        await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(1);
        Assert.InRange(await visitor.Page.EvaluateAsync<double>(Room, true), 1, 20);
    }

    /// <summary>A chart before any script: the line ends where its number says, by the numbers of its axis, and the hub measured that number.</summary>
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task Without_a_script_the_page_shows_a_true_chart(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.Page.RouteAsync("**/*.js", route => route.AbortAsync());
        await OpenWithPictureAsync(visitor);
        await Expect(visitor.Page.Locator("#plot .first")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(0);
        await visitor.KeepAsync("lesson-first-picture");
        var told = await visitor.Page.EvaluateAsync<double[]>("""
            async () => {
              const read = text => Number(document.documentElement.lang === 'vi' ? text.replace(/\./g, '').replace(',', '.') : text.replace(/,/g, ''));
              const steps = [...document.querySelectorAll('#plot .axis')].filter(axis => axis.getBoundingClientRect().width > 0).flatMap(axis => [...axis.querySelectorAll('g text')]).map(text => [parseFloat(text.getAttribute('y')), read(text.textContent)]);
              const line = document.querySelector('#plot .line');
              const box = line.ownerSVGElement.viewBox.baseVal;
              const end = line.getPointAtLength(line.getTotalLength());
              const [[y0, v0], [y1, v1]] = [steps[0], steps[steps.length - 1]];
              const at = v0 + (end.y / box.height * 100 - y0) / (y1 - y0) * (v1 - v0);
              const number = read(document.querySelector('#legend b').textContent.split(' ')[0]);
              const answer = await (await fetch(document.querySelector('#plot').dataset.first)).text();
              const means = answer.split('\n').filter(Boolean).flatMap(one => JSON.parse(one).buckets ?? []).flatMap(block => block.mean).map(Number);
              return [number, at, Math.min(...means.map(mean => Math.abs(mean - number))), line.getTotalLength() / box.width, steps.length];
            }
            """);
        Assert.InRange(told[1], told[0] - 0.02, told[0] + 0.02);
        Assert.InRange(told[2], 0, 0.006);
        Assert.InRange(told[3], 0.2, 1_000);
        Assert.InRange(told[4], 2, 12);
        await Expect(visitor.Page.Locator("#cards .card b").First).ToHaveTextAsync(new Regex(visitor.Say(@"^\d+\.\d", @"^\d+,\d")));

        // Where the reader's clock stands is not known at a first visit: then no time is written.
        await Expect(visitor.Page.Locator("#legend .when")).ToHaveTextAsync(new Regex("^‒‒:‒‒:‒‒"));
        await Expect(visitor.Page.Locator("#plot .area text")).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator("#summary")).ToContainTextAsync(visitor.Say(" to ", "từ "));
        Assert.Empty(await visitor.Page.ViolationsAsync());
        Assert.True(await visitor.Page.FitsAsync(), "the page scrolls sideways");
        await visitor.Page.Context.AddCookiesAsync([new() { Name = "zone", Value = "420", Url = demo.Url }]);
        await OpenWithPictureAsync(visitor);
        await Expect(visitor.Page.Locator("#legend .when")).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d"));
        await Expect(visitor.Page.Locator("#plot .area text").First).ToHaveTextAsync(new Regex(@"^\d\d:\d\d"));
    }

    /// <summary>The living chart takes the picture's exact place, with its axes, and nothing else of the page moves.</summary>
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task The_living_chart_takes_the_place_of_the_first_picture_and_nothing_moves(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var page = visitor.Page;
        await visitor.OpenAsync("/lesson");
        var scripts = new TaskCompletionSource();
        await page.RouteAsync("**/*.js", async route =>
        {
            await scripts.Task;
            await route.ContinueAsync();
        });
        await OpenWithPictureAsync(visitor);
        const string Places = """
            drawing => ['#plot', '#legend', '#legend b', '#cards', '#desk', ...Array.from({ length: 3 }, (_, i) => `#cards li:nth-child(${i + 1}) .value`), drawing].map(of => {
              const box = document.querySelector(of).getBoundingClientRect();
              return `${of === drawing ? 'drawing' : of}: ${[box.x, box.y, of.endsWith('b') ? 0 : box.width, box.height].map(Math.round)}`;
            })
            """;
        const string Steps = """
            () => ['.axis g text', '.area text'].map(of => [...document.querySelectorAll(`#plot ${of}`)].filter(text => text.textContent && text.getBoundingClientRect().width > 0).map(text => text.textContent))
            """;
        await page.EvaluateAsync("() => document.fonts.ready");
        var (before, steps) = (await page.EvaluateAsync<string[]>(Places, "#plot .area"), await page.EvaluateAsync<string[][]>(Steps));
        scripts.SetResult();
        await Expect(page.Locator("#plot canvas")).ToHaveCountAsync(1);
        await Expect(page.Locator("#plot .first")).ToHaveCountAsync(0);
        Assert.Equal(before, await page.EvaluateAsync<string[]>(Places, "#plot .u-over"));
        var living = await page.EvaluateAsync<string[][]>("""
            async () => {
              const { lesson } = await import(document.querySelector('script[type=module]').src);
              return [lesson.chart.u.axes[1]._values, lesson.chart.u.axes[0]._values.flatMap(text => text.split('\n'))];
            }
            """);

        // A moment has passed: a step more or less at an edge.
        for (var axis = 0; axis < 2; axis++)
        {
            Assert.NotEmpty(steps[axis]);
            Assert.True(steps[axis].Intersect(living[axis]).Count() >= living[axis].Length - 2, $"{string.Join(' ', steps[axis])} became {string.Join(' ', living[axis])}");
        }

        await visitor.KeepAsync("lesson-living-chart");
        Assert.Empty(visitor.Troubles);
    }

    /// <summary>What is loaded later takes from the page's one module what it takes elsewhere from its parts: there is one of each.</summary>
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task What_the_page_begins_with_is_one_module_and_is_there_once(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var scripts = new List<string>();
        visitor.Page.Request += (_, request) => { if (request.ResourceType == "script") { scripts.Add(Path.GetFileName(new Uri(request.Url).AbsolutePath)); } };
        await visitor.OpenAsync("/lesson");
        await Expect(visitor.Page.Locator("#keep-panel")).ToBeVisibleAsync();
        foreach (var tab in (string[])["predict", "compare", "home", "measure"])
        {
            await visitor.Page.ClickAsync($"[data-tab={tab}]");
        }

        await Expect(visitor.Page.Locator("#open-run")).ToHaveCountAsync(1);
        Assert.DoesNotContain(scripts, name => name is "words.js" or "api.js" or "track.js" or "chart.js");
        Assert.Contains("lesson-compare.js", scripts);
        Assert.Equal(scripts.Distinct().Count(), scripts.Count);
        Assert.Empty(visitor.Troubles);
    }

    /// <summary>A hub that has no answer in time leaves it to the browser: then the page is opened once more.</summary>
    private static async Task OpenWithPictureAsync(Visitor visitor)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            await visitor.Page.GotoAsync("/lesson", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
            await Expect(visitor.Page.Locator("footer")).ToBeVisibleAsync();
            if (await visitor.Page.Locator("#plot .first").CountAsync() == 1)
            {
                return;
            }
        }
    }
}
