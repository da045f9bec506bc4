using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>The pages in another engine than Chromium: WebKit, as Debian has it for GTK.</summary>
[Collection(PageTests.Name)]
public sealed class WebKitTests(Demo demo)
{
    private static readonly string[] Paths =
        ["/", "/?by=property", "/agents", "/agents/add", "/calibrate", "/derived", "/samples", "/lesson", "/datasets", "/import", "/time", "/changes", "channel", "/class", "/class/lesson", "/preflight", "/screens", "/public", "/j"];

    [WebKitTheory]
    [InlineData("en", "phone")]
    [InlineData("vi", "desktop")]
    public async Task A_page_opens_draws_and_fits(string language, string size)
    {
        await using var visitor = await WebKit.VisitAsync(demo.Url, language, size);
        var owed = new List<string>();
        foreach (var path in Paths)
        {
            await visitor.OpenAsync(path == "channel" ? await demo.ChannelAsync("ph") : path);
            if ((await visitor.RunAsync("return document.querySelector('#plot') !== null")).GetBoolean())
            {
                await visitor.UntilAsync("document.querySelector('#plot canvas')");
                await visitor.SaysAsync("#link", visitor.Say("● live", "● trực tiếp"));
            }

            owed.AddRange((await visitor.TroublesAsync()).Select(trouble => $"{path}: {trouble}"));
        }

        Assert.True(owed.Count == 0, string.Join(Environment.NewLine, owed));
    }

    /// <summary>The first answer is asked for with the page, and not a second time by its script.</summary>
    [WebKitTheory]
    [InlineData("en", "phone")]
    public async Task A_page_takes_the_answer_it_asked_for_while_it_was_read(string language, string size)
    {
        await using var visitor = await WebKit.VisitAsync(demo.Url, language, size);
        await visitor.OpenAsync("/");
        await visitor.UntilAsync("document.querySelector('#legend b') && /[0-9]/.test(document.querySelector('#legend b').textContent)");
        var asked = await visitor.RunAsync("return performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.includes('readings:query'))");
        Assert.Equal(1, asked.GetArrayLength());
    }

    [WebKitTheory]
    [InlineData("vi", "phone")]
    public async Task A_student_measures_predicts_keeps_compares_and_takes_it_home(string language, string size)
    {
        await using var hub = await EmptyHub.StartAsync("none");
        var probe = await Probe.EnrolAsync(hub.Host);
        await probe.SayAsync(7.1);
        using var teacher = new Bay(hub.Url);
        var curved = (await teacher.GetAsync("v1/lessons")).GetProperty("lessons").EnumerateArray().First(lesson => lesson.GetProperty("prediction").GetString() == "PREDICTION_KIND_CURVE").GetProperty("name").GetString()!;
        var (_, code, groups) = await ClassJourneyTests.OpenClassAsync(teacher, curved, 2, [Probe.Channel]);
        await using var student = await WebKit.VisitAsync(hub.Url, language, size);

        // In by the code and a mascot; what is measured comes by itself.
        await student.OpenAsync($"/j/{code}");
        await student.ClickAsync("#join button");
        await student.UntilAsync($"document.querySelector('#groups input[value={groups[0]}]')");
        await student.RunAsync($"document.querySelector('#groups input[value={groups[0]}]').click()");
        await student.ClickAsync("#mascots button.main");
        await student.ClickAsync("#go");
        await student.SaysAsync("#link", student.Say("● live", "● trực tiếp"));
        await student.ListenAsync();
        await student.UntilAsync("document.querySelector('#plot canvas')");
        await probe.SayAsync(7.2);
        await student.SaysAsync("#cards b", student.Say("7.20", "7,20"));

        // A curve is drawn.
        await student.ClickAsync("[data-tab=predict]");
        await student.UntilAsync("document.querySelector('#draw')");
        await student.DrawAsync("#draw");
        await student.ClickAsync("#predict-form button.main");
        await student.SaysAsync("#predictions li", "→");

        // A run, a note and a sample.
        await student.ClickAsync("[data-tab=measure]");
        await student.ClickAsync("#start");
        await student.SaysAsync("#run-line", "●");
        await probe.SayNowAsync(7.2);
        await student.FillAsync("[name=text]", "Nước đục hơn");
        await student.ClickAsync("#note button");
        await student.UntilAsync("document.querySelectorAll('#notes li:not(.waiting)').length === 1");
        await student.RunAsync("document.querySelector('#keep-panel').scrollIntoView()");
        await student.UntilAsync("document.querySelector('#steady.ready')");
        await student.FillAsync("[name=site]", "Bến 1");
        await student.ClickAsync("#keep-button");
        await student.SaysAsync("#kept", student.Say("Kept: 7.20", "Đã giữ: 7,20"));
        await probe.SayNowAsync(7.2);
        await student.ClickAsync("#stop");
        await student.UntilAsync("!document.querySelector('#start').hidden");
        Assert.Empty(await student.TroublesAsync());

        // The run, and a line through it.
        await student.ClickAsync("[data-tab=compare]");
        await student.UntilAsync("document.querySelectorAll('#numbers tr').length && document.querySelector('#overlay canvas')");
        await student.SelectAsync("#fit-kind", "CURVE_KIND_LINEAR");
        await student.UntilAsync("document.querySelectorAll('#fit-said dd').length");

        // Loaded again, everything is there; the file needs no hub.
        await student.ClickAsync("[data-tab=home]");
        await student.ReloadAsync();
        await student.UntilAsync("document.querySelector('[data-tab=home]').getAttribute('aria-pressed') === 'true' && document.querySelectorAll('#notes li').length === 1 && document.querySelectorAll('#samples tr').length === 1");
        await student.ClickAsync("#take-home");
        var file = await Eventually.Get(() => Task.FromResult(Directory.GetFiles(student.Home, "*.html", SearchOption.AllDirectories).FirstOrDefault()), _ => true, "the file taken home");
        Assert.Empty(await student.TroublesAsync());
        await student.GoAsync(new Uri(file).AbsoluteUri);
        await student.UntilAsync("document.querySelectorAll('#legend button').length");
        Assert.Contains("Bến 1", await student.TextAsync("body"), StringComparison.Ordinal);
    }
}
