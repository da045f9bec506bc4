using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(PageTests.Name)]
public sealed class ChartTests(Browser browser, Demo demo)
{
    private static readonly Regex Number = new("[0-9]");

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task History_is_drawn_with_one_axis_a_unit_and_said_in_words(string language, string size)
    {
        await using var visitor = await OpenedAsync(language, size);
        await ChooseAsync(visitor, "water_temperature", "ph");
        await Expect(visitor.Page.Locator("#plot canvas")).ToHaveCountAsync(1);
        // One across, and one for each unit: mS/cm of the first choice, °C, pH. A phone has room for two.
        await Expect(visitor.Page.Locator("#plot .u-axis")).ToHaveCountAsync(size == "phone" ? 3 : 4);
        await Expect(visitor.Page.Locator("#legend b").Nth(2)).ToHaveTextAsync(Number);
        await visitor.Page.Locator("[data-span='1440']").ClickAsync();
        await Expect(visitor.Page.Locator("#summary")).ToHaveTextAsync(new Regex(visitor.Say(" to ", "từ ") + ".*(rising|falling|steady|đang tăng|đang giảm|ổn định)"));
        Assert.True(await DrawnPixelsAsync(visitor) > 500, "the picture is empty");
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task One_zooms_pans_pauses_and_comes_back_to_live(string language, string size)
    {
        await using var visitor = await OpenedAsync(language, size);
        await Expect(visitor.Page.Locator("[data-span='60']")).ToHaveAttributeAsync("aria-pressed", "true");
        await visitor.Page.Locator("[data-do='in']").ClickAsync();
        await Expect(visitor.Page.Locator("[data-span='60']")).ToHaveAttributeAsync("aria-pressed", "false");
        await visitor.Page.Locator("[data-do='earlier']").ClickAsync();
        var live = visitor.Page.Locator("[data-do='live']");
        await Expect(live).ToBeVisibleAsync();
        await live.ClickAsync();
        await Expect(live).ToBeHiddenAsync();

        var pause = visitor.Page.Locator("[data-do='pause']");
        await pause.ClickAsync();
        await Expect(pause).ToHaveTextAsync(visitor.Say("Resume", "Chạy tiếp"));
        await Expect(visitor.Page.Locator("#held")).ToContainTextAsync(visitor.Say("Paused at", "Tạm dừng lúc"));
        await pause.ClickAsync();
        await Expect(visitor.Page.Locator("#held")).ToHaveTextAsync("");
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task The_keyboard_reads_point_by_point(string language, string size)
    {
        await using var visitor = await OpenedAsync(language, size);
        await ChooseAsync(visitor, "water_temperature");
        await Expect(visitor.Page.Locator("#legend b").Nth(1)).ToHaveTextAsync(Number);
        await visitor.Page.Locator("#plot").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("PageDown");
        var spoken = visitor.Page.Locator("#spoken");
        await Expect(spoken).ToHaveTextAsync(new Regex($"{visitor.Say("Water temperature", "Nhiệt độ nước")}: [0-9.,]+ °C"));
        var first = await spoken.TextContentAsync();
        await visitor.Page.Keyboard.PressAsync("Home");
        await Expect(spoken).Not.ToHaveTextAsync(first!);
        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Page.Keyboard.PressAsync("Space");
        await Expect(visitor.Page.Locator("[data-do='pause']")).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task The_same_numbers_are_there_as_a_table(string language, string size)
    {
        await using var visitor = await OpenedAsync(language, size);
        await visitor.Page.Locator("[data-do='table']").ClickAsync();
        await Expect(visitor.Page.Locator("#table tbody tr").Nth(20)).ToBeAttachedAsync();
        await Expect(visitor.Page.Locator("#table thead th")).ToHaveCountAsync(2);
        await Expect(visitor.Page.Locator("#plot")).ToBeHiddenAsync();
    }

    [ChromiumTheory]
    [InlineData("en", "desktop")]
    public async Task A_span_drawn_with_the_mouse_is_zoomed_to(string language, string size)
    {
        await using var visitor = await OpenedAsync(language, size);
        var box = (await visitor.Page.Locator("#plot .u-over").BoundingBoxAsync())!;
        await visitor.Page.Mouse.MoveAsync(box.X + (box.Width * 0.4f), box.Y + 50);
        await visitor.Page.Mouse.DownAsync();
        await visitor.Page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + 60, new MouseMoveOptions { Steps = 5 });
        await visitor.Page.Mouse.UpAsync();
        await Expect(visitor.Page.Locator("[data-do='live']")).ToBeVisibleAsync();
        await visitor.Page.Locator("#plot .u-over").DblClickAsync();
        await Expect(visitor.Page.Locator("[data-do='live']")).ToBeHiddenAsync();
    }

    private async Task<Visitor> OpenedAsync(string language, string size)
    {
        var visitor = await browser.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("#legend b").First).ToHaveTextAsync(Number);
        return visitor;
    }

    private static async Task ChooseAsync(Visitor visitor, params string[] properties)
    {
        foreach (var property in properties)
        {
            await visitor.Page.Locator($".card[data-channel$='~{property}']").First.ClickAsync();
        }
    }

    /// <summary>Pixels of the picture that are not transparent.</summary>
    private static async Task<double> DrawnPixelsAsync(Visitor visitor) => double.Parse(
        await visitor.Page.EvaluateAsync<string>("""
        () => { const c = document.querySelector('#plot canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++; return String(n); }
        """),
        CultureInfo.InvariantCulture);
}
