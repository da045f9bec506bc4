using StemLab.Science.Properties;
using StemLab.Science.Units;
using StemLab.Science.Water;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>Units, lengths of time and titles as people write them.</summary>
[Collection(PageTests.Name)]
public sealed class PlainUnitsTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "phone")]
    public async Task A_page_writes_every_unit_as_the_hub_does(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/people");
        string[] codes = [.. ObservedProperties.Default.All.Select(one => one.UnitUcum).Concat(DerivedQuantities.All.Select(one => one.UnitUcum)).Distinct().Order(StringComparer.Ordinal)];
        var written = await visitor.Page.EvaluateAsync<string[]>(
            "async (codes) => { const words = await import(performance.getEntriesByType('resource').map((one) => one.name).find((name) => name.includes('/words.'))); return codes.map((code) => words.unitText(code)); }", codes);
        Assert.Equal(codes.Select(UnitSymbols.Of), written);
        Assert.Contains("kg/m³", written);
        Assert.Contains("µmol/(m²·s)", written);
    }

    [ChromiumTheory]
    [InlineData("vi", "phone")]
    [InlineData("en", "desktop")]
    public async Task A_line_over_days_is_asked_for_in_hours_and_goes_to_the_hub_in_seconds(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        using var bay = new Bay(hub.Url);
        var opened = (await bay.PostAsync("v1/classSessions", new { lesson = "lessons/day-and-night", shortVersion = true, shippedRecording = true })).GetProperty("session");
        await using var student = await browser.VisitAsync(hub.UrlForStrangers, language, size);
        var page = student.Page;
        await ClassJourneyTests.JoinAsync(student, opened.GetProperty("code").GetString()!, "dolphin");
        await Expect(page.Locator("#predict-form [name=hours]")).ToHaveValueAsync("24");
        await Expect(page.Locator("#predict-form label", new() { Has = page.Locator("[name=hours]") })).ToContainTextAsync(student.Say("hours", "giờ"));
        await Expect(page.Locator("#predict-form [name=seconds]")).ToHaveCountAsync(0);
        await page.Locator("#predict details summary").ClickAsync();
        await Expect(page.Locator("[data-at='4']")).ToContainTextAsync(student.Say("after 24 h", "sau 24 giờ"));
        await page.FillAsync("[name=v0]", "5");
        await page.FillAsync("[name=v4]", "9");
        await page.RunAndWaitForResponseAsync(() => page.ClickAsync("#predict-form button.main"), answer => answer.Url.EndsWith(":predict", StringComparison.Ordinal));
        await Expect(page.Locator("#predictions li")).ToHaveCountAsync(1);
        var said = (await bay.GetAsync($"v1/{opened.GetProperty("name").GetString()}/predictions")).GetProperty("predictions")[0];
        Assert.Equal([0, 86_400], said.GetProperty("atS").EnumerateArray().Select(at => at.GetDouble()));
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("en", "desktop")]
    public async Task The_title_of_the_public_page_is_not_squeezed_by_three_languages(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync(prepare: folder =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "languages"));
            File.WriteAllText(Path.Combine(folder, "languages", "tay.json"), """{ "name": "Tiếng Tày", "texts": {} }""");
        });
        await hub.PublishAsync("lab/pond/turbidity", "7.1");
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/public");
        await Expect(visitor.Page.Locator(".city .lang")).ToHaveCountAsync(2);
        await visitor.Page.EvaluateAsync("() => { document.getElementById('city').textContent = 'Trường Trung học Cơ sở Vịnh Xanh'; }");
        Assert.True(await visitor.Page.FitsAsync());
        var lines = await visitor.Page.EvaluateAsync<double>("() => { const city = document.getElementById('city'); return city.getBoundingClientRect().height / parseFloat(getComputedStyle(city).fontSize); }");
        Assert.InRange(lines, 0.5, 2.9);
        await visitor.KeepAsync("public-three-languages");
    }
}
