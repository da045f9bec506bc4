using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StemLab.Hub.Web;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>A made-up language whose every text is English between marks: what a page shows without them was not translated.</summary>
[Collection(PageTests.Name)]
public sealed class ThirdLanguageTests(Browser browser)
{
    private const string Code = "zz";

    /// <summary>What is no sentence of the hub's: names, addresses, codes, kinds of files, examples of what to type.</summary>
    private static readonly Regex Names = new(@"StemLab|SQLite|Tiếng Việt|English|Marked|https?://\S+|\b[A-Z0-9]{6}\b|NTU|lab[-/]pond|CSV|Excel|CODAP|DOI|zenodo|number\(a\)|\b[0-9a-f]{8}\b|pond-7");

    /// <summary>Words a reader sees, or has read out, that stand in no text between marks.</summary>
    private const string Unmarked = """
        () => {
          const found = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          let depth = 0;
          while (walker.nextNode()) {
            const held = walker.currentNode.parentElement;
            if (held.closest('script, style, code, pre, svg, [lang]:not(html)') || !(held.checkVisibility?.() ?? true)) continue;
            const text = walker.currentNode.textContent;
            for (const [part] of text.matchAll(/[«»]|[^«»]+/g)) {
              if (part === '«') depth++;
              else if (part === '»') depth--;
              else if (depth <= 0 && /[A-Za-zÀ-ỹ]{3,}/.test(part)) found.add(part.trim().replace(/\s+/g, ' ').slice(0, 80));
            }
          }
          for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]')) for (const name of ['aria-label', 'title', 'placeholder']) {
            const text = one.getAttribute(name);
            if (text && /[A-Za-z]{3,}/.test(text) && !text.includes('«')) found.add(`@${name} ${text.slice(0, 80)}`);
          }
          return [...found];
        }
        """;

    [ChromiumTheory]
    [InlineData("phone")]
    public async Task A_class_in_a_language_that_was_dropped_into_the_data_folder_sees_it_from_the_first_page_to_what_is_taken_home(string size)
    {
        await using var hub = await EmptyHub.StartAsync(prepare: Drop);
        await hub.PublishAsync("lab/pond/turbidity", "7.1");
        var owed = new List<string>();
        await using var teacher = await browser.VisitAsync(hub.Url, Code, "desktop");
        await teacher.OpenAsync($"/start?lang={Code}");
        await LookAsync(teacher, owed, "start");
        foreach (var path in (string[])["/", "/class", "/class/lesson?of=salinity", "/agents/add", "/calibrate", "/datasets", "/samples", "/people", "/phones", "/help", "/help/student", "/help/teacher", "/help/technician", "/public", "/screen"])
        {
            await teacher.OpenAsync(path);
            await LookAsync(teacher, owed, path);
        }

        await teacher.OpenAsync("/class");
        await teacher.Page.Locator("input[value='lessons/cooling']").CheckAsync();
        await teacher.Page.Locator("[name=shortVersion]").CheckAsync();
        await LookAsync(teacher, owed, "class, ten minutes");
        await teacher.Page.ClickAsync("#open-lesson");
        await Expect(teacher.Page.Locator(".tile")).ToHaveCountAsync(3);
        await LookAsync(teacher, owed, "wall");

        await using var student = await browser.VisitAsync(hub.UrlForStrangers, Code, size);
        var page = student.Page;
        await student.OpenAsync($"/j/{await teacher.Page.Locator("#code").InnerTextAsync()}?lang={Code}");
        await LookAsync(student, owed, "join");
        await page.ClickAsync("#join button");
        await page.Locator("#groups input[value=dolphin]").CheckAsync();
        await LookAsync(student, owed, "groups");
        await page.ClickAsync("#mascots button.main");
        await Expect(page.Locator("#go")).ToBeVisibleAsync();
        await LookAsync(student, owed, "who you are");
        await page.ClickAsync("#go");
        await Expect(page.Locator("#lesson-title")).ToHaveTextAsync("«The cooling curve»");
        await Expect(page.Locator("#link")).ToContainTextAsync("«");
        await LookAsync(student, owed, "student");
        await page.Locator("#predict details summary").ClickAsync();
        await page.FillAsync("[name=v0]", "60");
        await page.FillAsync("[name=v4]", "25");
        await page.ClickAsync("#predict-form button.main");
        await Expect(page.Locator("#values")).ToBeVisibleAsync();
        await teacher.Page.ClickAsync("#next");
        await teacher.Page.ClickAsync("#start");
        await Expect(page.Locator("#cards b").First).ToHaveTextAsync(new Regex("[0-9]"));
        await LookAsync(student, owed, "student, values");
        await LookAsync(teacher, owed, "wall, values");
        foreach (var tab in (string[])["compare", "home"])
        {
            await page.ClickAsync($"[data-tab={tab}]");
            await Expect(page.Locator(tab == "compare" ? "#compare-runs label" : "#take-home").First).ToBeVisibleAsync();
            await LookAsync(student, owed, tab);
        }

        var file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#take-home"));
        await page.GotoAsync($"file://{await file.PathAsync()}");
        await LookAsync(student, owed, "taken home");
        await teacher.OpenAsync(new Uri(teacher.Page.Url).AbsolutePath + "/report");
        await LookAsync(teacher, owed, "report");

        Assert.True(owed.Count == 0, string.Join(Environment.NewLine, owed));
    }

    private static void Drop(string folder)
    {
        var file = JsonNode.Parse(Languages.Template())!;
        foreach (var key in Languages.Keys().Where(one => one.Value.Length > 0).Select(one => one.Key))
        {
            file["texts"]![key] = $"«{file["texts"]![key]}»";
        }

        file["name"] = "Marked";
        Directory.CreateDirectory(Path.Combine(folder, "languages"));
        File.WriteAllText(Path.Combine(folder, "languages", $"{Code}.json"), file.ToJsonString());
    }

    private static async Task LookAsync(Visitor visitor, List<string> owed, string where)
    {
        await visitor.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.Load);
        await visitor.Page.EvaluateAsync("() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done, { timeout: 500 }), { timeout: 500 }))");
        var unmarked = await visitor.Page.EvaluateAsync<string[]>(Unmarked);
        owed.AddRange(unmarked.Where(text => Regex.IsMatch(Names.Replace(text[(text.StartsWith('@') ? text.IndexOf(' ') : 0)..], ""), @"\p{L}{3,}")).Select(text => $"{where}: {text}"));
    }
}
