using System.Globalization;
using System.Text.RegularExpressions;
using Grpc.Core;
using StemLab.TestKit;
using StemLab.V1;
using static Microsoft.Playwright.Assertions;

namespace StemLab.Pages;

/// <summary>The class of the trip: forty phones, four of them with a browser's page, on a Wi-Fi that goes and a hub that is killed in the middle of a run.</summary>
[Collection(OwnHubTests.Name)]
public sealed class FortyPhonesTests(Browser browser)
{
    private const int Phones = 40;
    private const int Groups = 8;

    /// <summary>Readings of each part of the run.</summary>
    private const int Part = 40;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [ChromiumTheory]
    [InlineData("vi", 4)]
    public async Task Pages_and_apps_lose_nothing_to_a_lost_Wi_Fi_and_a_hub_that_is_killed_in_mid_run(string language, int pages)
    {
        await using var hub = await KilledHub.StartAsync();
        await using var air = new Cable(hub.HttpPort);
        await using var airOfApps = new Cable(hub.GrpcPort);
        await hub.SayAsync([7]);
        using var teacher = new Bay(hub.Url);
        var channel = (await teacher.GetAsync("v1/channels")).GetProperty("channels")[0].GetProperty("name").GetString()!;
        var session = (await hub.Classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/salinity", Groups = Groups }, cancellationToken: Stop)).Session;
        foreach (var group in (await StateAsync(hub, session)).Groups)
        {
            await hub.Lessons.SetGroupAsync(new SetGroupRequest { Session = session.Name, Group = group.Key, Channels = { channel } }, cancellationToken: Stop);
        }

        var groups = (await StateAsync(hub, session)).Groups.Select(group => group.Key).ToArray();
        List<Visitor> students = [];
        List<LessonApp> apps = [];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        List<Task> following = [];
        try
        {
            // Half of the apps and all pages hang on the Wi-Fi that will go.
            for (var i = 0; i < Phones - pages; i++)
            {
                apps.Add(await LessonApp.JoinAsync(i % 2 == 0 ? airOfApps.Port : hub.GrpcPort, session.Name, session.Code));
                following.Add(apps[i].FollowAsync(over.Token));
            }

            for (var i = 0; i < pages; i++)
            {
                students.Add(await browser.VisitAsync($"http://{Browser.StrangersName}:{air.Port}/", language, "phone"));
                await ClassJourneyTests.JoinAsync(students[i], session.Code, groups[i]);
                await Expect(students[i].Page.Locator("#notes-panel")).ToBeVisibleAsync();
            }

            await Soon.IsDoneAsync(Task.WhenAll(apps.Select(app => app.Begun)), "an app has no stream");
            var who = await Task.WhenAll(students.Select(student => student.Page.Locator("#who").InnerTextAsync()));
            await hub.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, DurationUs = 0, InUs = 1_000 }, cancellationToken: Stop);
            await Eventually.True(async () => await StateAsync(hub, session) is var now && now.Groups.All(group => group.Run is { } run && run.StartUs < now.NowUs), "the run has begun");

            // Everybody measures, and somebody keeps what is measured.
            double[] before = [.. Values(0)], outage = [.. Values(1)], after = [.. Values(2)];
            await hub.SayAsync(before);
            await HaveAsync(apps, before);
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#run-line")).ToHaveClassAsync(new Regex("running"))));
            await KeepAsync(students[0], "Bến 1");
            await Expect(students[0].Page.Locator("#samples tr")).ToHaveCountAsync(1);
            var seats = Seats(await StateAsync(hub, session));

            // The Wi-Fi goes: every page sees it, and goes on working; the run is the hub's.
            air.Cut();
            airOfApps.Cut();
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#link")).ToHaveTextAsync(student.Say("○ reconnecting…", "○ đang nối lại…"))));
            await hub.SayAsync(outage);
            for (var i = 0; i < pages; i++)
            {
                await WriteAsync(students[i], $"Nước đục {i}");
            }

            await KeepAsync(students[0], "Bến 2");
            await Expect(students[0].Page.Locator("#unsent")).ToContainTextAsync("2");
            await students[0].KeepAsync("forty-offline");
            await apps[1].Samples.KeepSampleAsync(new KeepSampleRequest { Channel = channel, Site = "Bến 3", EvenIfUnsteady = true }, apps[1].Seat, cancellationToken: Stop);
            await HaveAsync(apps.Where((_, i) => i % 2 == 1), [.. before, .. outage]);
            Assert.All(apps.Where((_, i) => i % 2 == 0), app => Assert.Equal(before, app.Values));

            // It is back, and tells the phones so.
            air.Join(hub.HttpPort);
            airOfApps.Join(hub.GrpcPort);
            await Task.WhenAll(students.Select(student => student.Page.EvaluateAsync("() => dispatchEvent(new Event('online'))")));
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#unsent")).ToHaveTextAsync("")));
            await HaveAsync(apps, [.. before, .. outage]);

            // The hub is killed; a page writes on while it is away.
            await hub.KillAsync();
            await Expect(students[1].Page.Locator("#link")).ToHaveTextAsync(students[1].Say("○ reconnecting…", "○ đang nối lại…"));
            await WriteAsync(students[1], "Trạm tắt rồi");
            await hub.StartAgainAsync();
            await hub.SayAsync(after);
            double[] all = [.. before, .. outage, .. after];
            await HaveAsync(apps, all);
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#unsent")).ToHaveTextAsync("")));

            // Nobody joined again, each has its place, the run went on.
            var state = await StateAsync(hub, session);
            Assert.Equal((Phones, ClassPhase.Running), (state.Seats.Count, state.Phase));
            Assert.Equal(seats, Seats(state));
            Assert.Equal(who, await Task.WhenAll(students.Select(student => student.Page.Locator("#who").InnerTextAsync())));
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#run-line")).ToHaveClassAsync(new Regex("running"))));
            await Task.WhenAll(students.Select(student => Expect(student.Page.Locator("#cards b")).ToHaveTextAsync(after[^1].ToString("0.00", CultureInfo.GetCultureInfo(language)))));
            foreach (var student in students)
            {
                var drawn = await DrawsAsync(student, channel, all);
                TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"drawn: {drawn[0]} of {all.Length} and one before, their sum {drawn[1]:0.000} of {all.Sum() + 7:0.000}"));
            }

            await students[0].KeepAsync("forty-after");
            await hub.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, cancellationToken: Stop);

            // What the store has of each group's run is what each phone got, each once.
            var runs = (await StateAsync(hub, session)).Groups.Select(group => group.Run).ToArray();
            Assert.Equal(Groups, runs.Length);
            foreach (var run in runs)
            {
                Assert.Equal(all, await RowsAsync(hub, channel, run));
            }

            await over.CancelAsync();
            await Task.WhenAll(following);
            Assert.All(apps, app => Assert.Equal((all.Length, all.Sum()), (app.Values.Length, app.Values.Sum())));
            Assert.All(apps, app => Assert.Equal(all, app.Values));
            Assert.All(apps, app => Assert.True(app.Ended >= 2, "its stream was never cut"));

            // What was written is there once, and what was kept too.
            var notes = (await hub.Lessons.ListNotesAsync(new ListNotesRequest { Session = session.Name }, cancellationToken: Stop)).Notes.Select(note => note.Text).Order().ToArray();
            Assert.Equal(pages + 2, notes.Length);
            Assert.Equal([.. Enumerable.Range(0, pages).Select(i => $"Nước đục {i}"), "Trạm tắt rồi"], notes.Where(note => !note.Contains("Bến 2", StringComparison.Ordinal)));
            var samples = (await teacher.GetAsync("v1/samples")).GetProperty("samples").EnumerateArray().Select(sample => sample.GetProperty("site").GetString()).Order();
            Assert.Equal(["Bến 1", "Bến 3"], samples);
            Assert.All(students, student => Assert.Empty(student.Outside));
        }
        finally
        {
            await over.CancelAsync();
            foreach (var student in students)
            {
                await student.DisposeAsync();
            }

            apps.ForEach(app => app.Dispose());
        }
    }

    /// <summary>What the probe reads in one part of the run: no value twice.</summary>
    private static IEnumerable<double> Values(int part) => Enumerable.Range(1, Part).Select(i => 7 + Math.Round(((part * Part) + i) * 0.001, 3));

    private static async Task<ClassState> StateAsync(KilledHub hub, ClassSession session) =>
        (await hub.Lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, cancellationToken: Stop)).ClassState;

    private static (string, string, string)[] Seats(ClassState state) => [.. state.Seats.Select(seat => (seat.Name, seat.AliasKey, seat.Group)).Order()];

    private static Task HaveAsync(IEnumerable<LessonApp> apps, double[] values) => Eventually.True(() => Task.FromResult(apps.All(app => app.Values.Length >= values.Length)), "every app has what was measured");

    private static async Task WriteAsync(Visitor student, string text)
    {
        await student.Page.FillAsync("[name=text]", text);
        await student.Page.ClickAsync("#note button");
        await Expect(student.Page.Locator("#notes .waiting", new() { HasText = text })).ToHaveCountAsync(1);
    }

    private static async Task KeepAsync(Visitor student, string site)
    {
        await student.Page.FillAsync("[name=site]", site);
        await student.Page.CheckAsync("#unsteady");
        await Expect(student.Page.Locator("#keep-button")).ToBeEnabledAsync();
        await student.Page.ClickAsync("#keep-button");
        await Expect(student.Page.Locator("#kept")).Not.ToHaveTextAsync("");
    }

    /// <summary>The page's chart has every reading in its buckets: as many as there are, from the least to the greatest.</summary>
    private static Task<double[]> DrawsAsync(Visitor student, string channel, double[] values) => Eventually.Get(
        async () => (double[]?)await student.Page.EvaluateAsync<double[]>(
            """
            async (channel) => {
              const { lesson } = await import(document.querySelector('script[type=module]').src);
              const track = lesson.chart.tracks.get(channel);
              const seen = track.t.map((t, i) => i).filter((i) => track.n[i] > 0);
              return [seen.reduce((n, i) => n + track.n[i], 0), seen.reduce((sum, i) => sum + track.n[i] * track.v[i], 0), Math.max(...seen.map((i) => track.high[i]))];
            }
            """,
            channel),
        seen => seen[0] > values.Length && seen[2] == values[^1],
        "the page draws what was measured");

    /// <summary>The values the store has of a run.</summary>
    private static async Task<double[]> RowsAsync(KilledHub hub, string channel, ClassRun run)
    {
        using var asked = hub.Readings.QueryReadings(new QueryReadingsRequest { Channels = { channel }, StartTimeUs = run.StartTimeUs, EndTimeUs = run.EndTimeUs }, cancellationToken: Stop);
        List<double> values = [];
        await foreach (var answer in asked.ResponseStream.ReadAllAsync(Stop))
        {
            values.AddRange(answer.Blocks.SelectMany(block => block.Value));
        }

        return [.. values];
    }
}
