using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>A table as somebody has it, from the phone into the hub.</summary>
[Collection(PageTests.Name)]
public sealed class ImportTests(Browser browser)
{
    private const string Messy = """
        Trạm Bãi Cháy, sổ đo tháng 11
        Ngày;Giờ;Nhiệt độ (°C);pH;F_pH;Độ đục (NTU)
        25/11/2026;08:00;28,4;7,1;<0>;3
        25/11/2026;08:10;28,5;hỏng;<-3>;4
        25/11/2026;08:20;;7,2;<0>;1.204,5
        """;

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    public async Task A_messy_table_is_looked_at_changed_imported_with_its_wrong_lines_named_and_again_adds_nothing(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        IPage page = visitor.Page;
        await visitor.OpenAsync("/import");
        await page.Locator("#look [name=file]").SetInputFilesAsync(new FilePayload { Name = "Bãi Cháy.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Messy) });
        await page.Locator("#look .main").ClickAsync();
        await Expect(page.Locator("#looked")).ToContainTextAsync(visitor.Say("Say the time zone", "Hãy chọn múi giờ"));
        await Expect(page.Locator("#run")).ToBeDisabledAsync();

        await page.Locator("#look [name=zone]").FillAsync("Asia/Ho_Chi_Minh");
        await LookAsync(page, visitor);
        await Expect(page.Locator("#fields tbody tr")).ToHaveCountAsync(6);
        await visitor.KeepAsync("import-proposal");
        await TakeAsync(page, visitor, "6 số đo mới, 0 đã có", "6 new readings, 0 there already");
        await Expect(page.Locator("#wrong")).ToContainTextAsync(visitor.Say("line 4: 'hỏng' in column pH is no number", "dòng 4: “hỏng” ở cột pH không phải số"));
        await visitor.KeepAsync("import-done");
        Assert.True(await page.FitsAsync(), "the page scrolls sideways");

        await LookAsync(page, visitor);
        await TakeAsync(page, visitor, "0 số đo mới, 6 đã có", "0 new readings, 6 there already");
        Assert.Empty(visitor.Outside);
        Assert.Empty(visitor.Troubles);
    }

    private static async Task LookAsync(IPage page, Visitor visitor)
    {
        await page.Locator("#look .main").ClickAsync();
        await Expect(page.Locator("#looked")).ToContainTextAsync(visitor.Say("Nothing is stored yet", "Chưa lưu gì"));
    }

    /// <summary>Without the turbidity.</summary>
    private static async Task TakeAsync(IPage page, Visitor visitor, string vietnamese, string english)
    {
        await page.Locator("#fields tr", new() { HasText = "Độ đục" }).Locator("input[type=checkbox]").UncheckAsync();
        await page.Locator("#run").ClickAsync();
        await Expect(page.Locator("#ran")).ToContainTextAsync(visitor.Say(english, vietnamese));
    }
}
