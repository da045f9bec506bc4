using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>What the pages around a lesson weigh for a browser that was never here, headers included: a student's and the public's well below the 60 kB and within the ten requests of the lesson itself, a teacher's with a little more to ask.</summary>
[Collection(OwnHubTests.Name)]
public sealed class ClassWeightTests(Browser browser)
{
    [ChromiumTheory]
    [InlineData("vi")]
    [InlineData("en")]
    public async Task Pages_of_a_class_and_of_the_public_keep_to_their_weight(string language)
    {
        await using var hub = await EmptyHub.StartAsync();
        await hub.PublishAsync("lab/pond/ph", "7.1");
        using var bay = new Bay(hub.Url);
        var channels = (await bay.GetAsync("v1/channels")).GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("name").GetString()!).ToArray();
        await bay.PostAsync("v1/screenSettings", new { settings = new { channels } });
        var (session, code, _) = await ClassJourneyTests.OpenClassAsync(bay, "lessons/salinity", 8, channels);
        (string Path, string Ready, int MostBytes, int MostRequests)[] pages =
        [
            ($"/j/{code}", "#join button", 25_000, 10), ("/public", "article.public .figure b", 35_000, 10), ("/screen", "#digits", 35_000, 10),
            ("/class", "#lesson-form", 40_000, 12), ($"/wall/{session.Split('/')[1]}", ".tile[data-group=dolphin] .state", 45_000, 14),
        ];
        List<string> heavy = [];
        foreach (var (path, ready, mostBytes, mostRequests) in pages)
        {
            await using var visitor = await browser.VisitAsync(hub.Url, language, "phone");
            var devtools = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
            await devtools.SendAsync("Network.enable");
            var (bytes, requests) = (0.0, 0);
            devtools.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();
            devtools.Event("Network.requestWillBeSent").OnEvent += (_, e) => requests += e!.Value.GetProperty("request").GetProperty("url").GetString()!.StartsWith("data:", StringComparison.Ordinal) ? 0 : 1;
            await visitor.OpenAsync(path);
            await Expect(visitor.Page.Locator(ready)).ToHaveTextAsync(new Regex(@"\S"));
            if (path == "/screen")
            {
                await Expect(visitor.Page.Locator(ready)).ToHaveTextAsync(new Regex("[0-9]"));
            }

            TestContext.Current.TestOutputHelper!.WriteLine($"{path} in {language}: {bytes:0} bytes in {requests} requests");
            if (bytes > mostBytes || requests > mostRequests)
            {
                heavy.Add($"{path}: {bytes:0} bytes in {requests} requests");
            }
        }

        Assert.Empty(heavy);
    }
}
