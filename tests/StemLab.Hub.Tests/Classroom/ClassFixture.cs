using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A class over a whole hub: the owner at the machine teaches, seats are tokens.</summary>
internal sealed class ClassFixture : IAsyncDisposable
{
    private ClassFixture(HubFixture hub)
    {
        Hub = hub;
        (Lessons, Classroom) = (new LessonService.LessonServiceClient(hub.Grpc), new ClassroomService.ClassroomServiceClient(hub.Grpc));
    }

    public HubFixture Hub { get; }

    public LessonService.LessonServiceClient Lessons { get; }

    public ClassroomService.ClassroomServiceClient Classroom { get; }

    public static string Temperature => HubFixture.Channel("t", "water_temperature");

    public static async Task<ClassFixture> StartAsync()
    {
        var one = new ClassFixture(await HubFixture.StartAsync());
        await one.Hub.SteadyAsync("t", "water_temperature", "Cel", 5, HubFixture.Second, _ => 40);
        return one;
    }

    public async Task<V1.ClassSession> OpenAsync(string lesson = "lessons/cooling", int groups = 2) => (await Classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = lesson, Groups = groups })).Session;

    /// <summary>A student on a phone.</summary>
    public async Task<Student> JoinAsync(V1.ClassSession session, string group = "")
    {
        var joined = await Classroom.JoinSessionAsync(new JoinSessionRequest { Code = session.Code, AsToken = true, Group = group });
        return new Student(Lessons, joined.Seat, new Metadata { { "authorization", $"Bearer {joined.Token}" } }, session.Name);
    }

    public async Task<ClassState> StateAsync(V1.ClassSession session) => (await Lessons.GetClassAsync(new GetClassRequest { Session = session.Name })).ClassState;

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

/// <summary>Somebody in a class.</summary>
internal sealed record Student(LessonService.LessonServiceClient Lessons, ClassSeat Seat, Metadata Token, string Session)
{
    public async Task<ClassState> StateAsync() => (await Lessons.GetClassAsync(new GetClassRequest { Session = Session }, Token)).ClassState;

    public AsyncUnaryCall<PredictResponse> PredictAsync(double number) => Lessons.PredictAsync(new PredictRequest { Session = Session, Number = number }, Token);

    public AsyncUnaryCall<AddNoteResponse> NoteAsync(string text) => Lessons.AddNoteAsync(new AddNoteRequest { Session = Session, Text = text }, Token);

    public AsyncServerStreamingCall<WatchClassResponse> Watch(string cursor = "", CancellationToken cancellationToken = default)
    {
        var request = new WatchClassRequest { Session = Session };
        if (cursor.Length > 0)
        {
            request.Cursor = cursor;
        }

        return Lessons.WatchClass(request, Token, cancellationToken: cancellationToken);
    }
}
