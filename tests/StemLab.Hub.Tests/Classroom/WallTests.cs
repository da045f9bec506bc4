using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.Hub.Web;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Classroom;

/// <summary>What a teacher's wall tells and does.</summary>
public sealed class WallTests
{
    private const long Second = HubFixture.Second;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tile_tells_collecting_silent_late_and_suspect_apart()
    {
        await using var school = await ClassFixture.StartAsync();
        var hub = school.Hub;
        var session = await school.OpenAsync(groups: 1);
        using var watch = school.Lessons.WatchClass(new WatchClassRequest { Session = session.Name, WithoutReadings = true }, cancellationToken: Stop);
        await hub.SteadyAsync("pool", "water_temperature", "Cel", 5, Second, _ => 20);
        await OldAsync(1_200);
        await MeasuresAsync("pool", "old");
        await ComesAsync(watch, GroupState.Collecting);

        // What was there before the class began, twenty minutes old, says nothing about now.
        await MeasuresAsync("old");
        await ComesAsync(watch, GroupState.Silent);

        // An agent is back and sends what it kept.
        await OldAsync(600);
        await ComesAsync(watch, GroupState.Late);

        await hub.SteadyAsync("old", "water_temperature", "Cel", 1, Second, _ => 20);
        await ComesAsync(watch, GroupState.Collecting);
        await hub.SteadyAsync("old", "water_temperature", "Cel", 1, Second, _ => 900);
        await ComesAsync(watch, GroupState.Suspect);
        await school.Lessons.SetGroupAsync(new SetGroupRequest { Session = session.Name, Group = "dolphin" }, cancellationToken: Stop);
        await ComesAsync(watch, GroupState.NoChannel);

        async Task MeasuresAsync(params string[] ports) =>
            await school.Lessons.SetGroupAsync(new SetGroupRequest { Session = session.Name, Group = "dolphin", Channels = { ports.Select(port => HubFixture.Channel(port, "water_temperature")) } }, cancellationToken: Stop);

        Task OldAsync(long secondsAgo) => hub.SteadyAsync("old", "water_temperature", "Cel", 5, Second, _ => 20, -secondsAgo * Second);
    }

