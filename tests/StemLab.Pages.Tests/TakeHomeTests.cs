using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What a student keeps: one file that needs no hub, and tables for the program at home.</summary>
[Collection(PageTests.Name)]
public sealed partial class TakeHomeTests(Browser browser, Demo demo)
{
    private const int MostBytes = 300_000;
    private const long Minute = 60_000_000;

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_run_is_taken_home_as_one_file_that_opens_with_neither_hub_nor_network(string language, string size)
    {
        using var bay = new Bay(demo.Url);
        using var folder = new TempFolder();
        var channels = await bay.ChannelsAsync("ph", 6);
        var now = await bay.NowUsAsync();
        var run = await bay.RunAsync("Bến tàu <b>1</b>", channels, now - (360 * Minute), now);
        var file = Path.Combine(folder.Path, "home.html");
        var html = await SaveAsync(bay, $"runs/{run}?save&lang={language}&zone=Asia/Ho_Chi_Minh", file);
        Assert.InRange(new FileInfo(file).Length, 10_000, MostBytes);
        Assert.DoesNotMatch(Asks(), html);

        await using var home = await browser.VisitAsync("file:///", language, size);
        await home.Page.Context.SetOfflineAsync(true);
        await home.Page.GotoAsync(new Uri(file).AbsoluteUri);
        await Expect(home.Page.Locator("h1")).ToHaveTextAsync("Bến tàu <b>1</b>");
        await Expect(home.Page.Locator("#legend button")).ToHaveCountAsync(channels.Length);
        await Expect(home.Page.Locator(".warn")).ToContainTextAsync(home.Say("Simulated", "Mô phỏng"));
        await Expect(home.Page.Locator("table").Last).ToContainTextAsync(home.Say("suspect", "nghi ngờ"));
        var before = await PictureAsync(home.Page);
        await home.Page.Locator("#graph").FocusAsync();
        await home.Page.Keyboard.PressAsync("+");
        var zoomed = await PictureAsync(home.Page);
        await home.Page.Keyboard.PressAsync("ArrowLeft");
        var moved = await PictureAsync(home.Page);
        Assert.Equal(3, new[] { before, zoomed, moved }.Distinct().Count());
        await home.Page.Locator("#graph").ClickAsync();
        await Expect(home.Page.Locator("#read")).ToContainTextAsync(":");

        // A browser keeps what a page stores a moment after it was stored; a reload in the same moment may come before that.
        for (var tries = 0; tries < 10 && await home.Page.InputValueAsync("#name") != "Lan Anh"; tries++)
        {
            await home.Page.FillAsync("#name", "Lan Anh");
            await home.Page.ReloadAsync();
        }

        await Expect(home.Page.Locator("#name")).ToHaveValueAsync("Lan Anh");
        Assert.Empty(await home.Page.ViolationsAsync());
        Assert.True(await home.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the file scrolls sideways");
        Assert.Empty(home.Troubles);
        await home.KeepAsync("take-home");
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_run_by_events_has_a_value_and_an_entry_for_each_in_the_table_in_the_comparison_and_in_the_files_taken_home(string language, string size)
    {
        using var bay = new Bay(demo.Url);
        using var folder = new TempFolder();
        var channels = await bay.ChannelsAsync("ph", 2);

        // Kept with the same probe before this class was opened: another class's.
        await bay.PostAsync("v1/samples", new { channel = channels[0], site = "Bến 1", note = "lớp trước", evenIfUnsteady = true });
        var (session, code, groups) = await ClassJourneyTests.OpenClassAsync(bay, "lessons/salinity", 1, channels);
        await using var student = await browser.VisitAsync(demo.Url.Replace("127.0.0.1", Browser.StrangersName, StringComparison.Ordinal), language, size);
        var page = student.Page;
        await ClassJourneyTests.JoinAsync(student, code, groups[0]);

        // Kept before the run: with the group, not with the run.
        await KeepAsync(student, "trước lần đo");
        await page.Locator("#run-kind input[value=event]").CheckAsync();
        await Expect(page.Locator("#run [name=seconds]")).ToBeHiddenAsync();
        await Expect(page.Locator("#run p[data-kind=event]")).ToBeVisibleAsync();
        await page.ClickAsync("#start");
        await Expect(page.Locator("#run-line")).ToContainTextAsync("●");
        await Expect(page.Locator("#ran")).ToContainTextAsync(student.Say("The run is open", "Lần đo đã mở"));
        await KeepAsync(student, "sâu 1 m");
        await KeepAsync(student, "sâu 2 m");
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#samples tr").Nth(0)).ToContainTextAsync("sâu 2 m");
        await Expect(page.Locator("#samples tr").Nth(1)).ToContainTextAsync("sâu 1 m");
        await student.KeepAsync("lesson-events");

        // Long enough that a reading of one a second lies in it.
        var began = await bay.NowUsAsync();
        await Eventually.True(async () => await bay.NowUsAsync() > began + 3_000_000, "three seconds are measured");
        await page.ClickAsync("#stop");
        await Expect(page.Locator("#start")).ToBeVisibleAsync();

        await page.ClickAsync("[data-tab=compare]");
        await Expect(page.Locator("#numbers td").First).ToHaveTextAsync(new Regex("^[1-9]"));
        await page.ClickAsync("[data-tab=home]");
        var file = Path.Combine(folder.Path, "home.html");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#take-home"));
        await download.SaveAsAsync(file);
        var home = System.Net.WebUtility.HtmlDecode(await File.ReadAllTextAsync(file, Encoding.UTF8, TestContext.Current.CancellationToken));
        Assert.Contains("trước lần đo", home, StringComparison.Ordinal);
        Assert.True(home.IndexOf("sâu 1 m", StringComparison.Ordinal) is > 0 and var at && home.IndexOf("sâu 2 m", StringComparison.Ordinal) > at, "the entries are not there in their order");

        // The address of the run has its two alone.
        var answer = await student.OpenAsync(await Assert.Single(await page.Locator("#home-runs a:not([download])").AllAsync()).GetAttributeAsync("href") ?? "");
        Assert.True(answer!.Ok, await answer.TextAsync());
        await Expect(page.Locator("tr", new() { HasTextRegex = new Regex("sâu [12] m") })).ToHaveCountAsync(2);
        await Expect(page.Locator("body")).Not.ToContainTextAsync("trước lần đo");
        Assert.Empty(student.Troubles);
        await bay.DeleteAsync($"v1/{session}");
    }

    /// <summary>Keeps what is measured now, steady or not, with an entry.</summary>
    private static async Task KeepAsync(Visitor student, string entry)
    {
        var page = student.Page;
        await page.Locator("#steady").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator("#steady-state")).Not.ToHaveTextAsync("");
        var before = await page.Locator("#samples tr").CountAsync();
        await page.FillAsync("[name=site]", "Bến 1");
        await page.FillAsync("[name=entry]", entry);
        await page.CheckAsync("#unsteady");
        await page.ClickAsync("#keep-button");
        await Expect(page.Locator("#samples tr")).ToHaveCountAsync(before + 1);
        await Expect(page.Locator("[name=entry]")).ToHaveValueAsync("");
    }

    [ChromiumTheory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task A_days_run_of_half_a_million_readings_still_fits_and_is_shown_as_a_page_by_its_address(string language)
    {
        using var bay = new Bay(demo.Url);
        var now = await bay.NowUsAsync();
        var run = await bay.RunAsync("", await bay.ChannelsAsync("ph", 6), now - (24 * 60 * Minute), now);
        await using var visitor = await browser.VisitAsync(demo.Url, language, "phone");
        var answer = await visitor.OpenAsync($"/runs/{run}");
        Assert.InRange((await answer!.BodyAsync()).Length, 10_000, MostBytes);
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync(visitor.Say("What we measured", "Chúng em đã đo"));

        // The policy names exactly this script: it has run.
        await Expect(visitor.Page.Locator("#legend button")).ToHaveCountAsync(6);
        Assert.Empty(visitor.Troubles);
        Assert.Empty(visitor.Outside);
    }

    [ChromiumTheory]
    [InlineData("vi")]
    public async Task Tables_open_in_the_program_they_are_for(string language)
    {
        using var bay = new Bay(demo.Url);
        var channels = await bay.ChannelsAsync("ph", 2);
        // Up to a minute ago: what is being measured just now may come between two of the tables.
        var now = await bay.NowUsAsync() - Minute;
        var run = await bay.RunAsync("Bến tàu", channels, now - (10 * Minute), now);

        var excel = await BytesAsync(bay, $"runs/{run}/excel-vi?zone=Asia/Ho_Chi_Minh");
        Assert.Equal([0xEF, 0xBB, 0xBF], excel[..3]);
        var lines = Encoding.UTF8.GetString(excel[3..]).Split("\r\n");
        Assert.StartsWith("Ngày;Giờ;Giây từ lúc bắt đầu;", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(";Chất lượng", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..^1], line => Assert.Matches(VietnameseLine(), line));
        Assert.Contains(lines, line => line.Contains(',', StringComparison.Ordinal));

        // The hours are the reader's, not the hub's.
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks((now - (10 * Minute)) * 10), TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh"));
        Assert.StartsWith(local.ToString("dd/MM/yyyy;HH:", CultureInfo.InvariantCulture), lines[1], StringComparison.Ordinal);

        var csv = Encoding.UTF8.GetString(await BytesAsync(bay, $"runs/{run}/csv")).Split('\n');
        Assert.StartsWith("time_utc,seconds,", csv[0], StringComparison.Ordinal);
        Assert.Equal(lines.Length, csv.Length);
        Assert.All(csv[1..^1], line => Assert.Equal(channels.Length + 3, line.Split(',').Length));
        Assert.True(DateTimeOffset.TryParse(csv[1].Split(',')[0], CultureInfo.InvariantCulture, out _));

        var day = await bay.RunAsync("", channels, now - (24 * 60 * Minute), now);
        var codap = Encoding.UTF8.GetString(await BytesAsync(bay, $"runs/{day}/codap")).Split('\n');
        Assert.InRange(codap.Length, 100, 5_002);

        // And the wrong ways in, said so that a child understands.
        using var none = await bay.SendAsync($"runs/{new string('0', 32)}?lang={language}");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("không có lần đo đó", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var form = await bay.SendAsync($"runs/{run}/pdf");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, form.StatusCode);
    }

    private static async Task<byte[]> BytesAsync(Bay bay, string path)
    {
        using var answer = await bay.SendAsync(path);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> SaveAsync(Bay bay, string path, string file)
    {
        var bytes = await BytesAsync(bay, path);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes);
    }

    private static Task<string> PictureAsync(IPage page) => page.EvaluateAsync<string>("() => document.getElementById('graph').toDataURL()");

    /// <summary>Anything that would be fetched.</summary>
    [GeneratedRegex("""(src|href)="(?!data:)|url\(|@import|fetch\(""")]
    private static partial Regex Asks();

    [GeneratedRegex(@"^\d\d/\d\d/\d{4};\d\d:\d\d:\d\d;[\d,]+;(-?[\d,E-]*;)+[^;]+$")]
    private static partial Regex VietnameseLine();
}
