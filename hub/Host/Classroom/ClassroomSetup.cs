namespace StemLab.Hub.Classroom;

/// <summary>Wires the room; needs Access, Facts, Lessons, Live, Quality and Query.</summary>
internal static class ClassroomSetup
{
    public static IServiceCollection AddClassroom(this IServiceCollection services) => services
        .AddSingleton<ClassBook>()
        .AddSingleton<ClassSessions>()
        .AddSingleton<ClassLessons>()
        .AddSingleton<ClassRuns>()
        .AddSingleton<ClassRecordings>()
        .AddSingleton<TriggerWatch>()
        .AddSingleton<PlayedLimits>()
        .AddSingleton<ClassOpening>()
        .AddSingleton<ClassView>()
        .AddSingleton<RunPlayback>()
        .AddSingleton<ClassStream>()
        .AddHostedService<SessionWatch>()
        .AddHostedService<ClassPulse>();
}