    [Fact]
    public async Task A_second_device_sees_what_the_first_did_and_takes_over()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        using var first = school.Lessons.WatchClass(new WatchClassRequest { Session = session.Name }, cancellationToken: Stop);
        await NextAsync(first, answer => answer.ClassState is not null);
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Step = 1, Message = "Tráng đầu đo", Spotlight = "turtle" }, cancellationToken: Stop);

        using var second = school.Lessons.WatchClass(new WatchClassRequest { Session = session.Name }, cancellationToken: Stop);
        var seen = (await NextAsync(second, answer => answer.ClassState is not null)).ClassState;
        Assert.Equal((1, "Tráng đầu đo", "turtle", session.Code), (seen.Step, seen.Message, seen.Spotlight, seen.Code));
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name }, cancellationToken: Stop);
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Frozen = true }, cancellationToken: Stop);

        var told = (await NextAsync(first, answer => answer.ClassState is { Frozen: true })).ClassState;
        Assert.Equal((ClassPhase.Running, 1), (told.Phase, told.Step));
        Assert.Equal(StatusCode.NotFound, (await HubFixture.RefusedAsync(school.Lessons.SetSeatAsync(new SetSeatRequest { Session = session.Name, Seat = $"{session.Name}/seats/99", Muted = true }, cancellationToken: Stop))).StatusCode);
    }

    [Fact]
    public async Task A_lesson_run_again_has_its_groups_and_hides_what_it_hides_but_nobody_and_nothing_of_before()
    {
        await using var school = await ClassFixture.StartAsync();
        var before = (await school.Classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/cooling", Groups = 2, ShortVersion = true }, cancellationToken: Stop)).Session;
        var student = await school.JoinAsync(before, "turtle");
        await student.PredictAsync(30);
        await student.NoteAsync("Nắp giữ nóng");
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = before.Name, StudentsMayRun = false, Frozen = true, HideValues = false, Message = "Nhanh lên" }, cancellationToken: Stop);
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = before.Name, InUs = -2 * Second, DurationUs = Second }, cancellationToken: Stop);

        var again = await AgainAsync(before);

        Assert.Equal((true, true, false, false, ""), (again.ShortVersion, again.HideValues, again.StudentsMayRun, again.Frozen, again.Message));
        Assert.Equal((ClassPhase.Waiting, 0, 0), (again.Phase, again.Seats.Count, again.PublishedNotes.Count));
        Assert.All(again.Groups, group => Assert.Equal((0, 0, 0, ClassFixture.Temperature), (group.Runs.Count, group.PredictionCount, group.NoteCount, group.Channels[0].Name)));

        // A recording played again is a recording again, from its beginning.
        var run = school.Hub.Facts.Current.Of<Facts.Run>().Last().Body.RunId.ToString();
        var replay = (await school.Classroom.OpenSessionAsync(new OpenSessionRequest { Like = before.Name, ReplayRuns = { run }, ReplaySpeed = 60 }, cancellationToken: Stop)).Session;
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = replay.Name }, cancellationToken: Stop);
        again = await AgainAsync(replay);
        Assert.Equal((60, false, 1), (again.Replay.Speed, again.Replay.HasBeganUs, again.Groups[0].Runs.Count));

        async Task<ClassState> AgainAsync(V1.ClassSession like) =>
            await school.StateAsync((await school.Classroom.OpenSessionAsync(new OpenSessionRequest { Like = like.Name }, cancellationToken: Stop)).Session);
    }

    [Fact]
    public void Where_a_real_agent_measures_no_simulated_one_is_dealt_out_unless_it_is_asked_for()
    {
        Derive.ChannelView[] channels = [View(1, "bay", isSimulated: true), View(2, "pier", isSimulated: false), View(3, "boat", isSimulated: false)];

        Assert.Equal(["boat", "pier", "boat", "pier"], Dealt(GroupPlan.Deal(channels, ["ph"], 4, false)));
        Assert.Equal(["boat", "pier"], Dealt(GroupPlan.Deal(channels, ["ph"], 0, false)));
        Assert.Equal(["bay", "bay"], Dealt(GroupPlan.Deal(channels, ["ph"], 2, true)));
        Assert.Equal(["bay"], Dealt(GroupPlan.Deal(channels[..1], ["ph"], 1, false)));
        Assert.Equal([""], Dealt(GroupPlan.Deal(channels, ["turbidity"], 0, false)));

        static Derive.ChannelView View(byte agent, string slug, bool isSimulated) =>
            new() { Name = slug, Agent = new Store.AgentId(new Id128(agent).Value), AgentSlug = slug, Port = "ph", PropertyId = "ph", UnitUcum = "[pH]", Series = [], DisplayName = slug, Simulated = isSimulated };

        static string[] Dealt(IEnumerable<WorkGroup> groups) => [.. groups.Select(group => group.Channels.FirstOrDefault(""))];
    }

    [Fact]
    public async Task The_report_of_a_long_class_with_many_runs_stays_a_file_that_phones_pass_on()
    {
        const int Groups = 8, Properties = 6, Runs = 9, RunS = 300;
        await using var school = await ClassFixture.StartAsync();
        var hub = school.Hub;
        var session = await school.OpenAsync(groups: Groups);
        var begin = hub.NowUs + Second;
        for (var port = 0; port < Groups * Properties; port++)
        {
            await hub.RowsAsync($"p{port}", "ph", "[pH]", [.. Enumerable.Range(0, Runs * RunS).Select(i => (begin + (i * Second), 7 + (0.4 * Math.Sin((i + port) / 40.0)) + (i % 7 * 0.01)))]);
        }

        ClassSessions.TryId(session.Name, out var id);
        hub.Get<ClassBook>().Change(id, one => one with { Groups = [.. one.Groups.Select((group, g) => group with { Channels = Of(g), Runs = [.. Enumerable.Range(0, Runs).Select(run => Made(g, run))] })] });

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var file = await hub.Http.GetByteArrayAsync(new Uri($"wall/{id}/report?save=1", UriKind.Relative), Stop);

        TestContext.Current.TestOutputHelper!.WriteLine($"{file.Length} bytes in {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        Assert.InRange(file.Length, 100_000, 1_000_000);
        var text = System.Text.Encoding.UTF8.GetString(file);
        Assert.Equal(Groups * ClassReport.MostRuns * Properties, System.Text.RegularExpressions.Regex.Count(text, "class=\"line\""));
        Assert.Equal(Groups, System.Text.RegularExpressions.Regex.Count(text, "class=\"dot\""));
        Assert.Equal(Groups, System.Text.RegularExpressions.Regex.Count(text, "The newest 8 of 9 runs"));

        System.Collections.Immutable.ImmutableArray<string> Of(int group) => [.. Enumerable.Range(group * Properties, Properties).Select(port => HubFixture.Channel($"p{port}", "ph"))];

        string Made(int group, int run)
        {
            var start = begin + (run * RunS * Second);
            var made = new Facts.Run(Id128.New(), $"Run {run}", Of(group), Facts.Instant.AtBoot(hub.Clock.BootId, start), Facts.Instant.AtBoot(hub.Clock.BootId, start + (RunS * Second)));
            hub.State(made);
            return made.RunId.ToString();
        }
    }

    private static Task<WatchClassResponse> ComesAsync(AsyncServerStreamingCall<WatchClassResponse> watch, GroupState state) => NextAsync(watch, answer => answer.ClassState?.Groups[0].State == state);

    private static async Task<WatchClassResponse> NextAsync(AsyncServerStreamingCall<WatchClassResponse> watch, Func<WatchClassResponse, bool> isIt)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Patience);
        while (await watch.ResponseStream.MoveNext(limit.Token))
        {
            if (isIt(watch.ResponseStream.Current))
            {
                return watch.ResponseStream.Current;
            }
        }

        throw new EndOfStreamException("the stream ended first");
    }
}
