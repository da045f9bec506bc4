using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.Hub.Fleet;
using StemLab.Hub.Lessons;
using StemLab.Hub.TakeHome;
using StemLab.Hub.Web;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>The ten-minute version of every lesson, on a hub that has measured nothing.</summary>
public sealed class ShippedRecordingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Lessons => [.. ShippedRecording.All.Keys];

    [Fact]
    public void Every_shipped_lesson_has_a_recording_that_measures_what_it_asks_for()
    {
        using var folder = new TempFolder();
        foreach (var lesson in new LessonBook(folder.Path).All().Lessons)
        {
            var recording = ShippedRecording.All[lesson.Recording];
            Assert.InRange(recording.Parts.Length, 2, 4);
            Assert.All(recording.Parts, part => Assert.NotEqual(("", ""), (part.En, part.Vi)));
            foreach (var part in recording.Parts)
            {
                using var table = new StreamReader(ShippedRecording.Open(lesson.Recording, part));
                var measured = table.ReadLine()!.Split(',')[1..].Select(cell => cell[..cell.IndexOf('[', StringComparison.Ordinal)]).ToList();
                Assert.All(measured, property => Assert.Contains(property, lesson.ObservedProperties));
                Assert.True(lesson.PredictionUnit.Length > 0 || measured.Contains(lesson.PredictionProperty), $"{lesson.Slug}: {part.Key} has no {lesson.PredictionProperty}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lessons))]
    public async Task The_short_version_of_a_lesson_is_opened_on_an_empty_hub_watched_and_taken_home(string lesson)
    {
        await using var hub = await HubFixture.StartAsync(anchored: lesson != "cooling");
        var (classroom, lessons) = Clients(hub);
        var session = (await OpenAsync(classroom, $"lessons/{lesson}")).Session;
        var recording = ShippedRecording.All[lesson];
        var state = (await lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, cancellationToken: Stop)).ClassState;
        Assert.True(state.ShortVersion);
        Assert.Equal(recording.Parts.Length, state.Groups.Count);
        Assert.All(state.Groups, group => Assert.Equal(GroupState.Collecting, group.State));
        Assert.All(state.Groups, group => Assert.NotEmpty(group.Channels));
        Assert.Equal((recording.IsSimulated, recording.Speed, recording.Source.Vi), (state.Simulated, state.Replay.Speed, state.Replay.Source.Vi));

        // In the class it lasts some minutes.
        Assert.All(state.Groups, group => Assert.InRange((group.Run.EndTimeUs - group.Run.StartTimeUs) / state.Replay.Speed, 25e6, 300e6));

        var joined = await classroom.JoinSessionAsync(new JoinSessionRequest { Code = session.Code, AsToken = true }, cancellationToken: Stop);
        var student = new Student(lessons, joined.Seat, new Metadata { { "authorization", $"Bearer {joined.Token}" } }, session.Name);
        await student.PredictAsync(1.4);
        await student.NoteAsync("Mười lần: 14 giây");
        await lessons.StartRunAsync(new StartRunRequest { Session = session.Name }, cancellationToken: Stop);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Patience);
        using var watch = student.Watch(cancellationToken: limit.Token);
        var blocks = new List<ReadingBlock>();
        while (blocks.Sum(block => block.Value.Count) < 3 && await watch.ResponseStream.MoveNext(limit.Token))
        {
            blocks.AddRange(watch.ResponseStream.Current.Readings?.Blocks ?? []);
        }

        Assert.DoesNotContain(blocks, block => block.Flag.Contains((uint)QcFlag.Fail));
        var run = hub.Get<RunBook>().Find(state.Groups[0].Run.RunId)!;
        Assert.Equal((false, state.Groups[0].Run.EndTimeUs), (run.IsRunning, run.EndUs));
        var home = await hub.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/lesson/take-home") { Headers = { { "authorization", $"Bearer {joined.Token}" } } }, Stop);
        Assert.Contains("14 giây", System.Net.WebUtility.HtmlDecode(await home.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_teachers_at_once_and_the_next_lesson_meet_the_same_recording_which_disturbs_nothing()
    {
        await using var hub = await HubFixture.StartAsync();
        var (classroom, lessons) = Clients(hub);
        var preflight = new PreflightService.PreflightServiceClient(hub.Grpc);
        var before = (await preflight.GetPostflightAsync(new GetPostflightRequest(), cancellationToken: Stop)).Lines.Count;
        var beforeTrip = (await preflight.GetPreflightAsync(new GetPreflightRequest(), cancellationToken: Stop)).Lines.Count;
        var sessions = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => OpenAsync(classroom, "lessons/day-and-night", groups: 6).ResponseAsync));
        var rows = hub.Store.StoredTotal;
        var facts = hub.Facts.Current.Revision;
        var again = (await classroom.OpenSessionAsync(new OpenSessionRequest { Like = sessions[0].Session.Name }, cancellationToken: Stop)).Session;
        var state = (await lessons.GetClassAsync(new GetClassRequest { Session = again.Name }, cancellationToken: Stop)).ClassState;
        Assert.Equal((6, 480, false), (state.Groups.Count, state.Replay.Speed, state.Replay.HasBeganUs));
        Assert.NotEqual("", state.Replay.Source.En);
        Assert.Equal(state.Groups[0].Run.RunId, state.Groups[4].Run.RunId);
        await OpenAsync(classroom, "lessons/day-and-night");
        Assert.Equal((rows, facts), (hub.Store.StoredTotal, hub.Facts.Current.Revision));
        Assert.Equal(4, hub.Facts.Current.Of<Facts.Run>().Count());
        Assert.All(hub.Facts.Current.Of<Facts.Run>(), run => Assert.Contains("StemLab", run.Body.Title, StringComparison.Ordinal));

        // No board, no list of devices, no check before or after a trip, no group of another lesson knows it.
        Assert.Equal(4, hub.Get<FleetBook>().Current.Agents.Count(agent => agent.IsRecording));
        Assert.Empty(hub.Get<PageModel>().Cards());
        Assert.Empty(hub.Get<PageModel>().Channels());
        Assert.Equal(["ag-1"], hub.Get<PageModel>().AgentRows().Select(row => row.Agent.Slug));
        Assert.Equal(before, (await preflight.GetPostflightAsync(new GetPostflightRequest(), cancellationToken: Stop)).Lines.Count);
        Assert.Equal(beforeTrip, (await preflight.GetPreflightAsync(new GetPreflightRequest(), cancellationToken: Stop)).Lines.Count);
        var live = (await classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/day-and-night" }, cancellationToken: Stop)).Session;
        var dealt = (await lessons.GetClassAsync(new GetClassRequest { Session = live.Name }, cancellationToken: Stop)).ClassState;
        Assert.Equal(GroupState.NoChannel, Assert.Single(dealt.Groups).State);
        Assert.All((await new CatalogService.CatalogServiceClient(hub.Grpc).ListChannelsAsync(new ListChannelsRequest(), cancellationToken: Stop)).Channels, channel => Assert.True(channel.Recorded));
    }

    [Fact]
    public async Task A_copy_keeps_the_recording_and_one_that_names_another_or_none_is_told_so()
    {
        await using var hub = await HubFixture.StartAsync();
        var (classroom, lessons) = Clients(hub);
        var copy = (await lessons.GetLessonAsync(new GetLessonRequest { Name = "lessons/cooling" }, cancellationToken: Stop)).Lesson;
        copy.Slug = "my-cooling";
        await lessons.SaveLessonAsync(new SaveLessonRequest { Lesson = copy }, cancellationToken: Stop);
        var opened = (await OpenAsync(classroom, "lessons/my-cooling")).Session;
        Assert.NotNull((await lessons.GetClassAsync(new GetClassRequest { Session = opened.Name }, cancellationToken: Stop)).ClassState.Replay);

        copy.Recording = "tide";
        var refused = await HubFixture.RefusedAsync(lessons.SaveLessonAsync(new SaveLessonRequest { Lesson = copy }, cancellationToken: Stop));
        Assert.Equal(["lesson.recording"], HubFixture.Fields(refused));
        Assert.Contains("no recording of that name comes with this hub", refused.Status.Detail, StringComparison.Ordinal);
        copy.Recording = "";
        await lessons.SaveLessonAsync(new SaveLessonRequest { Lesson = copy }, cancellationToken: Stop);
        refused = await HubFixture.RefusedAsync(OpenAsync(classroom, "lessons/my-cooling"));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("không có bản ghi", HubFixture.Said(refused, "vi"), StringComparison.Ordinal);
        Assert.Equal(["shipped_recording"], HubFixture.Fields(await HubFixture.RefusedAsync(classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/cooling", ShippedRecording = true, ReplayRuns = { new string('0', 32) } }, cancellationToken: Stop))));
    }

    private static (ClassroomService.ClassroomServiceClient, LessonService.LessonServiceClient) Clients(HubFixture hub) => (new(hub.Grpc), new(hub.Grpc));

    private static AsyncUnaryCall<OpenSessionResponse> OpenAsync(ClassroomService.ClassroomServiceClient classroom, string lesson, int groups = 0) =>
        classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = lesson, ShortVersion = true, ShippedRecording = true, Groups = groups }, cancellationToken: Stop);
}
