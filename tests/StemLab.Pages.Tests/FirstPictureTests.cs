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

        await Expect(visitor.Page.Locator("#compare-body form")).ToHaveCountAsync(1);
        Assert.DoesNotContain(scripts, name => name is "words.js" or "api.js" or "track.js" or "chart.js");
        Assert.Contains("lesson-compare.js", scripts);
        Assert.Equal(scripts.Distinct().Count(), scripts.Count);
        Assert.Empty(visitor.Troubles);
    }
}
