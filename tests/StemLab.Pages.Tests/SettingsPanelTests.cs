using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Fleet;
using StemLab.Wire.V1;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The panel of an agent's page that sets what it measures; the agent has said what it is, and is away.</summary>
[Collection(OwnHubTests.Name)]
public sealed class SettingsPanelTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("vi", "phone")]
    [InlineData("en", "desktop")]
    public async Task An_agent_is_set_waits_and_a_refusal_is_shown_in_the_readers_words(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        var fleet = hub.Host.Services.GetRequiredService<FleetBook>();
        var settings = hub.Host.Services.GetRequiredService<SettingsBook>();
        var agent = fleet.Enrol("pond").Agent!.Id;
        fleet.ReportHealth(agent, new Health { Troubles = { new Trouble { About = "ezo-ph 99 on i2c-1", En = "it does not answer: is it plugged in?", Vi = "nó không trả lời: đã cắm chưa?" } } });
        settings.Report(agent, Report(0, 0));
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents");
        var panel = visitor.Page.Locator($"[data-agent='{agent}']");
        await Expect(panel.Locator(".troubles")).ToContainTextAsync(visitor.Say("is it plugged in?", "đã cắm chưa?"));
        await panel.Locator(".set summary").First.ClickAsync();
        await Expect(panel.Locator(".setstate")).ToContainTextAsync(visitor.Say("own file", "tệp riêng"));

        // What it found is measured from now on, and the first gets a name.
        await panel.Locator("fieldset li button").ClickAsync();
        await Expect(panel.Locator(".source")).ToHaveCountAsync(2);
        await panel.Locator(".source").First.Locator("[data-field=label]").FillAsync("Ao <b>cá</b>");
        await panel.Locator(".source").First.Locator("[data-field=intervalSeconds]").FillAsync("5");
        await Expect(panel.Locator(".set output")).ToContainTextAsync(visitor.Say("not saved", "chưa lưu"));
        Assert.Empty(await visitor.Page.ViolationsAsync());
        Assert.True(await visitor.Page.FitsAsync(), "the page scrolls sideways");
        await visitor.KeepAsync("settings");
        await panel.Locator(".set form button.main").ClickAsync();
        await Expect(panel.Locator(".setstate")).ToContainTextAsync(visitor.Say("Change 1 waits", "Thay đổi 1 đang chờ"));
        var wanted = settings.Of(agent).Wanted!;
        Assert.Equal([("ezo-ph", "Ao <b>cá</b>", 5.0, 99), ("ds18b20", "", 1.0, 0)], wanted.Sources.Select(source => (source.Kind, source.Label, source.IntervalSeconds, source.Address)));

        // It came back, looked, and refused.
        settings.Report(agent, Report(0, 1));
        await visitor.OpenAsync("/agents");
        await panel.Locator(".set summary").First.ClickAsync();
        await Expect(panel.Locator(".setstate")).ToContainTextAsync(visitor.Say("too little time", "thời gian quá ngắn"));
        await Expect(panel.Locator(".source")).ToHaveCountAsync(1);
        await panel.Locator(".measuring").ClickAsync();
        await Expect(panel.Locator(".set")).ToContainTextAsync(visitor.Say("It is stopped", "Đang dừng"));
        await visitor.KeepAsync("settings-refused");
        Assert.Empty(visitor.Troubles);
    }

    private static SettingsReport Report(ulong revision, ulong refused) => new()
    {
        Settings = new Settings { Format = 1, Revision = revision, Content = ByteString.CopyFromUtf8("""{"Measuring":true,"HealthIntervalSeconds":60,"Sources":[{"Kind":"ezo-ph","Address":99,"IntervalSeconds":1}]}""") },
        RefusedRevision = refused,
        RefusedEn = refused == 0 ? "" : "too little time",
        RefusedVi = refused == 0 ? "" : "thời gian quá ngắn",
        Kinds = { new SourceKind { Name = "ezo-ph", Keys = { "Bus", "Address", "TemperatureFrom" } }, new SourceKind { Name = "ds18b20", Keys = { "Serial" } } },
        Found = { new DetectedProbe { Kind = "ds18b20", Serial = "28-0000075f1a2b", Description = "DS18B20" } },
    };
}
