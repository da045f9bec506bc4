namespace StemLab.Hub.Classroom;

/// <summary>Wires the room; needs Access and Facts.</summary>
internal static class ClassroomSetup
{
    public static IServiceCollection AddClassroom(this IServiceCollection services) => services
        .AddSingleton<ClassSessions>()
        .AddHostedService<SessionWatch>();
}
