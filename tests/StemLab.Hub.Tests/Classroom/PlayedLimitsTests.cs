using StemLab.Hub.Api;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Classroom;

/// <summary>What is replayed as if live rings as if live.</summary>
public sealed class PlayedLimitsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The limit of the lesson: above 60 °C for 2 s, over again below 58 °C.</summary>
    [Fact]
    public async Task Limits_ring_in_a_recording_by_its_own_time_with_hold_and_hysteresis_and_anew_when_it_is_played_again()
    {
        await using var hub = await HubFixture.StartAsync();
        var (classroom, lessons) = (new ClassroomService.ClassroomServiceClient(hub.Grpc), new LessonService.LessonServiceClient(hub.Grpc));
        var began = hub.NowUs - (400 * HubFixture.Second);
        string[] runs =
        [
            // Never so long; long enough, and it trembles afterwards; long enough, and over.
            await RunAsync(hub, 0xC1, began, [59, 60.5, 60.5, 59, 60.5, 60.5, 59]),
            await RunAsync(hub, 0xC2, began + (100 * HubFixture.Second), [59, 60.5, 60.6, 60.7, 59, 61, 58.5]),
            await RunAsync(hub, 0xC3, began + (200 * HubFixture.Second), [59, 61, 61, 61, 61, 57.9, 57.8]),
        ];
        var session = (await classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/cooling", ReplayRuns = { runs }, ReplaySpeed = 100 }, cancellationToken: Stop)).Session;
        async Task<ClassState> StateAsync() => (await lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, cancellationToken: Stop)).ClassState;
        Assert.Empty((await StateAsync()).Alerts);
        var groups = (await StateAsync()).Groups.Select(group => group.Key).ToList();
        var students = new List<Student>();
        foreach (var group in groups)
        {
            var joined = await classroom.JoinSessionAsync(new JoinSessionRequest { Code = session.Code, AsToken = true, Group = group }, cancellationToken: Stop);
            students.Add(new Student(lessons, joined.Seat, new Grpc.Core.Metadata { { "authorization", $"Bearer {joined.Token}" } }, session.Name));
        }

        await lessons.StartRunAsync(new StartRunRequest { Session = session.Name }, cancellationToken: Stop);
        var state = await Eventually.Get(async () => (ClassState?)await StateAsync(), state => state.Alerts.Count > 0 && state.Phase == ClassPhase.Stopped, "an alert");
        var alert = Assert.Single(state.Alerts);
        Assert.Equal((groups[1], "too-hot", 60.7, false), (alert.Group, alert.Limit, alert.Value, alert.Seen));

        // The third reading beyond is 3 s into the recording, which is played a hundred times as fast.
        Assert.Equal(state.Replay.BeganUs + 30_000, alert.SinceUs);
        var told = await Task.WhenAll(students.Select(student => student.StateAsync()));
        Assert.Equal("0 1 0", string.Join(' ', told.Select(state => state.Alerts.Count)));

        await lessons.SetClassAsync(new SetClassRequest { Session = session.Name, SeenAlerts = { $"{groups[1]}/too-hot" } }, cancellationToken: Stop);
        Assert.True(Assert.Single((await StateAsync()).Alerts).Seen);
        await lessons.StartRunAsync(new StartRunRequest { Session = session.Name }, cancellationToken: Stop);
        state = await Eventually.Get(async () => (ClassState?)await StateAsync(), again => again.Alerts is [{ Seen: false }], "it rings again");
        Assert.True(state.Alerts[0].SinceUs > alert.SinceUs);
        await lessons.StopRunAsync(new StopRunRequest { Session = session.Name }, cancellationToken: Stop);
        await Eventually.Get(async () => (ClassState?)await StateAsync(), stopped => stopped.Alerts.Count == 0, "nothing is raised");
    }

    private static async Task<string> RunAsync(HubFixture hub, ulong id, long startUs, double[] celsius)
    {
        await hub.RowsAsync("t", "water_temperature", "Cel", [.. celsius.Select((value, i) => (startUs + (i * HubFixture.Second), value))]);
        var run = new Facts.Run(new Id128(id), $"{id}", [ClassFixture.Temperature], Facts.Instant.AtUtc(HubFixture.Utc0 + startUs), Facts.Instant.AtUtc(HubFixture.Utc0 + startUs + (celsius.Length * HubFixture.Second)));
        hub.State(run);
        return run.RunId.ToString();
    }
}
