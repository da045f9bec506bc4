using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A group waits for a crossing, and the hub begins its run there, whoever looks.</summary>
public sealed class TriggerTests
{
    private const long Second = HubFixture.Second;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_begins_at_the_reading_that_crossed_with_what_was_before_it_and_ends_by_itself()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        var own = (await student.StateAsync()).Groups.First(group => group.Key == "dolphin").Channels[0].Name;

        var state = await ArmAsync(student, new RunTrigger { Channel = own, Level = 39.95, Falling = true, BeforeUs = 2 * Second }, 10 * Second);
        Assert.Equal((own, 39.95, true, 2 * Second), (Of(state).Armed.Channel, Of(state).Armed.Level, Of(state).Armed.Falling, Of(state).Armed.BeforeUs));
        Assert.Null(Of(state).Run);
        var now = school.Hub.NowUs;
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (now, 40), (now + 1_000, 39.94), (now + 2_000, 40), (now + 3_000, 39.9));

        var run = await RunAsync(school, session);
        Assert.InRange(run.StartUs - (now + 1_000 - (2 * Second)), -500, 500);
        Assert.Equal(12 * Second, run.EndUs - run.StartUs);
        Assert.Null(Of(await school.StateAsync(session)).Armed);
    }

    [Fact]
    public async Task What_is_beyond_already_or_failed_a_check_crosses_nothing_and_the_reading_before_the_waiting_tells_the_side()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        var own = (await student.StateAsync()).Groups.First(group => group.Key == "dolphin").Channels[0].Name;
        await ArmAsync(student, new RunTrigger { Channel = own, Level = 39.9 }, 0);
        var now = school.Hub.NowUs;

        // 40 before; 900 fails its check; only after 39.8 it has been below.
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (now, 40.1), (now + 1_000, 900), (now + 2_000, 40.2));
        await BeatsAsync(school);
        Assert.Null(Of(await school.StateAsync(session)).Run);
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (now + 3_000, 39.8), (now + 4_000, 40));

        var run = await RunAsync(school, session);
        Assert.InRange(run.StartUs - (now + 4_000), -500, 500);
        Assert.False(run.HasEndUs);
        await student.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, student.Token, cancellationToken: Stop);

        // It stood at 40 when the group began to wait for less: the very first reading below has crossed.
        await ArmAsync(student, new RunTrigger { Channel = own, Level = 39.95, Falling = true }, 0);
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (school.Hub.NowUs, 39.9));
        await Eventually.Get(async () => (ClassState?)await school.StateAsync(session), state => Of(state).Runs.Count == 2, "the second run");
    }

    [Fact]
    public async Task Waiting_is_taken_back_by_stop_and_by_any_start_and_begins_nothing_once_the_teacher_runs()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        var own = (await student.StateAsync()).Groups.First(group => group.Key == "dolphin").Channels[0].Name;
        var when = new RunTrigger { Channel = own, Level = 39.95, Falling = true };
        await ArmAsync(student, when, 0);
        await student.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, student.Token, cancellationToken: Stop);
        Assert.Null(Of(await school.StateAsync(session)).Armed);

        await ArmAsync(student, when, 0);
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, DurationUs = 0 }, cancellationToken: Stop);
        Assert.Null(Of(await school.StateAsync(session)).Armed);
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(student.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, When = when }, student.Token, cancellationToken: Stop))).StatusCode);
        await school.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, cancellationToken: Stop);

        await ArmAsync(student, when, 0);
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, StudentsMayRun = false }, cancellationToken: Stop);
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (school.Hub.NowUs, 39.9));
        var state = await Eventually.Get(async () => (ClassState?)await school.StateAsync(session), state => Of(state).Armed is null, "nothing is waited for");
        Assert.Single(Of(state).Runs);
    }

    [Fact]
    public async Task A_hub_that_learns_the_time_while_a_group_waits_does_not_take_an_old_crossing_for_a_new_one()
    {
        await using var hub = await HubFixture.StartAsync(anchored: false);
        var first = hub.NowUs - (5 * Second);
        await hub.RowsAsync("t", "water_temperature", "Cel", (first, 40), (first + Second, 39.9), (first + (2 * Second), 40));
        var (classroom, lessons) = (new ClassroomService.ClassroomServiceClient(hub.Grpc), new LessonService.LessonServiceClient(hub.Grpc));
        var session = (await classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/cooling", Groups = 1 }, cancellationToken: Stop)).Session;
        await lessons.StartRunAsync(new StartRunRequest { Session = session.Name, Group = "dolphin", When = new RunTrigger { Channel = ClassFixture.Temperature, Level = 39.95, Falling = true }, DurationUs = 0 }, cancellationToken: Stop);
        var pulse = hub.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<ClassPulse>().Single();
        pulse.Look();

        hub.State(new Facts.UtcAnchor(hub.Clock.BootId, hub.NowUs, HubFixture.Utc0 + hub.NowUs, 1_000, "gps"));
        pulse.Look();
        pulse.Look();
        Assert.Null(Of((await lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, cancellationToken: Stop)).ClassState).Run);

        var now = hub.NowUs;
        await hub.RowsAsync("t", "water_temperature", "Cel", (now, 39.9));
        var run = Of((await Eventually.Get(async () => (ClassState?)(await lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, cancellationToken: Stop)).ClassState, state => Of(state).Run is not null, "the run"))).Run;
        Assert.InRange(run.StartUs - now, -5_000, 5_000);
    }

    [Fact]
    public async Task A_group_that_loses_its_channels_waits_no_more_and_the_other_classes_go_on()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, Group = "dolphin", When = new RunTrigger { Channel = ClassFixture.Temperature, Level = 39.95, Falling = true }, DurationUs = 0 }, cancellationToken: Stop);
        await school.Lessons.SetGroupAsync(new SetGroupRequest { Session = session.Name, Group = "dolphin" }, cancellationToken: Stop);
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (school.Hub.NowUs, 39.9));
        await BeatsAsync(school);
        var state = Of(await school.StateAsync(session));
        Assert.Equal((null, null), (state.Armed, state.Run));
    }

    [Fact]
    public async Task While_a_group_is_to_predict_first_a_crossing_tells_it_nothing()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        await ArmAsync(student, new RunTrigger { Channel = ClassFixture.Temperature, Level = 39.95, Falling = true }, 0);
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, HideValues = true }, cancellationToken: Stop);
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (school.Hub.NowUs, 39.9));
        await BeatsAsync(school);
        Assert.Null(Of(await school.StateAsync(session)).Run);
        var refused = await HubFixture.RefusedAsync(student.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, When = new RunTrigger { Channel = ClassFixture.Temperature, Level = 30 } }, student.Token, cancellationToken: Stop));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Fact]
    public async Task A_trigger_that_makes_no_sense_is_refused_with_all_that_is_wrong()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var wrong = new StartRunRequest { Session = session.Name, Group = "dolphin", When = new RunTrigger { Channel = "agents/x", Level = double.NaN, BeforeUs = -1 } };

        Assert.Equal(["when.before_us", "when.channel", "when.level"], HubFixture.Fields(await HubFixture.RefusedAsync(school.Lessons.StartRunAsync(wrong, cancellationToken: Stop))).Order(StringComparer.Ordinal));
        Assert.Contains("group", HubFixture.Fields(await HubFixture.RefusedAsync(school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, When = new RunTrigger() }, cancellationToken: Stop))));
    }

    private static ClassGroup Of(ClassState state) => state.Groups.First(group => group.Key == "dolphin");

    private static async Task<ClassState> ArmAsync(Student student, RunTrigger when, long durationUs) =>
        (await student.Lessons.StartRunAsync(new StartRunRequest { Session = student.Session, When = when, DurationUs = durationUs }, student.Token, cancellationToken: Stop)).ClassState;

    private static async Task<ClassRun> RunAsync(ClassFixture school, V1.ClassSession session) =>
        Of(await Eventually.Get(async () => (ClassState?)await school.StateAsync(session), state => Of(state).Run is not null, "the run that was waited for")).Run;

    /// <summary>Two looks of the hub, so that what it would do is done.</summary>
    private static async Task BeatsAsync(ClassFixture school)
    {
        var pulse = school.Hub.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<ClassPulse>().Single();
        await Task.Run(pulse.Look, Stop);
        await Task.Run(pulse.Look, Stop);
    }
}
