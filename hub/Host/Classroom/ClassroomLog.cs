namespace StemLab.Hub.Classroom;

internal static partial class ClassroomLog
{
    [LoggerMessage(1500, LogLevel.Error, "Looking after the open classes failed; their states and alerts stand still until the next second")]
    public static partial void LookFailed(ILogger logger, Exception failure);

    [LoggerMessage(1501, LogLevel.Warning, "The class of session {Session} cannot be read and goes on as a session without lesson: {Reason}")]
    public static partial void ClassUnreadable(ILogger logger, long session, string reason);
}
