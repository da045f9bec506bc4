using Grpc.Core;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

public sealed class ClassAtWorkTests
{
    private const long Second = HubFixture.Second;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lesson_gives_groups_their_channels_and_students_see_their_own_group_only()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        Assert.Equal(("lessons/cooling", "Đường nguội dần"), (session.Lesson, session.LessonTitle.Vi));
        var preview = await school.Classroom.PreviewSessionAsync(new PreviewSessionRequest { Code = session.Code }, cancellationToken: Stop);
        Assert.Equal(["dolphin", "turtle"], preview.Groups.Select(group => group.Key));

        var (first, second, third) = (await school.JoinAsync(session), await school.JoinAsync(session), await school.JoinAsync(session, "turtle"));

        Assert.Equal(["dolphin", "turtle", "turtle"], (string[])[first.Seat.Group, second.Seat.Group, third.Seat.Group]);
        Assert.DoesNotContain(first.Seat.AliasKey, Mascots.All);
        var seen = await first.StateAsync();
        Assert.Equal([ClassFixture.Temperature], seen.Groups[0].Channels.Select(channel => channel.Name));
        Assert.Empty(seen.Groups[1].Channels);
        Assert.Empty(seen.Seats);
        Assert.Equal(("", ""), (seen.Code, seen.Link));
        Assert.Empty(seen.Lesson.TeacherNotes);
        Assert.All(seen.Lesson.Questions, question => Assert.Null(question.Answer));
        Assert.Equal(first.Seat.Name, seen.Seat.Name);
        var wall = await school.StateAsync(session);
        Assert.Equal((3, session.Code), (wall.Seats.Count, wall.Code));
        Assert.NotEmpty(wall.Lesson.TeacherNotes);
        Assert.Equal([1, 2], wall.Groups.Select(group => group.SeatCount));
        var other = await school.JoinAsync(await school.OpenAsync());
        Assert.Equal(StatusCode.NotFound, (await HubFixture.RefusedAsync(other.Lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, other.Token, cancellationToken: Stop))).StatusCode);
    }

    [Fact]
    public async Task A_class_that_cannot_be_read_costs_no_other_and_one_that_lacks_keys_is_read()
    {
        await using var hub = await HubFixture.StartAsync();
        void Keep(long session, string body) => hub.Get<HubDatabase>().Write((connection, transaction) =>
            connection.Run(transaction, "INSERT INTO class_work(session, body) VALUES($session, $body)", ("$session", session), ("$body", body)));
        Keep(1, """{"session":1,"lesson":"{}","groups":[{"key":"dolphin"}],"notes":[{"id":1}]}""");
        string[] broken = ["", "{", "null", """{"session":3}""", """{"session":4,"lesson":"{}","groups":[null]}""", """{"session":5,"lesson":"{}","message":null}""", """{"session":6,"lesson":"{}","groups":null}"""];
        for (var i = 0; i < broken.Length; i++)
        {
            Keep(i + 10, broken[i]);
        }

        var log = new FakeLogger<ClassBook>();
        var book = new ClassBook(hub.Get<HubDatabase>(), hub.Clock, hub.Get<WithheldValues>(), log);

        Assert.Equal(1, Assert.Single(book.All).Session);
        Assert.Empty(book.All.Single().Groups[0].Runs);
        Assert.False(book.HidesRun("run"));
        Assert.Equal(broken.Length, log.Collector.Count);
        Assert.All(log.Collector.GetSnapshot(), record => Assert.DoesNotContain("System.", record.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_are_withheld_until_the_group_has_predicted_and_then_nothing_is_missing()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, HideValues = true }, cancellationToken: Stop);
        Assert.True((await student.StateAsync()).HiddenFromMe);
        Assert.False((await school.StateAsync(session)).HiddenFromMe);

        using var watch = student.Watch(cancellationToken: TestContext.Current.CancellationToken);
        var state = await NextAsync(watch, answer => answer.ClassState is not null);
        Assert.True(state.ClassState.HiddenFromMe);
        await school.Hub.SteadyAsync("t", "water_temperature", "Cel", 3, HubFixture.Second, _ => 39, laterUs: 5 * HubFixture.Second);
        var turtle = await school.JoinAsync(session, "turtle");
        await turtle.PredictAsync(25);
        state = await NextAsync(watch, answer => answer.ClassState?.Groups[1].PredictionCount == 1, answer => Assert.Null(answer.Readings));
        Assert.True(state.ClassState.HiddenFromMe);

        await student.PredictAsync(30);
        await NextAsync(watch, answer => answer.ClassState is { HiddenFromMe: false });
        await school.Hub.SteadyAsync("t", "water_temperature", "Cel", 1, HubFixture.Second, _ => 38, laterUs: 9 * HubFixture.Second);
        var readings = await NextAsync(watch, answer => answer.Readings?.Blocks.Count > 0);
        Assert.Equal(38, readings.Readings.Blocks[0].Value[^1]);

        var own = await student.Lessons.ListPredictionsAsync(new ListPredictionsRequest { Session = session.Name }, student.Token, cancellationToken: Stop);
        Assert.Equal([30], own.Predictions.Select(prediction => prediction.Number));
        var all = await school.Lessons.ListPredictionsAsync(new ListPredictionsRequest { Session = session.Name }, cancellationToken: Stop);
        Assert.Equal(2, all.Predictions.Count);
    }

    [Fact]
    public async Task All_groups_start_at_one_instant_in_the_future_and_runs_are_facts_that_stay()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");

        var state = (await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, InUs = 3_000_000, DurationUs = 0 }, cancellationToken: Stop)).ClassState;

        Assert.Equal(ClassPhase.Running, state.Phase);
        Assert.Single(state.Groups.Select(group => group.Run.StartUs).Distinct());
        Assert.InRange(state.Groups[0].Run.StartUs - state.NowUs, 1, 3_000_000);
        var refused = await HubFixture.RefusedAsync(student.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name }, student.Token, cancellationToken: Stop));
        Assert.Equal("Đang đo rồi: hãy dừng lần đo này trước", HubFixture.Said(refused, "vi"));
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(student.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name, Group = "turtle" }, student.Token, cancellationToken: Stop))).StatusCode);

        // Stopped before it began: it never was. The other group's is begun and then ended.
        await student.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, student.Token, cancellationToken: Stop);
        Assert.Null((await school.StateAsync(session)).Groups[0].Run);
        state = (await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, Group = "dolphin", InUs = -5_000_000, DurationUs = 0, Title = "with a lid" }, cancellationToken: Stop)).ClassState;
        Assert.Equal(("with a lid", true), (state.Groups[0].Run.Title, state.Groups[0].Run.StartUs < state.NowUs));
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Ended = true }, cancellationToken: Stop);
        state = await school.StateAsync(session);
        Assert.Equal(ClassPhase.Ended, state.Phase);
        Assert.True(state.Groups[0].Run.HasEndUs);
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(student.PredictAsync(1))).StatusCode);

        await school.Classroom.EndSessionAsync(new EndSessionRequest { Name = session.Name }, cancellationToken: Stop);
        Assert.Contains(school.Hub.Facts.Current.Of<Facts.Run>(), run => run.Body.Title == "with a lid");
        Assert.Empty(school.Hub.Get<ClassBook>().All);
    }

    [Fact]
    public async Task What_starts_while_the_class_practises_is_practice_for_teacher_and_seats_and_stays_so_when_stopped()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        Assert.False((await student.StateAsync()).Practice);

        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Practice = true }, cancellationToken: Stop);
        Assert.True((await student.StateAsync()).Practice);
        await student.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, InUs = -Second }, student.Token, cancellationToken: Stop);
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Practice = false }, cancellationToken: Stop);
        await student.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, student.Token, cancellationToken: Stop);
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, InUs = -Second }, cancellationToken: Stop);

        var state = await school.StateAsync(session);
        Assert.Equal([RunPurpose.Practice, RunPurpose.Real], state.Groups[0].Runs.Select(run => run.Purpose));
        Assert.Equal([RunPurpose.Real], state.Groups[1].Runs.Select(run => run.Purpose));

        // A teacher may say it of one start; a seat may not.
        state = (await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, InUs = -Second, Purpose = RunPurpose.Practice }, cancellationToken: Stop)).ClassState;
        Assert.All(state.Groups, group => Assert.Equal(RunPurpose.Practice, group.Run.Purpose));
        var refused = await HubFixture.RefusedAsync(student.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, Purpose = RunPurpose.Real }, student.Token, cancellationToken: Stop));
        Assert.Equal((StatusCode.FailedPrecondition, "Thầy cô nói lần đo nào là đo thử"), (refused.StatusCode, HubFixture.Said(refused, "vi")));

        // Whoever looks on is told of a correction.
        await new RunService.RunServiceClient(school.Hub.Grpc).SetRunPurposeAsync(new SetRunPurposeRequest { Name = $"runs/{state.Groups[0].Run.RunId}", Purpose = RunPurpose.Real }, cancellationToken: Stop);
        var told = await student.StateAsync();
        Assert.Equal((RunPurpose.Real, true), (told.Groups[0].Run.Purpose, told.Revision > state.Revision));
    }

    [Fact]
    public async Task A_note_is_the_groups_until_the_teacher_publishes_it_and_a_muted_or_moved_seat_stays_so()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var (writer, reader) = (await school.JoinAsync(session, "dolphin"), await school.JoinAsync(session, "turtle"));

        var note = (await writer.NoteAsync("Nắp giữ nóng <b>")).Note;

        Assert.False(note.Published);
        Assert.Empty((await reader.Lessons.ListNotesAsync(new ListNotesRequest { Session = session.Name }, reader.Token, cancellationToken: Stop)).Notes);
        Assert.Equal(1, (await school.StateAsync(session)).Groups[0].WaitingNoteCount);
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(writer.Lessons.SetNoteAsync(new SetNoteRequest { Name = note.Name, Published = true }, writer.Token, cancellationToken: Stop))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await HubFixture.RefusedAsync(reader.Lessons.SetNoteAsync(new SetNoteRequest { Name = note.Name, Remove = true }, reader.Token, cancellationToken: Stop))).StatusCode);

        await school.Lessons.SetNoteAsync(new SetNoteRequest { Name = note.Name, Published = true }, cancellationToken: Stop);
        Assert.Equal("Nắp giữ nóng <b>", Assert.Single((await reader.StateAsync()).PublishedNotes).Text);

        // What was changed after it was published waits again.
        await writer.Lessons.SetNoteAsync(new SetNoteRequest { Name = note.Name, Text = "Nắp giữ ấm" }, writer.Token, cancellationToken: Stop);
        Assert.Empty((await reader.StateAsync()).PublishedNotes);

        await school.Lessons.SetSeatAsync(new SetSeatRequest { Session = session.Name, Seat = writer.Seat.Name, Group = "turtle", Muted = true }, cancellationToken: Stop);
        Assert.Equal(("turtle", true), ((await writer.StateAsync()).Seat.Group, (await writer.StateAsync()).Seat.Muted));
        Assert.Equal("Thầy cô tạm để bạn chỉ xem", HubFixture.Said(await HubFixture.RefusedAsync(writer.NoteAsync("x")), "vi"));
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, JoiningLocked = true }, cancellationToken: Stop);
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(school.Classroom.JoinSessionAsync(new JoinSessionRequest { Code = session.Code, AsToken = true }, cancellationToken: Stop))).StatusCode);
        Assert.Equal(["text"], HubFixture.Fields(await HubFixture.RefusedAsync(reader.NoteAsync(new string('a', 281)))));
        Assert.Equal(["text"], HubFixture.Fields(await HubFixture.RefusedAsync(reader.NoteAsync("a\0b"))));
    }

    [Fact]
    public async Task What_a_wall_must_not_set_is_refused_with_every_reason()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session);
        Assert.Equal(["message", "spotlight", "step"], HubFixture.Fields(await HubFixture.RefusedAsync(school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Step = 9, Spotlight = "whale", Message = new string('m', 201) }, cancellationToken: Stop))));
        Assert.Equal(StatusCode.PermissionDenied, (await HubFixture.RefusedAsync(student.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Frozen = true }, student.Token, cancellationToken: Stop))).StatusCode);
        Assert.Equal(["lesson", "replay_speed"], HubFixture.Fields(await HubFixture.RefusedAsync(school.Classroom.OpenSessionAsync(new OpenSessionRequest { ReplayRuns = { new string('0', 32) }, ReplaySpeed = -1 }, cancellationToken: Stop))));
        Assert.Equal(StatusCode.NotFound, (await HubFixture.RefusedAsync(school.Classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/../../hub" }, cancellationToken: Stop))).StatusCode);
        var plain = (await school.Classroom.OpenSessionAsync(new OpenSessionRequest(), cancellationToken: Stop)).Session;
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(school.Lessons.GetClassAsync(new GetClassRequest { Session = plain.Name }, cancellationToken: Stop))).StatusCode);

        var state = (await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Step = 1, Spotlight = "turtle", Frozen = true, LookUp = true, Message = "Nhìn lên bảng" }, cancellationToken: Stop)).ClassState;
        Assert.Equal((1, "turtle", true, true, true, "Nhìn lên bảng"), (state.Step, state.Spotlight, state.Frozen, state.LookUp, state.HideValues, state.Message));
    }

    [Fact]
    public async Task A_recorded_run_plays_as_if_live_and_goes_on_where_a_phone_was_cut_off()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync(groups: 1);
        var now = school.Hub.NowUs;
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 20).Select(i => (now + (i * HubFixture.Second), 60.0 - i))]);
        var run = school.Hub.State(new Facts.Run(Wire.Id128.New(), "Cooling · Dolphin · 1", [ClassFixture.Temperature], Facts.Instant.AtBoot(school.Hub.Clock.BootId, now), Facts.Instant.AtBoot(school.Hub.Clock.BootId, now + 1)));
        school.Hub.Facts.Append(new Facts.FactDraft((Facts.Run)run.Body with { End = Facts.Instant.AtBoot(school.Hub.Clock.BootId, now + (20 * HubFixture.Second) + 1) }, school.Hub.Clock.Now, "teacher") { Supersedes = [run.FactId] });
        var id = ((Facts.Run)run.Body).RunId.ToString();
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(school.Classroom.OpenSessionAsync(new OpenSessionRequest { Like = session.Name, ReplayRuns = { id } }, cancellationToken: Stop))).StatusCode);

        // A recording is of the past: the run ends here, and is played a thousand times as fast.
        var current = school.Hub.Facts.Current.Of<Facts.Run>().Last();
        school.Hub.Facts.Append(new Facts.FactDraft(current.Body with { Start = Facts.Instant.AtUtc(HubFixture.Utc0 + now - (60 * HubFixture.Second)), End = Facts.Instant.AtBoot(school.Hub.Clock.BootId, school.Hub.NowUs) }, school.Hub.Clock.Now, "teacher") { Supersedes = [current.Fact.FactId] });
        var replay = (await school.Classroom.OpenSessionAsync(new OpenSessionRequest { Like = session.Name, ReplayRuns = { id }, ReplaySpeed = 1000 }, cancellationToken: Stop)).Session;
        var student = await school.JoinAsync(replay);
        Assert.Equal(ClassPhase.Waiting, (await student.StateAsync()).Phase);
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(student.Lessons.StartRunAsync(new StartRunRequest { Session = replay.Name }, student.Token, cancellationToken: Stop))).StatusCode);
        using var watch = student.Watch(cancellationToken: TestContext.Current.CancellationToken);
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = replay.Name }, cancellationToken: Stop);

        var first = await NextAsync(watch, answer => answer.Readings?.Blocks.Count > 0);
        Assert.True(first.Replay);
        Assert.Equal(40, first.Readings.Blocks[0].Value[0]);
        var end = await NextAsync(watch, answer => answer.Readings?.Cursor.Length > 0);
        using var again = student.Watch(end.Readings.Cursor, TestContext.Current.CancellationToken);
        await NextAsync(again, answer => answer.ClassState is not null);
        Assert.Equal(run.Revision + 2, school.Hub.Facts.Current.Revision);
        var state = await school.StateAsync(replay);
        Assert.Equal((1000, true), (state.Replay.Speed, state.Replay.HasBeganUs));
    }

    private static async Task<WatchClassResponse> NextAsync(AsyncServerStreamingCall<WatchClassResponse> watch, Func<WatchClassResponse, bool> isIt, Action<WatchClassResponse>? before = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (await watch.ResponseStream.MoveNext(limit.Token))
        {
            if (isIt(watch.ResponseStream.Current))
            {
                return watch.ResponseStream.Current;
            }

            before?.Invoke(watch.ResponseStream.Current);
        }

        throw new EndOfStreamException("the stream ended first");
    }
}
