using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What holds for every page, in both languages and on both sizes.</summary>
[Collection(PageTests.Name)]
public sealed class EveryPageTests(Browser browser, Demo demo)
{
    private const int MostBytes = 60_000;
    private const int MostRequests = 10;

    internal static readonly string[] Paths =
        ["/", "/?by=property", "/agents", "/agents/add", "/agents/labels", "/calibrate", "/derived", "/samples", "/lesson", "/datasets", "/import", "/time", "/changes", "channel", "/class"];

    /// <summary>One visitor a language and size goes through all pages; what any of them owes is told together.</summary>
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_page_is_accessible_whole_and_asks_no_other_host(string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var owed = new List<string>();
        foreach (var path in Paths)
        {
            await visitor.OpenAsync(path == "channel" ? await demo.ChannelAsync("ph") : path);
            owed.AddRange((await OwedAsync(visitor)).Select(one => $"{path}: {one}"));
            await visitor.ForgetAsync();
        }

        Assert.True(owed.Count == 0, string.Join(Environment.NewLine, owed));
    }

    /// <summary>What the page that is open owes; empty = nothing.</summary>
    private static async Task<IReadOnlyList<string>> OwedAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await Expect(page.Locator("h1")).ToHaveCountAsync(1);
        await page.WaitForLoadStateAsync(LoadState.Load);
        if (await page.Locator("#plot").CountAsync() > 0)
        {
            await Expect(page.Locator("#plot canvas")).ToHaveCountAsync(1);
        }

        var owed = new List<string>(await page.ViolationsAsync());
        var text = await page.Locator("body").InnerTextAsync();
        owed.AddRange(System.Text.RegularExpressions.Regex.Matches(text, @".*(undefined|NaN|\{\d\}).*").Select(line => $"a text is missing: {line.Value}"));
        if (await page.Locator("html").GetAttributeAsync("lang") is var spoken && spoken != visitor.Language)
        {
            owed.Add($"is in '{spoken}'");
        }

        if (!await page.FitsAsync())
        {
            owed.Add("scrolls sideways");
        }

        owed.AddRange(await SmallTargetsAsync(page));
        owed.AddRange(visitor.Outside.Select(url => $"asks {url}"));
        owed.AddRange(visitor.Refused.Concat(visitor.Troubles));
        return owed;
    }

    [ChromiumTheory]
    [InlineData("phone")]
    public async Task A_phone_sees_its_first_chart_within_60_kB_and_ten_requests(string size)
    {
        // The weight of a page is measured when the demo's history has come in and is judged: until then changes are told and fetched.
        using var http = new HttpClient();
        for (var idle = 0; idle < 3;)
        {
            var agents = await http.GetStringAsync(new Uri(new Uri(demo.Url), "/v1/agents"), TestContext.Current.CancellationToken);
            var recheck = await http.GetStringAsync(new Uri(new Uri(demo.Url), "/v1/quality:watchRecheck"), TestContext.Current.CancellationToken);
            idle = recheck.Contains("\"running\": true", StringComparison.Ordinal) || recheck.Contains("\"running\":true", StringComparison.Ordinal)
                || System.Text.RegularExpressions.Regex.IsMatch(agents, "\"missing\": ?\"[1-9]") ? 0 : idle + 1;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        foreach (var (path, language) in ((string, string)[])[("/", "en"), ("/", "vi"), ("/lesson", "vi")])
        {
            var (bytes, requests) = await WeightAsync(path, language, size);
            TestContext.Current.TestOutputHelper!.WriteLine($"{path} in {language}: {bytes} bytes in {requests} requests");
            Assert.InRange(bytes, 1, MostBytes);
            Assert.InRange(requests, 1, MostRequests);
        }
    }

    /// <summary>What a phone that was never here loads until its first chart stands. Headers included; of the live stream only what came until then.</summary>
    private async Task<(double Bytes, int Requests)> WeightAsync(string path, string language, string size)
    {
        await using var visitor = await browser.VisitAsync(demo.Url, language, size);
        var session = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("Network.enable");
        var (bytes, requests) = (0.0, 0);
        session.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();
        session.Event("Network.requestWillBeSent").OnEvent += (_, e) => requests += e!.Value.GetProperty("request").GetProperty("url").GetString()!.StartsWith("data:", StringComparison.Ordinal) ? 0 : 1;
        await visitor.OpenAsync(path);
        await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(1);
        await Expect(visitor.Page.Locator("#legend b").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("[0-9]"));
        return (bytes, requests);
    }

    /// <summary>Buttons, fields and links of their own that a thumb would miss. Links inside a sentence are as high as the sentence.</summary>
    internal static Task<string[]> SmallTargetsAsync(IPage page) => page.EvaluateAsync<string[]>("""
        () => [...document.querySelectorAll('button, input, select, summary, nav a, .lang, .brand, .by a, a.button, a.tag')]
          .filter(e => e.offsetParent !== null && !['radio', 'checkbox'].includes(e.type))
          .map(e => [e, e.getBoundingClientRect()])
          .filter(([, r]) => r.height > 0 && (r.height < 43.5 || r.width < 43.5))
          .map(([e, r]) => `${e.outerHTML.slice(0, 80)}: ${Math.round(r.width)} x ${Math.round(r.height)}`)
        """);
}
