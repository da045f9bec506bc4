using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Protocol;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

[Collection(OwnHubTests.Name)]
public sealed class AddTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("en", "desktop")]
    [InlineData("vi", "phone")]
    public async Task A_waiting_board_is_compared_blinks_and_is_accepted_and_a_taken_name_has_a_way_on(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        hub.Host.Services.GetRequiredService<FleetBook>().Enrol("pond");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents/add");
        await Expect(visitor.Page.Locator("#nobody")).ToBeVisibleAsync();
        Knock(hub, key);

        var card = visitor.Page.Locator("#waiting li");
        await Expect(card.Locator(".code")).ToHaveTextAsync(LabelCode.FirstPart(LabelCode.Of(key.ExportSubjectPublicKeyInfo())));
        await Expect(card).ToContainTextAsync("EZO pH");
        await Expect(card).ToContainTextAsync("<b>Pi</b>");
        await card.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = visitor.Say("Blink", "Nháy đèn"), Exact = true }).ClickAsync();
        await Expect(card.Locator("output")).ToContainTextAsync(visitor.Say("blinks", "nháy đèn"));
        Assert.True(Knock(hub, key).BlinkSeconds > 0);
        await CheckAsync(visitor, "/agents/add");

        await card.Locator("input[name=slug]").FillAsync("pond");

        // The scan: what it finds comes into the card, what was typed stays, and where nothing more is it says so.
        await visitor.Page.RunAndWaitForResponseAsync(() => card.Locator("button.find").ClickAsync(), answer => answer.Url.EndsWith(":findProbes", StringComparison.Ordinal));
        Assert.True(Knock(hub, key).FindProbes);
        Knock(hub, key, new DetectedProbe { Kind = "ezo-ec", Bus = 1, Address = 100, Description = "EZO EC, firmware 2.15" });
        await Expect(card.Locator("output")).ToContainTextAsync(visitor.Say("1 more", "thêm 1"));
        await Expect(card.Locator(".tick")).ToHaveCountAsync(2);
        await Expect(card.Locator("input[name=slug]")).ToHaveValueAsync("pond");
        await visitor.KeepAsync("scan");

        await card.Locator("button.main").ClickAsync();
        await Expect(card.Locator("output")).ToContainTextAsync("pond-2");
        await card.Locator("button.main").ClickAsync();
        await Expect(visitor.Page.Locator("#decided")).ToContainTextAsync("pond-2");
        await Expect(card).ToHaveCountAsync(0);
        Assert.NotNull(Knock(hub, key).Sealed);

        await visitor.OpenAsync("/agents/labels");
        await Expect(visitor.Page.Locator(".labels")).ToContainTextAsync("pond-2");
        Assert.Empty(await visitor.Page.ViolationsAsync());
    }

    [ChromiumTheory]
    [InlineData("vi", "desktop")]
    [InlineData("en", "phone")]
    public async Task A_makers_device_gets_a_token_with_lines_that_work_and_is_shut_out_again(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents/add");
        await visitor.Page.Locator("#maker input[name=slug]").FillAsync("tank");
        foreach (var kind in (string[])["python", "arduino", "micropython", "esphome", "nodered", "mosquitto"])
        {
            await visitor.Page.Locator("#maker select").SelectOptionAsync(kind);
            await visitor.Page.Locator("#maker button").ClickAsync();
            await Expect(visitor.Page.Locator("#snippet-text")).ToContainTextAsync(kind is "mosquitto" ? "mosquitto_pub" : "tank");
            Assert.DoesNotMatch("%[A-Z]+[%:]", await visitor.Page.Locator("#snippet-text").InnerTextAsync());
        }

        // Each time a new token; the last line's is the one that counts.
        var line = await visitor.Page.Locator("#snippet-text").InnerTextAsync();
        var said = Regex.Match(line, @"-h (\S+) -p (\d+) -u (\S+) -P (\S+) -q 1 -t (\S+) -m (\S+)");
        Assert.True(said.Success, line);
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(said.Groups[1].Value, int.Parse(said.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)).WithCredentials(said.Groups[3].Value, said.Groups[4].Value).Build(),
            TestContext.Current.CancellationToken);
        var message = new MqttApplicationMessageBuilder().WithTopic(said.Groups[5].Value).WithPayload(said.Groups[6].Value).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        Assert.True((await client.PublishAsync(message, TestContext.Current.CancellationToken)).IsSuccess);
        await CheckAsync(visitor, "/agents/add");

        var gone = new TaskCompletionSource();
        client.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        await visitor.OpenAsync("/agents");
        await visitor.Page.Locator(".manage summary").ClickAsync();
        await CheckAsync(visitor, "/agents");
        await visitor.Page.Locator("[data-standing=STANDING_REVOKED]").ClickAsync();
        await Expect(visitor.Page.Locator("[data-agent] output")).ToContainTextAsync(visitor.Say("Press once more", "Bấm lần nữa"));
        await visitor.Page.Locator("[data-standing=STANDING_REVOKED]").ClickAsync();
        await Expect(visitor.Page.Locator("[data-agent] h2")).ToContainTextAsync(visitor.Say("revoked", "đã chặn"));
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [ChromiumTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task A_code_and_a_kit_are_made_and_a_kit_is_taken_back(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync();
        await using var visitor = await browser.VisitAsync(hub.Url, language, size);
        await visitor.OpenAsync("/agents/add");
        await visitor.Page.Locator("#make-code").ClickAsync();
        await Expect(visitor.Page.Locator("#code")).ToHaveTextAsync(new Regex("^stemlab-agent join [2-9A-Z]{4}-[2-9A-Z]{4} --hub http://127.0.0.1:"));

        var download = visitor.Page.WaitForDownloadAsync();
        await visitor.Page.Locator("#kit button").ClickAsync();
        Assert.Equal("stemlab-join.json", (await download).SuggestedFilename);
        await Expect(visitor.Page.Locator("#kits li")).ToContainTextAsync("8");
        await visitor.Page.Locator("#kits button").ClickAsync();
        await Expect(visitor.Page.Locator("#kits li")).ToHaveCountAsync(0);
        Assert.True(Assert.Single(hub.Host.Services.GetRequiredService<KitBook>().Kits).IsWithdrawn);
    }

    private static async Task CheckAsync(Visitor visitor, string path)
    {
        Assert.Empty(await visitor.Page.ViolationsAsync());
        Assert.True(await visitor.Page.FitsAsync(), "the page scrolls sideways");
        Assert.Empty(visitor.Outside);
        if (Environment.GetEnvironmentVariable("STEMLAB_PICTURES") is { Length: > 0 } folder)
        {
            await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{path.Trim('/').Replace('/', '-')}-{visitor.Language}-{visitor.Page.ViewportSize!.Width}-{TimeProvider.System.GetTimestamp() % 1000}.png"), FullPage = true });
        }
    }

    private static KnockAnswer Knock(EmptyHub hub, ECDsa key, params DetectedProbe[] more)
    {
        var services = hub.Host.Services;
        var letter = new KnockLetter
        {
            PublicKey = ByteString.CopyFrom(key.ExportSubjectPublicKeyInfo()),
            HubId = services.GetRequiredService<HubClock>().HubId.ToByteString(),
            Challenge = ByteString.CopyFrom(services.GetRequiredService<Challenges>().Current),
            Board = ByteString.CopyFrom(new byte[32]),
            BoardModel = "Raspberry <b>Pi</b>",
            SoftwareVersion = "0.1.0",
            Probes = { new DetectedProbe { Kind = "ezo-ph", Bus = 1, Address = 99, Description = "EZO pH, firmware 2.14" }, more },
        }.ToByteArray();
        return services.GetRequiredService<Enroller>().Take(letter, key.SignData(letter, HashAlgorithmName.SHA256), [], "192.168.1.20", false)!;
    }
}
