namespace StemLab.Hub.Api;

internal static partial class ApiLog
{
    [LoggerMessage(EventId = 1150, Level = LogLevel.Error, Message = "Call of {Method} failed, hub error {ErrorId}")]
    public static partial void CallFailed(ILogger logger, string method, string errorId, Exception failure);
}
