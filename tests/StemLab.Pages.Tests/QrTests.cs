using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StemLab.TestKit;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>Every QR picture, read back from what the screen shows by a reader that is not ours (zbar).</summary>
[Collection(OwnHubTests.Name)]
public sealed class QrTests(Browser browser)
{
    private const string Reader = "zbarimg";

    [ChromiumTheory]
    [InlineData("vi", "desktop")]
    [InlineData("en", "phone")]
    public async Task Every_picture_to_scan_says_what_is_written_beside_it(string language, string size)
    {
        Assert.SkipUnless(Servers.AreRequired || Servers.Find(Reader) is not null, "needs zbarimg: run tests/install-servers");
        using var folder = new TempFolder();
        await using var hub = await EmptyHub.StartAsync();
        await using var teacher = await browser.VisitAsync(hub.Url, language, size);
        var page = teacher.Page;
        using var bay = new Bay(hub.Url);
        var code = (await bay.PostAsync("v1/classSessions", new { lesson = "lessons/salinity", groups = 3 })).GetProperty("session").GetProperty("code").GetString()!;

        // The join card: the page, and a Wi-Fi with what a school may call it.
        await teacher.OpenAsync("/class");
        await page.ClickAsync(".session .join-card summary");
        var address = await page.Locator(".join-card .qr + p code").InnerTextAsync();
        Assert.EndsWith($"/j/{code}", address, StringComparison.Ordinal);
        await ReadsAsync(page.Locator(".join-card .columns > div:not(.wifi) .qr"), folder, address);
        foreach (var (ssid, password, said) in ((string, string, string)[])[
            ("StemLab", "con-ca-bay-qua-nui", "WIFI:T:WPA;S:StemLab;P:con-ca-bay-qua-nui;;"),
            ("Vịnh Hạ Long", "a;b,c:d\"e\\f", """WIFI:T:WPA;S:Vịnh Hạ Long;P:a\;b\,c\:d\"e\\f;;"""),
            ("open", "", "WIFI:T:nopass;S:open;;"),
            (new string('w', 32), new string('p', 63), $"WIFI:T:WPA;S:{new string('w', 32)};P:{new string('p', 63)};;")])
        {
            await page.FillAsync(".password", "");
            await page.FillAsync(".ssid", ssid);
            await page.FillAsync(".password", password);
            await ReadsAsync(page.Locator(".wifi .qr"), folder, said);
        }

        await teacher.KeepAsync("qr-join-card");

        // A card for each group, to print.
        await teacher.OpenAsync("/preflight/cards");
        await Expect(page.Locator(".joincards li")).ToHaveCountAsync(3);
        foreach (var card in await page.Locator(".joincards li").AllAsync())
        {
            Assert.Equal(address, await card.Locator("code").InnerTextAsync());
            await ReadsAsync(card.Locator(".qr"), folder, address);
        }

        // A phone as an instrument.
        await teacher.OpenAsync("/phones");
        await page.FillAsync("[name=title]", "Thang máy");
        await page.ClickAsync("#phones button");
        await Expect(page.Locator("[data-experiment] .qr")).ToHaveCountAsync(1);
        var phyphox = await page.Locator("[data-experiment] code").InnerTextAsync();
        Assert.StartsWith("phyphox://", phyphox, StringComparison.Ordinal);
        await teacher.KeepAsync("qr-phones");
        Assert.True(await page.FitsAsync(), "an experiment's page scrolls sideways");
        await ReadsAsync(page.Locator("[data-experiment] .qr"), folder, phyphox);

        // The public page, on a screen in a hall.
        await using var tv = await browser.VisitAsync(hub.Url, language, "desktop");
        await tv.OpenAsync("/screen");
        await Expect(tv.Page.Locator("#digits")).ToHaveTextAsync(new Regex("[0-9]"));
        await bay.PostAsync("v1/screens:confirm", new { code = (await tv.Page.Locator("#digits").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal), displayName = "Hall" });
        await Expect(tv.Page.Locator(".phone .qr")).ToBeVisibleAsync();
        await ReadsAsync(tv.Page.Locator(".phone .qr"), folder, await tv.Page.Locator(".phone code").InnerTextAsync());
        Assert.Empty(teacher.Outside.Concat(teacher.Refused).Concat(teacher.Troubles));
    }

    /// <summary>What the reader sees in a picture as it is on the screen. Its bytes as they are, UTF-8: zbar's own guess takes Vietnamese for Shift JIS, phones' readers do not.</summary>
    private static Task<string> ReadsAsync(ILocator picture, TempFolder folder, string said) => Eventually.Get(
        async () =>
        {
            var file = folder.File("qr.png");
            await picture.ScreenshotAsync(new LocatorScreenshotOptions { Path = file });
            return (string?)(await RealProcess.RunAsync(Servers.PathOf(Reader), ["--quiet", "--raw", "-Sqrcode.binary", file], new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" })).Output.Trim();
        },
        read => read == said,
        said);
}
