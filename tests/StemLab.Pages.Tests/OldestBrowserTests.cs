using System.Runtime.InteropServices;
using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>The oldest browser the pages promise to work in, itself: Chrome 80 walks every page, a wall, a student's lesson, the file taken home and a television. <c>oldest/walk.cjs</c> drives it.</summary>
[Collection(PageTests.Name)]
public sealed class OldestBrowserTests(Demo demo)
{
    private static readonly string[] MorePaths = ["/start", "/preflight", "/help", "/help/student", "/public", "/screens"];

    [Theory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task Chrome_80_draws_every_page_and_a_student_does_a_whole_lesson_in_it(string language)
    {
        Assert.SkipWhen(RuntimeInformation.OSArchitecture != Architecture.X64 || !OperatingSystem.IsLinux(), "Chrome 80 is here for Linux on x64 only");
        var oldest = Path.Combine(Clone.Root, "tests", "StemLab.Pages.Tests", "oldest");
        var isThere = Servers.Find("node") is not null && Directory.Exists(Path.Combine(oldest, "node_modules", "puppeteer-core"));

        // From the npm registry, which is not everywhere: skipped by name also where servers are required.
        Assert.SkipUnless(isThere, "needs node and npm chrome-aws-lambda: run tests/install-servers");
        using var teacher = new Bay(demo.Url);
        using var folder = new TempFolder();
        var (code, group) = await OpenClassAsync(teacher);
        var channel = await demo.ChannelAsync("ph");
        var job = Path.Combine(folder.Path, "job.json");
        await File.WriteAllTextAsync(
            job,
            JsonSerializer.Serialize(new
            {
                hub = demo.Url,
                strangers = demo.Url.Replace("127.0.0.1", Browser.StrangersName, StringComparison.Ordinal),
                language,
                pages = EveryPageTests.Paths.Select(path => path == "channel" ? channel : path).Concat(MorePaths),
                code,
                group,
                folder = folder.Path,
                screenshots = Environment.GetEnvironmentVariable("STEMLAB_SCREENSHOTS"),
            }),
            TestContext.Current.CancellationToken);
        var (exit, output, errors) = await RealProcess.RunAsync(Servers.PathOf("node"), [Path.Combine(oldest, "walk.cjs"), job]);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        Assert.True(exit == 0, output + errors);
        Assert.StartsWith("HeadlessChrome/80.", output, StringComparison.Ordinal);
    }

    /// <summary>A class of one group that has the channels of the first agent.</summary>
    private static async Task<(string Code, string Group)> OpenClassAsync(Bay teacher)
    {
        var opened = (await teacher.PostAsync("v1/classSessions", new { lesson = "lessons/salinity", groups = 1 })).GetProperty("session");
        var session = opened.GetProperty("name").GetString();
        var group = (await teacher.GetAsync($"v1/{session}/class")).GetProperty("classState").GetProperty("groups")[0].GetProperty("key").GetString()!;
        await teacher.PostAsync($"v1/{session}:setGroup", new { group, channels = await teacher.ChannelsAsync("ph", 6) });
        return (opened.GetProperty("code").GetString()!, group);
    }
}
