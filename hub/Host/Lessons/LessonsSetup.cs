namespace StemLab.Hub.Lessons;

/// <summary>Wires the room; knows nobody.</summary>
internal static class LessonsSetup
{
    /// <param name="dataFolder">The hub's; a teacher's own lessons are files in its folder <c>lessons</c>.</param>
    public static IServiceCollection AddLessons(this IServiceCollection services, string dataFolder) => services.AddSingleton(_ => new LessonBook(Path.Combine(dataFolder, "lessons")));
}
